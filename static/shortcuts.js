// The list that a person came from, and single keys for those who want them.
(() => {
  const LIST = "list";
  const aCase = /^\/cases\/\d+\/$/;
  const store = (list) => {
    try {
      sessionStorage.setItem(LIST, JSON.stringify(list));
    } catch {
      // Without a place to keep it there is no next and no previous.
    }
  };
  const stored = () => {
    try {
      return JSON.parse(sessionStorage.getItem(LIST)) ?? {};
    } catch {
      return {};
    }
  };
  const pathOf = (href, address = location.href) => new URL(href, address).pathname;

  // A list remembers its order, whatever it is sorted and filtered by, and the pages before and after this one.
  const readList = (page, address) => {
    const hrefs = [...page.querySelectorAll("main a[href]")].map((link) => link.getAttribute("href"));
    const found = hrefs.filter((href) => aCase.test(pathOf(href, address)));
    const beside = (rel) => page.querySelector(`.pages a[rel=${rel}]`)?.getAttribute("href");
    const full = (query) => query && new URL(query, address).href;
    return {
      cases: [...new Map(found.map((href) => [pathOf(href), href])).values()],
      before: full(beside("prev")),
      after: full(beside("next")),
    };
  };
  if (location.pathname === "/cases/") store(readList(document, location.href));
  const { cases: list = [], before, after } = stored();
  const place = list.findIndex((href) => pathOf(href) === location.pathname);
  const [previous, next] = place < 0 ? [] : [list[place - 1], list[place + 1]];

  // Past the end of a page of the list comes the first case of the next one, before its beginning the last.
  const turnPage = async (address, at) => {
    const answer = await fetch(address);
    const page = readList(new DOMParser().parseFromString(await answer.text(), "text/html"), address);
    if (page.cases.length) store(page);
    location.assign(page.cases.at(at) ?? address);
  };
  const go = (href, address, at) => {
    if (href) location.assign(href);
    else if (place >= 0 && address) turnPage(address, at).catch(() => location.assign(address));
    else return false;
    return true;
  };
  const goNext = () => go(next, after, 0);
  const goBack = () => go(previous, before, -1);

  const showNeighbors = () => {
    const nav = document.querySelector("[data-neighbors]");
    if (!nav || place < 0) return;
    const link = (href, label, follow) => {
      if (!href) return;
      const made = document.createElement("a");
      [made.href, made.textContent] = [href, label];
      made.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        follow();
      });
      nav.append(made);
    };
    const where = document.createElement("span");
    where.textContent = `${place + 1} of ${list.length}${before || after ? " on this page" : ""}`;
    nav.replaceChildren(where);
    link(previous ?? before, "Previous", goBack);
    link(next ?? after, "Next", goNext);
    nav.hidden = false;
  };
  showNeighbors();
  document.addEventListener("htmx:afterSettle", showNeighbors);

  if (!document.body.hasAttribute("data-shortcuts")) return;

  const click = (selector) => {
    const found = document.querySelector(selector);
    found?.click();
    return Boolean(found);
  };
  const search = () => {
    const field = document.querySelector("main input[name=q]");
    if (!field) {
      if (!document.querySelector(".nav-item[href='/cases/']")) return false;
      location.assign("/cases/#search");
      return true;
    }
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    return true;
  };
  const forSupport = document.body.dataset.shortcuts === "support";
  const SAID = [
    ["j", "Next case of the list you came from"],
    ["k", "Previous case of that list"],
    ["r", "Reply"],
    ...(forSupport ? [["n", "Internal note"], ["a", "Assign to me"]] : []),
    ["/", "Search cases"],
    ["?", "Show these keys"],
  ];
  let help;
  const showHelp = () => {
    if (!help) {
      help = document.createElement("dialog");
      help.className = "keys";
      help.setAttribute("aria-labelledby", "keys-heading");
      help.innerHTML = `<h2 id="keys-heading">Keyboard shortcuts</h2>
        <dl>${SAID.map(([key, what]) => `<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`).join("")}</dl>
        <p class="quiet">They do nothing while you type. You can switch them off in <a href="/profile/">your profile</a>.</p>
        <form method="dialog"><button class="btn btn-secondary" type="submit">Close</button></form>`;
      document.body.append(help);
    }
    help.showModal();
    return true;
  };
  const KEYS = {
    j: goNext,
    k: goBack,
    r: () => click("[data-mode=reply], [data-to-mode=reply]"),
    n: () => click("[data-mode=note], [data-to-mode=note]"),
    a: () => click("[data-to-me]"),
    "/": search,
    "?": showHelp,
  };
  const isTyping = (element) => element.isContentEditable || element.matches("input, textarea, select");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || help?.open) return;
    if (isTyping(event.target)) return;
    if (KEYS[event.key]?.()) event.preventDefault();
  });
  if (location.hash === "#search") search();
})();
