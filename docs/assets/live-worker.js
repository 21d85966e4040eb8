// A worker with Python in it, which starts at once: Pyodide's core, and the packs of website/python_pack.py. in_browser.py, which is in
// one of them, gives the answers.

const VENDOR = new URL("vendor/", import.meta.url);
const CORE = new URL("pyodide/", VENDOR);
const LIVE = new URL("live/", VENDOR);

// Count what comes in, so that the page can say how far it is. A copy is counted: the browser keeps the compiled core for the next visit
// only if it gets the response itself.
const { fetch } = self;
let loaded = 0;
let total = Infinity;
/** @type {(why: Error) => void} */
let miss;
/** Pyodide reports on the console alone what it misses. @type {Promise<never>} */
const missed = new Promise((_, reject) => (miss = reject));
self.fetch = async (...given) => {
  try {
    const response = await fetch(...given);
    if (!response.ok) throw new TypeError(`${response.url} is not there`);
    response.clone().body?.pipeTo(new WritableStream({ write: ({ length }) => count(length) })).catch(miss);
    return response;
  } catch (why) {
    miss(/** @type {Error} */ (why));
    throw why;
  }
};

/** Tell the page of every hundredth that has come. @param {number} bytes */
function count(bytes) {
  const before = Math.floor((100 * loaded) / total);
  loaded += bytes;
  if (Math.floor((100 * loaded) / total) > before) postMessage({ loaded: Math.min(loaded, total), total });
}

async function boot() {
  const build = await (await self.fetch(new URL("live.json", LIVE))).json();
  if (!build.lock) throw new Error("This copy of the book was built without NumPy for the browser: run `python -m website.numpy_in_browser`, and build it again.");
  total = build.bytes;
  const packs = ["numpy.tar.gz", "library.tar.gz"].map((name) => unpacked(new URL(name, LIVE)));
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(["pyodide.mjs", "pyodide.asm.mjs"].map((name) => import(new URL(name, CORE).href)));
  const python = await loadPyodide({
    indexURL: CORE.href,
    createPyodideModule,
    stdLibURL: new URL("python_stdlib.zip", LIVE).href,
    lockFileContents: build.lock,
    async fsInit(/** @type {any} */ FS, /** @type {{sitePackages: string}} */ { sitePackages }) {
      for (const pack of await Promise.all(packs)) write(pack, FS, sitePackages);
      postMessage({ doing: "Starting Python…" }); // all is there; what follows is longer than the rest of the loading
    },
  });
  await Promise.all(packs);
  const { answer } = python.pyimport("in_browser");
  postMessage({ doing: "Running…" });
  return answer;
}

/** Fetch a pack. @param {URL} url */
async function unpacked(url) {
  const bytes = new Uint8Array(await (await self.fetch(url)).arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes; // a server that calls .gz an encoding has had it unpacked
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Write the files of a tar. @param {Uint8Array} tar @param {any} FS @param {string} folder */
function write(tar, FS, folder) {
  /** @param {number} from @param {number} to */
  const text = (from, to) => new TextDecoder().decode(tar.subarray(from, to)).replace(/\0.*/s, "");
  for (let at = 0; tar[at]; ) {
    const path = `${folder}/${text(at + 345, at + 500)}/${text(at, at + 100)}`;
    const size = parseInt(text(at + 124, at + 136), 8);
    at += 512;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, tar.subarray(at, at + size), { canOwn: true });
    at += 512 * Math.ceil(size / 512);
  }
}

const python = Promise.race([boot(), missed]);
onmessage = async ({ data: { id, name, given } }) => {
  /** @type {(name: string, given: string, tell: (printed: string) => void) => string} */
  const answer = await python;
  try {
    postMessage({ id, answer: answer(name, given, (printed) => postMessage({ id, printed })) });
  } catch (why) {
    postMessage({ failed: `Python gave up: ${String(why).trim().split("\n").at(-1)}` });
  }
};
python.catch((why) => {
  console.warn(why);
  const missing = why instanceof TypeError || !(why instanceof Error);
  postMessage({ loading: true, failed: missing ? "A file did not arrive. Check the connection, and try again." : why.message });
});
