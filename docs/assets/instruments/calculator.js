// The shape calculator: each product of both passes as arrays that meet, with the reader's sizes put into the library's own list of them.
// Whether shapes fit is seen here; Python is asked only for the words of an error.

import { ask, element } from "../live.js";

/**
 * An array, with a letter for each size. `lit` says of its height and of its width whether it meets its neighbor or is summed.
 * @typedef {{name: string, kind: string, box: string[], vector: boolean, lit: string[]}} Part
 * @typedef {{of: string, layer: number, tag: string, parts: Part[], signs: string[]}} Step
 * @typedef {{steps: Step[], mistakes: Record<string, Step>}} Passes
 * @typedef {{sizes: number[], examples: number | null, mistake: string}} State
 * @typedef {{verdict: "clash" | "shape" | "fits", sides: [number, number][], said: string, result: number[]}} Verdict
 * @typedef {{why: string, unfinished?: boolean} | null} Refusal
 */

const LAYOUTS = /** @type {const} */ (["columns", "rows"]);
const NAMES = /** @type {const} */ (["sizes", "examples", "mistake"]);
const MOST = 1_000_000;
const PAUSE = 900; // ms without a key, after which a number that is missing is missed
const TRANSPOSES = "The function hidden_error transposes the weights itself. To make this mistake, it gets them transposed already, as W.T, and the two transposes cancel.";
const UNFOLDED = 3; // layers; of more, only the first and the last are open

let loaded = false; // whether Python is there

