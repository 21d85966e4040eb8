// Put the search and the packages that it uses into one file, which a browser loads as it is: `node bundle.mjs FILE`.

import { fileURLToPath } from "node:url";

import { buildSync } from "esbuild";

buildSync({
  entryPoints: [fileURLToPath(new URL("worker.js", import.meta.url))],
  outfile: process.argv[2],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
});
