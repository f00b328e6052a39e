// Pictures of the same prompt and seed beside each other: a column for each evaluation, and the base alone.

import { json } from "../api.js";
import { $, node } from "../dom.js";

const AT_ONCE = 6, ROOM = 240, ZOOMS = ["fit", 1, 2, 3, 4, 6, 8, 12];
const PLACE = ["theme", "distance", "light", "size", "seed"];
const placeOf = (row) => PLACE.map((name) => row[name]).join("\u0000");

export class Samples {
  #evaluations = []; #rows = new Map(); #shown = AT_ONCE;

  constructor() {
    $("judge-zoom").replaceChildren(...ZOOMS.map((zoom) => node("option", { value: zoom, textContent: zoom === "fit" ? zoom : `x${zoom}` })));
    for (const id of ["judge-size", "judge-zoom", "judge-native", "judge-alone"]) $(id).onchange = () => this.draw();
    $("judge-more").onclick = () => { this.#shown += AT_ONCE; this.draw(); };
  }

  async show(evaluations) {
    this.#evaluations = evaluations;
    const told = await Promise.all(evaluations.map((each) => json(`api/evaluations/${encodeURIComponent(each.id)}/samples`)));
    this.#rows = new Map(evaluations.map((each, place) => [each.id, told[place]]));
    const sizes = [...new Set(told.flat().map((row) => row.size))], before = $("judge-size").value;
    $("judge-size").replaceChildren(...sizes.map((size) => node("option", { value: size, textContent: size, selected: size === before })));
    $("judge-samples-box").hidden = !sizes.length;
    this.draw();
  }

  /** Take the next larger or smaller zoom. */
  step(by) {
    const place = ZOOMS.findIndex((zoom) => `${zoom}` === $("judge-zoom").value) + by;
    if (ZOOMS[place]) $("judge-zoom").value = ZOOMS[place];
    this.draw();
  }

  draw() {
    const size = $("judge-size").value, first = this.#evaluations[0], columns = [];
    if (!first) return;
    if ($("judge-alone").checked) columns.push({ name: "base alone", of: first.id, arm: "base" });
    for (const each of this.#evaluations) columns.push({ name: each.id, of: each.id, arm: "lora" });
    for (const column of columns) column.rows = new Map(this.#rows.get(column.of).filter((row) => row.arm === column.arm && row.size === size).map((row) => [placeOf(row), row]));
    const places = new Map(columns.flatMap((column) => [...column.rows])), shown = [...places].slice(0, this.#shown);
    $("judge-samples").replaceChildren(
      node("thead", {}, node("tr", {}, node("td"), ...columns.map(({ name }) => node("th", { scope: "col", textContent: name })))),
      node("tbody", {}, ...shown.map(([place, row]) => node("tr", {}, label(row), ...columns.map((column) => picture(column, column.rows.get(place)))))),
    );
    $("judge-more").hidden = places.size <= this.#shown;
  }
}

function label(row) {
  const words = [row.theme, row.distance, row.light].filter(Boolean).join(", ");
  return node("th", { scope: "row" }, words, node("small", { textContent: `seed ${row.seed}` }));
}

function picture(column, row) {
  if (!row) return node("td", { textContent: "not drawn" });
  const native = $("judge-native").checked, chosen = $("judge-zoom").value;
  const path = `api/evaluations/${encodeURIComponent(column.of)}/samples/${encodeURIComponent(row.file)}`;
  const made = node("img", { src: native ? `${path}?native=1` : path, alt: `${column.name}: ${row.prompt}, seed ${row.seed}`, loading: "lazy", className: native ? "native" : "drawn" });
  const zoom = () => (chosen === "fit" ? Math.max(1, Math.floor(ROOM / made.naturalWidth)) : +chosen);
  if (native) made.onload = () => { made.width = made.naturalWidth * zoom(); };
  else made.onload = () => { if (chosen === "fit") made.width = Math.min(made.naturalWidth, 2 * ROOM); };
  return node("td", {}, made, node("small", { textContent: `${row.score.toFixed(3)}${row.on_grid ? "" : ", off the grid"}` }));
}
