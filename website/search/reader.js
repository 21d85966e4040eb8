// What a reader means by the words of a query: each term, and how much it says.

import SearchableMap from "minisearch/SearchableMap";

import { stem, tokensOf } from "./terms.js";
import { ALIKE, STANDS_FOR } from "./words.js";

/** @typedef {import("./marks.js").Weights} Weights */

const NUMBER = 0.3;
const SHAPE = 0.5;
const SYNONYM = 0.4;
const MISSPELT = 0.9;
const BEGUN = 0.3; // a word of which the query is the beginning
const MOST_BEGUN = 20;
const MOST_MISSPELT = 12; // in a long paste, each of them takes a millisecond
const NEAREST = 5;

/** @type {Map<string, string[]>} */
const SYNONYMS = new Map();
/** @param {string} word @param {string[]} others */
const alike = (word, others) => SYNONYMS.set(stem(word), [...(SYNONYMS.get(stem(word)) ?? []), ...others.map(stem)]);
for (const group of ALIKE) for (const word of group) alike(word, group.filter((other) => other !== word));
for (const [word, meaning] of Object.entries(STANDS_FOR)) alike(word, meaning.split(" "));

/** @param {string} word */
const weightOf = (word) => (/^\d+(?:\.\d+)?$/.test(word) ? NUMBER : /^\(|^\d+x\d+$/.test(word) ? SHAPE : 1);

/** @param {Set<string>} words the words of the book and of those who ask for it, in lower case */
export function createReader(words) {
  const terms = new Set([...words].map(stem));
  const vocabulary = SearchableMap.from([...words].filter((word) => /^[a-z]{4,}$/.test(word)).map((word) => [word, stem(word)]));

  /** Return known words near a word, the nearest first. @param {string} word @param {number} edits @returns {[string, number][]} */
  const near = (word, edits) =>
    [...vocabulary.fuzzyGet(word, edits)]
      .map(([other, [, distance]]) => /** @type {[string, number]} */ ([other, distance]))
      .sort(([, one], [, other]) => one - other);

  /** @param {string} query @returns {Weights} */
  function weigh(query) {
    /** @type {Weights} */
    const weights = new Map();
    /** @param {string} term @param {number} weight */
    const put = (term, weight) => weights.set(term, Math.max(weights.get(term) ?? 0, weight));
    const typed = tokensOf(query).flatMap((token) => token.words);
    let misspelt = 0;
    for (const word of typed) {
      const term = stem(word);
      const weight = weightOf(word);
      put(term, weight);
      for (const other of SYNONYMS.get(term) ?? []) put(other, SYNONYM * weight);
      if (/^[a-z]{5,}$/.test(word) && !terms.has(term) && !SYNONYMS.has(term) && misspelt++ < MOST_MISSPELT) {
        const others = near(word, word.length < 8 ? 1 : 2);
        for (const [other, distance] of others.slice(0, 3)) if (distance === others[0][1]) put(stem(other), MISSPELT);
      }
    }
    const last = typed[typed.length - 1] ?? "";
    if (/^[a-z]{3,}$/.test(last) && /\w$/.test(query)) {
      let begun = 0;
      for (const [, term] of vocabulary.atPrefix(last)) if (begun++ < MOST_BEGUN) put(term, BEGUN);
    }
    return weights;
  }

  /** Return words and titles that resemble a query that found nothing. @param {string} query @param {string[]} titles */
  function nearest(query, titles) {
    const typed = query.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
    const unknown = typed.filter((word) => !terms.has(stem(word))).slice(0, NEAREST);
    const words = unknown.flatMap((word) => near(word, Math.ceil(word.length / 3)).slice(0, NEAREST)).sort(([, one], [, other]) => one - other);
    /** @param {string} title */
    const shared = (title) => typed.filter((word) => title.toLowerCase().includes(word)).length;
    const sharing = titles.filter(shared).sort((one, other) => shared(other) - shared(one));
    return [...new Set([...words.map(([word]) => word), ...sharing])].slice(0, NEAREST);
  }

  return { weigh, nearest };
}
