// The sizes that a picture may have, each one click away: for this picture, or for all.

import { $, node } from "../dom.js";
import { GRID } from "./picture.js";

export const size = ([width, height]) => `${width}x${height}`;

export class Sizes {
  constructor({ batch, options, changed }) {
    Object.assign(this, { batch, options, changed });
    $("for-all").onclick = () => this.#takeForAll();
  }

  /** @param found what was detected, with its candidates @param shown the result, or null where there is none */
  show(picture, found, shown) {
    $("sizes").hidden = false;
    $("for-all-row").hidden = !picture.grid || this.batch.pictures.length < 2;
    $("reason").textContent = (shown ?? found).reason;
    $("candidates").replaceChildren(...found.candidates.map((each, place) => {
      const about = `${each.confidence_in_words}, cells of ${each.cell.map((side) => +side.toFixed(2)).join("x")} px`;
      const button = node("button", { type: "button" }, size(each.native), node("small", { textContent: about }));
      button.setAttribute("aria-pressed", String(shown !== null && size(shown.native) === size(each.native)));
      const isFound = place === 0 && found.native;
      button.onclick = () => {
        picture.grid = isFound ? {} : each.options;
        this.changed();
      };
      return button;
    }));
  }

  /** Take the size that was chosen for this picture for all of them. */
  #takeForAll() {
    const { grid } = this.batch.current;
    this.options.reset(GRID);
    this.options.set(grid);
    for (const each of this.batch.pictures) each.grid = null;
    this.changed();
  }
}
