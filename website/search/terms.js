// From text to the terms of the index: words by their stems, and what is written in code or as a shape as it stands.

import { stemmer } from "stemmer";

import { SIGNS, SPELLINGS, STOP_WORDS } from "./words.js";

const SIGN = new RegExp(`[${Object.keys(SIGNS).join("")}]`, "gu");
const BRITISH = new RegExp(`^(${Object.keys(SPELLINGS).join("|")})`);
const TOKEN = new RegExp(
  [
    /\(\s*(?:\d+|[A-Za-z]\w*)?\s*,\s*(?:\d+|[A-Za-z]\w*)?\s*\)/, // (3, 1), (n,), (None, 10)
    /\[\s*\d+\s*(?:,\s*\d+\s*)*\]/, // [32, 784]
    /\d+\s?[x×]\s?\d+\b/, // 2x3
    /\d+\/[\p{L}\d]\b/u, // 1/m
    /∂?[\p{L}_][\p{L}\p{N}_]*′?(?:\.[\p{L}_][\p{L}\p{N}_]*)*/u, // word, grad_weight, np.dot, ∂C, σ′
    /\d+(?:\.\d+)?/,
    /[@*∇⊙∘∑√∞]/,
  ]
    .map((form) => form.source)
    .join("|"),
  "gu"
);

/** @type {Map<string, string>} */
const stems = new Map();

/** Return the term of a word in lower case: its stem, if it is a word of a language. @param {string} word */
export function stem(word) {
  let found = stems.get(word);
  if (found === undefined) {
    const american = word.replace(BRITISH, (begin) => SPELLINGS[/** @type {keyof typeof SPELLINGS} */ (begin)]);
    found = /^[a-z]{4,}$/.test(american) ? stemmer(american) : american;
    stems.set(word, found);
  }
  return found;
}

/** Return the parts of a name: of grad_weight, CrossEntropyLoss, conv2d, dZ1. @param {string} name @returns {string[]} */
function parts(name) {
  if (name.includes(".")) return name.split(".").flatMap((part) => [part, ...parts(part)]);
  if (name.includes("_")) return name.split("_").filter((part) => part.length > 1);
  const humps = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  if (humps.length > 1 && /^[A-Z]/.test(name)) return humps.filter((hump) => hump.length > 2);
  const [, base] = /^([a-z]{2,})\d+d?$/i.exec(name) ?? [];
  return base ? [base] : [];
}

/** @param {string} token @returns {string[]} */
function words(token) {
  if (/^[([]/.test(token)) {
    const shape = token.toLowerCase().replace(/\s+/g, "").replace("[", "(").replace("]", ")");
    const numbers = shape.match(/\d+/g) ?? [];
    return numbers.length === 2 ? [shape, numbers.join("x")] : [shape];
  }
  if (/^\d/.test(token)) return [token.toLowerCase().replace(/\s+/g, "").replace("×", "x")];
  const written = token
    .replace("∂", "d")
    .replace("σ′", "sigma_prime")
    .replace("′", "")
    .normalize("NFKC")
    .replace(SIGN, (sign) => ` ${SIGNS[sign]} `);
  return written
    .trim()
    .split(/\s+/)
    .flatMap((name) => [name, ...parts(name)])
    .map((name) => name.toLowerCase());
}

/** @typedef {{ words: string[], terms: string[] }} Token what it can be found by, in lower case, and the terms of the index for it */

/** @type {Map<string, Token>} */
const known = new Map();

/** Return what a token can be found by; nothing, if it says nothing. @param {string} token */
function look(token) {
  let found = known.get(token);
  if (!found) {
    const saying = words(token).filter((word) => !STOP_WORDS.has(word));
    found = { words: saying, terms: saying.map(stem) };
    known.set(token, found);
  }
  return found;
}

/** @param {string} text @returns {Token[]} */
export function tokensOf(text) {
  return (text.match(TOKEN) ?? []).map(look);
}

/** Return the tokens with their places in the text. @param {string} text */
export function placesOf(text) {
  return [...text.matchAll(TOKEN)].map(({ 0: token, index }) => ({ index, length: token.length, terms: look(token).terms }));
}

/** Return the terms by which a heading is found that somebody types as a whole; a page's title has one more. @param {string} heading */
export function whole(heading) {
  const name = heading.replace(/^backprop\.(?:layers\.|mistakes\.(?:of_layers\.)?)?(?=\w)/, "");
  const written = (name.toLowerCase().match(/[\p{L}\p{N}@*√]+/gu) ?? []).join("-");
  return { heading: `=${written}`, title: `==${written}` };
}
