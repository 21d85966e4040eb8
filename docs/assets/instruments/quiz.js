// Wrong or right? The reader picks, and the library compares what the formula gives with derivatives measured from the cost.

import { ask } from "../live.js";

/** @param {HTMLElement} place */
export function play(place) {
  for (const question of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll(".live-quiz > li"))) {
    const said = /** @type {HTMLElement} */ (question.querySelector("[role=status]"));
    const given = { equation: question.dataset.equation, formula: question.dataset.formula };
    for (const button of question.querySelectorAll("button")) {
      button.addEventListener("click", async () => {
        for (const other of question.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
        delete question.dataset.live;
        try {
          const found = await ask("judge", given, (progress) => (said.textContent = progress));
          const guessed = (button.value === "right") === found.ok;
          question.dataset.live = guessed ? "matches" : "differs";
          said.textContent = `${guessed ? "✓ Yes" : "No"}, it is ${found.ok ? "right" : "wrong"}. ${verdict(found)}`;
        } catch (why) {
          said.textContent = /** @type {Error} */ (why).message;
        }
      });
    }
  }
}

/** @param {{ok: boolean, diagnosis: string[], losses: string[]}} found */
function verdict({ ok, diagnosis, losses: [start, end, right] }) {
  if (ok) return `Every entry is the measured derivative; in 200 steps the loss goes from ${start} to ${end}.`;
  return `${diagnosis[0]} And yet the loss goes from ${start} to ${end} in 200 steps; with the right one, to ${right}.`;
}
