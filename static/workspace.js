// The page of a case: modes that switch in place, a draft that saves itself, and who else is here.
(() => {
  const composer = document.querySelector("[data-composer]");
  const hereForm = document.getElementById("here");
  const PAUSE = 1200;
  const STILL_WRITING = 20_000;
  let lastTyped = 0;

  if (composer) {
    const modes = [...composer.querySelectorAll("[data-mode-of]")];
    const tabs = [...composer.querySelectorAll("[data-mode]")];
    const active = () => modes.find((mode) => !mode.hidden);
    const form = () => active().querySelector("form");
    const text = () => active().querySelector("textarea");
    const status = () => active().querySelector("[data-saved]");
    let saved = text().value;
    let savedMode = active().dataset.modeOf;
    let timer, saving;

    const isUnsaved = () => text().value !== saved && (text().value + saved).trim() !== "";
    const say = (words, isTrouble = false) => {
      status().classList.toggle("is-unsaved", isTrouble);
      status().textContent = words;
    };

    const save = async () => {
      clearTimeout(timer);
      await saving;
      const words = text().value;
      const mode = active().dataset.modeOf;
      if (words === saved && mode === savedMode) return;
      if (!words.trim() && !saved.trim()) return;
      const body = new URLSearchParams(new FormData(form()));
      body.set("mode", mode);
      const headers = { "HX-Request": "true" };
      saving = fetch(composer.dataset.draftUrl, { method: "POST", headers, body, keepalive: words.length < 20_000 })
        .then(async (answer) => {
          if (!answer.ok || answer.redirected) throw new Error(answer.status);
          [saved, savedMode] = [words, mode];
          status().classList.remove("is-unsaved");
          // The portal's own words, which name the time in the reader's zone.
          status().innerHTML = await answer.text();
        })
        .catch(() => say("The draft could not be saved. Your text is only on this page.", true));
      await saving;
    };

    const typed = () => {
      const begins = Date.now() - lastTyped > STILL_WRITING;
      lastTyped = Date.now();
      if (begins) hereForm?.dispatchEvent(new Event("refresh"));
      if (text().value === saved) return;
      say("Not saved yet");
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    };

    const switchTo = (name, focus = true) => {
      const next = modes.find((mode) => mode.dataset.modeOf === name);
      if (!next) return false;
      const [before, words] = [active(), text().value];
      if (next !== before) {
        const said = status().innerHTML;
        before.hidden = true;
        next.hidden = false;
        text().value = words;
        status().innerHTML = said;
        before.querySelector("[data-saved]").textContent = "";
        for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.mode === name));
        composer.classList.toggle("is-note", name === "note");
        text().dispatchEvent(new Event("input", { bubbles: true }));
        if (words.trim()) save();
      }
      if (focus) {
        composer.scrollIntoView({ block: "nearest" });
        text().focus();
        text().setSelectionRange(words.length, words.length);
      }
      return true;
    };

    const insert = (words) => {
      const field = text();
      const gap = field.value && !field.value.endsWith("\n") ? "\n\n" : "";
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
      field.setRangeText(gap + words, field.value.length, field.value.length, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };

    document.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      const tab = event.target.closest("[data-mode]");
      const link = event.target.closest("[data-to-mode]");
      const canned = event.target.closest("[data-canned]");
      if ((tab && switchTo(tab.dataset.mode)) || (link && switchTo(link.dataset.toMode))) event.preventDefault();
      if (canned) {
        event.preventDefault();
        canned.closest("details").open = false;
        insert(canned.dataset.canned);
      }
    });
    composer.addEventListener("input", (event) => {
      if (event.target.matches("textarea")) typed();
    });
    for (const button of composer.querySelectorAll("[data-save]")) button.hidden = true;

    // Another form of the page sends only its own fields, so the draft is saved first.
    let isLeaving = false;
    document.addEventListener("submit", async (event) => {
      if (composer.contains(event.target)) {
        clearTimeout(timer);
        isLeaving = true;
        return;
      }
      if (event.defaultPrevented || !isUnsaved() || event.target === hereForm) return;
      event.preventDefault();
      await save();
      event.submitter?.removeAttribute("aria-disabled");
      event.target.requestSubmit(event.submitter);
    });
    window.addEventListener("pageshow", () => {
      isLeaving = false;
    });
    // Closing the laptop or switching the app is no time to lose a sentence.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && isUnsaved() && !isLeaving) save();
    });
    window.addEventListener("beforeunload", (event) => {
      if (!isLeaving && isUnsaved()) event.preventDefault();
    });

    if (location.hash === "#composer" && !document.querySelector("[data-error-summary]")) text().focus();
  }

  // Who else is here: an open page reports while somebody can see it.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target !== hereForm) return;
    if (document.visibilityState === "hidden") event.preventDefault();
    event.detail.parameters.writing = Date.now() - lastTyped < STILL_WRITING ? "1" : "";
  });

  // A change in the panel that is refused comes back with what was typed.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 409) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  // After a change the panel is as it was, the reader's place is kept, and the confirmation is in sight.
  let changed;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.target.closest?.("#panel .details > div");
    changed = row && { id: row.querySelector(".change")?.id, isOpen: row.closest("details.facts").open };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!changed) return;
    document.querySelector("details.facts").open = changed.isOpen;
    const trouble = document.querySelector("#panel [data-error-summary]");
    if (trouble) trouble.focus();
    else document.querySelector(`#${changed.id} > summary`)?.focus({ preventScroll: true });
    document.querySelector("#panel [data-flash]")?.scrollIntoView({ block: "nearest" });
    changed = undefined;
  });
})();
