// Wrong or right?: one question at a time, with the answer that the build measured. Only a formula to measure anew goes to Python.

import { ask, element } from "../live.js";

/** @typedef {{order: string[], given: Record<string, string>, at: string}} State cards by their ids; `at` may be the result */
/** @typedef {(number | null)[]} Losses */
/** @typedef {{ok: boolean, said: string[], mistake?: string, losses: [Losses, Losses], error?: string}} Found */

const KEY = "wrong-or-right";
const RESULT = "result";

/** @param {HTMLElement} place */
export function play(place) {
  const cards = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(".quiz-cards > li")]);
  const ids = cards.map((card) => card.id);
  const state = remembered(ids);
  const [where, score] = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(".quiz-count span")]);
  const offer = measuring(place);

  /** @param {string} id */
  const card = (id) => cards[ids.indexOf(id)];
  /** @param {string} id */
  const isCorrect = (id) => state.given[id] === card(id).dataset.verdict;
  const answered = () => state.order.filter((id) => state.given[id]);
  const told = () => `${answered().filter(isCorrect).length} of ${answered().length}`;

  const back = button("Back", () => move(-1));
  const next = button("Next", () => move(1));
  const dots = element("fieldset", { className: "quiz-dots" });
  const result = element("div", { className: "quiz-result", tabIndex: -1 });
  place.querySelector(".quiz-cards")?.after(
    result,
    element("div", { className: "quiz-bar" }, back, next),
    dots,
    element(
      "div",
      { className: "quiz-bar" },
      button("Shuffle", () => begin(shuffled(ids), state.given)),
      button("Start again", () => begin(ids, {})),
    ),
  );

  for (const one of cards) {
    unfold(one);
    for (const choice of one.querySelectorAll("button")) choice.addEventListener("click", () => choose(one, choice.value));
  }
  place.classList.add("playing");
  part(place, ".quiz-count").hidden = false;
  draw();
  show(state.at);
  if (location.hash === `#${state.at}`) place.scrollIntoView();

  /** The first answer counts. @param {HTMLElement} one @param {string} value */
  function choose(one, value) {
    if (state.given[one.id]) return;
    state.given[one.id] = value;
    show(one.id);
    part(one, ".quiz-verdict").focus({ preventScroll: true });
  }

  /** @param {number} steps */
  function move(steps) {
    const stops = [...state.order, RESULT];
    const at = stops[stops.indexOf(state.at) + steps];
    if (at) go(at);
  }

  /** Show a card, and let the address name it. @param {string} at */
  function visit(at) {
    show(at);
    history.replaceState(history.state, "", at === RESULT ? location.pathname + location.search : `#${at}`);
  }

  /** Visit a card whose question has the reader's eyes next. @param {string} at */
  function go(at) {
    visit(at);
    (at === RESULT ? result : part(card(at), ".quiz-asked")).focus({ preventScroll: true });
    if (place.getBoundingClientRect().top < 0) place.scrollIntoView();
  }

  /** @param {string[]} order @param {Record<string, string>} given */
  function begin(order, given) {
    Object.assign(state, { order, given });
    draw();
    go(order.find((id) => !given[id]) ?? order[0]);
  }

  /** Draw a dot for each question, in their order. */
  function draw() {
    const made = state.order.map((id) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: "quiz-dot", value: id });
      input.addEventListener("change", () => visit(id)); // the arrow keys go on from here, so the focus stays
      return element("label", {}, input, element("span"));
    });
    dots.replaceChildren(element("legend", { textContent: "Questions" }), ...made);
  }

  /** @param {string} at */
  function show(at) {
    state.at = at;
    const number = state.order.indexOf(at);
    for (const one of cards) one.hidden = one.id !== at;
    result.hidden = at !== RESULT;
    where.textContent = at === RESULT ? "The result" : `Question ${number + 1} of ${ids.length}`;
    score.textContent = answered().length && at !== RESULT ? `${told()} correct so far` : "";
    back.setAttribute("aria-disabled", String(number === 0));
    next.setAttribute("aria-disabled", String(at === RESULT));
    next.textContent = number === ids.length - 1 ? "See the result" : "Next";
    dots.querySelectorAll("label").forEach((label, i) => mark(label, i));
    if (at === RESULT) result.replaceChildren(...summed());
    else fill(card(at));
    offer(at === RESULT ? undefined : card(at));
    remember(state);
  }

  /** @param {HTMLLabelElement} label @param {number} i */
  function mark(label, i) {
    const id = state.order[i];
    const how = !state.given[id] ? "not answered" : isCorrect(id) ? "correct" : "not correct";
    const [input, sign] = /** @type {[HTMLInputElement, HTMLElement]} */ (/** @type {unknown} */ (label.children));
    input.checked = id === state.at;
    input.setAttribute("aria-label", `Question ${i + 1}, ${how}`);
    sign.textContent = !state.given[id] ? `${i + 1}` : isCorrect(id) ? "✓" : "✗";
    sign.dataset.live = !state.given[id] ? "" : isCorrect(id) ? "matches" : "differs";
    label.title = `Question ${i + 1}, ${how}`;
  }

  /** Show what was answered to a question, and the answer. @param {HTMLElement} one */
  function fill(one) {
    const given = state.given[one.id];
    for (const choice of one.querySelectorAll("button")) {
      choice.setAttribute("aria-pressed", String(choice.value === given));
      choice.setAttribute("aria-disabled", String(Boolean(given)));
    }
    part(one, ".quiz-answer").hidden = !given;
    const verdict = part(one, ".quiz-verdict");
    verdict.textContent = `${isCorrect(one.id) ? "✓ Correct" : "✗ Not correct"}: this formula is ${one.dataset.verdict}.`;
    verdict.dataset.live = isCorrect(one.id) ? "matches" : "differs";
  }

  /** The score, what is not answered yet, and what to read about the questions whose answer was not correct. */
  function summed() {
    const open = state.order.filter((id) => !state.given[id]);
    const missed = answered().filter((id) => !isCorrect(id));
    /** @type {HTMLElement[]} */
    const made = [];
    if (answered().length) made.push(element("p", {}, element("strong", { textContent: `Your score: ${told()}` })));
    if (open.length) {
      const left = open.length === 1 ? "One question is" : `${open.length} questions are`;
      made.push(element("p", {}, `${left} not answered yet. `, button("Go on", () => go(open[0]))));
    } else if (!missed.length) made.push(element("p", { textContent: "You found every wrong formula, and every right one." }));
    if (missed.length) made.push(element("p", { textContent: "To read about what you missed:" }), element("ul", {}, ...missed.map(toRead)));
    return made;
  }

  /** @param {string} id */
  function toRead(id) {
    const name = `Question ${state.order.indexOf(id) + 1}`;
    const links = part(card(id), ".quiz-read").querySelectorAll("a");
    const formula = part(card(id), ".quiz-formula").cloneNode(true);
    const pages = [...links].flatMap((link, i) => [i ? " · " : "", link.cloneNode(true)]);
    return element("li", {}, button(name, () => go(id)), formula, element("p", {}, ...pages));
  }
}

