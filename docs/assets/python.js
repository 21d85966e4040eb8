// Python lives in a worker (live-worker.js). It is fetched when a reader is about to ask his first question and not before, outlives the page
// while navigation is instant, and is shared by the examples and the instruments.

/** @typedef {{loaded: number, total: number}} Bytes */
/**
 * Who waits for an answer: `heard` gets a few words, `loaded` each step of the loading, `printed` each piece of what a block prints while
 * it runs, and `told` are the last words.
 * @typedef {{resolve: (answer: any) => void, reject: (why: Error) => void, heard: (said: string) => void, loaded: (bytes: Bytes) => void, printed: (text: string) => void, told?: string}} Asker
 */

/** Python did not come: to ask again may help. */
export class NotLoaded extends Error {}

const HERE = new URL(".", import.meta.url);
const LOADING = "Loading Python, once…";
const RUNNING = "Running…";

/** @type {Worker | undefined} */
let worker;
let doing = LOADING;
let last = 0;
/** In the order of their questions, in which Python answers. @type {Map<number, Asker>} */
const askers = new Map();

/**
 * Ask Python, by the name of one of its answers in in_browser.py.
 * @param {string} name
 * @param {object} given
 * @param {(said: string) => void} heard
 * @param {(bytes: Bytes) => void} loaded
 * @param {(text: string) => void} printed
 * @returns {Promise<any>}
 */
export function ask(name, given, heard = () => {}, loaded = () => {}, printed = () => {}) {
  return new Promise((resolve, reject) => {
    askers.set(++last, { resolve, reject, heard, loaded, printed });
    try {
      worker ??= start();
    } catch {
      return stop(new Error("This browser cannot run Python."));
    }
    worker.postMessage({ id: last, name, given: JSON.stringify(given) });
    tell();
  });
}

/** Start Python before the first question, if it is not there. */
export function expect() {
  try {
    worker ??= start();
  } catch {} // the question will say so
}

/** End Python, whatever it is doing. The next question starts it again. @param {Error} why */
export function stop(why) {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of askers.values()) reject(why);
  askers.clear();
}

function start() {
  const fresh = new Worker(new URL("live-worker.js", HERE), { type: "module" });
  doing = LOADING;
  fresh.onmessage = ({ data }) => {
    if ("failed" in data) return stop(data.loading ? notLoaded(data.failed) : new Error(data.failed));
    if ("loaded" in data) return askers.forEach(({ loaded }) => loaded(data));
    if ("printed" in data) return askers.get(data.id)?.printed(data.printed);
    if ("doing" in data) doing = data.doing;
    else {
      askers.get(data.id)?.resolve(JSON.parse(data.answer));
      askers.delete(data.id);
    }
    if (doing === RUNNING) document.documentElement.dataset.python = "loaded"; // no page need say now what it costs
    tell();
  };
  fresh.onerror = () => stop(notLoaded("A file did not arrive."));
  return fresh;
}

/** Tell each who waits what Python is doing, if that has changed for him. */
function tell() {
  const [first] = askers.values();
  for (const asker of askers.values()) {
    const said = asker === first || doing !== RUNNING ? doing : "Waiting for another run to end…";
    if (said !== asker.told) asker.heard((asker.told = said));
  }
}

/** @param {string} why */
function notLoaded(why) {
  const offline = "This device is offline. Connect it, and try again.";
  return new NotLoaded(`Python could not be loaded. ${navigator.onLine ? why : offline}`);
}

/** Return how many bytes Python has, as the build has counted them. @returns {Promise<number>} */
export async function size() {
  const build = await fetch(new URL("vendor/live/live.json", HERE));
  return (await build.json()).bytes;
}
