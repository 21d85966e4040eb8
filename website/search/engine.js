// The search of the book. MiniSearch does the index and the ranking; what it is given and what is made of it is here.

import MiniSearch from "minisearch";

import { excerpt, marked, plain } from "./marks.js";
import { addresses, essence } from "./pasted.js";
import { tokensOf, whole } from "./terms.js";
import { createReader } from "./reader.js";
import { PAGE_WEIGHTS } from "./words.js";

/** @typedef {import("./marks.js").Weights} Weights */
/** @typedef {{ location: string, page: string, title: string, text: string, isPage: boolean }} Place */
/** @typedef {{ id: number, place: Place, isPhrase: boolean, terms: string[] }} Document */
/** @typedef {{ location: string, title: string, note: string }} Shown */

// A section says at its beginning what it is about. Reading all of it finds no more, and takes a phone twice as long.
const READ = 1000;
const RESULTS = 12;
const PLACES = 3;
// How often a term of a heading counts, beside once in the text or in the page's title; and how much the other names of a page count.
const HEADING = 2;
const OTHER_NAMES = 1;
// The query is a heading, a title or a name from the first letter to the last.
const WHOLE = 5;
// A section is shown in place of its page if its heading answers, and it is better than the beginning of the page by this factor.
const CLEARLY_BETTER = 1.2;

const BM25 = { k: 1.2, b: 0.75, d: 0 };
const BM25_OF_NAMES = { ...BM25, b: 0.4 };
// MiniSearch is given lists of terms in place of text.
const TERMS = { fields: ["terms"], stringifyField: asItIs, tokenize: asItIs, processTerm: asItIs };

/** @param {any} terms */
function asItIs(terms) {
  return terms;
}

/** Return the text of the beginning of a section. @param {string} html */
function beginning(html) {
  const text = plain(html.slice(0, 3 * READ));
  return text.length <= READ ? text : `${text.slice(0, text.lastIndexOf(" ", READ))} …`;
}

/**
 * @param {{ location: string, title: string, text: string }[]} sections
 * @param {Record<string, string[]>} asked what other people call a page or a section
 */
export function createSearch(sections, asked) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const { location, title, text } of sections) {
    const [page, anchor] = location.split("#");
    places.set(location, { location, page, title: plain(title), text: beginning(text), isPage: anchor === undefined });
  }

  /** @type {Set<import("./terms.js").Token>} */
  const tokens = new Set();
  /** @param {string} text */
  const read = (text) => {
    const terms = [];
    for (const token of tokensOf(text)) {
      tokens.add(token);
      terms.push(...token.terms);
    }
    return terms;
  };
  /** @type {Map<string, string[]>} */
  const titles = new Map();
  for (const place of places.values()) if (place.isPage) titles.set(place.page, read(place.title));

  /** @type {Document[]} */
  const documents = [];
  /** @param {Place} place @param {string} heading @param {string} text @param {boolean} isPhrase */
  const add = (place, heading, text, isPhrase) => {
    const title = titles.get(place.page) ?? [];
    const names = whole(heading || place.title);
    const terms = heading ? [names.heading] : [names.heading, names.title];
    const said = read(heading);
    for (let n = 0; n < HEADING; n++) terms.push(...said);
    terms.push(...title, ...read(text));
    documents.push({ id: documents.length, place, isPhrase, terms });
  };
  for (const place of places.values()) add(place, place.isPage ? "" : place.title, place.text, false);

  /** @type {Map<string, string[]>} */
  const names = new Map();
  for (const [location, phrases] of Object.entries(asked)) {
    const place = places.get(location);
    if (!place) continue;
    for (const phrase of phrases) add(place, phrase, "", true);
    names.set(place.page, [...(names.get(place.page) ?? []), ...phrases.flatMap(read)]);
  }

  // One field in which a heading stands several times, and no field of its own: so a term counts by all the places where it is.
  const ofSections = new MiniSearch(TERMS);
  ofSections.addAll(documents);
  const ofNames = new MiniSearch({ ...TERMS, idField: "page" });
  ofNames.addAll([...names].map(([page, terms]) => ({ page, terms })));
  const reader = createReader(new Set([...tokens].flatMap(({ words }) => words)));

  /** @param {MiniSearch} index @param {Weights} weights @param {typeof BM25} bm25 @returns {[any, number][]} */
  const ranked = (index, weights, bm25) =>
    index
      .search([...weights.keys()].join(" "), { tokenize: (terms) => terms.split(" "), bm25, boostTerm: (term) => weights.get(term) ?? 1 })
      .map(({ id, score, queryTerms }) => [id, score / queryTerms.length]); // MiniSearch multiplies by their number

  /** @typedef {{ page: string, score: number, places: Map<Place, { score: number, isPhrase: boolean }> }} Candidate */

  /** @param {string} text @param {string} query @param {Weights} weights */
  function candidates(text, query, weights) {
    /** @type {Map<string, Candidate>} */
    const found = new Map();
    /** @param {string} page */
    const candidate = (page) => {
      const one = found.get(page) ?? { page, score: 0, places: new Map() };
      found.set(page, one);
      return one;
    };
    const names = Object.values(whole(query)).map((name) => /** @type {[string, number]} */ ([name, WHOLE]));
    for (const [id, score] of ranked(ofSections, new Map([...weights, ...names]), BM25)) {
      const { place, isPhrase } = documents[id];
      const one = candidate(place.page);
      one.score = Math.max(one.score, score);
      if (score > (one.places.get(place)?.score ?? 0)) one.places.set(place, { score, isPhrase });
    }
    for (const [page, score] of ranked(ofNames, weights, BM25_OF_NAMES)) candidate(page).score += OTHER_NAMES * score;
    for (const one of found.values()) {
      for (const [pages, weight] of PAGE_WEIGHTS) if (pages.test(one.page)) one.score *= weight;
    }
    const named = addresses(text, (page) => places.has(page));
    for (const [i, page] of named.entries()) candidate(page).score += 1000 - i;
    return [...found.values()].sort((one, other) => other.score - one.score).slice(0, RESULTS);
  }

  /** @param {Candidate} candidate @param {Weights} weights */
  function shown({ page, places: scored }, weights) {
    const start = /** @type {Place} */ (places.get(page));
    const sorted = [...scored].sort(([, one], [, other]) => other.score - one.score);
    const [first] = sorted;
    const isClear = first && first[1].score > CLEARLY_BETTER * (scored.get(start)?.score ?? 0);
    /** @param {string} heading */
    const answers = (heading) => tokensOf(heading).some(({ terms }) => terms.some((term) => weights.has(term)));
    const best = isClear && (first[1].isPhrase || answers(first[0].title)) ? first[0] : start;
    const others = sorted.map(([place]) => place).filter((place) => place !== best && place !== start);
    /** @param {Place} place @param {string} title @returns {Shown} */
    const line = (place, title) => ({ location: place.location, title: marked(title, weights), note: excerpt(place.text, weights) });
    return { ...line(best, start.title), sections: others.slice(0, PLACES).map((place) => line(place, place.title)) };
  }

  /** @param {string} text what a reader has typed or pasted */
  function find(text) {
    const query = essence(text);
    const weights = reader.weigh(query);
    const results = candidates(text, query, weights).map((candidate) => shown(candidate, weights));
    if (results.length >= PLACES) return { results, nearest: [] };
    return { results, nearest: reader.nearest(query, [...titles.keys()].map((page) => places.get(page)?.title ?? "")) };
  }

  return { find };
}
