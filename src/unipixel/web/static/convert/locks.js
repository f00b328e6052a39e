// Colours of an automatic palette that stay when the rest is chosen anew: the control of the option `keep`.

import { node } from "../dom.js";
import { inWords } from "./form.js";

export class Locks {
  constructor(rule) {
    this.locked = [];
    this.colors = [];
    this.list = node("div", { className: "swatches", id: "locks" });
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", "Colours to lock");
    this.hint = node("p", { className: "note" });
    const other = node("input", { type: "color", id: "lock-color", value: "#ffffff" });
    other.addEventListener("input", (event) => event.stopPropagation()); // it counts when it is locked
    const add = node("button", { type: "button", id: "lock-other", textContent: "Lock this colour", onclick: () => this.#toggle(other.value, true) });
    this.more = node("div", { className: "row" }, node("label", { className: "inline", htmlFor: other.id, textContent: "Another" }), other, add);
    this.node = node("div", { className: "option" },
      node("p", { className: "label", textContent: "Keep" }), node("p", { className: "help", textContent: inWords(rule.description) }), this.hint, this.list, this.more);
    this.node.dataset.option = "keep";
    this.#draw();
  }

  get = () => (this.locked.length ? this.locked.join(",") : null);

  set = (value) => {
    this.locked = value ? value.split(",") : [];
    this.#draw();
  };

  /** Offer the colours of an automatic palette; none where the palette is not automatic. */
  show(colors) {
    if (String(colors) === String(this.colors)) return;
    this.colors = colors;
    this.#draw();
  }

  #toggle(color, isLocked) {
    this.locked = this.locked.filter((each) => each !== color);
    if (isLocked) this.locked.push(color);
    this.#draw(color);
    this.node.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #draw(focused = document.activeElement?.dataset.color) {
    const all = [...new Set([...this.colors, ...this.locked])];
    const isOffered = this.colors.length > 0;
    this.hint.textContent = isOffered ? "Press a colour to lock it." : "For an automatic palette: give Colors a number, or auto.";
    this.more.hidden = !isOffered;
    this.list.replaceChildren(...all.map((color) => {
      const isLocked = this.locked.includes(color);
      const button = node("button", { type: "button", title: color, onclick: () => this.#toggle(color, !isLocked) });
      button.dataset.color = color;
      button.style.backgroundColor = color;
      button.setAttribute("aria-label", `Lock ${color}`);
      button.setAttribute("aria-pressed", isLocked);
      return button;
    }));
    if (focused) this.list.querySelector(`[data-color="${focused}"]`)?.focus();
  }
}
