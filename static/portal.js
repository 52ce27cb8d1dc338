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

  // A browser may show a page again as it was left: its buttons must work then.
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-once][aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  });

  // After a refused form, a keyboard or screen reader starts at what is wrong.
  document.querySelector("[data-error-summary]")?.focus();

  // Near the limit of a field, say how much of it is left. The server counts characters, not UTF-16 units, without the
  // spaces around the text and with two for the end of a line.
  const count = (text) => [...text.trim().replaceAll("\n", "\r\n")].length;
  const counters = new WeakMap();
  const showLimit = (field) => {
    const limit = Number(field.dataset.maxLength);
    const left = limit - count(field.value);
    let counter = counters.get(field);
    if (!counter) {
      if (left > Math.min(limit / 5, 500)) return;
      counter = document.createElement("p");
      counter.className = "counter";
      counter.setAttribute("role", "status");
      field.after(counter);
      counters.set(field, counter);
    }
    const characters = Math.abs(left) === 1 ? "character" : "characters";
    counter.hidden = left > Math.min(limit / 5, 500);
    counter.classList.toggle("is-over", left < 0);
    counter.textContent = `${Math.abs(left).toLocaleString("en-US")} ${characters} ${left < 0 ? "too many" : "left"}`;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-max-length]")) showLimit(event.target);
  });
  for (const field of document.querySelectorAll("[data-max-length]")) showLimit(field);

  // Typed text is never lost: until the server answers, this tab keeps it. So sending one form of a page leaves the
  // text of the others alone, and leaving the page asks first. Passwords are not kept.
  const DRAFTS = "drafts";
  const reader = document.body.dataset.reader;
  const draftForms = () => (reader ? [...document.querySelectorAll("form[data-draft]")] : []);
  const readDrafts = () => {
    try {
      const stored = JSON.parse(sessionStorage.getItem(DRAFTS));
      return stored?.reader === reader ? stored.drafts : {};
    } catch {
      return {};
    }
  };
  const writeDrafts = (drafts) => {
    try {
      sessionStorage.setItem(DRAFTS, JSON.stringify({ reader, drafts }));
      return true;
    } catch {
      return false;
    }
  };
  const addressOf = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;
  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
  const fieldsOf = (form) =>
    [...form.elements].filter((field) =>
      field.matches("textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit])"),
    );
  const keyOf = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
  const valueOf = (field) => (isChoice(field) ? field.checked : field.value);
  const valueAtFirst = (form, field) => {
    if (form.dataset.draft === "refused") return isChoice(field) ? false : "";
    if (isChoice(field)) return field.defaultChecked;
    if (!field.matches("select")) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
  };
  const changedFields = (form) => fieldsOf(form).filter((field) => valueOf(field) !== valueAtFirst(form, field));
  const isUnsent = (form) => changedFields(form).some((field) => !isChoice(field) && !field.matches("select"));
  const keep = (form, sent = false) => {
    const drafts = readDrafts();
    const values = Object.fromEntries(changedFields(form).map((field) => [keyOf(field), valueOf(field)]));
    if (Object.keys(values).length) drafts[addressOf(form)] = { values, sent };
    else delete drafts[addressOf(form)];
    return writeDrafts(drafts);
  };
  const fill = (form, values) => {
    for (const field of fieldsOf(form)) {
      const value = values[keyOf(field)];
      if (value === undefined) continue;
      if (isChoice(field)) field.checked = value;
      else if (!field.matches("select") || [...field.options].some((option) => option.value === value)) field.value = value;
      if (field.matches("[data-max-length]")) showLimit(field);
    }
  };
  const restore = (form, values) => {
    fill(form, values);
    for (const select of form.querySelectorAll("select[hx-post]")) {
      // Its fields are not on the page yet. By the time of this event, htmx listens.
      if (select.name in values) window.addEventListener("load", () => select.dispatchEvent(new Event("change")));
    }
    if (!isUnsent(form)) return;
    const note = document.createElement("p");
    note.className = "form-text";
    note.textContent = "You typed this earlier. It is not sent yet.";
    form.prepend(note);
    form.closest("details")?.setAttribute("open", "");
  };

  if (reader) {
    const drafts = readDrafts();
    const isAnswered = document.querySelector("[data-flash]") !== null;
    for (const [address, draft] of Object.entries(drafts)) {
      if (draft.sent && isAnswered) delete drafts[address];
      draft.sent = false;
    }
    writeDrafts(drafts);
    for (const form of draftForms()) {
      const draft = drafts[addressOf(form)];
      if (form.dataset.draft === "refused") keep(form);
      else if (draft) restore(form, draft.values);
    }
  }

  let isSending = false;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (reader && form?.matches("[data-draft]")) keep(form);
  });
  // What was sent without leaving the page is no draft any more.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig?.elt;
    if (!form?.matches?.("form[data-draft]") || !event.detail.serverResponse.includes("data-flash")) return;
    const drafts = readDrafts();
    delete drafts[addressOf(form)];
    writeDrafts(drafts);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const form of draftForms()) fill(form, readDrafts()[addressOf(form)]?.values ?? {});
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.matches(".sign-out")) sessionStorage.clear();
    // What is typed in the other forms is kept already.
    if (event.target.closest("[data-composer]")) isSending = true;
    if (!reader || !event.target.matches("[data-draft]")) return;
    isSending = keep(event.target, true) || !draftForms().some((form) => form !== event.target && isUnsent(form));
  });
  window.addEventListener("pageshow", () => {
    isSending = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSending && draftForms().some(isUnsent)) event.preventDefault();
  });

  // When a part of the page could not be loaded, the person must see that; htmx itself stays silent.
  const tell = () => {
    const notice = document.getElementById("trouble");
    if (notice) notice.hidden = false;
  };
  document.addEventListener("htmx:responseError", tell);
  document.addEventListener("htmx:sendError", tell);
})();
