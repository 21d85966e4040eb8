// The pass, step by step: what the build has written is lit one equation at a time; when a slider moves, the library computes.

import { ask } from "../live.js";

/** @param {HTMLElement} place */
export function play(place) {
  const steps = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(".live-steps > li")]);
  const [back, next, book] = place.querySelectorAll("button");
  const count = /** @type {HTMLElement} */ (place.querySelector(".live-count"));
  const said = /** @type {HTMLElement} */ (place.querySelector("[role=status]"));
  const sliders = [...place.querySelectorAll("input")];
  let now = 0;

  /** @param {number} step */
  function show(step) {
    now = Math.min(Math.max(step, 0), steps.length - 1);
    steps.forEach((one, i) => (i === now ? one.setAttribute("aria-current", "step") : one.removeAttribute("aria-current")));
    count.textContent = `${now + 1} of ${steps.length}`;
    back.setAttribute("aria-disabled", String(now === 0));
    next.setAttribute("aria-disabled", String(now === steps.length - 1));
    const lit = steps[now].dataset.lit?.split(" ") ?? [];
    for (const part of /** @type {NodeListOf<SVGElement>} */ (place.querySelectorAll("[data-part]"))) {
      const shines = lit.includes(part.dataset.part ?? "");
      part.setAttribute("class", shines ? `lit ${steps[now].className}` : "");
    }
  }

  let waiting = false;
  let busy = false;
  async function compute() {
    waiting = true;
    if (busy) return;
    busy = true;
    try {
      while (waiting) {
        waiting = false;
        write(await ask("numbers", given(), (progress) => (said.textContent = progress)));
      }
      said.textContent = "";
    } catch (why) {
      said.textContent = /** @type {Error} */ (why).message;
    }
    busy = false;
  }

  function given() {
    const numbers = JSON.parse(place.dataset.given ?? "{}");
    for (const slider of sliders) {
      const [symbol = "", ...index] = slider.dataset.symbol?.match(/\w+/g) ?? [];
      const [last, ...first] = index.map(Number).reverse();
      const row = first.reduce((array, at) => array[at], numbers[symbol]);
      row[last] = slider.valueAsNumber;
    }
    return numbers;
  }

  /** @param {Record<string, string>} value */
  function write(value) {
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[data-value]")))
      one.textContent = value[one.dataset.value ?? ""];
  }

  back.addEventListener("click", () => show(now - 1));
  next.addEventListener("click", () => show(now + 1));
  for (const slider of sliders) slider.addEventListener("input", () => moved(slider));
  /** @param {HTMLInputElement} slider */
  function moved(slider) {
    const beside = /** @type {HTMLElement} */ (slider.nextElementSibling);
    beside.textContent = slider.value.replace("-", "−");
    compute();
  }
  book.addEventListener("click", () => {
    for (const slider of sliders) slider.value = slider.defaultValue;
    sliders.forEach(moved);
  });
  show(0);
}