/** @param {HTMLElement} place */
export async function play(place) {
  const form = /** @type {HTMLFormElement} */ (place.querySelector("form"));
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (place.querySelector(name));
  const said = part("[role=status]");
  const drawing = part(".calculator-drawing");
  const mistaken = part(".calculator-mistaken");
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
  const source = new URL("../vendor/live/shapes.json", import.meta.url);
  /** @type {Promise<Record<string, Record<string, Passes>>> | undefined} */
  let patterns;
  let turn = 0;
  let pause = 0;

  /** @param {boolean} finished whether the reader has stopped typing */
  async function change(finished) {
    clearTimeout(pause);
    const now = ++turn;
    const refused = [tell("sizes", refusalOfSizes, finished), tell("examples", refusalOfExamples, finished)].some(Boolean);
    drawing.inert = refused;
    if (refused) {
      said.textContent = "";
      if (!finished) pause = setTimeout(() => change(true), PAUSE);
      return;
    }
    const { sizes: typed, examples, mistake } = Object.fromEntries(NAMES.map((name) => [name, field(name).value.trim()]));
    history.replaceState(history.state, "", `#${new URLSearchParams({ sizes: typed, examples, mistake })}`);
    const state = { sizes: typed.split(/[-–]/).map(Number), examples: examples ? Number(examples) : null, mistake };
    patterns ??= fetch(source).then((response) => response.json());
    const passes = (await patterns)[`${state.sizes.length} ${examples ? "batch" : "one"}`];
    if (now !== turn) return;
    count(drawing, state);
    draw(state, passes);
  }

  /** Say beside a field why its text is refused. @param {string} name @param {(text: string) => Refusal} refusal @param {boolean} finished */
  function tell(name, refusal, finished) {
    const refused = refusal(field(name).value.trim());
    const why = refused && (finished || !refused.unfinished) ? refused.why : "";
    const place = part(`#calculator-${name}-why`);
    if (place.textContent !== why) place.textContent = why;
    if (why) field(name).setAttribute("aria-invalid", "true");
    else field(name).removeAttribute("aria-invalid");
    return refused;
  }

  /** @param {State} state @param {Record<string, Passes>} passes */
  function draw(state, passes) {
    const { sizes, examples, mistake } = state;
    /** @param {string} letter */
    const value = (letter) => valueOf(letter, sizes, examples);
    const all = LAYOUTS.flatMap((layout) => [...passes[layout].steps, ...Object.values(passes[layout].mistakes)]);
    const lengths = lengthsOf(all.flatMap((step) => step.parts.flatMap(({ box }) => box.map(value))));
    /** @type {HTMLElement[]} */
    const sayings = [];
    /** @type {HTMLElement[]} */
    const products = [];
    let clash = false;
    for (const layout of LAYOUTS) {
      const block = part(`.layouts > [data-layout=${layout}]`);
      const step = passes[layout].mistakes[mistake];
      const verdict = step && judge(step, value, alike(state));
      block.replaceChildren(
        /** @type {Element} */ (block.firstElementChild),
        ...sections(passes[layout].steps, state, opened(block, sizes.length - 1, step?.layer), (one) =>
          one.of === step?.of ? product(step, value, lengths, verdict) : product(one, value, lengths),
        ),
      );
      if (!verdict) continue;
      clash = verdict.verdict === "clash";
      sayings.push(inLayout("span", layout, verdict.said));
      products.push(inLayout("div", layout, product(step, value, lengths, verdict)));
    }
    said.replaceChildren(...(sayings.length ? sayings : [mistake && impossible(sizes)]));
    mistaken.replaceChildren(...products.length ? [element("div", {}, ...products)] : [], ...(clash ? [offer(state)] : []));
  }

  /** A button for the library's own words. @param {State} state */
  function offer(state) {
    const heard = element("p", { className: "live-said" });
    heard.setAttribute("role", "status");
    const size = loaded ? "" : " (loads Python once)";
    const button = element("button", { type: "button", textContent: `Show the library’s message${size}` });
    const offered = element("div", {}, button, heard);
    button.onclick = async () => {
      if (button.ariaDisabled) return;
      button.ariaDisabled = "true";
      try {
        const messages = [];
        for (const layout of LAYOUTS) {
          const { said } = await ask("guess", { ...state, layout }, (progress) => (heard.textContent = progress));
          messages.push(inLayout("pre", layout, ...linked(said)));
        }
        loaded = true;
        const shown = element("div", { tabIndex: -1 }, ...(state.mistake === "transposed" ? [element("p", { textContent: TRANSPOSES })] : []), ...messages);
        offered.replaceChildren(shown);
        if (offered.isConnected) shown.focus();
      } catch (why) {
        heard.textContent = /** @type {Error} */ (why).message;
        button.ariaDisabled = null;
      }
    };
    return offered;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(true);
  });
  form.addEventListener("input", () => change(false));
  form.addEventListener("change", () => change(true));

  // Whoever gives the address away gives the sizes with it.
  const shared = new URLSearchParams(location.hash.slice(1));
  if (!NAMES.some((name) => shared.has(name))) return;
  for (const name of NAMES) if (shared.has(name)) field(name).value = shared.get(name) ?? "";
  const unknown = shared.has("mistake") && field("mistake").value !== shared.get("mistake");
  if (unknown) field("mistake").value = "";
  await change(true);
  if (unknown) said.textContent = "The address names a mistake that is not in this list.";
}

// ---- What is refused

/** @param {string} text @returns {Refusal} */
function refusalOfSizes(text) {
  const sizes = text.split(/ *[-–] */);
  const decimal = /\d*[.,]\d*/.exec(text);
  if (!text) return { why: "Type the number of units of each layer, for example 784-30-10.", unfinished: true };
  if (decimal) return { why: `A size is a whole number, and “${decimal[0]}” is not.` };
  if (/[^\d –-]/.test(text)) return { why: "Type only digits, with a hyphen between two sizes: 784-30-10." };
  if (!sizes[0]) return { why: "A size has no minus sign. Begin with the number of inputs." };
  if (sizes.slice(1, -1).includes("")) return { why: "A size is missing between two hyphens." };
  if (/\d +\d/.test(text)) return { why: "Put a hyphen between two sizes: 784-30-10." };
  if (sizes.some((size) => size && Number(size) === 0)) return { why: "A layer has at least 1 unit." };
  if (sizes.some((size) => Number(size) > MOST)) return { why: `A size is at most ${MOST.toLocaleString("en-US")}.` };
  if (sizes.length > 7) return { why: "Type at most seven sizes." };
  if (sizes.length < 2) return { why: "Type at least two sizes: the inputs and the outputs.", unfinished: true };
  if (!sizes.at(-1)) return { why: "A size is missing after the last hyphen.", unfinished: true };
  return null;
}

