// A worker with Python in it: Pyodide's core and NumPy, the library's own wheel, and in_browser.py, which gives the answers.
// It fetches all of them when the first question comes.

const VENDOR = new URL("vendor/", import.meta.url);
const CORE = new URL("pyodide/", VENDOR);
const LIVE = new URL("live/", VENDOR);

// Count what comes in, so that the page can say how far it is.
const { fetch } = self;
let bytes = 0;
self.fetch = async (...given) => {
  const response = await fetch(...given);
  if (!response.ok) throw new TypeError(`${response.url} is not there`);
  const counted = response.body?.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        bytes += chunk.length;
        postMessage({ progress: `Loading Python, ${(bytes / 1e6).toFixed(1)} MB…` });
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted, response);
};

async function boot() {
  postMessage({ progress: "Loading Python…" });
  const [{ loadPyodide }, build, session] = await Promise.all([
    import(new URL("pyodide.mjs", CORE).href),
    self.fetch(new URL("live.json", LIVE)).then((response) => response.json()),
    self.fetch(new URL("in_browser.txt", LIVE)).then((response) => response.text()),
  ]);
  const wheels = build.wheels.map((/** @type {string} */ wheel) => new URL(wheel, LIVE).href);
  const python = await loadPyodide({
    indexURL: CORE.href,
    packageBaseUrl: build.packages || CORE.href,
    packages: ["numpy", ...wheels],
    stdout() {}, // it names each package as it is loaded
  });
  // What cannot be fetched is only reported on the console.
  if (new Set(Object.values(python.loadedPackages)).size <= wheels.length) throw new TypeError("a package is missing");
  python.runPython(session);
  postMessage({ progress: "Running…" });
  return python.globals.get("answer");
}

/** @type {Promise<(name: string, given: string) => string> | undefined} */
let python;
onmessage = async ({ data: { id, name, given } }) => {
  let answer;
  try {
    python ??= boot();
    answer = await python;
  } catch (why) {
    console.warn(why);
    postMessage({ failed: "Python could not be loaded. Is there a network, and is this browser of this year?" });
    return;
  }
  try {
    postMessage({ id, answer: answer(name, given) });
  } catch (why) {
    postMessage({ failed: `Python gave up: ${String(why).trim().split("\n").at(-1)}` });
  }
};
