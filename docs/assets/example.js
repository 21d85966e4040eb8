// One example. It can be run, and changed, where it is read; what it prints stands below it, as in a notebook.

import { colored } from "./code-colors.js";
import { element } from "./element.js";
import { NotLoaded, ask, expect, stop } from "./python.js";

/** @typedef {{source: string, want: string, got: string}} Difference */
/**
 * What Python says of a run: see in_browser.py.
 * @typedef {{verdict: string, parts: {text: string, error: boolean}[], left_out: number, raised: string | null, differences: Difference[], not_run: number, before: string[]}} Found
 */

const COMMAND = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";
const KEYS = `${COMMAND}+Enter runs the code. Enter keeps the indentation. Esc or Tab leaves.`;

// In ms: who rests so long on "Run" will click. Python is fetched then, and not for a pointer that passes, nor for a finger that scrolls.
const POINTER = 150;
const KEYBOARD = 500;

export class Example {
  /** Its source, once the reader edits it. @type {HTMLTextAreaElement | undefined} */
  #editor;
  #running = false;

  /**
   * @param {HTMLElement} block
   * @param {number} number
   * @param {Example[]} session the examples of the same page or card, in their order
   */
  constructor(block, number, session) {
    this.block = block;
    this.number = number;
    this.session = session;
    /** What it is written for, if it is not for both layouts. */
    this.layout = /** @type {HTMLElement | null} */ (block.closest(".layout"))?.dataset.layout;
    this.code = /** @type {HTMLElement} */ (block.querySelector("code"));
    this.printed = this.code.innerHTML;
    this.text = this.code.textContent ?? "";
    this.key = `${location.pathname} example ${number} ${this.layout ?? ""}`;

    this.run = this.#button("Run", () => this.#run());
    this.edit = this.#button("Edit", () => this.#edit().focus());
    this.reset = this.#button("Reset", () => this.#reset());
    this.halt = this.#button("Stop", () => stop(new Error("Stopped. The next run starts Python again.")));
    this.again = this.#button("Try again", () => this.#run());
    this.said = element("span", { className: "live-said" });
    this.said.setAttribute("role", "status");
    this.progress = element("progress", { hidden: true });
    this.progress.setAttribute("aria-label", "Loading Python");
    this.amount = element("span", { className: "live-amount", hidden: true });
    this.output = element("div", { className: "live-output", hidden: true });
    this.output.setAttribute("role", "group");
    this.output.setAttribute("aria-label", `Output of example ${number}`);
    this.keys = element("span", { className: "live-keys", textContent: KEYS, hidden: true, id: `keys-${number}-${this.layout ?? "both"}` });
    whenRests(this.run, expect);
    this.run.title = `${COMMAND}+Enter while you edit`;
    this.reset.hidden = this.halt.hidden = this.again.hidden = true;
    const buttons = [this.run, this.edit, this.reset, this.halt, this.again];
    block.append(element("div", { className: "live-bar" }, ...buttons, this.said, this.progress, this.amount, this.keys), this.output);

    const kept = keep.get(this.key);
    if (kept?.text === this.text) this.#edit(kept.source);
  }

  /** What stands in it now, for Python. */
  given() {
    return { number: this.number, text: this.#editor?.value ?? this.text, edited: Boolean(this.#editor) };
  }

  /** @param {string} name @param {() => void} onclick */
  #button(name, onclick) {
    const made = element("button", { type: "button", textContent: name, onclick });
    made.setAttribute("aria-label", `${name}${name === "Try again" ? ": run" : ""} example ${this.number}`);
    return made;
  }

  // ---- Run

