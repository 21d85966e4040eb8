// The derivative, felt: a tangent that follows the pointer or a slider along the curve of an activation function.

/** @typedef {{value: (z: number) => number, prime: (z: number) => number}} Activation */

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
/** @param {number} z */
const sigmoidPrime = (z) => sigmoid(z) * sigmoid(-z);
/** The argument of the tanh in the GELU. @param {number} z */
const u = (z) => Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3);
/** @param {number} z */
const uPrime = (z) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z ** 2);

/** The formulas of the library, by its names. @type {Record<string, Activation>} */
export const FUNCTIONS = {
  sigmoid: { value: sigmoid, prime: sigmoidPrime },
  tanh: { value: Math.tanh, prime: (z) => 4 * sigmoidPrime(2 * z) },
  relu: { value: (z) => Math.max(z, 0), prime: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: { value: (z) => Math.max(z, 0.01 * z), prime: (z) => (z > 0 ? 1 : 0.01) },
  softplus: { value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), prime: sigmoid },
  silu: { value: (z) => z * sigmoid(z), prime: (z) => sigmoid(z) * (1 + z * sigmoid(-z)) },
  gelu: { value: (z) => z * sigmoid(2 * u(z)), prime: (z) => sigmoid(2 * u(z)) + 2 * z * uPrime(z) * sigmoidPrime(2 * u(z)) },
  identity: { value: (z) => z, prime: () => 1 },
};

/** @param {number} value @param {number} digits */
const fixed = (value, digits) => value.toFixed(digits).replace(/^-(0\.0*)$/, "$1").replace("-", "−");

/**
 * What the derivative means for this unit.
 * @param {string} label
 * @param {number} z
 * @param {number} prime
 * @param {number | undefined} kink what the library takes at z = 0, if there is a kink
 */
function told(label, z, prime, kink) {
  const factor = Number(Math.abs(prime).toPrecision(3));
  if (z === 0 && kink !== undefined) return `At 0, ${label} has a kink and no derivative. The library takes ${kink}, and the line has this slope.`;
  if (prime === 1) return "Here a small change of z changes the activation by the same amount.";
  if (prime === 0) return "Here a small change of z does not change the activation at all. So the error of this unit is 0, and this example does not change the weights into the unit.";
  if (prime < 0) return `Here the derivative is negative: if z increases a little, the activation decreases by ${factor} times this change.`;
  if (prime < 0.05) return `Here a small change of z changes the activation by only ${factor} times as much. The error of this unit has this small factor, so a step of gradient descent hardly changes the weights into the unit.`;
  return `Here a small change of z changes the activation ${factor} times as much.`;
}

/** @param {string} kind @param {string} data */
function drawn(kind, data) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("class", kind);
  path.setAttribute("d", data);
  return path;
}

/** @param {HTMLElement} place */
export function play(place) {
  const figure = /** @type {SVGSVGElement} */ (place.querySelector("figure > svg"));
  const curves = /** @type {SVGElement[]} */ ([...place.querySelectorAll("[data-function]")]);
  const select = /** @type {HTMLSelectElement} */ (place.querySelector("select"));
  const slider = /** @type {HTMLInputElement} */ (place.querySelector("input"));
  const said = /** @type {HTMLElement} */ (place.querySelector(".derivative-said"));
  const numbers = place.querySelectorAll(".derivative-numbers b");
  const kinks = JSON.parse(place.dataset.kinks ?? "{}");
  const reach = Number(slider.max);

  function draw() {
    const z = slider.valueAsNumber;
    const { value, prime } = FUNCTIONS[select.value];
    const [a, rise] = [value(z), prime(z)];
    for (const one of curves) one.setAttribute("class", one.dataset.function === select.value ? "" : "derivative-none");
    const shown = /** @type {SVGElement} */ (curves.find((one) => one.dataset.function === select.value));
    const [above, below] = shown.querySelectorAll(".derivative-moving");
    const at = `M${z} -9V9`;
    /** @param {number} end */
    const along = (end) => `${end} ${a + rise * (end - z)}`;
    above.replaceChildren(
      drawn("derivative-at", at),
      drawn("derivative-tangent", `M${along(-reach)}L${along(reach)}`),
      drawn("derivative-triangle", `M${z} ${a}h1v${rise}`),
      drawn("derivative-value derivative-dot", `M${z} ${a}h0`),
    );
    below.replaceChildren(drawn("derivative-at", at), drawn("derivative-prime derivative-dot", `M${z} ${rise}h0`));
    write(shown.dataset.label ?? "", z, a, rise);
  }

  /** @param {string} label @param {number} z @param {number} a @param {number} prime */
  function write(label, z, a, prime) {
    const words = [fixed(z, 2), fixed(a, 4), fixed(prime, 4)];
    numbers.forEach((number, i) => (number.textContent = words[i]));
    said.textContent = told(label, z, prime, kinks[select.value]);
    slider.setAttribute("aria-valuetext", `z is ${words[0]}, the activation ${words[1]}, the derivative ${words[2]}. ${said.textContent}`);
  }

  /** @param {PointerEvent} event */
  function point(event) {
    // Not from the box of the inner SVG: what sticks out of it counts in its box, too.
    const moving = /** @type {SVGGElement} */ (place.querySelector("[data-function]:not(.derivative-none) .derivative-moving"));
    const onScreen = /** @type {DOMMatrix} */ (moving.getScreenCTM());
    slider.value = String(new DOMPoint(event.clientX, event.clientY).matrixTransform(onScreen.inverse()).x);
    draw();
  }

  figure.addEventListener("pointermove", point);
  figure.addEventListener("pointerdown", point);
  slider.addEventListener("input", draw);
  select.addEventListener("change", draw);
  draw();
}