/** @param {string} text @returns {Refusal} */
function refusalOfExamples(text) {
  if (/^[-–−]/.test(text)) return { why: "A number of examples has no minus sign." };
  if (/^\d*[.,]\d*$/.test(text)) return { why: `A number of examples is whole, and “${text}” is not.` };
  if (/\D/.test(text)) return { why: "Type only digits." };
  if (text && Number(text) === 0) return { why: "Type 1 or more, or nothing for one example." };
  if (Number(text) > MOST) return { why: `Type at most ${MOST.toLocaleString("en-US")} examples.` };
  return null;
}

// ---- Whether shapes fit

/** "n2" is the size of layer 2, "m" the examples, "n2+1" one more, "-" no axis at all. @param {string} letter @param {number[]} sizes @param {number | null} examples */
function valueOf(letter, sizes, examples) {
  if (letter === "m") return examples ?? 1;
  const [, layer, more] = /^n(\d)(\+1)?$/.exec(letter) ?? [];
  return layer ? sizes[Number(layer)] + (more ? 1 : 0) : letter === "-" ? 0 : 1;
}

/** Follow the signs from the left, and stop where two sides differ. @param {Step} step @param {(letter: string) => number} value @param {boolean} alike @returns {Verdict} */
function judge({ of, layer, tag, parts, signs }, value, alike) {
  const where = `${tag} of layer ${layer}`;
  const box = [...parts[0].box];
  const owner = [0, 0]; // the part from which the product so far has its height, and its width
  /** @param {number} i @param {number} axis */
  const side = (i, axis) => {
    const number = value(parts[i].box[axis]);
    if (!number) return "no axis of examples";
    return plural(number, parts[i].vector ? "entry" : axis ? "column" : "row");
  };
  for (const [i, sign] of signs.slice(0, -1).entries()) {
    for (const [axis, other] of sign === "·" ? [[1, 0]] : [[0, 0], [1, 1]]) {
      if (value(box[axis]) === value(parts[i + 1].box[other])) continue;
      const left = sign === "·" ? parts[i].name : parts.slice(0, i + 1).map(({ name }) => name).join(" ");
      const said = `${where}: the shapes do not fit. ${left} has ${side(owner[axis], axis)}, but ${parts[i + 1].name} has ${side(i + 1, other)}.`;
      return { verdict: "clash", sides: [[owner[axis], axis], [i + 1, other]], said, result: [] };
    }
    if (sign === "·") [box[1], owner[1]] = [parts[i + 1].box[1], i + 1];
  }
  const result = box.map(value);
  const last = parts.length - 1;
  const needed = parts[last].box.map(value);
  if (result.some((number, axis) => number !== needed[axis])) {
    const weights = of.replace("∂C/∂", "");
    const said = `${where}: the two arrays fit, and no error is raised. But the result is (${result.join(", ")}), and ${weights} is (${needed.join(", ")}).`;
    return { verdict: "shape", sides: [[last, 0], [last, 1]], said, result };
  }
  const said = alike
    ? `${where}: between layers of one unit, this mistake changes nothing.`
    : `${where}: the shapes fit, but the numbers are wrong. No error is raised.`;
  return { verdict: "fits", sides: [], said, result };
}

/** Whether a mistake is none, because the arrays that it transposes or swaps hold one number. @param {State} state */
function alike({ sizes, examples, mistake }) {
  const single = sizes.slice(-2).every((size) => size === 1);
  return single && (["transposed", "other way round"].includes(mistake) || (mistake === "other layout" && examples === 1));
}

