// The shelf: built-in palettes and the person's own, which the browser keeps. The chosen one can be edited and reordered.

import { palettes, readPalette } from "./picture.js";
import { node } from "../dom.js";

const KEPT = "unipixel-palettes";

function strip(colors) {
  const canvas = node("canvas", { width: colors.length, height: 1 });
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  colors.forEach((color, index) => {
    context.fillStyle = color;
    context.fillRect(index, 0, 1, 1);
  });
  return canvas;
}

export class Shelf {
  /** The control of the option `palette`. @param changed is called after a choice */
  constructor(rule, changed) {
    this.changed = changed;
    this.own = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    this.builtin = [];
    this.chosen = null;
    this.list = node("div", { className: "shelf", id: "shelf" });
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", "Palettes");
    this.search = node("input", { type: "search", placeholder: "find a palette", id: "find-palette" });
    this.search.setAttribute("aria-label", "Find a palette");
    this.search.addEventListener("input", (event) => { event.stopPropagation(); this.#list(); });
    this.file = node("input", { type: "file", hidden: true, multiple: true });
    this.file.setAttribute("aria-label", "Palette files");
    this.file.addEventListener("change", () => { this.add([...this.file.files]); this.file.value = ""; });
    this.swatches = node("div", { className: "swatches", id: "swatches" });
    this.note = node("p", { className: "note", hidden: true });
    this.note.setAttribute("role", "status");
    const open = node("button", { type: "button", textContent: "Add a palette", onclick: () => this.file.click() });
    this.node = node("div", { className: "option" },
      node("p", { className: "label", textContent: "Palette" }), node("p", { className: "help", textContent: rule.description }),
      node("div", { className: "row" }, this.search, open), this.list, this.note, this.swatches, this.file);
    this.node.dataset.option = "palette";
    this.node.id = "palette";
  }

  async load() {
    this.builtin = await palettes();
    this.#list();
  }

  get = () => this.chosen && (this.builtin.includes(this.chosen) ? this.chosen.name : this.chosen.colors.join(","));

  set = (value) => {
    const isIt = (each) => each.name === value || each.colors.join(",") === value;
    this.chosen = value === null ? null : [...this.own, ...this.builtin].find(isIt) ?? { name: "colours", colors: value.split(",") };
    this.#show();
  };

  /** Read palette files that were dropped or picked; the last one is chosen. */
  async add(files) {
    for (const file of files) {
      try {
        const palette = await readPalette(file);
        this.#keep({ name: this.#free(palette.name || "palette"), colors: palette.colors });
      } catch (problem) {
        this.#say(`${file.name}: ${problem.message}`);
        continue;
      }
      this.#say(`${file.name}: ${this.chosen.colors.length} colours.`);
    }
    this.#choose(this.chosen);
  }

  #say(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = false;
  }

  #free(name) {
    const taken = new Set([...this.builtin, ...this.own].map((each) => each.name));
    for (let count = 2, found = name; ; count++) {
      if (!taken.has(found)) return found;
      found = `${name} ${count}`;
    }
  }

  #keep(palette) {
    if (!this.own.includes(palette)) this.own.unshift(palette);
    localStorage.setItem(KEPT, JSON.stringify(this.own));
    this.chosen = palette;
  }

  #remove(palette) {
    this.own = this.own.filter((each) => each !== palette);
    localStorage.setItem(KEPT, JSON.stringify(this.own));
    this.#choose(this.chosen === palette ? null : this.chosen);
    this.search.focus();
  }

  #choose(palette) {
    this.chosen = palette;
    this.#show();
    this.node.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #show() {
    this.#list();
    this.#edit();
  }

  #list() {
    const wanted = this.search.value.trim().toLowerCase();
    const fits = ({ name, aliases = [] }) => [name, ...aliases].some((word) => word.toLowerCase().includes(wanted));
    const focused = document.activeElement?.closest?.("#shelf .entry")?.dataset.name;
    const none = this.#entry({ name: "none", colors: [] }, "the picture's own colours", this.chosen === null, () => this.#choose(null));
    const entries = [...this.own, ...this.builtin].filter(fits).map((each) => {
      const entry = this.#entry(each, `${each.colors.length} colours`, this.chosen === each, () => this.#choose(each));
      if (this.own.includes(each)) {
        const remove = node("button", { type: "button", textContent: "×", onclick: () => this.#remove(each) });
        remove.setAttribute("aria-label", `Remove palette ${each.name}`);
        entry.append(remove);
      }
      return entry;
    });
    this.list.replaceChildren(none, ...entries);
    if (focused) this.list.querySelector(`[data-name="${CSS.escape(focused)}"] button`)?.focus();
  }

  #entry(palette, about, isChosen, onclick) {
    const button = node("button", { type: "button", onclick, title: palette.remark ?? "" },
      node("span", { textContent: `${palette.name} ` }), node("small", { textContent: about }));
    if (palette.colors.length) button.append(strip(palette.colors));
    button.setAttribute("aria-pressed", isChosen);
    const entry = node("div", { className: "entry" }, button);
    entry.dataset.name = palette.name;
    return entry;
  }

  /** The chosen palette's colours: each opens a colour picker; Alt with an arrow moves it, Delete takes it out. */
  #edit() {
    const colors = this.chosen?.colors ?? [];
    this.swatches.replaceChildren(...colors.map((color, index) => {
      const input = node("input", { type: "color", value: color, title: color });
      input.setAttribute("aria-label", `Colour ${index + 1}, ${color}. Alt and an arrow key move it, Delete takes it out.`);
      input.addEventListener("input", (event) => event.stopPropagation());
      input.addEventListener("change", () => this.#change(index, (list) => list.splice(index, 1, input.value)));
      input.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        const to = index + (event.altKey && by ? by : 0);
        if (event.altKey && by && to >= 0 && to < colors.length) this.#change(to, (list) => list.splice(to, 0, list.splice(index, 1)[0]));
        else if (event.key === "Delete" && colors.length > 1) this.#change(Math.max(0, index - 1), (list) => list.splice(index, 1));
        else return;
        event.preventDefault();
      });
      return input;
    }));
  }

  #change(focus, edit) {
    const isOwn = this.own.includes(this.chosen);
    const palette = isOwn ? this.chosen : { name: this.#free(`${this.chosen.name} edited`), colors: [...this.chosen.colors] };
    edit(palette.colors);
    this.#keep(palette);
    this.#choose(palette);
    this.swatches.children[focus]?.focus();
  }
}
