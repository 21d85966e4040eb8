// Gradient descent that a reader can steer: the cost and the gradient of a small network, and its path from any start.

/**
 * @typedef {[number, number]} Pair the two weights that are changed: W1[0][1] and W1[1][0] in columns
 * @typedef {{W1: number[][], b1: number[], W2: number[][], b2: number[], x: number[][], y: number[][]}} Network one list for each example
 * @typedef {Network & {start: Pair, steps: number, reach: number, lowest: [number, number, number]}} Given
 * @typedef {{weights: Pair, cost: number, gradient: Pair}} Place
 * @typedef {"converges" | "crawls" | "oscillates" | "diverges"} Outcome
 */

// ---- The arithmetic

/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** @param {number[][]} W */
const transposed = (W) => W[0].map((_, k) => W.map((row) => row[k]));

/** @param {number[][]} W */
const inverse = ([[a, b], [c, d]]) => [[d, -b], [-c, a]].map((row) => row.map((value) => value / (a * d - b * c)));

/**
 * The cost, and its gradient by BP1, BP2 and BP4, or by what a mistake makes of them.
 * @param {Network} network
 * @param {Pair} weights
 * @param {string} mistake
 * @returns {Place}
 */
export function compute({ W1, b1, W2, b2, x, y }, weights, mistake = "none") {
  const W = [[W1[0][0], weights[0]], [weights[1], W1[1][1]]];
  const back = mistake === "inverse" ? inverse(W2) : mistake === "untransposed" ? W2 : transposed(W2);
  const dC_dW = [[0, 0], [0, 0]];
  let cost = 0;
  x.forEach((input, i) => {
    const a = W.map((row, j) => 1 / (1 + Math.exp(-dot(row, input) - b1[j])));
    const residual = W2.map((row, j) => dot(row, a) + b2[j] - y[i][j]);
    cost += dot(residual, residual) / 2 / x.length;
    const delta2 = residual.map((value) => (mistake === "sign" ? -value : value) / x.length);
    const delta1 = back.map((row, j) => dot(row, delta2) * (mistake === "derivative" ? 1 : a[j] * (1 - a[j])));
    delta1.forEach((value, j) => input.forEach((entry, k) => (dC_dW[j][k] += value * entry)));
  });
  const G = mistake === "outer" ? transposed(dC_dW) : dC_dW;
  return { weights, cost, gradient: [G[0][1], G[1][0]] };
}

/**
 * The start, and the place after each step.
 * @param {Given} given
 * @param {Pair} start
 * @param {number} rate
 * @param {string} mistake
 */
export function descend(given, start, rate, mistake = "none") {
  const path = [compute(given, start, mistake)];
  while (path.length <= given.steps) {
    const { weights, gradient } = path[path.length - 1];
    path.push(compute(given, [weights[0] - rate * gradient[0], weights[1] - rate * gradient[1]], mistake));
  }
  return path;
}

/** @param {Place[]} path */
const rises = (path) => path.filter(({ cost }, k) => k && cost > path[k - 1].cost + 1e-9).length;

/** @param {Given} given @param {Place} place */
const arrived = ({ lowest }, { weights }) => Math.hypot(weights[0] - lowest[0], weights[1] - lowest[1]) < 0.1;

/** @param {Given} given @param {Place} place */
const outside = ({ reach }, { weights }) => Math.max(...weights.map(Math.abs)) > reach;

/**
 * What a path does, by its numbers alone.
 * @param {Given} given
 * @param {Place[]} path
 * @returns {Outcome}
 */
export function outcome(given, path) {
  const end = path[path.length - 1];
  if (arrived(given, end)) return "converges";
  if (!rises(path)) return "crawls";
  return end.cost > path[0].cost || outside(given, end) ? "diverges" : "oscillates";
}

// ---- In words

const VERDICTS = { converges: "good", crawls: "too small", oscillates: "too large", diverges: "too large" };

/** @param {number} value */
const short = (value) => String(Number(value.toPrecision(3))).replace("-", "−");

/** @param {number} value */
const fixed = (value) => value.toFixed(2).replace("-", "−");

/** @param {Pair} weights */
const pair = (weights) => `(${weights.map(fixed).join(", ")})`;