/** @param {number[]} sizes */
const impossible = (sizes) =>
  sizes.length < 3
    ? "This network has no hidden layer, so BP2 is not used. Type three sizes or more."
    : "One example is (n,) in both layouts. Type a number of examples for this mistake.";

// ---- What is drawn. calculator.py makes the same of the 2-3-2 network.

/** How long each size is drawn, at most 1: by its logarithm, and each a little longer than the one before. @param {number[]} numbers */
function lengthsOf(numbers) {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const largest = Math.log(Math.max(...sorted, 2));
  let length = 0.05;
  const lengths = new Map(sorted.map((number) => [number, (length = Math.max(length + 0.07, Math.log(number) / largest))]));
  return new Map([...lengths].map(([number, one]) => [number, one / length]));
}

/** @param {Step[]} steps @param {State} state @param {(title: string, layer: number) => boolean} open @param {(step: Step) => HTMLElement} drawn */
function sections(steps, { sizes }, open, drawn) {
  const layers = sizes.slice(1).map((_, i) => i + 1);
  /** @param {string} title @param {number[]} layers @param {Step[]} which */
  const section = (title, layers, which) => [
    element("h2", { className: "calculator-pass", textContent: title }),
    ...layers.map((layer) => {
      const units = `from ${plural(sizes[layer - 1], layer === 1 ? "input" : "unit")} to ${plural(sizes[layer], "unit")}`;
      const summary = element("summary", { textContent: `Layer ${layer}: ${units}` });
      const products = which.filter((step) => step.layer === layer).map(drawn);
      return element("details", { className: "calculator-layer", open: open(title, layer) }, summary, ...products);
    }),
  ];
  const isForward = (/** @type {Step} */ { of }) => of.startsWith("z");
  return [
    ...section("Forward pass", layers, steps.filter(isForward)),
    ...section("Backward pass", [...layers].reverse(), steps.filter((step) => !isForward(step))),
  ];
}

/**
 * Which layers are open: those that were, while their number stays the same; and the one with the mistake.
 * @param {HTMLElement} block @param {number} layers @param {number | undefined} mistaken
 * @returns {(title: string, layer: number) => boolean}
 */
function opened(block, layers, mistaken) {
  const were = [...block.querySelectorAll("details")].map((one) => one.open);
  return (title, layer) => {
    const forward = title === "Forward pass";
    if (layer === mistaken && !forward) return true;
    if (were.length === 2 * layers) return were[forward ? layer - 1 : 2 * layers - layer];
    return layers <= UNFOLDED || layer === 1 || layer === layers;
  };
}

/** @param {Step} step @param {(letter: string) => number} value @param {Map<number, number>} lengths @param {Verdict} [verdict] of the mistake made here */
function product({ tag, parts, signs }, value, lengths, verdict) {
  const cells = parts.flatMap((part, i) => {
    const last = i === parts.length - 1;
    const needed = part.box.map(value);
    const sizes = last && verdict?.verdict === "shape" ? verdict.result : needed;
    const clashes = (/** @type {number} */ axis) => verdict?.sides.some(([one, other]) => one === i && other === axis);
    const lit = part.lit.map((how, axis) => (clashes(axis) ? "clashes" : how));
    const cell = array(part, sizes, lit, lengths);
    if (last && verdict && verdict.verdict !== "fits") {
      if (verdict.verdict === "clash") cell.dataset.missing = "";
      cell.append(element("span", { className: "calculator-needed" }, "needed:", element("br"), shapeOf(part, needed).join("")));
    }
    const joint = signs[i] === "·" ? " calculator-joint" : "";
    return last ? [cell] : [cell, element("span", { className: `calculator-sign${joint}`, textContent: signs[i] })];
  });
  return element(
    "div",
    { className: `calculator-step${verdict ? ` calculator-${verdict.verdict}` : ""}` },
    element("span", { className: "calculator-tag", textContent: tag }),
    element("div", { className: "calculator-product" }, ...cells),
  );
}

