// Runs in <head> before the first paint, so that the page never flashes in the wrong colors.
// The choice is kept under the key that Django's admin uses too, so that one switch serves both.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto";
    }
  };
  const apply = () => {
    const choice = chosen();
    const isAuto = choice !== "dark" && choice !== "light";
    root.dataset.bsTheme = isAuto ? (system.matches ? "dark" : "light") : choice;
  };

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
        try {
          localStorage.setItem("theme", next);
        } catch {
          // Without storage the choice holds for this page only.
        }
        root.dataset.bsTheme = next;
      });
    }
  });
})();
