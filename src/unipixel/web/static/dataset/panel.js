// The image that is looked at: large and crisp, with its tags, the proposals and their reasons, and its caption.

import { $, node } from "../dom.js";

const LARGEST = 8; // screen pixels for a native pixel

export class Panel {
  /** `edit(edit)` is called with what a button asks for. */
  constructor(store, edit) {
    Object.assign(this, { store, edit, marked: 0 });
    new ResizeObserver(() => this.picture()).observe($("dataset-panel"));
  }

  get proposals() { return (this.store.row?.tags ?? []).filter((tag) => tag.state === "proposed"); }
  get proposal() { return this.proposals[this.marked]; }

  mark(by) {
    this.marked = (this.marked + by + this.proposals.length) % Math.max(1, this.proposals.length);
    this.lists();
  }

  show() {
    const { row } = this.store;
    $("dataset-panel").hidden = !row;
    this.target();
    this.recent();
    if (!row || row === this.row) return;
    if (row.id !== this.row?.id) this.marked = 0;
    this.row = row;
    this.marked = Math.min(this.marked, Math.max(0, this.proposals.length - 1));
    $("dataset-name").textContent = row.name;
    $("dataset-facts").textContent = facts(row);
    $("dataset-caption").textContent = row.problem || `${row.caption} (${row.tokens} tokens)`;
    $("dataset-caption").classList.toggle("problem", Boolean(row.problem));
    this.lists();
    this.picture();
  }

  target() {
    const { chosen } = this.store;
    $("dataset-target").textContent = chosen.size ? `Edits go to the ${chosen.size} chosen images.` : "";
  }

  recent() {
    const { recent } = this.store.edits, known = recent.join();
    if (known === this.known) return;
    this.known = known;
    $("dataset-recent").replaceChildren(...recent.map((tag, at) => {
      const button = node("button", { type: "button" }, node("kbd", { textContent: at + 1 }), ` ${tag}`);
      button.setAttribute("aria-label", `Add ${tag}`);
      button.onclick = () => this.edit({ op: "add", tag });
      return button;
    }));
  }

  lists() {
    const held = document.activeElement?.closest?.("#dataset-panel li button");
    const list = held?.closest("ul"), place = held ? [...list.querySelectorAll("button")].indexOf(held) : -1;
    const { tags } = this.store.row ?? { tags: [] };
    $("dataset-proposals").replaceChildren(...this.proposals.map((tag, at) => this.proposed(tag, at)));
    $("dataset-proposals-title").textContent = this.proposals.length ? `Proposals (${this.proposals.length})` : "No proposals";
    $("dataset-tags").replaceChildren(...tags.filter((tag) => tag.state === "accepted").map((tag) => this.chip(tag, "×", `Take ${tag.name} away`, "delete")));
    $("dataset-rejected").replaceChildren(...tags.filter((tag) => tag.state === "rejected").map((tag) => this.chip(tag, "+", `Accept ${tag.name} after all`, "add")));
    if (!held) return;
    const left = list.querySelectorAll("button");
    (left[Math.min(place, left.length - 1)] ?? $("dataset-grid")).focus();
  }

  proposed(tag, at) {
    const item = node("li", {}, node("strong", { textContent: tag.name }), node("small", { textContent: why(tag) }),
      this.button("Accept", `Accept ${tag.name}`, "accept", tag), this.button("Reject", `Reject ${tag.name}`, "reject", tag));
    item.dataset.tag = tag.name;
    item.classList.toggle("marked", at === this.marked);
    return item;
  }

  chip(tag, sign, label, op) {
    const item = node("li", { title: why(tag) }, node("span", { textContent: tag.name }), this.button(sign, label, op, tag));
    item.dataset.tag = tag.name;
    item.dataset.origin = tag.origin;
    return item;
  }

  button(text, label, op, tag) {
    const button = node("button", { type: "button", textContent: text, onclick: () => this.edit({ op, tag: tag.name }) });
    button.setAttribute("aria-label", label);
    return button;
  }

  /** Drawn at the largest whole number of screen pixels that fits. */
  picture() {
    const { row } = this.store, canvas = $("dataset-canvas"), room = canvas.parentElement.clientWidth - 26;
    if (!row || room < 1) return;
    const zoom = Math.max(1, Math.min(LARGEST, Math.floor((room * devicePixelRatio) / row.width), Math.floor((innerHeight * 0.45 * devicePixelRatio) / row.height)));
    canvas.setAttribute("aria-label", `${row.name}, ${row.width}x${row.height} native px`);
    const image = new Image();
    image.onload = () => {
      if (this.store.row?.id !== row.id) return;
      Object.assign(canvas, { width: row.width, height: row.height });
      Object.assign(canvas.style, { width: `${(row.width * zoom) / devicePixelRatio}px`, height: `${(row.height * zoom) / devicePixelRatio}px` });
      canvas.getContext("2d").drawImage(image, 0, 0);
    };
    image.src = `api/dataset/images/${row.id}/png`;
  }
}

const why = (tag) => [tag.origin === "hand" ? "by hand" : tag.by || tag.origin, tag.score < 1 && tag.score.toFixed(2), tag.reason].filter(Boolean).join(", ");

function facts(row) {
  const [width, height] = row.native_size, [, , tall, wide] = row.window;
  return [
    row.canvas, row.theme, width === wide && height === tall ? "" : `crop of ${width}x${height}`, row.pad.some(Boolean) && "filled", row.by_hand && "placed by hand",
    `${row.colors} colours`, row.state, row.split === "validation" && "validation", row.rating,
    row.repeats > 1 && `repeated ${row.repeats} times`, row.licence || (row.allow_train === "unknown" ? "licence unknown" : ""),
  ].filter(Boolean).join(", ");
}