/** @param {Part} part @param {number[]} sizes @param {string[]} lit @param {Map<number, number>} lengths */
function array(part, sizes, lit, lengths) {
  const [height, width] = sizes.map((size) => lengths.get(size)?.toFixed(3));
  const box = element("i", { className: part.kind });
  box.setAttribute("style", `--height:${height};--width:${width}`);
  const said = shapeOf(part, sizes).map((piece, i) => {
    const how = i % 2 && lit[part.vector ? axisOf(part) : (i - 1) / 2];
    return how ? element("mark", { textContent: piece }) : piece;
  });
  const name = element("b", { className: part.kind, textContent: part.name });
  const made = element("span", { className: "calculator-part" }, box, name, element("span", {}, ...said));
  if (lit[0]) made.dataset.height = lit[0];
  if (lit[1]) made.dataset.width = lit[1];
  return made;
}

/** The axis of a vector's numbers, as it is drawn. @param {Part} part */
const axisOf = ({ box }) => (/\d/.test(box[0]) && box[0] !== "1" ? 0 : 1);

/** The pieces of a shape, each second one a size. @param {Part} part @param {number[]} sizes */
const shapeOf = (part, sizes) =>
  part.vector ? ["(", `${sizes[axisOf(part)]}`, ",)"] : ["(", `${sizes[0]}`, ", ", `${sizes[1]}`, ")"];

// ---- What is counted

/** @param {HTMLElement} drawing @param {State} state */
function count(drawing, { sizes, examples }) {
  const products = sizes.slice(1).map((size, i) => BigInt(size) * BigInt(sizes[i]));
  const weights = sum(products);
  const biases = sum(sizes.slice(1).map(BigInt));
  const passes = [weights, weights + sum(products.slice(1))];
  const parameters = weights + biases;
  drawing.querySelector(".calculator-parameters")?.replaceChildren(
    element("b", { textContent: plural(parameters, "parameter") }),
    `: ${plural(weights, "weight")} and ${plural(biases, "bias", "biases")}. `,
    `They take ${memory(8n * parameters)} as float64 and ${memory(4n * parameters)} as float32.`,
  );
  const [head, ...rows] = /** @type {HTMLTableElement} */ (drawing.querySelector(".calculator-counts")).rows;
  for (const row of [head, ...rows]) while (row.cells.length > 2) row.deleteCell(-1);
  rows.forEach((row, i) => (row.cells[1].textContent = written(passes[i])));
  if (!examples || examples === 1) return;
  head.append(element("th", { scope: "col", textContent: `${written(examples)} examples` }));
  rows.forEach((row, i) => row.append(element("td", { textContent: written(passes[i] * BigInt(examples)) })));
}

/** @param {bigint[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0n);

/** @param {number | bigint} number */
function written(number) {
  if (number < 1e9) return number.toLocaleString("en-US");
  const [digits, power] = Number(number).toExponential(2).split("e+");
  return `${digits} × 10${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;
}

/** @param {number | bigint} number @param {string} one @param {string} many */
function plural(number, one, many = one.endsWith("y") ? `${one.slice(0, -1)}ies` : `${one}s`) {
  return `${written(number)} ${Number(number) === 1 ? one : many}`;
}

/** @param {bigint} bytes */
function memory(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor((String(bytes).length - 1) / 3), units.length - 1);
  return `${Number((Number(bytes) / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

// ---- Pieces of the page

/** What is shown in one layout only. @param {"div" | "span" | "pre"} tag @param {string} layout @param {(Node | string)[]} children */
function inLayout(tag, layout, ...children) {
  const made = element(tag, { className: `layout${tag === "pre" ? " live-message" : ""}` }, ...children);
  made.dataset.layout = layout;
  return made;
}

/** The library's words, in which an address can be followed. @param {string} text */
const linked = (text) =>
  text.split(/(https?:\/\/\S+)/).map((piece, i) => (i % 2 ? element("a", { href: piece, textContent: piece }) : piece));