  async #run() {
    if (this.#running) return;
    this.#running = true;
    const slow = setTimeout(() => (this.halt.hidden = false), 200);
    if (document.activeElement === this.again) this.run.focus();
    this.again.hidden = true;
    this.block.dataset.live = "running";
    if (this.#editor) this.#write(this.#editor.value);
    const layout = this.layout ?? document.documentElement.dataset.layout;
    const same = this.session.filter((one) => (one.layout ?? layout) === layout);
    const name = this.block.closest(".doc-object")?.querySelector(":scope > .doc-heading")?.id ?? "";
    const blocks = same.slice(0, same.indexOf(this) + 1).map((one) => one.given());
    const given = { scope: `${location.pathname} ${name}`, name, blocks };
    let printed = "";
    try {
      this.#show(await ask("run_block", given, (said) => this.#hear(said), (bytes) => this.#load(bytes), (text) => (printed += text)));
    } catch (why) {
      this.block.dataset.live = why instanceof NotLoaded ? "failed" : "stopped";
      this.#hear(/** @type {Error} */ (why).message);
      this.#put(printed ? [part({ text: printed, error: false })] : []); // it is not lost with the rest
      this.again.hidden = !(why instanceof NotLoaded);
    }
    clearTimeout(slow);
    this.#running = false;
    if (document.activeElement === this.halt) this.run.focus();
    this.halt.hidden = this.progress.hidden = this.amount.hidden = true;
  }

  /** @param {string} said */
  #hear(said) {
    this.said.textContent = said;
    this.amount.hidden = true;
  }

