// Thumbnails of thousands of images: only those in view are elements, each at a whole number of screen pixels.

import { node } from "../dom.js";

const USUAL = 128; // CSS px of a picture where the size is "auto"
const GAP = 10, EDGE = 8, LABEL = 22, SPARE = 2; // CSS px between cells, around a picture, of its label; rows beside the view

export class Grid {
  constructor(box, store) {
    Object.assign(this, { box, store, zoom: "auto", cells: new Map() });
    this.space = node("div", { role: "presentation", className: "thumb-space" });
    box.append(this.space);
    let waits = false;
    box.addEventListener("scroll", () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => { waits = false; this.draw(); });
    });
    new ResizeObserver(() => this.layout()).observe(box);
    box.addEventListener("click", (event) => this.click(event));
  }

  /** CSS pixels for each native pixel: a whole number of screen pixels, but for "half". */
  get scale() {
    const zoom = this.zoom === "auto" ? Math.max(1, Math.round(USUAL / Math.max(...this.store.largest))) : Number(this.zoom);
    return zoom < 1 ? zoom : Math.max(1, Math.round(zoom * devicePixelRatio)) / devicePixelRatio;
  }

  layout() {
    const { largest, ids } = this.store, { clientWidth } = this.box;
    if (!clientWidth) return; // hidden
    this.width = Math.ceil(largest[0] * this.scale) + 2 * EDGE;
    this.height = Math.ceil(largest[1] * this.scale) + 2 * EDGE + LABEL;
    this.columns = Math.max(1, Math.floor((clientWidth - GAP) / (this.width + GAP)));
    this.step = Math.floor((clientWidth - GAP) / this.columns); // what is left over goes between the columns
    this.rows = Math.ceil(ids.length / this.columns);
    this.space.style.height = `${this.rows * (this.height + GAP) + GAP}px`;
    for (const cell of this.cells.values()) cell.remove();
    this.cells.clear();
    this.show();
  }

  /** Bring the image that is looked at into view. */
  show() {
    if (!this.columns) return this.layout();
    const row = Math.floor(this.store.current / this.columns), top = row * (this.height + GAP) + GAP;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top - GAP;
    else if (top + this.height > scrollTop + clientHeight) this.box.scrollTop = top + this.height + GAP - clientHeight;
    this.draw();
  }

  draw() {
    const { ids, current } = this.store, { scrollTop, clientHeight } = this.box, tall = this.height + GAP;
    const first = Math.max(0, Math.floor(scrollTop / tall) - SPARE) * this.columns;
    const end = Math.min(ids.length, (Math.ceil((scrollTop + clientHeight) / tall) + SPARE) * this.columns);
    for (const [place, cell] of this.cells) {
      if (place >= first && place < end && cell.dataset.id === ids[place]) continue;
      cell.remove();
      this.cells.delete(place);
    }
    for (let place = first; place < end; place++) this.cell(place);
    if (ids.length) this.box.setAttribute("aria-activedescendant", `dataset-cell-${current}`);
    else this.box.removeAttribute("aria-activedescendant");
    this.store.need(ids.slice(first, end)).catch(() => {}); // the next look says what is wrong
  }

  cell(place) {
    const { ids, rows, chosen, current } = this.store, id = ids[place], row = rows.get(id);
    const cell = this.cells.get(place) ?? this.make(place, id);
    if (cell.known !== row) this.fill(cell, row);
    cell.setAttribute("aria-selected", String(chosen.has(id) || (!chosen.size && place === current)));
    cell.classList.toggle("current", place === current);
    cell.classList.toggle("chosen", chosen.has(id));
  }

  make(place, id) {
    const cell = node("div", { id: `dataset-cell-${place}`, role: "option", className: "thumb" }, node("img", { alt: "", decoding: "async" }), node("span"));
    cell.dataset.id = id;
    cell.dataset.place = place;
    cell.setAttribute("aria-setsize", this.store.ids.length);
    cell.setAttribute("aria-posinset", place + 1);
    Object.assign(cell.style, {
      width: `${this.width}px`, height: `${this.height}px`,
      left: `${(place % this.columns) * this.step + Math.floor((this.step - this.width + GAP) / 2)}px`, top: `${Math.floor(place / this.columns) * (this.height + GAP) + GAP}px`,
    });
    cell.firstChild.src = `api/dataset/images/${id}/png`;
    this.cells.set(place, cell);
    this.space.append(cell);
    return cell;
  }

  fill(cell, row) {
    cell.known = row;
    if (!row) return;
    const [image, label] = cell.children;
    image.style.width = `${row.width * this.scale}px`;
    image.style.height = `${row.height * this.scale}px`;
    const waiting = row.tags.filter((tag) => tag.state === "proposed").length;
    const marks = [waiting && `+${waiting}`, row.problem && "!", row.tokens > 75 && "long", row.split === "validation" && "val."].filter(Boolean);
    label.textContent = row.name;
    if (marks.length) label.prepend(node("b", { textContent: `${marks.join(" ")} ` }));
    cell.setAttribute("aria-label", `${label.textContent}${waiting ? `, ${waiting} proposals` : ""}${row.problem ? `, ${row.problem}` : ""}`);
  }

  click(event) {
    const cell = event.target.closest(".thumb");
    if (!cell) return;
    const place = Number(cell.dataset.place);
    if (event.ctrlKey || event.metaKey) return this.store.toggle(place);
    if (!event.shiftKey) this.store.chosen.clear();
    this.store.look(place, event.shiftKey);
  }
}
