// The search: a button in the header, a dialog, and an engine in a worker. Only this file is loaded before the reader turns to it, as a part of live.js.
{
  /** @typedef {{ location: string, title: string, note: string }} Place */
  /** @typedef {{ results: (Place & { sections: Place[] })[], nearest: string[] }} Answer */
  /** @typedef {(text: string) => Promise<Answer>} Find */

  const { base } = JSON.parse(document.querySelector("#__config")?.textContent ?? ""); // where the theme says that the book begins
  const book = new URL(base.replace(/\/?$/, "/"), location.href);
  const button = /** @type {HTMLButtonElement} */ (document.querySelector(".search-button"));
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog.search"));
  /** @param {string} selector */
  const part = (selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
  const box = /** @type {HTMLTextAreaElement} */ (part("textarea"));

  // ---- The engine

  /** Start the engine in a worker. @returns {Promise<Find>} */
  const startWorker = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("assets/vendor/search/worker.js", book));
      /** @type {{ resolve: (answer: Answer) => void, reject: (error: Error) => void }[]} */
      const waiting = [];
      /** @param {string} reason */
      const fail = (reason) => {
        for (const { reject: refuse } of [{ reject }, ...waiting]) refuse(new Error(reason));
        worker.terminate();
      };
      worker.onerror = ({ message }) => fail(message || "Its program is not there.");
      worker.onmessage = ({ data }) => {
        if (data.ready) resolve((query) => new Promise((resolve, reject) => worker.postMessage({ query, id: waiting.push({ resolve, reject }) - 1 })));
        else if (data.failed) fail(data.failed);
        else waiting[data.id].resolve(data);
      };
      worker.postMessage({
        load: { index: `${new URL(button.dataset.index ?? "", book)}`, asked: `${new URL("assets/vendor/search/asked.json", book)}` },
      });
    });

  /** @type {Promise<Find> | undefined} */
  let engine;
  const load = () => {
    const start = /** @type {{ startSearch?: () => Promise<Find> }} */ (window).startSearch ?? startWorker; // offline.js has its own
    engine ??= start();
    engine.catch(() => (engine = undefined));
    return engine;
  };

  // ---- What the dialog shows

  /** @type {Map<string, string> | undefined} */
  let parts;
  /** Say in which part of the book a page is, as its navigation has it. @param {string} path */
  const partOf = (path) => {
    parts ??= new Map(
      [...document.querySelectorAll(".md-nav--primary a.md-nav__link")].filter((link) => !link.closest(".md-nav--secondary")).map((link) => {
        const names = [];
        for (let item = link.closest(".md-nav__item--nested"); item; item = item.parentElement?.closest(".md-nav__item--nested") ?? null)
          names.unshift(item.querySelector(":scope > label")?.textContent?.trim());
        return [/** @type {HTMLAnchorElement} */ (link).pathname, names.join(" › ")];
      }),
    );
    return parts.get(path) ?? "";
  };

  /** Make an element with HTML of the engine in it, which marks what it found. @param {string} name @param {string} className @param {string} html */
  const element = (name, className, html) => Object.assign(document.createElement(name), { className, innerHTML: html });

  /** @param {Place & { sections: Place[] }} result */
  const item = ({ location, title, note, sections }) => {
    const item = element("li", "", "");
    const page = element("a", "search__page", `<strong>${title}</strong>`);
    page.append(element("small", "", partOf(new URL(location, book).pathname)), element("span", "", note));
    item.append(page);
    if (sections.length) {
      const places = element("ul", "", "");
      for (const { title } of sections) places.append(element("li", "", `<a>${title}</a>`));
      item.append(places);
    }
    // The page that opens highlights the reader's words, as they were found: not numbers, and no other words for the same.
    const typed = box.value.toLowerCase();
    const marked = [...item.querySelectorAll("mark")].map((mark) => mark.textContent?.toLowerCase() ?? "");
    const words = new Set(marked.filter((word) => /\D/.test(word) && typed.includes(word.slice(0, 4))));
    item.querySelectorAll("a").forEach((link, i) => {
      const address = new URL(i ? sections[i - 1].location : location, book);
      for (const word of [...words].slice(0, 8)) address.searchParams.append("h", word);
      link.href = `${address}`;
    });
    return item;
  };

  let announcing = 0;
  /** Say to a screen reader what came, after the typing has stopped. @param {string} text */
  const announce = (text) => {
    clearTimeout(announcing);
    part("[role=status]").textContent = "";
    announcing = setTimeout(() => (part("[role=status]").textContent = text), 600);
  };

  /** @param {"empty" | "loading" | "failed" | "none" | "found"} state @param {Answer} [answer] */
  const show = (state, { results, nearest } = { results: [], nearest: [] }) => {
    for (const text of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-when]"))) text.hidden = text.dataset.when !== state;
    part("ol").replaceChildren(...results.map(item));
    part(".search__body").scrollTop = 0;
    part(".search__nearest").hidden = nearest.length === 0;
    part(".search__nearest span").replaceChildren(
      ...nearest.map((word) => Object.assign(document.createElement("button"), { type: "button", value: word, textContent: word })),
    );
    const said = dialog.querySelector(`[data-when="${state}"]`)?.textContent ?? (results.length === 1 ? "1 page found." : `${results.length} pages found.`);
    announce(nearest.length ? `${said} Nearest in the book: ${nearest.join(", ")}.` : said);
  };

  // ---- Asking

  /** @type {string | undefined} */
  let asked;
  let answered = Promise.resolve();
  const ask = () => {
    if (box.value !== asked) answered = answer((asked = box.value));
    return answered;
  };

  /** @param {string} text */
  const answer = async (text) => {
    if (!text.trim()) return show("empty");
    const slow = setTimeout(() => show("loading"), 150);
    try {
      const find = await load();
      clearTimeout(slow);
      if (text !== asked) return;
      const found = await find(text);
      if (text === asked) show(found.results.length ? "found" : "none", found);
    } catch (error) {
      clearTimeout(slow);
      fail(error);
    }
  };

  /** @param {unknown} error */
  const fail = (error) => {
    engine = asked = undefined;
    part("[data-when=failed] small").textContent = error instanceof Error ? error.message : "";
    show("failed");
  };

  /** Let the box show all lines of what was pasted. */
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };

  let typing = 0;
  box.addEventListener("input", () => {
    grow();
    clearTimeout(typing);
    typing = setTimeout(ask, 80);
  });

  // ---- Opening and closing

  const dress = () => {
    if (dialog.querySelector("link")) return;
    dialog.style.opacity = "0";
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${new URL("assets/search.css", book)}` });
    style.onload = style.onerror = () => {
      dialog.style.opacity = "";
      grow();
    };
    dialog.append(style); // in the head, instant navigation would take it away
  };

  /** The reader turns to the search. */
  const prepare = () => {
    dress();
    load().catch(() => {}); // whoever opens it then is told
  };

  /** @param {string | null} [text] */
  const open = (text) => {
    dress();
    if (typeof text === "string") box.value = text;
    if (!dialog.open) dialog.showModal();
    box.focus();
    box.select();
    grow();
    ask();
    load().catch(fail);
  };

  /** @param {HTMLAnchorElement} link */
  const leave = (link) => {
    dialog.close();
    button.blur(); // the next Tab begins in what has opened
    if (link.pathname === location.pathname) highlight(new URL(link.href).searchParams.getAll("h"));
  };

  button.addEventListener("click", () => open());
  for (const turn of ["pointerenter", "focus", "touchstart"]) button.addEventListener(turn, prepare, { passive: true });

  /** @param {EventTarget | null} target */
  const isField = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=radio]), select, textarea"));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || dialog.open || isField(event.target)) return;
    if (event.ctrlKey || event.metaKey ? event.key !== "k" : !["/", "f", "s"].includes(event.key)) return;
    event.preventDefault();
    open();
  });

  // ---- In the dialog

  /** Go from the box to the first result, and on from result to result. @param {HTMLElement} from @param {1 | -1} step */
  const go = (from, step) => {
    const stops = [box, .../** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll(".search__page"))];
    const at = stops.findIndex((stop) => stop === from || stop.parentElement === from.closest("ol > li"));
    stops[Math.min(Math.max(0, at + step), stops.length - 1)].focus();
  };

  dialog.addEventListener("keydown", async (event) => {
    event.stopPropagation(); // to the theme, some letters are orders
    const { key } = event;
    const target = /** @type {HTMLElement} */ (event.target);
    const alone = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.isComposing) return;
    if (key === "Enter" && target === box) {
      event.preventDefault();
      const text = box.value;
      await ask();
      if (text === box.value) /** @type {HTMLElement | null} */ (dialog.querySelector(".search__page"))?.click();
    } else if (target === box ? key === "ArrowDown" && !box.value.slice(box.selectionEnd).includes("\n") : /^Arrow(Down|Up)$/.test(key)) {
      event.preventDefault();
      go(target, key === "ArrowDown" ? 1 : -1);
    } else if (key === "k" && !alone) {
      event.preventDefault();
      open();
    } else if (alone && /^(\S|Backspace)$/.test(key)) box.focus();
  });

  let pressed = /** @type {EventTarget | null} */ (null);
  dialog.addEventListener("pointerdown", ({ target }) => (pressed = target));
  dialog.addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey }) => {
    const [link, order] = ["a", "button"].map((name) => /** @type {HTMLElement} */ (target).closest(name));
    if (link instanceof HTMLAnchorElement && !ctrlKey && !metaKey && !shiftKey) leave(link);
    else if (order instanceof HTMLButtonElement) {
      if (order.dataset.order === "close") dialog.close();
      else open(order.dataset.order === "again" ? null : order.value);
    } else if (target === dialog && pressed === dialog) dialog.close(); // beside it
  });

  // ---- The page that has come

  /** Highlight words without a change to the page. @param {string[]} words */
  const highlight = (words) => {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    if (words.length === 0) return;
    dress();
    const patterns = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&") + (word.length > 3 ? "\\p{L}*" : ""));
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${patterns.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
    const found = new Highlight();
    const texts = document.createTreeWalker(document.querySelector(".md-content") ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (node.parentElement?.closest(".katex, .headerlink, script, style")) continue;
      for (const { index, 0: word } of node.nodeValue?.matchAll(pattern) ?? []) {
        const range = new StaticRange({ startContainer: node, startOffset: index, endContainer: node, endOffset: index + word.length });
        found.add(range);
      }
    }
    CSS.highlights.set("found", found);
  };

  // The address may ask: ?q=words opens the search, ?h=word highlights. The theme says when a page has come.
  /** @type {any} */ (window).document$.subscribe(() => {
    const address = new URL(location.href);
    highlight(address.searchParams.getAll("h"));
    if (!address.searchParams.has("q")) return;
    open(address.searchParams.get("q"));
    address.searchParams.delete("q");
    history.replaceState(history.state, "", address);
  });

  // For a link with ?q= to the page that it is on, no page comes.
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element && event.target.closest("a");
      if (!(link instanceof HTMLAnchorElement) || link.host !== location.host || link.pathname !== location.pathname) return;
      const text = new URL(link.href).searchParams.get("q");
      if (text === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      open(text);
    },
    { capture: true },
  );
}
