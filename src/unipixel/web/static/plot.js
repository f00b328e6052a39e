// Line plots as SVG, drawn for the room that there is; every number is in a table too.

import { node } from "./dom.js";

const HEIGHT = 220, LEFT = 52, RIGHT = 14, TOP = 12, BOTTOM = 34;
const MOST_POINTS = 500, MOST_ROWS = 24;

const svg = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

let count = 0;

/** A plot with its title, legend and table. `draw` takes what is to be seen, as often as that changes. */
export class Plot {
  #lines = []; #marks = [];

  constructor({ title, x, y, range, digits = 4 }) {
    Object.assign(this, { title, x, y, range, digits, id: `plot-${++count}` });
    this.picture = node("div", { className: "plot-picture" });
    this.legend = node("ul", { className: "legend" });
    this.table = node("table");
    this.root = node("figure", { className: "plot" }, node("figcaption", { id: this.id, textContent: title }), this.picture, this.legend,
      node("details", {}, node("summary", { textContent: `${title} as a table` }), node("div", { className: "scroll", tabIndex: 0 }, this.table)));
    new ResizeObserver(() => this.#picture()).observe(this.picture);
  }

  /** lines: [{name, points: [[x, y]], kind}] with kind "line", "faint" or "dots"; marks: [{x, name}]. */
  draw(lines, marks = []) {
    [this.#lines, this.#marks] = [lines.filter((line) => line.points.length), marks];
    this.root.hidden = !this.#lines.length;
    this.#picture();
    this.legend.replaceChildren(...this.#lines.map((line, place) => node("li", { className: `series-${place} ${line.kind ?? "line"}`, textContent: line.name })));
    this.#table();
  }

  #picture() {
    const width = Math.floor(this.picture.clientWidth), lines = this.#lines.map((line) => ({ ...line, points: thin(line.points) }));
    if (!width || !lines.length) return;
    const all = lines.flatMap((line) => line.points);
    const [x, y] = [0, 1].map((axis) => span(all.map((point) => point[axis]), axis ? this.range : undefined));
    const across = (value) => LEFT + ((value - x[0]) / (x[1] - x[0])) * (width - LEFT - RIGHT);
    const up = (value) => HEIGHT - BOTTOM - ((value - y[0]) / (y[1] - y[0])) * (HEIGHT - TOP - BOTTOM);
    const parts = [svg("title", {}, `${this.title}: ${this.#words()}`)];
    for (const tick of ticks(...y, 4)) {
      parts.push(svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: up(tick), y2: up(tick) }), svg("text", { x: LEFT - 6, y: up(tick) + 4, "text-anchor": "end" }, short(tick)));
    }
    for (const tick of ticks(...x, width / 90).filter(Number.isInteger)) {
      parts.push(svg("text", { x: across(tick), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, short(tick)));
    }
    parts.push(svg("text", { class: "axis", x: width - RIGHT, y: HEIGHT - 3, "text-anchor": "end" }, this.x), svg("line", { class: "base", x1: LEFT, x2: width - RIGHT, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }));
    for (const mark of this.#marks) {
      parts.push(svg("line", { class: "mark", x1: across(mark.x), x2: across(mark.x), y1: TOP, y2: HEIGHT - BOTTOM }, svg("title", {}, mark.name)));
    }
    const order = lines.map((line, place) => [line, place]).sort(([a], [b]) => (b.kind === "faint") - (a.kind === "faint")); // below the others
    for (const [line, place] of order) {
      const path = line.points.map(([a, b]) => `${across(a).toFixed(1)},${up(b).toFixed(1)}`).join(" ");
      if (line.points.length > 1) parts.push(svg("polyline", { class: `series-${place} ${line.kind ?? "line"}`, points: path }));
      if (line.kind === "dots" || line.points.length === 1) {
        for (const [a, b] of line.points) parts.push(svg("circle", { class: `series-${place}`, cx: across(a), cy: up(b), r: 4 }, svg("title", {}, `${this.x} ${a}: ${b.toFixed(this.digits)}`)));
      }
    }
    this.picture.replaceChildren(svg("svg", { role: "img", "aria-labelledby": this.id, width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` }, ...parts));
  }

  #words() {
    return this.#lines.map(({ name, points }) => `${name} ${points.at(-1)[1].toFixed(this.digits)} at ${this.x} ${points.at(-1)[0]}`).join("; ");
  }

  #table() {
    const steps = [...new Set(this.#lines.flatMap((line) => line.points.map((point) => point[0])))].sort((a, b) => a - b);
    const shown = steps.filter((_, place) => steps.length <= MOST_ROWS || place === steps.length - 1 || place % Math.ceil(steps.length / MOST_ROWS) === 0);
    const known = this.#lines.map((line) => new Map(line.points));
    this.table.replaceChildren(
      node("thead", {}, node("tr", {}, ...[this.x, ...this.#lines.map((line) => line.name)].map((textContent) => node("th", { scope: "col", textContent })))),
      node("tbody", {}, ...shown.map((step) => node("tr", {}, node("th", { scope: "row", textContent: step }),
        ...known.map((values) => node("td", { textContent: values.get(step)?.toFixed(this.digits) ?? "–" }))))));
  }
}

/** At most so many points: each the mean of its neighbours. */
function thin(points) {
  if (points.length <= MOST_POINTS) return points;
  const each = points.length / MOST_POINTS;
  return Array.from({ length: MOST_POINTS }, (_, place) => {
    const part = points.slice(Math.floor(place * each), Math.floor((place + 1) * each));
    return [0, 1].map((axis) => part.reduce((sum, point) => sum + point[axis], 0) / part.length);
  });
}

/** Least and most of the values, with some room where they are all the same. */
function span(values, range) {
  if (range) return range;
  const least = values.reduce((a, b) => Math.min(a, b)), most = values.reduce((a, b) => Math.max(a, b));
  return most > least ? [least, most] : [least - 0.5, most + 0.5];
}

/** Round numbers within a span, about so many. */
function ticks(least, most, wanted) {
  const rough = (most - least) / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const first = Math.ceil(least / step - 1e-9);
  return Array.from({ length: Math.floor(most / step + 1e-9) - first + 1 }, (_, place) => +((first + place) * step).toPrecision(12));
}

const short = (value) => (Math.abs(value) >= 1e4 ? `${+(value / 1000).toFixed(1)}k` : `${+value.toPrecision(4)}`);
