// The search in a worker of its own: `{ load: { index, asked } }` once, then `{ query, id }` as often as the reader types.
// A page that was opened from a disk can start no worker: there this file gives the page `bookSearch` instead.

import { createSearch } from "./engine.js";

/** @param {string} url */
async function json(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

/** @param {{ index: string, asked: string }} urls */
async function load(urls) {
  const [index, asked] = await Promise.all([json(urls.index), json(urls.asked)]);
  return createSearch(index.docs ?? index.items, asked); // mkdocs calls the sections docs, Zensical items
}

if (typeof document === "undefined") {
  /** @type {ReturnType<typeof load>} */
  let search;
  self.onmessage = async ({ data }) => {
    try {
      if (data.load) {
        search = load(data.load);
        await search;
        self.postMessage({ ready: true });
      } else {
        self.postMessage({ id: data.id, ...(await search).find(data.query) });
      }
    } catch (error) {
      self.postMessage({ failed: String(error) });
    }
  };
} else {
  Object.assign(window, { bookSearch: { createSearch } });
}
