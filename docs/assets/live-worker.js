// A worker with Python in it: Pyodide's core and NumPy, the library's own wheel, and in_browser.py, which gives the answers.
// It fetches all of them when the first question comes.

const VENDOR = new URL("vendor/", import.meta.url);
const CORE = new URL("pyodide/", VENDOR);
const LIVE = new URL("live/", VENDOR);

// Count what comes in, so that the page can say how far it is. A copy is counted: the browser keeps the compiled core for the next visit
// only if it gets the response itself.
const { fetch } = self;
let loaded = 0;
let total = Infinity;
self.fetch = async (...given) => {
  const response = await fetch(...given);
  if (!response.ok) throw new TypeError(`${response.url} is not there`);
  response.clone().body?.pipeTo(new WritableStream({ write: ({ length }) => count(length) })).catch(() => {});
  return response;
};

/** Tell the page of every hundredth that has come. @param {number} bytes */
function count(bytes) {
  const before = Math.floor((100 * loaded) / total);
  loaded += bytes;
  if (Math.floor((100 * loaded) / total) > before) postMessage({ loaded: Math.min(loaded, total), total });
}

async function boot() {
  const live = new URL("live.json", LIVE);
  const build = await (await self.fetch(live)).json();
  if (!build.numpy) throw new Error("This copy of the book was built without NumPy for the browser: run `python -m website.numpy_in_browser`, and build it again.");
  total = build.bytes;
  const [{ loadPyodide }, session] = await Promise.all([
    import(new URL("pyodide.mjs", CORE).href),
    self.fetch(new URL("in_browser.txt", LIVE)).then((response) => response.text()),
  ]);
  const wheels = build.wheels.map((/** @type {string} */ wheel) => new URL(wheel, LIVE).href);
  const python = await loadPyodide({
    indexURL: CORE.href,
    packageBaseUrl: CORE.href,
    packages: ["numpy", ...wheels],
    stdout() {}, // it names each package as it is loaded
    fsInit: () => postMessage({ doing: "Starting Python…" }), // the core is there; what follows is longer than the rest of the loading
  });
  // What cannot be fetched is only reported on the console.
  if (new Set(Object.values(python.loadedPackages)).size <= wheels.length) throw new TypeError("a package is missing");
  python.runPython(session);
  postMessage({ doing: "Running…" });
  return python.globals.get("answer");
}

/** @type {Promise<(name: string, given: string, tell: (printed: string) => void) => string> | undefined} */
let python;
onmessage = async ({ data: { id, name, given } }) => {
  let answer;
  try {
    python ??= boot();
    answer = await python;
  } catch (why) {
    console.warn(why);
    const missing = why instanceof TypeError || !(why instanceof Error);
    postMessage({ loading: true, failed: missing ? "A file did not arrive. Check the connection, and try again." : why.message });
    return;
  }
  try {
    postMessage({ id, answer: answer(name, given, (printed) => postMessage({ id, printed })) });
  } catch (why) {
    postMessage({ failed: `Python gave up: ${String(why).trim().split("\n").at(-1)}` });
  }
};
