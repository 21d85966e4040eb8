// The colors of Python that a reader writes: those that the build gives to printed code (website/extensions/colors.py).

import { element } from "./element.js";

const KEYWORDS =
  "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield";
const STRING = /(?<long>"""|''')(?:\\[^]|(?!\k<long>)[^])*(?:\k<long>|$)|(?<mark>["'])(?:\\.|(?!\k<mark>)[^\\\n])*\k<mark>?/.source;
const TOKEN = new RegExp(`(?<comment>#.*)|(?<string>${STRING})|\\b(?<keyword>${KEYWORDS})\\b|(?<name>[A-Za-z_]\\w*)`, "g");
/** By the class of the highlighter, or of the symbol. @type {[string, RegExp][]} */
const NAMES = [
  ["c-err", /^delta\w*$/],
  ["c-wt", /^(W\d*|W_\w+|dC_dW)$/],
  ["c-act", /^(a\d*|a_prev|dC_da)$/],
  ["c-bias", /^(b\d*|dC_db)$/],
  ["c-slope", /_prime/],
];

/** Return the parts of this Python, each in its color. @param {string} source @returns {(string | Node)[]} */
export function colored(source) {
  const parts = [];
  let end = 0;
  for (const token of source.matchAll(TOKEN)) {
    const className = kind(token.groups ?? {});
    if (!className) continue;
    parts.push(source.slice(end, token.index), element("span", { className, textContent: token[0] }));
    end = token.index + token[0].length;
  }
  return [...parts, source.slice(end)];
}

/** @param {Record<string, string | undefined>} token */
function kind({ comment, string, keyword, name }) {
  if (comment) return "c1";
  if (string) return "s2";
  if (keyword) return "k";
  return NAMES.find(([, names]) => names.test(name ?? ""))?.[0];
}
