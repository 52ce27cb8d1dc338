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

  // htmx drops answers that are not 2xx; a refusal or an error must be seen.
  document.addEventListener("htmx:responseError", () => window.location.reload());
})();
