// What is shown of a result: text with the hits marked, as HTML in which nothing else is markup.

import { placesOf } from "./terms.js";

const LENGTH = 120;
const SHOWN = 0.5; // below it are numbers, synonyms, and words of which the reader has typed the beginning
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&nbsp;": " ", "&amp;": "&" };

/** @typedef {Map<string, number>} Weights the terms of a query, and how much each says. */

/** Return the text of HTML. @param {string} html */
export function plain(html) {
  return html
    .replace(/<annotation[^>]*>[\s\S]*?<\/annotation>|<p>(?:Columns|Rows|Both)<\/p>/g, " ")
    .replace(/<[^>]*(?:>|$)/g, " ")
    .replace(/&(?:lt|gt|quot|#39|#x27|nbsp|amp);/g, (entity) => ENTITIES[/** @type {keyof typeof ENTITIES} */ (entity)])
    .replace(/[\s\u200b]+/g, " ")
    .replace(/ (?=[.,;:)])/g, "")
    .trim();
}

/** @param {string} text */
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

/** Return the tokens of a text that a query found, each with its weight. @param {string} text @param {Weights} weights */
function hits(text, weights) {
  return placesOf(text).flatMap(({ index, length, terms }) => {
    const weight = Math.max(0, ...terms.map((term) => weights.get(term) ?? 0));
    return weight ? [{ index, end: index + length, weight, term: terms[0] }] : [];
  });
}

/** Return a text as HTML, with its hits marked. @param {string} text @param {Weights} weights */
export function marked(text, weights) {
  let html = "";
  let done = 0;
  for (const { index, end, weight } of hits(text, weights)) {
    if (weight < SHOWN) continue;
    html += `${escaped(text.slice(done, index))}<mark>${escaped(text.slice(index, end))}</mark>`;
    done = end;
  }
  return html + escaped(text.slice(done));
}

/** Return one line of a text: the words around its best hits, or its beginning. @param {string} text @param {Weights} weights */
export function excerpt(text, weights) {
  const from = beginning(text, mostSaying(text, weights));
  const rest = text.slice(from);
  const line = rest.length <= LENGTH ? rest : rest.slice(0, rest.lastIndexOf(" ", LENGTH) + 1 || LENGTH).trimEnd();
  const isWhole = from === 0 || text.slice(0, from).endsWith(". ");
  return `${isWhole ? "" : "… "}${marked(line, weights)}${line.length < rest.length ? " …" : ""}`;
}

/** Return where the part of a text begins in which the hits say most, each term counted once. @param {string} text @param {Weights} weights */
function mostSaying(text, weights) {
  const found = hits(text, weights);
  let best = { weight: 0, index: 0 };
  for (const [i, { index }] of found.entries()) {
    const together = new Map();
    for (let j = i; j < found.length && found[j].end <= index + LENGTH; j++) together.set(found[j].term, found[j].weight);
    const weight = [...together.values()].reduce((sum, one) => sum + one, 0);
    if (weight > best.weight) best = { weight, index };
  }
  return best.index;
}

/** Return where a line begins that is to show a hit: with its sentence, or a few words before it. @param {string} text @param {number} hit */
function beginning(text, hit) {
  const sentence = text.lastIndexOf(". ", hit);
  if (hit - sentence < LENGTH / 3) return sentence < 0 ? 0 : sentence + 2;
  const word = text.indexOf(" ", hit - LENGTH / 5) + 1;
  return word > 0 && word < hit ? word : hit;
}
