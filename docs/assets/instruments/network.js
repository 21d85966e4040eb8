// The network, moving. The build has drawn it with all its numbers; here they appear when they are computed, and follow the reader's.

import { element } from "../live.js";
import { changed, curve } from "./network-curve.js";
import { along, between, send } from "./network-dots.js";
import { behind, change, decimal, described, entry, name, short, symbolOf } from "./network-words.js";
import { pass } from "./pass.js";

/** @typedef {import("./pass.js").Given} Given */
/** @typedef {import("./network-words.js").Line} Line */
/** What the build wrote about a step. @typedef {{item: HTMLElement, words: string, shows: string[], lit: string[], along: string[], way: string, gradient: string[]}} Step */
/** Where the reader began to move a number. @typedef {{key: string, from: number, given: Given, values: any}} Start */

const LARGEST = 5; // of a number that the reader moves
const PER_PIXEL = 0.01;
const ADDRESS = /^#network=(\d+)$/;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {HTMLElement} place */
export function play(place) {
  if (!("ready" in place.dataset)) new Network(place);
}

class Network {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.svg = /** @type {SVGSVGElement} */ (place.querySelector("svg"));
    /** @type {Given} */
    this.book = JSON.parse(place.dataset.given ?? "");
    this.exact = JSON.parse(place.dataset.exact ?? "");
    this.bookValues = pass(this.book);
    this.given = this.book;
    this.values = this.bookValues;
    this.steps = readSteps(place);
    this.computedIn = new Map(this.steps.flatMap((step, i) => step.shows.map((symbol) => [symbol, i])));
    this.parts = this.readParts();
    this.cells = /** @type {SVGElement[]} */ ([...this.svg.querySelectorAll("[data-value]")]);
    /** @type {HTMLElement[]} */
    this.headCells = [];
    this.step = 0;
    this.shown = 0; // the last step whose numbers are to be seen: `step`, except while dots are on their way
    this.chosen = ""; // the part that the reader has tapped or reached by keyboard
    this.pointed = ""; // the part under the mouse
    this.tuned = "W2.0.0"; // the number that − and + change
    /** @type {Start | null} */
    this.start = null;
    this.playing = 0;
    this.settling = 0;
    this.drawing = 0;
    this.stopDots = () => {};
    this.said = /** @type {HTMLElement} */ (place.querySelector("[role=status]"));
    this.chosenLabel = /** @type {HTMLElement} */ (place.querySelector(".network-chosen"));
    this.tuners = /** @type {HTMLElement[]} */ ([...place.querySelectorAll("[data-by]")]);
    this.curve = curve();
    this.makeHead();
    this.listen();
    place.dataset.ready = "";
    if (!this.follow()) this.go(0);
    else if (scrollY === 0) place.scrollIntoView();
  }

  // ---- The page

  readParts() {
    /** @type {Map<string, {part?: SVGElement, edge?: SVGElement, line?: SVGElement | null}>} */
    const parts = new Map();
    for (const one of /** @type {NodeListOf<SVGElement>} */ (this.svg.querySelectorAll("[data-part]"))) {
      const key = one.dataset.part ?? "";
      const found = parts.get(key) ?? {};
      parts.set(key, found);
      if (one.classList.contains("network-edge")) {
        found.edge = one;
        found.line = one.querySelector(".network-line");
      } else {
        found.part = one;
        one.setAttribute("role", isGiven(key) ? "slider" : "img"); // all that a unit does is to say its numbers, and its label has them
      }
    }
    this.svg.setAttribute("role", "group");
    return parts;
  }

  makeHead() {
    const head = /** @type {HTMLElement} */ (this.place.querySelector(".network-head"));
    this.equation = element("div", { className: "network-equation" });
    this.stepPane = element("div", { className: "network-pane" });
    this.sumPane = element("div", { className: "network-pane network-sums" });
    this.moved = [element("p"), element("p", { className: "network-predicted" }), element("p", { className: "network-changed" })];
    this.movePane = element("div", { className: "network-pane network-moved" });
    this.movePane.append(this.curve.svg, element("div", {}, ...this.moved));
    head.append(this.equation, this.stepPane, this.sumPane, this.movePane);
  }

  get rows() {
    return document.documentElement.dataset.layout === "rows";
  }

  /** @param {string} key */
  known = (key) => this.shown >= (this.computedIn.get(symbolOf(key)) ?? 0);

  /** A number as the book writes it while it is the book's, else a decimal. @param {string} key */
  write = (key) => {
    const value = entry(this.values, key);
    if (Math.abs(value - entry(this.bookValues, key)) < 1e-12) return entry(this.exact, key);
    return isGiven(key) ? decimal(value, 2) : short(value);
  };

  // ---- Steps

  /** @param {number} to @param {{byReader?: boolean, at?: "once"}} how */
  go(to, { byReader = false, at } = {}) {
    this.stopDots();
    const forward = to > this.step;
    this.step = Math.min(Math.max(to, 0), this.steps.length - 1);
    const dots = forward && at !== "once" && !still.matches ? this.dots() : [];
    this.shown = dots.length ? this.step - 1 : this.step;
    if (at !== "once") this.chosen = this.pointed = "";
    if (byReader) history.replaceState(history.state, "", `#network=${this.step + 1}`);
    this.showStep();
    this.render();
    if (!dots.length) return this.settle();
    const duration = this.steps[this.step].along.length > 1 ? 500 : 900;
    this.stopDots = send(/** @type {SVGElement} */ (this.svg.querySelector(".network-dots")), dots, duration, () => {
      this.shown = this.step;
      this.render();
      this.settle();
    });
  }

  dots() {
    const { along: tracks, way } = this.steps[this.step];
    if (tracks.length === 2) {
      const [from, to] = tracks.map((symbol) => this.cells.filter((cell) => symbolOf(cell.dataset.value ?? "") === symbol));
      return from.map((cell, i) => between(cell, to[i], way === "forward" ? "c-act" : "c-err"));
    }
    return /** @type {SVGPathElement[]} */ ([...this.svg.querySelectorAll(`[data-way^="${tracks[0]}."]`)]).flatMap((path) => {
      const meeting = 1 - 22 / path.getTotalLength();
      if (way === "meet") return [along(path, "c-act", 0, meeting), along(path, "c-err", 1, meeting)];
      return way === "forward" ? [along(path, "c-act", 0, 1)] : [along(path, "c-err", 1, 0)];
    });
  }

  togglePlay() {
    if (this.playing) return this.pause();
    this.bringIntoView();
    if (this.step === this.steps.length - 1) this.go(0, { byReader: true });
    const next = () => {
      if (!this.place.isConnected) return;
      this.go(this.step + 1, { byReader: true });
      if (this.step === this.steps.length - 1) this.pause();
      else this.playing = setTimeout(next, 1500 + 24 * this.steps[this.step].words.length);
    };
    this.playing = setTimeout(next, 300);
    this.showControls();
  }

  pause() {
    if (!this.playing) return;
    clearTimeout(this.playing);
    this.playing = 0;
    this.showControls();
  }

  /** Bring the whole figure onto the screen, where a part of it is below. */
  bringIntoView() {
    const isLow = this.place.getBoundingClientRect().top > innerHeight / 4;
    if (isLow && this.svg.getBoundingClientRect().bottom > innerHeight) this.place.scrollIntoView({ behavior: still.matches ? "instant" : "smooth" });
  }

  /** Go where the address says. */
  follow() {
    const asked = location.hash.match(ADDRESS);
    if (!asked) return false;
    this.pause();
    this.go(Number(asked[1]) - 1, { at: "once" });
    return true;
  }

  // ---- Numbers

  /** @param {string} key @param {number} value */
  move(key, value) {
    const book = entry(this.book, key);
    value = Math.abs(value - book) < 1e-8 ? book : Math.min(Math.max(Math.round(value * 1e9) / 1e9, -LARGEST), LARGEST);
    if (this.start?.key !== key) this.start = { key, from: entry(this.given, key), given: this.given, values: this.values };
    this.given = changed(this.given, key, value);
    this.values = pass(this.given);
    this.chosen = this.tuned = key;
    this.pointed = "";
    this.pause();
    if (this.shown < this.steps.length - 1) this.go(this.steps.length - 1, { byReader: true, at: "once" });
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.render();
    });
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), 500);
  }

  restore() {
    this.given = this.book;
    this.values = this.bookValues;
    this.start = null;
    this.chosen = "";
    this.render();
    this.settle("The numbers of the book are back.");
  }

  // ---- What is seen

  /** Write what belongs to a step and a layout: the equation, the words, and what is lit. */
  showStep() {
    const { item, words, lit, way } = this.steps[this.step];
    const layout = this.rows ? "rows" : "columns";
    const told = item.querySelector(`.layout[data-layout=${layout}]`) ?? item;
    const copy = (/** @type {string} */ what) => /** @type {HTMLElement} */ (told.querySelector(what)?.cloneNode(true));
    const numbers = copy(".network-numbers");
    numbers.setAttribute("aria-hidden", "true");
    this.equation?.replaceChildren(copy(".formula"));
    this.stepPane?.replaceChildren(numbers, element("p", { textContent: words }));
    this.headCells = [...numbers.querySelectorAll("[data-value]")].map((cell) => /** @type {HTMLElement} */ (cell));
    this.steps.forEach((step, i) => {
      for (const button of step.item.querySelectorAll("button"))
        i === this.step ? button.setAttribute("aria-current", "step") : button.removeAttribute("aria-current");
      step.item.classList.toggle("done", i < this.step);
      step.item.classList.toggle("current", i === this.step);
    });
    for (const [key, { part, edge }] of this.parts) {
      const shines = lit.includes(symbolOf(key));
      part?.classList.toggle("lit", shines);
      edge?.classList.toggle("lit", shines);
    }
    this.svg.dataset.pass = this.step === this.steps.length - 1 ? "both" : way === "forward" ? "forward" : "backward";
    this.showControls();
  }

  showControls() {
    const last = this.steps.length - 1;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.place.querySelectorAll(".network-controls button"))) {
      const { go } = button.dataset;
      if (go === "play") {
        button.textContent = this.playing ? "Pause" : "Play";
        button.classList.toggle("playing", Boolean(this.playing));
      } else button.setAttribute("aria-disabled", String(this.step === (go === "back" ? 0 : last)));
    }
    const count = /** @type {HTMLElement} */ (this.place.querySelector(".network-count"));
    count.textContent = `${this.step + 1} / ${this.steps.length}`;
  }

  /** Write the numbers, and nothing that has not changed: a drag calls this at every frame. */
  render() {
    const { gradient } = this.steps[this.step];
    for (const cell of this.cells) {
      const key = cell.dataset.value ?? "";
      const derivative = gradient.includes(symbolOf(key));
      this.writeCell(cell, derivative ? `dC_d${key}` : key);
    }
    for (const cell of this.headCells) this.writeCell(cell, cell.dataset.value ?? "");
    const looked = this.looked;
    for (const [key, { part, edge, line }] of this.parts) {
      const chosen = key === looked;
      part?.classList.toggle("chosen", chosen);
      edge?.classList.toggle("chosen", chosen);
      if (isGiven(key)) {
        part?.classList.toggle("changed", entry(this.given, key) !== entry(this.book, key));
        part?.classList.toggle("derivative", gradient.includes(symbolOf(key)));
      }
      if (line) drawWeight(line, entry(this.given, key));
    }
    this.showPane(looked);
    const tuned = name(this.tuned, this.rows);
    set(this.chosenLabel, `${tuned} = ${this.write(this.tuned)}`);
    for (const button of this.tuners) {
      const label = `${button.dataset.by === "1" ? "Raise" : "Lower"} ${tuned} by 0.1`;
      if (button.ariaLabel !== label) button.ariaLabel = label;
    }
  }

  /** @param {Element} cell @param {string} key */
  writeCell(cell, key) {
    set(cell, this.write(key));
    cell.classList.toggle("blank", !this.known(key));
  }

  /** The part whose numbers are told: under the mouse, or else chosen. */
  get looked() {
    return (!this.playing && this.pointed) || this.chosen;
  }

  /** Show the words of the step, the sum behind a part, or what a move has changed. @param {string} looked */
  showPane(looked) {
    const start = this.start;
    const moved = start !== null && this.hasMoved(looked);
    if (this.stepPane) this.stepPane.hidden = looked !== "";
    if (this.sumPane) this.sumPane.hidden = !looked || moved;
    if (this.movePane) this.movePane.hidden = !moved;
    if (moved) {
      this.curve.show(start, entry(this.given, start.key));
      this.sentences(start).forEach((sentence, i) => set(/** @type {HTMLElement[]} */ (this.moved)[i], sentence));
    } else if (looked) {
      const lines = this.lines(looked).map((line) => element("p", {}, ...line.map(colored)));
      this.sumPane?.replaceChildren(element("p", { className: "network-what", textContent: described(looked) }), ...lines);
    }
  }

  /** Is it the number that the reader moves, and not back where it was? @param {string} key */
  hasMoved(key) {
    return this.start?.key === key && entry(this.given, key) !== this.start.from;
  }

  /** @param {string} key */
  lines(key) {
    return behind(key, { write: this.write, known: this.known, rows: this.rows });
  }

  /** What the derivative predicted about a move, and what the cost did. @param {Start} start */
  sentences({ key, from, values }) {
    const move = entry(this.given, key) - from;
    return [
      `You moved ${name(key, this.rows)} by ${change(move, 2)}.`,
      `The gradient predicted a change of C of ${change(entry(values, `dC_d${key}`) * move, 5)}.`,
      `C changed by ${change(this.values.C - values.C, 5)}.`,
    ];
  }

  /** Tell those who hear the page, when nothing moves any more. */
  settle(said = "") {
    clearTimeout(this.settling);
    const { lit, words } = this.steps[this.step];
    for (const [key, { part }] of this.parts) {
      if (!part) continue;
      const reached = lit.includes(symbolOf(key)) || key === this.chosen;
      part.setAttribute("tabindex", reached ? "0" : "-1");
      if (isGiven(key)) {
        const attributes = { label: `${described(key)}, ${name(key, this.rows)}`, valuemin: -LARGEST, valuemax: LARGEST, valuenow: entry(this.given, key).toFixed(2), valuetext: this.write(key) };
        for (const [attribute, value] of Object.entries(attributes)) part.setAttribute(`aria-${attribute}`, String(value));
      } else part.setAttribute("aria-label", `${described(key)}: ${this.lines(key).map(textOf).join("; ")}`);
    }
    const moved = this.start && this.hasMoved(this.looked) ? this.sentences(this.start).join(" ") : "";
    this.said.textContent = said || moved || `Step ${this.step + 1} of ${this.steps.length}. ${words}`;
  }

  // ---- What the reader does

  listen() {
    this.place.addEventListener("click", (event) => this.clicked(/** @type {HTMLElement} */ (event.target)));
    this.place.addEventListener("keydown", (event) => this.pressed(event));
    this.svg.addEventListener("pointerdown", (event) => this.grasped(event));
    this.svg.addEventListener("pointerover", (event) => event.pointerType === "mouse" && !event.buttons && this.point(partOf(event)));
    this.svg.addEventListener("pointerleave", () => this.point(""));
    this.svg.addEventListener("focusin", (event) => this.choose(partOf(event)));
    const follow = () => (this.place.isConnected ? this.follow() : removeEventListener("hashchange", follow));
    addEventListener("hashchange", follow);
    const layout = new MutationObserver(() => {
      if (!this.place.isConnected) return layout.disconnect();
      this.showStep();
      this.render();
      this.settle();
    });
    layout.observe(document.documentElement, { attributeFilter: ["data-layout"] });
  }

  /** @param {HTMLElement} target */
  clicked(target) {
    const button = target.closest("button");
    if (!button) return;
    const { go, by } = button.dataset;
    if (go === "play") return this.togglePlay();
    this.pause();
    if (by) this.move(this.tuned, entry(this.given, this.tuned) + 0.1 * Number(by));
    else if (go === "book") this.restore();
    else if (go) this.go(this.step + (go === "next" ? 1 : -1), { byReader: true });
    else this.go(this.steps.findIndex((step) => step.item.contains(button)), { byReader: true });
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const key = partOf(event);
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (isGiven(key) && (by || event.key === "Home")) {
      event.preventDefault();
      const value = by ? entry(this.given, key) + by * (event.shiftKey ? 0.01 : 0.1) : entry(this.book, key);
      this.move(key, value);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      this.pause();
      this.bringIntoView();
      this.go(this.step + Number(by), { byReader: true });
    } else if (event.key === "Escape") this.choose("");
    else if (key && event.key === " ") event.preventDefault(); // it would scroll the page
  }

  /** @param {string} key */
  point(key) {
    if (this.pointed === key) return;
    this.pointed = key;
    this.render();
  }

  /** @param {string} key */
  choose(key) {
    if (key) this.pause();
    this.chosen = key;
    if (isGiven(key)) this.tuned = key;
    this.render();
  }

  /** A touch or a click on a part chooses it; a number then follows the pointer sideways. @param {PointerEvent} event */
  grasped(event) {
    const key = partOf(event);
    this.choose(key);
    const part = this.parts.get(key)?.part;
    if (!part) return;
    event.preventDefault();
    part.setAttribute("tabindex", "0");
    part.focus({ preventScroll: true });
    if (!isGiven(key) || event.button !== 0) return;
    const from = entry(this.given, key);
    let moving = false;
    const follow = (/** @type {PointerEvent} */ { clientX }) => {
      const way = clientX - event.clientX;
      moving ||= Math.abs(way) > 3;
      if (moving) this.move(key, from + PER_PIXEL * Math.round(way));
    };
    const end = new AbortController();
    this.svg.setPointerCapture(event.pointerId);
    this.svg.addEventListener("pointermove", follow, { signal: end.signal });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) this.svg.addEventListener(name, () => end.abort(), { signal: end.signal });
  }
}

