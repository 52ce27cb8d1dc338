// On a narrow screen the tab of the page may be out of sight.
document.querySelector(".views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// Choosing several cases: all of the page at once, and a bar that appears with the first one. Without this script the
// bar is always there.
(() => {
  const form = document.querySelector("form.chosen");
  const bar = form?.querySelector(".chosen-bar");
  if (!bar) return;
  const label = form.querySelector("[data-all]");
  const all = label.querySelector("input");
  const boxes = [...form.querySelectorAll("input[name=case]")];
  label.hidden = false;
  label.nextElementSibling.remove();
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    bar.hidden = chosen === 0;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
    bar.querySelector("[data-count]").textContent = `${chosen} chosen`;
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    show();
  });
  // A browser may show the page again as it was left.
  window.addEventListener("pageshow", show);
  show();
})();

// The menus over the list: closed by Escape, or by a press elsewhere.
(() => {
  const menus = [...document.querySelectorAll(".find details")];
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = menus.find((each) => each.open);
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