/** @param {Given} given @param {Place[]} path @param {number} rate */
function told(given, path, rate) {
  const [start, end] = [path[0], path[path.length - 1]];
  const found = outcome(given, path);
  const length = Math.hypot(...end.gradient);
  const verdict = `η = ${rate} is ${VERDICTS[found]} for this start. `;
  const after = `After ${given.steps} steps the cost is ${short(end.cost)}`;
  if (found === "converges") {
    const near = path.findIndex((place) => arrived(given, place));
    return `${verdict}The path converges: after ${near} steps it is less than 0.1 away from the minimum. The cost falls from ${short(start.cost)} to ${short(end.cost)}.`;
  }
  if (found === "crawls")
    return `${verdict}The path is slow: ${after.replace("A", "a")}, and it was ${short(start.cost)} at the start. The last step changed the weights by only ${short(rate * length)}.`;
  const jumps = `The cost rises in ${rises(path)} of ${given.steps} steps. `;
  if (found === "oscillates") return `${verdict}The path does not settle. ${jumps}${after}; the lowest is ${short(given.lowest[2])}.`;
  const flat = length < 0.1 ? ` There the gradient has only the length ${short(length)}, so the weights hardly change any more.` : "";
  const where = outside(given, end) ? "leaves the map" : "diverges";
  return `${verdict}The path ${where}. It ends at ${pair(end.weights)} with the cost ${short(end.cost)}; at the start it was ${short(start.cost)}.${flat}`;
}

/** @param {Place[]} path @param {number} step @param {number} rate */
function toldAt(path, step, rate) {
  const { weights, cost, gradient } = path[step];
  return `Step ${step} of ${path.length - 1}: the weights are ${pair(weights)}, the cost is ${short(cost)}, and the gradient is ${pair(gradient)}. The next step subtracts ${rate} times the gradient.`;
}

/** @param {Given} given @param {Place[]} wrong @param {Place[]} right */
function toldWrong(given, wrong, right) {
  const [end, best] = [wrong[wrong.length - 1], right[right.length - 1]];
  const where = arrived(given, end) ? "reaches the minimum, too" : outside(given, end) ? "leaves the map" : "does not reach the minimum";
  return `With the wrong gradient the path ${where}. It ends at ${pair(end.weights)}. The cost goes from ${short(wrong[0].cost)} to ${short(end.cost)}, and rises in ${rises(wrong)} of ${given.steps} steps. With the right gradient it goes to ${short(best.cost)}.`;
}

// ---- The drawing

/** @param {string} kind @param {string} data */
function drawn(kind, data) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("class", kind);
  path.setAttribute("d", data);
  return path;
}

/** @param {Pair[]} points @param {string} kind */
const line = (points, kind) => drawn(kind, `M${points.map((point) => point.map((value) => value.toFixed(4)).join(" ")).join("L")}`);

/** Round whatever the scale: lines of no length, with round ends. @param {Pair[]} points @param {string} kind */
const dots = (points, kind) => drawn(kind, points.map((point) => `M${point.map((value) => value.toFixed(4)).join(" ")}h0`).join(""));

