// The arithmetic of the moving network: every number of one forward and one backward pass of two sigmoid layers.

/** @typedef {{x: number[], y: number[], W1: number[][], b1: number[], W2: number[][], b2: number[]}} Given */
/** @typedef {number[]} Vector */
/** @typedef {number[][]} Matrix */

/** Weights have a row for each unit that they lead to. @param {Given} given */
export function pass({ x, y, W1, b1, W2, b2 }) {
  const z1 = plus(product(W1, x), b1);
  const a1 = z1.map(sigmoid);
  const z2 = plus(product(W2, a1), b2);
  const a2 = z2.map(sigmoid);
  const C = sum(a2.map((a, i) => (a - y[i]) ** 2)) / 2;

  const dC_da2 = a2.map((a, i) => a - y[i]);
  const slope2 = a2.map(slope);
  const delta2 = times(dC_da2, slope2);
  const dC_da1 = product(transposed(W2), delta2);
  const slope1 = a1.map(slope);
  const delta1 = times(dC_da1, slope1);

  const dC_dW2 = outer(delta2, a1);
  const dC_dW1 = outer(delta1, x);
  const dC_dx = product(transposed(W1), delta1);
  const dC_dy = dC_da2.map((derivative) => -derivative);
  const gradients = { dC_dx, dC_dy, dC_dW1, dC_db1: delta1, dC_dW2, dC_db2: delta2 };
  return { x, y, W1, b1, W2, b2, z1, a1, z2, a2, C, dC_da2, slope2, delta2, dC_da1, slope1, delta1, ...gradients };
}

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
/** The derivative of the sigmoid, from its value. @param {number} a */
const slope = (a) => a * (1 - a);
/** @param {Vector} v */
const sum = (v) => v.reduce((total, entry) => total + entry, 0);
/** @param {Vector} u @param {Vector} v */
const plus = (u, v) => u.map((entry, i) => entry + v[i]);
/** @param {Vector} u @param {Vector} v */
const times = (u, v) => u.map((entry, i) => entry * v[i]);
/** @param {Matrix} W @param {Vector} v */
const product = (W, v) => W.map((row) => sum(times(row, v)));
/** @param {Vector} u @param {Vector} v */
const outer = (u, v) => u.map((entry) => v.map((other) => entry * other));
/** @param {Matrix} W */
const transposed = (W) => W[0].map((_, j) => W.map((row) => row[j]));
