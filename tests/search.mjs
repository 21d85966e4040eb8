// The worker of the search that a built book serves, in Node: `node search.mjs SITE INDEX NAME`, where NAME is the key under which the worker finds the sections.
// Each line of input is a query in JSON, each line of output what the worker says, and its cost in milliseconds of the processor.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [, , site, index, name] = process.argv;
const made = JSON.parse(readFileSync(`${site}/${index}`, "utf8"));
const files = {
  index: { [name]: made.docs ?? made.items },
  asked: JSON.parse(readFileSync(`${site}/assets/vendor/search/asked.json`, "utf8")),
};

let start = process.cpuUsage();
globalThis.self = globalThis;
globalThis.fetch = async (url) => ({ ok: url in files, status: 404, json: async () => files[url] });
globalThis.postMessage = (said) => {
  const { user, system } = process.cpuUsage(start);
  console.log(JSON.stringify({ ...said, cost: (user + system) / 1000 }));
};
(0, eval)(readFileSync(`${site}/assets/vendor/search/worker.js`, "utf8"));
await self.onmessage({ data: { load: { index: "index", asked: "asked" } } });

let id = 0;
for await (const line of createInterface({ input: process.stdin })) {
  start = process.cpuUsage();
  await self.onmessage({ data: { query: JSON.parse(line), id: ++id } });
}
