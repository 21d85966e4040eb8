// Every >>> block can be run, and changed, where it is read. Python is fetched at the first click and not before;
// it lives in a worker (live-worker.js), outlives the page while navigation is instant, and is shared with the instruments.

/** @typedef {{ok: boolean, source: string, want: string, got: string}} Row */
/** @typedef {{resolve: (answer: any) => void, reject: (why: Error) => void, heard: (progress: string) => void}} Asker */

const HERE = new URL(".", import.meta.url);

/** @type {Worker | undefined} */
let worker;
let last = 0;
/** @type {Map<number, Asker>} */
const askers = new Map();
/** What stands in each block now. A block that is folded away has no innerText. @type {WeakMap<HTMLElement, string>} */
const texts = new WeakMap();

/**
 * Ask Python, by the name of one of its answers in in_browser.py.
 * @param {string} name
 * @param {object} given
 * @param {(progress: string) => void} heard
 * @returns {Promise<any>}
 */
export function ask(name, given, heard = () => {}) {
  return new Promise((resolve, reject) => {
    askers.set(++last, { resolve, reject, heard });
    try {
      worker ??= start();
    } catch {
      return stop("This browser cannot run Python.");
    }
    worker.postMessage({ id: last, name, given: JSON.stringify(given) });
  });
}

/**
 * End Python, whatever it is doing. The next question starts it anew.
 * @param {string} why
 */
export function stop(why) {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of askers.values()) reject(new Error(why));
  askers.clear();
}

