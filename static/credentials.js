// The editor of a credential: choices are picked while they are typed, and what differs from the record is marked, with
// one press to take it back. Without this script the server reads what is typed, and the record stands beside each field.
(() => {
  const listOf = (node) => node.querySelector("[data-typed-list]");
  const typedIn = (list) => list.querySelector("input[type=text]");
  const end = (list, which) => list.querySelector(`select[name^="${which}_"]`);
  const said = (node, text) => {
    let status = node.querySelector("[role=status]");
    if (!status) {
      status = document.createElement("span");
      status.className = "visually-hidden";
      status.setAttribute("role", "status");
      node.append(status);
    }
    status.textContent = text;
  };

  // --- lists that are typed ---
  const addChoice = (list, value, label) => {
    const chosen = list.querySelector(".chosen");
    const there = [...chosen.querySelectorAll("input")].find((box) => box.value === value);
    if (there) {
      there.checked = true;
      return there;
    }
    const one = document.createElement("label");
    one.className = "chosen-one";
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", className: "form-check-input", name: list.dataset.typedList, value, checked: true });
    one.append(box, ` ${label}`);
    chosen.append(one);
    return box;
  };
  const match = (list, text, only) => {
    const options = [...list.querySelector("datalist").options].map((option) => option.value);
    const typed = text.trim().toLowerCase();
    const exact = options.find((option) => option.toLowerCase() === typed);
    if (exact || only) return exact;
    const begun = options.filter((option) => typed && option.toLowerCase().startsWith(typed));
    return begun.length === 1 ? begun[0] : undefined;
  };
  const pick = (input, only) => {
    const list = input.closest("[data-typed-list]");
    const found = match(list, input.value, only);
    if (!found) return false;
    input.value = "";
    addChoice(list, found, found).dispatchEvent(new Event("input", { bubbles: true }));
    said(list, `${found} added`);
    return true;
  };
  const isTyped = (node) => node.matches?.("[data-typed-list] input[type=text]");
  document.addEventListener("input", (event) => {
    // A choice from the list comes whole; a typed one is not taken away while somebody still types.
    if (isTyped(event.target) && !event.inputType?.startsWith("insertText")) pick(event.target, true);
  });
  document.addEventListener("change", (event) => {
    if (isTyped(event.target)) pick(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && isTyped(event.target) && event.target.value.trim()) {
      event.preventDefault();
      pick(event.target);
    }
  });

  // --- what differs from the record ---
  const between = (list, first, last) => {
    if (!end(list, "from")) return [];
    const steps = [...end(list, "from").options].map((option) => option.value).filter(Boolean);
    const places = [first, last].filter(Boolean).map((step) => steps.indexOf(step)).sort((a, b) => a - b);
    return places.length ? steps.slice(places[0], places[places.length - 1] + 1) : [];
  };
  const sorted = (values) => JSON.stringify([...new Set(values)].sort());
  const boxes = (node) => [...node.querySelectorAll("input[type=checkbox]")];
  const control = (node) => node.querySelector("input:not([type=hidden]), select, textarea");
  const now = (node) => {
    const list = listOf(node);
    if (list) {
      const typed = typedIn(list).value.trim();
      const range = between(list, end(list, "from")?.value, end(list, "to")?.value);
      return sorted([...boxes(node).filter((box) => box.checked).map((box) => box.value), ...range, ...(typed ? [`+${typed}`] : [])]);
    }
    if (boxes(node).length) return sorted(boxes(node).filter((box) => box.checked).map((box) => box.value));
    return control(node).value.replaceAll("\r\n", "\n");
  };
  const before = (node) => {
    const was = JSON.parse(node.dataset.was);
    if (was.chosen) return sorted([...was.chosen.map(([value]) => value), ...between(listOf(node), was.first, was.last)]);
    return was.ticked ? sorted(was.ticked) : was.text.replaceAll("\r\n", "\n");
  };
  const takeBack = (node) => {
    const was = JSON.parse(node.dataset.was);
    const list = listOf(node);
    if (list) {
      list.querySelector(".chosen").replaceChildren();
      for (const [value, label] of was.chosen) addChoice(list, value, label);
      typedIn(list).value = "";
      if (end(list, "from")) [end(list, "from").value, end(list, "to").value] = [was.first, was.last];
    } else if (was.ticked) {
      for (const box of boxes(node)) box.checked = was.ticked.includes(box.value);
    } else {
      control(node).value = was.text;
    }
    const changed = control(node);
    for (const kind of ["input", "change"]) changed.dispatchEvent(new Event(kind, { bubbles: true }));
    changed.focus();
    mark(node);
    said(node, "Taken back");
  };
  const mark = (node) => {
    const isChanged = now(node) !== before(node);
    node.classList.toggle("is-changed", isChanged);
    const line = node.querySelector(".on-record");
    line.hidden = !isChanged;
    if (!line.querySelector("button")) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-quiet", textContent: "Take it back" });
      const label = node.querySelector("legend, label")?.textContent.trim();
      const about = document.createElement("span");
      about.className = "visually-hidden";
      about.textContent = `: ${label}`;
      button.append(about);
      button.addEventListener("click", () => takeBack(node));
      line.append(" ", button);
    }
  };
  const markAll = () => document.querySelectorAll("[data-was]").forEach(mark);
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const node = event.target.closest?.("[data-was]");
      if (node) mark(node);
    });
  }
  markAll();
  document.addEventListener("htmx:afterSettle", markAll);
  // Text that was typed earlier comes back when the page has loaded.
  window.addEventListener("load", markAll);
})();
