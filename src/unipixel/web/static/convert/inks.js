// What is painted with: a colour of the result, any other one, or none at all.

import { $, node } from "../dom.js";

export const CLEAR = "transparent";

export class Inks {
  constructor() {
    this.color = "#000000";
    this.shown = null;
    $("ink").oninput = () => this.set($("ink").value);
    $("ink-clear").onchange = () => this.set(CLEAR);
  }

  /** Offer colours; null where there are too many. */
  show(colors) {
    if (String(colors) === String(this.shown)) return;
    this.shown = colors;
    $("inks").replaceChildren(...(colors ?? []).map((color) => {
      const input = node("input", { type: "radio", name: "ink", value: color, title: color, onchange: () => this.set(color) });
      input.setAttribute("aria-label", color);
      input.style.backgroundColor = color;
      return input;
    }));
    if (colors?.length && !this.isChosen) this.color = colors[0];
    this.#mark();
  }

  set(color) {
    this.isChosen = true;
    this.color = color;
    this.#mark();
  }

  #mark() {
    if (this.color !== CLEAR) $("ink").value = this.color;
    $("ink-clear").checked = this.color === CLEAR;
    for (const input of $("inks").children) input.checked = input.value === this.color;
  }
}
