// Small comforts. Every page works without them.
(() => {
  // A second press of a button sends nothing again; the server is safe against it all the same.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.matches("[data-once]")) return;
    if (button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      return;
    }
    button.setAttribute("aria-disabled", "true");
  });

  // The browser keeps a page that one leaves by a link: coming back, its buttons must work.
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-once][aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  });

  // After a refused form, a keyboard or screen reader starts at what is wrong.
  document.querySelector("[data-error-summary]")?.focus();

  // Where a part of the page could not be fetched, the person must see it; htmx itself stays silent.
  const tell = () => {
    const notice = document.getElementById("trouble");
    if (notice) notice.hidden = false;
  };
  document.addEventListener("htmx:responseError", tell);
  document.addEventListener("htmx:sendError", tell);
})();
