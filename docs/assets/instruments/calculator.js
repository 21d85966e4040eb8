// The shape calculator: the library's own list of both passes, with the reader's sizes put in; a mistake goes to the library itself.

import { ask } from "../live.js";

/** @typedef {{symbol: string, kind: string, equations: string[], shapes: string[][]}} Line */

const UNIT = 14; // px for one unit, where there is room for it
const ROOM = 100;

/** @param {HTMLElement} place */
export async function play(place) {
  const form = /** @type {HTMLFormElement} */ (place.querySelector("form"));
  const body = /** @type {HTMLTableSectionElement} */ (place.querySelector("tbody"));
  const said = /** @type {HTMLElement} */ (place.querySelector("[role=status]"));
  const message = /** @type {HTMLElement} */ (place.querySelector(".live-message"));
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const names = ["sizes", "examples", "mistake", "layout"];
  const standing = names.map((name) => field(name).value);

  // Whoever gives the address away gives the sizes with it.
  const shared = new URLSearchParams(location.hash.slice(1));
  for (const name of names) if (shared.has(name)) field(name).value = shared.get(name) ?? "";

  const source = new URL("../vendor/live/shapes.json", import.meta.url);
  /** @type {Promise<Record<string, Line[]>> | undefined} */
  let patterns;
  let asked = 0;

  async function change() {
    const turn = ++asked;
    const sizes = field("sizes").value.split(/[^\d]+/).filter(Boolean).map(Number);
    const examples = Number(field("examples").value) || null;
    message.hidden = true;
    if (sizes.length < 2 || sizes.length > 7 || sizes.includes(0)) {
      said.textContent = "Two to seven sizes, each 1 or more: 784-30-10.";
      return;
    }
    if (!/^\d*$/.test(field("examples").value.trim())) {
      said.textContent = "Examples are a whole number, or nothing for one.";
      return;
    }
    said.textContent = "";
    patterns ??= fetch(source).then((response) => response.json());
    draw((await patterns)[`${sizes.length} ${examples ? "batch" : "one"}`], sizes, examples);
    if (!field("mistake").value) return;
    try {
      const given = { sizes, examples, layout: field("layout").value, mistake: field("mistake").value };
      const found = await ask("guess", given, (progress) => turn === asked && (said.textContent = progress));
      if (turn !== asked) return;
      const lines = found.said.split("\n");
      said.textContent = lines.length > 1 ? "The library says:" : found.said;
      message.textContent = lines.length > 1 ? found.said : "";
      message.hidden = lines.length === 1;
    } catch (why) {
      said.textContent = /** @type {Error} */ (why).message;
    }
  }

  /** @param {Line[]} lines @param {number[]} sizes @param {number | null} examples */
  function draw(lines, sizes, examples) {
    const largest = Math.max(...sizes, examples ?? 1);
    const unit = Math.min(UNIT, ROOM / largest);
    while (body.rows.length > lines.length) body.deleteRow(-1);
    while (body.rows.length < lines.length) body.append(body.rows[0].cloneNode(true));
    lines.forEach(({ symbol, kind, equations, shapes }, i) => {
      const [head, ...cells] = body.rows[i].cells;
      head.className = kind;
      head.textContent = symbol;
      cells.forEach((cell, layout) => {
        const shape = shapes[layout].map((size) => (size === "m" ? (examples ?? 1) : sizes[Number(size.slice(1))]));
        const [equation, box, numbers] = /** @type {HTMLElement[]} */ ([...cell.children]);
        equation.textContent = equations[layout];
        numbers.textContent = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
        const [height, width] = shape.length === 1 && layout ? [1, shape[0]] : [...shape, 1, 1];
        box.className = `live-box ${kind}`;
        box.style.height = `${Math.max(2, height * unit)}px`;
        box.style.width = `${Math.max(2, width * unit)}px`;
      });
    });
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const values = Object.fromEntries(names.map((name) => [name, field(name).value]));
    history.replaceState(history.state, "", `#${new URLSearchParams(values)}`);
    change();
  });
  if (names.some((name, i) => field(name).value !== standing[i])) {
    const mistake = /** @type {HTMLSelectElement} */ (form.elements.namedItem("mistake"));
    const meant = mistake.value && mistake.selectedOptions[0].text;
    mistake.value = ""; // nothing of Python is fetched before the reader asks
    await change();
    if (meant) said.textContent = `This address means a mistake: choose “${meant}” to see what the library says.`;
  }
}
