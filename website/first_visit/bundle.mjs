// Join style sheets into one, without the rules for what the book does not have, and scripts into as few as are needed:
// `node bundle.mjs '{"sheets": {FILE: [SHEET, …]}, "vendor": FOLDER, "assets": FOLDER}'`.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { buildSync, transformSync } from "esbuild";
import postcss from "postcss";

// What the book has not, and the theme has rules for: beginnings of the names. tests/test_first_visit.py looks whether it is so.
const WITHOUT = JSON.parse(readFileSync(new URL("without.json", import.meta.url), "utf-8"));

const { sheets, vendor, assets } = JSON.parse(process.argv[2]);

/** Whether something on a page of the book can have this selector. @param {string} selector */
function possible(selector) {
  const named = selector.replace(/:not\([^)]*\)/g, "");
  return !WITHOUT.some((name) => named.includes(name));
}

/** Return one sheet of all. @param {string[]} files */
function joined(files) {
  const sheet = postcss.parse(files.map((file) => readFileSync(file, "utf-8")).join("\n"));
  sheet.walkRules((rule) => {
    if (rule.parent?.type === "atrule" && rule.parent.name.endsWith("keyframes")) return;
    const selectors = rule.selectors.filter(possible);
    if (selectors.length < rule.selectors.length) rule.selectors = selectors;
    if (selectors.length === 0) rule.remove();
  });
  // Icons of what is gone. The theme sets its own names alone.
  const used = new Set([...sheet.toString().matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  sheet.walkDecls(/^--md-.*icon/, (one) => {
    if (!used.has(one.prop)) one.remove();
  });
  return sheet.toString();
}

for (const [file, files] of Object.entries(sheets)) writeFileSync(file, transformSync(joined(files), { loader: "css", minify: true }).code);

// A script of docs/assets names what it fetches from where it lies.
const options = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "import.meta.url": "ADDRESS" },
  banner: { js: 'const ADDRESS=import.meta.url.replace("/vendor/scripts/","/");' },
};
buildSync({
  ...options,
  stdin: { contents: 'import "katex/contrib/copy-tex"; import "./search.js"; export * from "./live.js";', resolveDir: assets },
  nodePaths: [fileURLToPath(new URL("../node_modules", import.meta.url))],
  external: ["./instruments/*"],
  outfile: `${vendor}/scripts/live.js`,
});
buildSync({ entryPoints: [`${assets}/layout.js`], minify: true, outfile: `${vendor}/layout.js` });
// Each instrument with its own parts; what all share, the page has already.
const instruments = readdirSync(`${assets}/instruments`).map((name) => `${assets}/instruments/${name}`);
buildSync({
  ...options,
  entryPoints: instruments.filter((file) => /^export .*function play\(/m.test(readFileSync(file, "utf-8"))),
  external: ["../live.js"],
  outdir: `${vendor}/scripts/instruments`,
});
