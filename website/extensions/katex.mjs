// One formula a line in, one answer a line out. katex.py starts it and talks to it.
import katex from "katex";
import { createInterface } from "node:readline";

const options = {
  // The colors need \htmlClass, which is not LaTeX; anything else that is not LaTeX is an error.
  strict: (code) => (code === "htmlExtension" ? "ignore" : "error"),
  trust: ({ command }) => command === "\\htmlClass",
};

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { html: katex.renderToString(tex, { ...options, displayMode: display }) };
  } catch (error) {
    answer = { error: error.rawMessage ?? error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
