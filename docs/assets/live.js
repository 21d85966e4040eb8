// What a page needs when it has come: examples that run, instruments, figures that can be saved.

import { element } from "./element.js";
import { Example } from "./example.js";
import { size } from "./python.js";

export { element } from "./element.js";
export { ask } from "./python.js";

/** @type {WeakSet<HTMLElement>} */
const made = new WeakSet();

/** Make the blocks of the page examples, each numbered among those that its reader sees. Return the first ones. @returns {Example[]} */
function examples() {
  /** @type {Map<Element | null, Example[]>} */
  const sessions = new Map();
  /** @type {Record<string, number>} */
  const numbers = { columns: 0, rows: 0 };
  for (const block of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".md-content .language-pycon"))) {
    if (made.has(block)) return []; // the page has come before
    made.add(block);
    if (block.dataset.needs) {
      block.append(element("div", { className: "live-bar" }, `Needs ${block.dataset.needs}, which does not run here.`));
      continue;
    }
    const scope = block.closest(".doc-object");
    const session = sessions.get(scope) ?? [];
    sessions.set(scope, session);
    const layout = /** @type {HTMLElement | null} */ (block.closest(".layout"))?.dataset.layout;
    const number = 1 + (layout ? numbers[layout] : Math.max(...Object.values(numbers)));
    for (const name of layout ? [layout] : Object.keys(numbers)) numbers[name] = number;
    session.push(new Example(block, number, session));
  }
  return [...sessions.values()].flat().filter(({ number }) => number === 1);
}

/** Say what the first run costs as soon as its button is near. @param {Example[]} firsts */
function watch(firsts) {
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      price(firsts);
    },
    { rootMargin: "100%" },
  );
  for (const { block } of firsts) near.observe(block);
}

/** @param {Example[]} firsts */
async function price(firsts) {
  if (document.documentElement.dataset.python) return;
  const megabytes = Math.round((await size().catch(() => 0)) / 1e6);
  if (!megabytes) return;
  for (const { said } of firsts) said.after(element("span", { className: "live-price", textContent: `Loads Python once: up to ${megabytes} MB.` }));
}

const FOLDED = "details:not([open])";

// What the theme leaves to a screen reader unnamed, or named twice; and what scrolls must be reached by keyboard.
// Everything is measured before anything is changed, or the browser lays the page out anew for each. What is folded waits until it is opened.
function mend() {
  for (const nav of document.querySelectorAll(".md-code__nav, .md-nav--secondary .md-nav")) {
    nav.setAttribute("role", "none");
    nav.removeAttribute("aria-label");
  }
  const shown = [...document.querySelectorAll(`:is(div.formula, .md-typeset__scrollwrap):not([tabindex], ${FOLDED} *)`)];
  for (const wide of shown.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)) wide.setAttribute("tabindex", "0");
}

/** Let the browser's search find what is folded, when the theme has measured the page. */
function settle() {
  for (const folded of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(FOLDED))) folded.dataset.settled = "";
}

function arrive() {
  mend();
  document.fonts.ready.then(mend);
  const firsts = examples();
  // Not at once: a phone lays the page out for a large window first, in which everything is near.
  setTimeout(() => (settle(), watch(firsts)), 1000);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".md-content [data-instrument]")))
    import(`./instruments/${place.dataset.instrument}.js`).then((instrument) => instrument.play(place));
  const figures = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".md-content figure:has(> svg[role=img]):not([data-instrument] figure)"));
  if (figures.length) import("./figures.js").then(({ offer }) => figures.forEach(offer));
}

// The theme says when a page has come, by a click or by instant navigation.
/** @type {any} */ (window).document$.subscribe(arrive);
document.addEventListener("toggle", mend, true);