function start() {
  const fresh = new Worker(new URL("live-worker.js", HERE), { type: "module" });
  fresh.onmessage = ({ data }) => {
    if ("failed" in data) return stop(data.failed);
    if ("progress" in data) return askers.forEach(({ heard }) => heard(data.progress));
    askers.get(data.id)?.resolve(JSON.parse(data.answer));
    askers.delete(data.id);
  };
  fresh.onerror = () => stop("Python could not be started in this browser.");
  return fresh;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {(Node | string)[]} children
 */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** What a block is written for, if it is not for both layouts. @param {HTMLElement} block */
const layoutOf = (block) => /** @type {HTMLElement | null} */ (block.closest(".layout"))?.dataset.layout;

/** @param {HTMLElement} block @param {HTMLElement[]} session the blocks of the same page or card, in their order */
function decorate(block, session) {
  const code = block.querySelector("code");
  if (!code || block.querySelector(".live-bar")) return;
  const bar = element("div", { className: "live-bar" });
  block.append(bar);
  if (block.dataset.needs) return bar.append(`Needs ${block.dataset.needs}, which does not run here.`);
  const printed = code.innerHTML;
  const text = code.textContent ?? "";
  texts.set(block, text);
  const said = element("span", { className: "live-said" });
  said.setAttribute("role", "status");
  const lines = element("div", { className: "live-lines", hidden: true });
  /** @param {string} name @param {() => void} act */
  const button = (name, act) => {
    const made = element("button", { type: "button", textContent: name, onclick: act });
    bar.append(made);
    return made;
  };
  let running = false;

  button("Run", async () => {
    if (running) return;
    running = halt.hidden = true;
    const slow = setTimeout(() => (halt.hidden = false), 200);
    lines.hidden = true;
    block.dataset.live = "running";
    said.textContent = "Running…";
    const layout = layoutOf(block) ?? document.documentElement.dataset.layout;
    const same = session.filter((one) => !one.dataset.needs && (layoutOf(one) ?? layout) === layout);
    const above = same.slice(0, same.indexOf(block) + 1);
    const name = block.closest(".doc-object")?.querySelector(":scope > .doc-heading")?.id ?? "";
    try {
      const blocks = above.map((one) => texts.get(one));
      const scope = `${location.pathname} ${name}`;
      show(await ask("run_block", { scope, name, blocks }, (progress) => (said.textContent = progress)));
    } catch (why) {
      block.dataset.live = "failed";
      said.textContent = /** @type {Error} */ (why).message;
    }
    clearTimeout(slow);
    running = false;
    if (document.activeElement === halt) bar.querySelector("button")?.focus();
    halt.hidden = true;
  });
  const edit = button("Edit", () => {
    code.contentEditable = "plaintext-only";
    code.spellcheck = false;
    for (const [key, value] of Object.entries({ role: "textbox", "aria-multiline": "true", "aria-label": "Example" }))
      code.setAttribute(key, value);
    code.focus();
  });
  const reset = button("Reset", () => {
    code.innerHTML = printed;
    texts.set(block, text);
    reset.hidden = lines.hidden = true;
    said.textContent = "";
    delete block.dataset.live;
    leave();
  });
  const halt = button("Stop", () => stop("Stopped. The next run starts Python anew."));
  reset.hidden = halt.hidden = true;
  bar.append(said);
  block.append(lines);

  function leave() {
    for (const name of ["contenteditable", "role", "aria-multiline", "aria-label", "spellcheck"]) code?.removeAttribute(name);
    edit.focus();
  }
  code.addEventListener("input", () => {
    texts.set(block, code.innerText);
    reset.hidden = code.innerText === text;
  });
  code.addEventListener("keydown", (event) => {
    if (!code.isContentEditable) return;
    event.stopPropagation(); // the theme has orders for single letters
    if (event.key === "Escape") leave();
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    bar.querySelector("button")?.click();
  });

  /** @param {{error?: string, rows: Row[], above: number}} found */
  function show({ error, rows, above }) {
    const wrong = error ? [] : rows.filter((row) => !row.ok);
    const upstairs = above ? ` ${above} above ${above === 1 ? "differs" : "differ"}.` : "";
    const all = rows?.length === 1 ? "1 statement matches." : `${rows?.length} statements match.`;
    block.dataset.live = error || wrong.length ? "differs" : "matches";
    said.textContent = error ?? (wrong.length ? `${wrong.length} of ${rows.length} differ.` : `✓ ${all}`) + upstairs;
    lines.replaceChildren(...wrong.map(difference));
    lines.hidden = !wrong.length;
  }
}

/** @param {Row} row */
function difference({ source, want, got }) {
  /** @param {string} title @param {string} lines */
  const part = (title, lines) => [element("dt", { textContent: title }), element("dd", {}, element("pre", { textContent: lines }))];
  return element("dl", {}, ...part("ran", source), ...part("expected", want || "nothing"), ...part("got", got || "nothing"));
}

// What the theme leaves to a screen reader unnamed, or named twice; and what scrolls must be reached by keyboard.
function mend() {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  for (const nav of document.querySelectorAll(".md-code__nav, .md-nav--secondary .md-nav")) {
    nav.setAttribute("role", "none");
    nav.removeAttribute("aria-label");
  }
  for (const wide of document.querySelectorAll("div.formula, .md-typeset__scrollwrap"))
    if (wide.scrollWidth > wide.clientWidth) wide.setAttribute("tabindex", "0");
}

function arrive() {
  mend();
  document.fonts.ready.then(mend);
  /** @type {Map<Element | null, HTMLElement[]>} */
  const sessions = new Map();
  for (const block of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".md-content .language-pycon"))) {
    const scope = block.closest(".doc-object");
    sessions.set(scope, [...(sessions.get(scope) ?? []), block]);
  }
  for (const session of sessions.values()) for (const block of session) decorate(block, session);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".md-content [data-instrument]")))
    import(`./instruments/${place.dataset.instrument}.js`).then((instrument) => instrument.play(place));
  const figures = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".md-content figure:has(> svg[role=img]):not([data-instrument] figure)"));
  if (figures.length) import("./figures.js").then(({ offer }) => figures.forEach(offer));
}

// The theme says when a page has come, by a click or by instant navigation.
/** @type {any} */ (window).document$.subscribe(arrive);