/** @param {HTMLElement} place */
export function play(place) {
  /** @type {Given} */
  const given = JSON.parse(place.dataset.given ?? "{}");
  const [map, curves] = place.querySelectorAll(".descent-moving");
  const plot = /** @type {SVGElement} */ (place.querySelector(".descent-plot"));
  const ground = /** @type {SVGElement} */ (place.querySelector(".descent-ground"));
  const strip = /** @type {HTMLElement} */ (place.querySelector(".descent-strip"));
  const [player, stepper, reset] = place.querySelectorAll("button");
  const [said, saidWrong] = /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[role=status]"));
  const [rate, ...starts] = place.querySelectorAll("input");
  const select = /** @type {HTMLSelectElement} */ (place.querySelector("select"));
  const handle = drawn("descent-handle", "");
  const grip = /** @type {SVGCircleElement} */ (place.querySelector(".descent-grip"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let shown = given.steps;
  let timer = 0;

  /** @param {number} power of ten */
  const rateAt = (power) => Number((10 ** power).toPrecision(2));
  const start = () => /** @type {Pair} */ (starts.map((input) => input.valueAsNumber));

  function draw() {
    const right = descend(given, start(), rateAt(rate.valueAsNumber));
    const wrong = select.value === "none" ? [] : descend(given, start(), rateAt(rate.valueAsNumber), select.value);
    const some = [right, wrong].map((path) => path.slice(0, shown + 1));
    const places = some.map((path) => path.map(({ weights }) => weights));
    const costs = some.map((path) => path.map(({ cost }, k) => /** @type {Pair} */ ([k, cost])));
    handle.setAttribute("d", `M${start().join(" ")}h0`);
    ["cx", "cy"].forEach((name, i) => grip.setAttribute(name, String(start()[i])));
    for (const [into, [good, bad]] of /** @type {[Element, Pair[][]][]} */ ([[map, places], [curves, costs]])) {
      into.replaceChildren(line(good, "descent-path"), dots(good, "descent-dots"));
      if (bad.length) into.prepend(line(bad, "descent-path descent-error"));
    }
    if (wrong.length) map.prepend(dots(places[1], "descent-dots descent-error"));
    write(right, wrong);
  }

  /** @param {Place[]} right @param {Place[]} wrong */
  function write(right, wrong) {
    const eta = rateAt(rate.valueAsNumber);
    const whole = shown === given.steps;
    said.textContent = whole ? told(given, right, eta) : toldAt(right, shown, eta);
    saidWrong.replaceChildren();
    if (wrong.length && whole) {
      const { page, why = "" } = select.selectedOptions[0].dataset;
      const link = Object.assign(document.createElement("a"), { textContent: "About this mistake", href: new URL(`../../look-up/${page}/`, location.href).href });
      saidWrong.append(toldWrong(given, wrong, right), document.createElement("br"), why, " ", link, ".");
    }
    for (const input of [rate, ...starts]) {
      const value = input === rate ? `${eta}` : fixed(input.valueAsNumber);
      /** @type {HTMLElement} */ (input.nextElementSibling).textContent = value;
      input.setAttribute("aria-valuetext", input === rate ? `${value}, ${VERDICTS[outcome(given, right)]}` : value);
    }
    player.textContent = timer ? "Pause" : "Play";
  }

  /** Under the slider: which learning rates are too small, good and too large from this start. */
  function judge() {
    /** @type {[string, number][]} */
    const runs = [];
    for (let power = Number(rate.min); power < Number(rate.max) + 0.01; power += Number(rate.step)) {
      const verdict = VERDICTS[outcome(given, descend(given, start(), rateAt(power)))];
      if (runs[runs.length - 1]?.[0] === verdict) runs[runs.length - 1][1]++;
      else runs.push([verdict, 1]);
    }
    strip.replaceChildren(
      ...runs.map(([verdict, width]) => {
        const part = document.createElement("span");
        part.className = verdict === "good" ? "good" : "";
        part.style.flexGrow = String(width);
        part.textContent = width > (verdict === "good" ? 7 : 11) ? verdict : "";
        return part;
      }),
    );
  }

  /** Show everything again, after a change. */
  function change() {
    halt();
    shown = given.steps;
    draw();
  }

  function halt() {
    clearInterval(timer);
    timer = 0;
    said.setAttribute("aria-live", "polite");
  }

  function tick() {
    shown = Math.min(shown + 1, given.steps);
    if (shown === given.steps || !place.isConnected) halt();
    draw();
  }

  player.addEventListener("click", () => {
    if (timer) halt();
    else if (calm.matches) shown = given.steps;
    else {
      if (shown === given.steps) shown = 0;
      said.setAttribute("aria-live", "off"); // each step is written, and only the end is read out
      timer = window.setInterval(tick, 150);
    }
    draw();
  });
  stepper.addEventListener("click", () => {
    halt();
    shown = shown === given.steps ? 0 : shown + 1;
    draw();
  });
  reset.addEventListener("click", () => {
    for (const input of [rate, ...starts]) input.value = input.defaultValue;
    judge();
    change();
  });
  rate.addEventListener("input", change);
  select.addEventListener("change", change);
  for (const input of starts) input.addEventListener("input", () => (judge(), change()));

  /** Start where a finger or the mouse points. @param {MouseEvent} event */
  function point(event) {
    const box = ground.getBoundingClientRect();
    const parts = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
    starts.forEach((input, i) => (input.value = String((2 * parts[i] - 1) * given.reach)));
    judge();
    change();
  }
  grip.addEventListener("touchstart", (event) => event.preventDefault()); // or the page would scroll: touch-action is not heeded inside an SVG
  grip.addEventListener("pointerdown", (event) => grip.setPointerCapture(event.pointerId));
  grip.addEventListener("pointermove", (event) => grip.hasPointerCapture(event.pointerId) && point(event));
  plot.addEventListener("click", point);

  grip.before(handle);
  judge();
  draw();
}