/** Is it a number that the reader may move? @param {string} key */
const isGiven = (key) => /^[xyWb]/.test(key);

/** @param {Event} event */
const partOf = (event) => /** @type {HTMLElement | undefined} */ (/** @type {Element} */ (event.target).closest("[data-part]"))?.dataset.part ?? "";

/** Write into the text that is there: the browser then has no other rule to look at. @param {Element} node @param {string} text */
function set(node, text) {
  const there = node.firstChild;
  if (!(there instanceof Text)) node.textContent = text;
  else if (there.data !== text) there.data = text;
}

/** Thick for a large weight, dashed for a negative one. @param {SVGElement} line @param {number} weight */
function drawWeight(line, weight) {
  const width = (1 + Math.min(4, Math.abs(weight))).toFixed(1);
  if (line.dataset.width === `${width} ${weight < 0}`) return;
  line.dataset.width = `${width} ${weight < 0}`;
  line.style.strokeWidth = width;
  line.style.strokeDasharray = weight < 0 ? "6 4" : "none";
}

/** @param {import("./network-words.js").Piece} piece */
const colored = (piece) => (typeof piece === "string" ? piece : element("span", { className: piece.kind, textContent: piece.text }));

/** @param {Line} line */
const textOf = (line) => line.map((piece) => (typeof piece === "string" ? piece : piece.text)).join("");

/** Read the steps, and make each equation of the list a button that leads to its step. @param {HTMLElement} place @returns {Step[]} */
function readSteps(place) {
  const items = /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll(".network-steps > li"));
  return [...items].map((item, i) => {
    for (const formula of item.querySelectorAll(".formula")) {
      const button = element("button", { type: "button" });
      const equation = formula.querySelector(".katex-html")?.textContent ?? "";
      button.setAttribute("aria-label", `Step ${i + 1}: ${equation}`);
      formula.replaceWith(button);
      button.append(element("span", { className: "formula" }, ...formula.childNodes));
    }
    const words = item.querySelector(".network-words")?.textContent ?? "";
    const list = (/** @type {string | undefined} */ names) => names?.split(" ") ?? [];
    const { shows, lit, along, way = "forward", gradient } = item.dataset;
    return { item, words, shows: list(shows), lit: list(lit), along: list(along), way, gradient: list(gradient) };
  });
}
