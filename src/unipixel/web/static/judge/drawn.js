// Samples of a run: drawn with and without its LoRA from the same noise, beside each other.

import { json } from "../api.js";
import { $, node } from "../dom.js";
import { head } from "./checkpoints.js";

export class Drawn {
  #run; #rows = [];

  constructor() {
    $("judge-drawn-size").onchange = () => this.#draw();
  }

  async show(run) {
    this.#run = run;
    this.#rows = await json(`api/runs/${encodeURIComponent(run)}/samples`);
    const sizes = [...new Set(this.#rows.map((row) => row.size))], before = $("judge-drawn-size").value;
    $("judge-drawn-size").replaceChildren(...sizes.map((size) => node("option", { value: size, textContent: size, selected: size === before })));
    $("judge-drawn-box").hidden = !sizes.length;
    this.#draw();
  }

  #draw() {
    const rows = this.#rows.filter((row) => row.size === $("judge-drawn-size").value);
    $("judge-drawn").replaceChildren(head(["Prompt", "without", "with the LoRA"]), node("tbody", {}, ...rows.map((row) => this.#row(row))));
  }

  #row(row) {
    const path = `api/runs/${encodeURIComponent(this.#run)}/samples/${row.size}/${row.number}`;
    const picture = (src, arm) => node("td", {}, node("img", { src, className: "drawn", loading: "lazy", alt: `${arm} the LoRA: ${row.prompt}` }));
    return node("tr", {}, node("th", { scope: "row", textContent: row.prompt }), picture(`${path}?arm=without`, "without"), picture(path, "with"));
  }
}
