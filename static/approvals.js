// Single keys on the decision about a request, for those who want them: the links and buttons of the page do the same.
(() => {
  const hint = document.querySelector("[data-keys]");
  if (hint) hint.hidden = false;
  const follow = (rel) => document.querySelector(`.beside a[rel=${rel}]`)?.click();
  // A decision is final, so the key leads to its button and Enter presses it.
  const KEYS = {
    j: () => follow("next"),
    k: () => follow("prev"),
    a: () => document.querySelector("[data-approve]")?.focus(),
    d: () => document.querySelector("main textarea[name=comment]")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.isContentEditable || event.target.matches("input, textarea, select")) return;
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
})();
