// The small curve of the cost against one number, with its tangent at the value from which the reader moves this number.

import { pass } from "./pass.js";
import { entry } from "./network-words.js";

/** @typedef {import("./pass.js").Given} Given */

const [WIDTH, HEIGHT, EDGE, POINTS] = [240, 100, 8, 48];
const RANGES = [1.5, 3, 6, 10]; // from the middle to either side

/** The same numbers with one changed. @param {Given} given @param {string} key @param {number} value @returns {Given} */
export function changed(given, key, value) {
  const [symbol, ...places] = key.split(".");
  /** @type {(array: any, indices: string[]) => any} */
  const put = (array, [index, ...rest]) => array.map((/** @type {any} */ one, /** @type {number} */ i) => (i !== Number(index) ? one : rest.length ? put(one, rest) : value));
  return { ...given, [symbol]: put(given[/** @type {keyof Given} */ (symbol)], places) };
}

/** Make the drawing; return it with what moves its mark. */
export function curve() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("aria-hidden", "true");
  const [tangent, line] = ["network-tangent", "network-cost-line"].map((name) => shape(svg, "path", name));
  const [before, now] = ["network-before", "network-now"].map((name) => shape(svg, "circle", name));
  before.setAttribute("r", "3.5");
  now.setAttribute("r", "5.5");
  /** The curve that is drawn now: its start, and how far it reaches. */
  let drawn = { start: /** @type {unknown} */ (null), range: 0 };
  /** @type {(value: number) => [number, number]} the place of a change, and of the cost there */
  let place;

  /**
   * Show the cost after a change; the curve itself is drawn anew only for another number, or a longer range.
   * @param {{key: string, from: number, given: Given, values: any}} start @param {number} value
   */
  function show(start, value) {
    const move = value - start.from;
    const range = /** @type {number} */ (RANGES.find((one) => Math.abs(move) <= one) ?? RANGES.at(-1));
    if (drawn.start !== start || drawn.range !== range) draw(start, range);
    drawn = { start, range };
    const [x, y] = place(move);
    now.setAttribute("cx", x.toFixed(1));
    now.setAttribute("cy", y.toFixed(1));
  }

  /** @param {{key: string, from: number, given: Given, values: any}} start @param {number} range */
  function draw({ key, from, given, values }, range) {
    const cost = (/** @type {number} */ move) => pass(changed(given, key, from + move)).C;
    const moves = Array.from({ length: POINTS + 1 }, (_, i) => range * ((2 * i) / POINTS - 1));
    const costs = moves.map(cost);
    const low = Math.min(...costs);
    const span = Math.max(Math.max(...costs) - low, 0.02);
    const x = (/** @type {number} */ move) => WIDTH * (0.5 + move / range / 2);
    const y = (/** @type {number} */ C) => HEIGHT - EDGE - ((C - low) / span) * (HEIGHT - 2 * EDGE);
    const path = (/** @type {number[]} */ at, /** @type {(move: number) => number} */ C) => `M${at.map((move) => `${x(move).toFixed(1)} ${y(C(move)).toFixed(1)}`).join("L")}`;
    const slope = entry(values, `dC_d${key}`);
    line.setAttribute("d", path(moves, cost));
    tangent.setAttribute("d", path([-range, range], (move) => values.C + slope * move));
    before.setAttribute("cx", x(0).toFixed(1));
    before.setAttribute("cy", y(values.C).toFixed(1));
    place = (move) => [x(move), y(cost(move))];
  }

  return { svg, show };
}

/** @param {SVGElement} svg @param {string} tag @param {string} className */
function shape(svg, tag, className) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  made.setAttribute("class", className);
  svg.append(made);
  return made;
}