/** @param {ParentNode} whole @param {string} selector */
const part = (whole, selector) => /** @type {HTMLElement} */ (whole.querySelector(selector));

/** @param {string} name @param {() => void} act */
const button = (name, act) => element("button", { type: "button", textContent: name, onclick: act });

/** An answer that is folded where no script runs comes by itself here. @param {HTMLElement} card */
function unfold(card) {
  const folded = part(card, "details");
  part(folded, "summary").remove();
  folded.replaceWith(element("div", { className: "quiz-answer", hidden: true }, ...folded.childNodes));
  for (const focused of card.querySelectorAll(".quiz-asked, .quiz-verdict")) focused.setAttribute("tabindex", "-1");
}

/** @param {string[]} ids */
function shuffled(ids) {
  const order = [...ids];
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor(Math.random() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

// ---- What outlives the page, as long as the tab does

/** @param {string[]} ids @returns {State} */
function remembered(ids) {
  /** @type {State} */
  let state = { order: ids, given: {}, at: ids[0] };
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (kept && [...kept.order].sort().join() === [...ids].sort().join()) state = kept; // of these questions
  } catch {} // where a reader forbids storage
  const named = location.hash.slice(1);
  return ids.includes(named) ? { ...state, at: named } : state;
}

/** @param {State} state */
function remember(state) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(state));
  } catch {}
}

// ---- Measure it yourself

