// What the moving network says: how a number is written, what an entry is called, and the sum or the product behind each part.

/** @typedef {ReturnType<typeof import("./pass.js").pass>} Values */
/** A piece of text, in the color of its symbol. @typedef {string | {text: string, kind: string}} Piece */
/** @typedef {Piece[]} Line */
/** @typedef {{write: (key: string) => string, known: (key: string) => boolean, rows: boolean}} Told */

const RAISED = ["⁰", "¹", "²"];
const LOWERED = ["₁", "₂", "₃"];
const KINDS = { W: "c-wt", b: "c-bias", a: "c-act", delta: "c-err", slope: "c-slope" };
const TIMES = "\u2009·\u2009";

/** The entry that a key such as W2.0.1 names: indices count from 0, and weights lead to the first. @param {any} values @param {string} key */
export const entry = (values, key) => key.split(".").reduce((array, index) => array[index], values);

/** @param {string} key */
export const symbolOf = (key) => key.split(".")[0];

/** @param {number} value @param {number} digits after the point */
export function decimal(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  if (value !== 0 && Number(text) === 0) return "≈ 0";
  return (value < 0 ? "−" : "") + (value === 0 ? "0" : text);
}

/** With its sign, as a change is written. @param {number} value @param {number} digits */
export const change = (value, digits) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);

/** As many digits as there is room for in the drawing. @param {number} value */
export const short = (value) => decimal(value, Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3);

/** @param {string} key */
const kindOf = (key) => KINDS[/** @type {keyof typeof KINDS} */ (symbolOf(key).replace(/\d$/, ""))] ?? "";

/** The name of an entry as the formulas of a layout write it. @param {string} key @param {boolean} rows */
export function name(key, rows) {
  const [symbol, ...places] = key.split(".");
  const [, letter, layer] = /** @type {RegExpMatchArray} */ (symbol.match(/^(\D+)(\d?)$/));
  const indices = (rows ? places.reverse() : places).map((place) => LOWERED[Number(place)]).join("");
  const index = (layer ? RAISED[Number(layer)] : "") + indices;
  if (letter.startsWith("dC_d")) return `∂C/∂${letter.slice(4)}${index}`;
  if (letter === "slope") return `σ′(z${index})`;
  return (letter === "delta" ? "δ" : letter) + index;
}

/** Where an entry stands, in words. @param {string} key */
export function described(key) {
  const [symbol, to, from] = key.split(".");
  const layer = symbol.at(-1) === "1" ? "hidden" : "output";
  const unit = `${layer} unit ${Number(to) + 1}`;
  if (symbol === "C") return "Cost";
  if (symbol === "x") return `Input ${Number(to) + 1}`;
  if (symbol === "y") return `Target ${Number(to) + 1}`;
  if (symbol[0] === "b") return `Bias of ${unit}`;
  if (symbol[0] === "W") return `Weight from ${layer === "hidden" ? "input" : "hidden unit"} ${Number(from) + 1} to ${unit}`;
  return unit[0].toUpperCase() + unit.slice(1);
}

/** The lines that say how the numbers of a part were computed. @param {string} key @param {Told} told @returns {Line[]} */
export function behind(key, told) {
  const symbol = symbolOf(key);
  const lines = symbol.startsWith("unit") ? unit(key, told) : symbol === "C" ? cost(told) : given(key, told);
  return lines.length ? lines : [["Not computed yet. Press Play or Next."]];
}

/** @param {string} key @param {Told} told @returns {Line[]} */
function unit(key, told) {
  const { named, value, product, known } = writing(told);
  const [symbol, i] = key.split(".");
  const layer = Number(symbol.at(-1));
  const at = (/** @type {string} */ array) => `${array}${layer}.${i}`;
  const sources = layer === 1 ? ["x.0", "x.1"] : ["a1.0", "a1.1", "a1.2"];
  const sum = [...sources.map((source, j) => product(`${at("W")}.${j}`, source)), [value(at("b"))]];
  const arriving =
    layer === 2
      ? [value(`a2.${i}`), " − ", bracketed(value(`y.${i}`))]
      : added(["0", "1"].map((k) => product(`W2.${k}.${i}`, `delta2.${k}`)));
  /** @type {[string, Line][]} */
  const lines = [
    [at("z"), added(sum)],
    [at("a"), ["σ(", value(at("z")), ")"]],
    [at("dC_da"), arriving],
    [at("delta"), product(at("dC_da"), at("slope"))],
  ];
  return lines.filter(([result]) => known(result)).map(([result, how]) => [named(result), " = ", ...how, " = ", value(result)]);
}

/** @param {Told} told @returns {Line[]} */
function cost(told) {
  const { value, known } = writing(told);
  const squares = ["0", "1"].map((i) => ["(", value(`a2.${i}`), " − ", bracketed(value(`y.${i}`)), ")²"]);
  return known("C") ? [["C = ½ ( ", ...squares[0], " + ", ...squares[1], " ) = ", value("C")]] : [];
}

/** An input, a target, a weight or a bias. @param {string} key @param {Told} told @returns {Line[]} */
function given(key, told) {
  const { named, value, product, known } = writing(told);
  const [symbol, to, from] = key.split(".");
  const layer = symbol.at(-1);
  /** @type {Line[]} */
  const lines = [[named(key), " = ", value(key)]];
  /** @type {(derivative: string, ...how: Line) => void} */
  const derivative = (result, ...how) => {
    if (known(result)) lines.push([named(`dC_d${key}`), ...how, " = ", value(`dC_d${key}`)]);
  };
  if (symbol[0] === "W") {
    const source = layer === "1" ? `x.${from}` : `a1.${from}`;
    const [error, row] = [`delta${layer}.${to}`, `z${layer}.${to}`];
    if (known(source)) lines.push(["its part of ", named(row), ": ", named(key), " ", named(source), " = ", ...product(key, source)]);
    if (layer === "2" && known("dC_da1")) lines.push(["its part of ", named(`dC_da1.${from}`), ": ", named(key), " ", named(error), " = ", ...product(key, error)]);
    derivative(`dC_d${symbol}`, " = ", named(error), " ", named(source), " = ", ...product(error, source));
  } else if (symbol[0] === "b") {
    derivative(`dC_d${symbol}`, " = ", named(`delta${layer}.${to}`));
  } else if (symbol === "x") {
    derivative("dC_dW1", " = ", ...added(["0", "1", "2"].map((i) => product(`W1.${i}.${to}`, `delta1.${i}`))));
  } else {
    derivative("dC_da2", " = ", named(key), " − ", named(`a2.${to}`), " = ", value(key), " − ", value(`a2.${to}`));
  }
  return lines;
}

/** @param {Told} told */
function writing({ write, known, rows }) {
  const value = (/** @type {string} */ key) => ({ text: write(key), kind: kindOf(key) });
  return {
    known,
    value,
    named: (/** @type {string} */ key) => ({ text: name(key, rows), kind: kindOf(key) }),
    product: (/** @type {string} */ first, /** @type {string} */ second) => [value(first), TIMES, bracketed(value(second))],
  };
}

/** @param {{text: string, kind: string}} piece */
const bracketed = ({ text, kind }) => ({ text: text.startsWith("−") ? `(${text})` : text, kind });

/** Join terms by plus, or by minus where one begins with it. @param {Piece[][]} terms @returns {Line} */
function added(terms) {
  return terms.flatMap((term, i) => {
    const [first, ...rest] = term;
    if (i === 0 || typeof first === "string") return term;
    const negative = first.text.startsWith("−");
    return [negative ? " − " : " + ", negative ? { ...first, text: first.text.slice(1) } : first, ...rest];
  });
}
