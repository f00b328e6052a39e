// The queue of doubtful natives: what speaks for which size, and what a person says.

import { json, query } from "../api.js";
import { $, node } from "../dom.js";

const size = (pair) => pair.join("x");
const LISTED = 500; // names shown at once; those that are decided make room

export class Doubtful {
  /** `attempt(action)` does something or says why not; `decided` is called when something was decided. */
  constructor(attempt, decided) {
    Object.assign(this, { attempt, decided, sources: [], queue: [], at: 0 });
    $("dataset-queue-state").onchange = () => { this.at = 0; this.list(); };
    $("dataset-size-form").onsubmit = (event) => {
      event.preventDefault();
      this.take([Number($("dataset-size-width").value), Number($("dataset-size-height").value)]);
    };
  }

  get source() { return this.queue[this.at]; }

  async show() {
    this.sources = await json("api/dataset/sources");
    this.list();
  }

  list() {
    const state = $("dataset-queue-state").value;
    this.queue = this.sources.filter((row) => row.state === state);
    this.at = Math.min(this.at, Math.max(0, this.queue.length - 1));
    const waiting = this.sources.filter((row) => row.state === "doubtful").length;
    $("dataset-waiting").textContent = waiting ? `(${waiting})` : "";
    $("dataset-queue-count").textContent = this.queue.length ? `${this.queue.length} ${this.queue.length === 1 ? "source" : "sources"}` : state === "doubtful" ? "Nothing waits for a decision." : "None.";
    $("dataset-queue").replaceChildren(...this.queue.slice(0, LISTED).map((row, place) => {
      const button = node("button", { type: "button", onclick: () => this.look(place) }, node("span", { textContent: row.name }),
        node("small", { textContent: row.native_size ? `${size(row.native_size)}, ${Math.round(row.confidence * 100)} %` : "no grid" }));
      return node("li", {}, button);
    }));
    this.draw();
  }

  look(place) {
    this.at = Math.min(this.queue.length - 1, Math.max(0, place));
    this.draw();
  }

  async draw() {
    const { source } = this;
    [...$("dataset-queue").querySelectorAll("button")].forEach((button, place) => {
      if (place === this.at) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
      if (place === this.at) button.scrollIntoView({ block: "nearest" });
    });
    $("dataset-source").hidden = !source;
    if (!source || source === this.shown) return;
    this.shown = source;
    $("dataset-source-name").textContent = source.name;
    $("dataset-source-reason").textContent = source.reason;
    this.answers(source, []);
    const image = $("dataset-explanation");
    image.src = query("api/dataset/doubtful/png", { source: source.source });
    image.alt = `${source.name}: the grid that was found, what speaks for it, and the natives of the likeliest sizes`;
    await this.attempt(async () => {
      const told = await json(query("api/dataset/doubtful", { source: source.source }));
      if (source === this.shown) this.answers(source, told.alternatives);
    });
  }

  answers(source, others) {
    this.others = others;
    const button = (key, text, action, properties = {}) => node("button", { type: "button", onclick: action, ...properties }, ...(key ? [node("kbd", { textContent: key }), " "] : []), text);
    const open = source.state === "doubtful";
    $("dataset-answers").replaceChildren(...[
      open && source.native_size && button("a", `Accept ${size(source.native_size)}`, () => this.decide("accept"), { className: "main" }),
      ...others.map((other, at) => button(open ? at + 1 : "", `It is ${size(other)}`, () => this.take(other))),
      open && button("r", "Make no image of it", () => this.decide("reject")),
      !open && source.state !== "sure" && button("", "Take the decision back", () => this.decide("reopen")),
    ].filter(Boolean));
    const [width, height] = source.native_size ?? ["", ""];
    $("dataset-size-width").value = width;
    $("dataset-size-height").value = height;
  }

  take(native_size) { return this.decide("native_size", { native_size }); }

  decide(decision, more = {}) {
    const { source } = this;
    if (!source) return undefined;
    return this.attempt(async () => {
      const [row] = await json("api/dataset/decide", { sources: [source.source], decision, ...more });
      this.sources = this.sources.map((each) => (each.source === row.source ? row : each));
      this.list();
      if (!document.activeElement?.checkVisibility?.() || document.activeElement === document.body) $("dataset-queue").querySelector("[aria-current]")?.focus();
      this.decided();
    });
  }
}