/** Let Python measure a formula. @param {HTMLElement} place @returns {(card?: HTMLElement) => void} what offers the formula of a card */
function measuring(place) {
  const own = part(place, ".quiz-own");
  const form = /** @type {HTMLFormElement} */ (own.querySelector("form"));
  const equation = /** @type {HTMLSelectElement} */ (form.elements.namedItem("equation"));
  const formula = /** @type {HTMLInputElement} */ (form.elements.namedItem("formula"));
  const said = part(own, "[role=status]");
  const measured = part(own, ".quiz-measured");
  const layout = () => document.documentElement.dataset.layout ?? "columns";
  /** @type {HTMLElement | undefined} */
  let offered;
  let isTheirs = false; // the reader has written a formula
  let isBusy = false;

  function explain() {
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-equation]")))
      one.hidden = one.dataset.equation !== equation.value;
  }

  /** @param {HTMLElement} [card] */
  function offer(card) {
    offered = card;
    if (card && !isTheirs) {
      equation.value = card.dataset.equation ?? "";
      formula.value = card.dataset[layout()] ?? "";
      explain();
    }
  }

  const watch = new MutationObserver(() => (place.isConnected ? offer(offered) : watch.disconnect()));
  watch.observe(document.documentElement, { attributeFilter: ["data-layout"] });

  formula.addEventListener("input", () => (isTheirs = formula.value !== ""));
  equation.addEventListener("change", () => {
    if (!isTheirs) formula.value = (equation.value === offered?.dataset.equation && offered.dataset[layout()]) || "";
    explain();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    measured.hidden = true;
    delete own.dataset.live;
    const given = { equation: equation.value, formula: formula.value, layout: layout() };
    try {
      /** @type {Found} */
      const found = await ask("judge", given, (progress) => (said.textContent = progress));
      said.textContent = found.error ?? `This formula is ${found.ok ? "right" : "wrong"}.`;
      own.dataset.live = found.ok ? "matches" : "differs";
      if (!found.error) measured.replaceChildren(...results(place, found));
      measured.hidden = Boolean(found.error);
      (found.error ? said : measured).scrollIntoView({ block: "nearest" });
    } catch (why) {
      said.textContent = /** @type {Error} */ (why).message;
      own.dataset.live = "failed";
    }
    isBusy = false;
  });
  return offer;
}

/** @param {HTMLElement} place @param {Found} found */
function results(place, { ok, said, mistake, losses }) {
  const [start, end, right] = [losses[0][0], losses[0].at(-1), losses[1].at(-1)].map((loss) => loss?.toFixed(3) ?? "not a number");
  const trained = `In 200 steps the loss goes from ${start} to ${end}. With the right formula it goes to ${right}.`;
  const page = place.querySelector(`[data-mistake="${mistake}"] a`);
  const made = [element("p", {}, `${said.join(" ")} `, ...(page ? ["The check recognizes this mistake: ", page.cloneNode(true), "."] : []))];
  made.push(element("p", { textContent: trained }));
  const isLower = (losses[0].at(-1) ?? Infinity) <= (losses[1].at(-1) ?? 0);
  const why =
    "The loss does not end higher than with the right formula, but this is no proof. " +
    "A step along a wrong gradient can go downhill, too, and it can be larger.";
  if (!ok && isLower) made.push(element("p", { textContent: why }));
  return [...made, curves(place, losses, trained)];
}

/** Draw two losses as the pictures of the answers do. @param {HTMLElement} place @param {[Losses, Losses]} losses @param {string} told */
function curves(place, [own, right], told) {
  const svg = /** @type {SVGElement} */ (part(place, ".small-curves:has(path:nth-of-type(3))").cloneNode(true));
  const all = [right, own];
  const top = Math.max(...all.flat().map((loss) => loss ?? 0));
  /** @param {number | null | undefined} loss */
  const y = (loss) => 78 - (70 * (loss ?? 0)) / top;
  const [, ...paths] = svg.querySelectorAll("path");
  const heights = apart(y(right.at(-1)), y(own.at(-1)));
  all.forEach((losses, i) => {
    const end = losses.includes(null) ? losses.indexOf(null) : losses.length;
    const points = losses.slice(0, end).map((loss, k) => `${2 + (148 * k) / (losses.length - 1)} ${y(loss)}`);
    paths[i].setAttribute("d", `M${points.join("L")}`);
    const label = svg.querySelectorAll("text")[i];
    label.setAttribute("y", String(heights[i] + 4));
    label.textContent = `${["right formula", "this formula"][i]} ${losses.at(-1)?.toFixed(3) ?? "–"}`;
  });
  part(svg, "desc").textContent = told;
  return svg;
}

/** Return two heights, moved apart if labels there would overlap. @param {number} one @param {number} other */
function apart(one, other, gap = 16) {
  if (Math.abs(one - other) >= gap) return [one, other];
  const middle = (one + other) / 2;
  const way = one >= other ? 1 : -1;
  return [middle + (way * gap) / 2, middle - (way * gap) / 2];
}
