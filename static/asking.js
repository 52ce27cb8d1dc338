// A new case: the questions of the chosen kind, and a meter of how complete it is. The server does the same.
(() => {
  const form = document.getElementById("new-case");
  if (!form) return;
  const parts = [...form.querySelectorAll("[data-weight]")];
  const completeness = document.getElementById("completeness");
  const meter = completeness.querySelector("meter");
  const words = completeness.querySelector("[data-words]");
  const isAnswered = (part) => part.querySelector("textarea, input, select").value.trim() !== "";
  const weigh = (some) => some.reduce((sum, part) => sum + Number(part.dataset.weight), 0);

  const show = () => {
    const kind = new FormData(form).get("kind") ?? "";
    for (const part of parts) part.hidden = part.dataset.kinds && !part.dataset.kinds.split(" ").includes(kind);
    completeness.hidden = !kind;
    const asked = parts.filter((part) => !part.hidden);
    const open = asked.filter((part) => !isAnswered(part));
    const most = open.reduce((best, part) => (Number(part.dataset.weight) > Number(best?.dataset.weight ?? 0) ? part : best), null);
    meter.max = weigh(asked);
    meter.value = weigh(asked) - weigh(open);
    const said = most
      ? `${asked.length - open.length} of ${asked.length} answered. What would help most: ${most.dataset.called}.`
      : `All ${asked.length} answered.`;
    if (words.textContent !== said) words.textContent = said;
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  // What portal.js put back is there by then.
  document.addEventListener("DOMContentLoaded", show);
})();