  /** @param {{loaded: number, total: number}} bytes */
  #load({ loaded, total }) {
    Object.assign(this.progress, { max: total, value: loaded, hidden: false });
    this.amount.textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`;
    this.amount.hidden = false;
  }

  /** @param {Found} found */
  #show({ verdict, parts, left_out, raised, differences, not_run, before }) {
    this.block.dataset.live = verdict;
    const words = [parts.length ? WORDS[verdict] : WORDS.silent];
    if (raised) {
      words[0] = raised;
      this.#mark(Number(/ in line (\d+)/.exec(raised)?.[1]));
    }
    if (verdict === "ran" && differences.length) words.push("An example above was changed, so the output is not the printed one.");
    if (left_out) words.push(`Left out: ${lines(left_out)}.`);
    if (not_run) words.push(`Read as output, and not run: ${lines(not_run)} below a >>>.`);
    if (before.length) words.push(`Before it, ${before.join(" and ")} ended with an error.`);
    this.#hear(words.join(" "));
    this.#put(verdict === "differs" ? differences.map(difference) : parts.map(part));
  }

  /** Put this below the code. @param {HTMLElement[]} shown */
  #put(shown) {
    this.output.replaceChildren(...shown);
    this.output.hidden = !shown.length;
    this.output.scrollTop = 0;
    this.output.removeAttribute("tabindex");
    if (this.output.scrollHeight > this.output.clientHeight || this.output.scrollWidth > this.output.clientWidth) this.output.tabIndex = 0;
  }

  // ---- Edit

  /** Make it plain Python that can be written in, without prompts and output. */
  #edit(source = sourceOf(this.text)) {
    if (this.#editor) return this.#editor;
    const editor = element("textarea", { className: "live-editor", value: source, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
    editor.setAttribute("aria-label", `Example ${this.number}`);
    editor.setAttribute("aria-describedby", this.keys.id);
    editor.addEventListener("input", () => this.#write(editor.value));
    editor.addEventListener("keydown", (event) => this.#press(event, editor));
    this.#editor = editor;
    this.code.setAttribute("aria-hidden", "true");
    this.code.after(editor);
    this.#write(source);
    this.#clear(false);
    return editor;
  }

  /** @param {string} source */
  #write(source) {
    this.code.replaceChildren(...colored(source), "\n");
    keep.set(this.key, source === sourceOf(this.text) ? undefined : { text: this.text, source });
  }

  /** Mark a line that ended with an error: its number alone is hard to find where lines wrap. @param {number} line */
  #mark(line) {
    const lines = this.#editor?.value.split("\n") ?? [];
    if (!(line <= lines.length)) return;
    const [before, after] = [lines.slice(0, line - 1), lines.slice(line)].map((some) => colored(some.map((one) => `${one}\n`).join("")));
    this.code.replaceChildren(...before, element("span", { className: "live-wrong" }, ...colored(lines[line - 1])), "\n", ...after);
  }

  /** @param {KeyboardEvent} event @param {HTMLTextAreaElement} editor */
  #press(event, editor) {
    if (event.key === "Escape") return this.#leave();
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) return this.#run();
    const line = editor.value.slice(0, editor.selectionStart).split("\n").at(-1) ?? "";
    const indentation = (/^ */.exec(line)?.[0] ?? "") + (/:\s*(#.*)?$/.test(line) ? "    " : "");
    document.execCommand("insertText", false, `\n${indentation}`); // which, unlike a new value, can be undone
  }

  #leave() {
    if (this.#editor?.value === sourceOf(this.text)) this.#reset();
    this.edit.focus();
  }

  #reset() {
    this.#editor?.remove();
    this.#editor = undefined;
    keep.set(this.key, undefined);
    this.code.removeAttribute("aria-hidden");
    this.code.innerHTML = this.printed;
    this.edit.focus();
    this.#clear(true);
  }

  /** Take away what the last run said: it was of other code. @param {boolean} printed */
  #clear(printed) {
    this.reset.hidden = this.keys.hidden = printed;
    this.output.hidden = this.again.hidden = true;
    if (this.#running) return;
    this.said.textContent = "";
    delete this.block.dataset.live;
  }
}

/** Call this when the pointer or the focus rests on a button. @param {HTMLButtonElement} button @param {() => void} call */
function whenRests(button, call) {
  for (const [enters, leaves, time] of /** @type {const} */ ([["pointerenter", "pointerleave", POINTER], ["focus", "blur", KEYBOARD]])) {
    let timer = 0;
    button.addEventListener(enters, () => (timer = setTimeout(call, time)));
    button.addEventListener(leaves, () => clearTimeout(timer));
  }
}

/** @type {Record<string, string>} */
const WORDS = {
  matches: "✓ The output is as printed.",
  silent: "✓ Done, without output.",
  differs: "The output is not as printed.",
  ran: "Done.",
};

/** The source of a printed example: its lines that have a prompt. @param {string} text */
const sourceOf = (text) =>
  text
    .split("\n")
    .filter((line) => /^(>>>|\.\.\.)( |$)/.test(line))
    .map((line) => line.slice(4).replace(/ *# doctest:.*/, ""))
    .join("\n");

/** @param {number} count */
const lines = (count) => `${count.toLocaleString("en")} ${count === 1 ? "line" : "lines"}`;

/** @param {number} bytes */
const megabytes = (bytes) => Math.round(bytes / 1e6);

/** @param {{text: string, error: boolean}} part */
const part = ({ text, error }) => element("pre", { className: error ? "live-error" : "" }, ...linked(text));

/** Make a link of each address in a text. @param {string} text */
const linked = (text) => text.split(/(https?:\/\/[^\s)]+)/).map((piece, i) => (i % 2 ? element("a", { href: piece, textContent: piece }) : piece));

/** @param {Difference} difference */
function difference({ source, want, got }) {
  /** @param {string} title @param {string} text */
  const row = (title, text) => [element("dt", { textContent: title }), element("dd", {}, element("pre", { textContent: text }))];
  return element("dl", {}, ...row("code", source), ...row("printed", want || "nothing"), ...row("now", got || "nothing"));
}

/** What a reader writes stays until he closes the tab, for the same printed example. */
const keep = {
  /** @param {string} key @returns {{text: string, source: string} | null} */
  get(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? "null");
    } catch {
      return null; // a browser may forbid it
    }
  },
  /** @param {string} key @param {{text: string, source: string} | undefined} kept */
  set(key, kept) {
    try {
      kept ? sessionStorage.setItem(key, JSON.stringify(kept)) : sessionStorage.removeItem(key);
    } catch {} // nor is there always room
  },
};
