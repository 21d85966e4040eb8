// What says most in a pasted error message. Of a traceback that is the last message; of a message of this library, its likely causes.

const TRACEBACK = /Traceback|File "|site-packages|---+>|\bline \d+/;
const MESSAGE = /\b[\w.]*(?:Error|Warning|Exception)\b:/g;
const OF_ANY_SHAPES = /.*: the shapes? .*not fit (?:together|the others).*/s;
// What JAX, Keras and TensorFlow add to every message.
const ADDED = /-{5,}.*|For simplicity, JAX has removed.*|Arguments received by.*|\[Op:\w+\].*|The above exception was the direct cause.*/s;
const LONGEST = 2000;
const SHAPE = /[([]\s*\d+\s*(?:,\s*\d*\s*)*[)\]]|\b\d+x\d+\b/g; // (3, 1), (3,), [32, 784], 5x2

/** @param {string} text */
export function essence(text) {
  const causes = [...text.matchAll(/Likely cause: (.+?)(?=\. |\n|$)/g)].map(([, cause]) => cause);
  if (causes.length) return causes.join("\n");
  if (/ShapeError/.test(text)) text = text.replace(OF_ANY_SHAPES, "shape error");
  if (TRACEBACK.test(text)) {
    const last = [...text.matchAll(MESSAGE)].pop();
    if (last) text = text.slice(last.index);
  }
  const message = (text.replace(ADDED, "").trim() || text).slice(0, LONGEST);
  return /aligned|broadcast|multiplied|mismatch|incompatible/.test(message) ? message + relation(message) : message;
}

/** Return in words how the first two shapes of a message are related: it tells the cause more often than their numbers do. @param {string} message */
function relation(message) {
  const [one, other] = (message.match(SHAPE) ?? []).map((shape) => (shape.match(/\d+/g) ?? []).map(Number));
  if (!one || !other) return "";
  const isVector = one.length === 1 || other.length === 1;
  const matrix = one.length === 2 ? one : other;
  if (String(one) === String(other)) return " equal shapes";
  if (one.length === 1 && other.length === 1) return " vectors of different length";
  if (isVector && matrix[0] === matrix[1]) return " square matrix and vector";
  if (isVector) return " matrix and vector";
  if (String([...one].reverse()) === String(other)) return " swapped shapes";
  if (one[0] === other[0] || one[1] === other[1]) return " matrices that share an axis";
  return /broadcast/.test(message) && one[0] === other[1] ? " two layers in reverse order" : "";
}

/** Return the pages of the book whose addresses stand in a text, in their order. @param {string} text @param {(page: string) => boolean} known */
export function addresses(text, known) {
  const written = text.matchAll(/\b(?:learn|layers|look-up|use)\/[\w/-]*/g);
  return [...new Set([...written].map(([address]) => address.replace(/\/?$/, "/")))].filter(known);
}
