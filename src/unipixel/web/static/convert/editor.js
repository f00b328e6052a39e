// Tools that mend a picture by hand: paint native pixels, move and make the lines of the grid; by pointer and keyboard.

import { $ } from "../dom.js";
import { between, drawCursor, drawLine, nextDoubtful } from "./cursor.js";
import { NONE, merge, moveLine, paint, split } from "./edits.js";
import { Inks } from "./inks.js";

const NEAR = 7; // screen px from a line within which it is meant
const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const SLIDERS = { look: 50, paint: 0, lines: 100 };

export class Editor {
  /** @param history gives that of the picture that is looked at, or undefined @param changed is called after an edit */
  constructor({ view, history, changed }) {
    Object.assign(this, { view, history, changed, tool: "look", cursor: [0, 0], inks: new Inks() });
    for (const tool of Object.keys(SLIDERS)) $(`tool-${tool}`).onclick = () => this.use(tool);
    $("undo").onclick = () => this.undo();
    $("redo").onclick = () => this.redo();
    $("discard").onclick = () => this.#do(() => NONE);
    for (const axis of ["rows", "columns"]) {
      $(`split-${axis}`).onclick = () => this.split(axis);
      $(`merge-${axis}`).onclick = () => this.merge(axis);
    }
    view.overlay = (context) => this.#draw(context);
    view.canvas.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.#undoKey(event));
    this.use("look");
  }

  /** Take a tool in hand. */
  use(tool) {
    const { view } = this;
    if (tool !== this.tool) {
      SLIDERS[this.tool] = Number(view.slider.value);
      view.slider.value = SLIDERS[tool];
    }
    this.tool = tool;
    for (const each of Object.keys(SLIDERS)) $(`tool-${each}`).setAttribute("aria-pressed", each === tool);
    $("paint-bar").hidden = tool !== "paint";
    $("lines-bar").hidden = tool !== "lines";
    view.tool = tool === "look" ? null : { down: (at, event) => this.#down(at, event), move: (at) => this.#move(at), up: () => this.#up() };
    view.canvas.dataset.tool = tool;
    view.canvas.tabIndex = tool === "look" ? -1 : 0;
    view.canvas.setAttribute("role", tool === "look" ? "img" : "application");
    if (tool !== "look" && view.frames > 1 && view.playing) $("play").click();
    this.say("");
    view.draw();
  }

  /** A picture was converted: its colours can be painted with, and the cursor stays inside. */
  show(shown) {
    this.inks.show(shown.colors);
    this.cursor = [Math.min(this.cursor[0], shown.height - 1), Math.min(this.cursor[1], shown.width - 1)];
    this.stroke?.forEach((place) => this.view.paint(...place, this.inks.color)); // it goes on meanwhile
    this.buttons();
  }

  buttons() {
    const { past = [], future = [], now = NONE } = this.history() ?? {};
    $("undo").disabled = !past.length;
    $("redo").disabled = !future.length;
    $("discard").hidden = now === NONE;
    $("edited").hidden = now === NONE;
    if (document.activeElement?.disabled || document.activeElement?.hidden) this.view.canvas.focus();
  }

  undo() { if (this.history()?.undo()) this.#after("Undone."); }

  redo() { if (this.history()?.redo()) this.#after("Redone."); }

  split(axis) { this.#cut(split, axis, "This is one pixel of the picture: it can't be split."); }

  merge(axis) { this.#cut(merge, axis, "There is none after this one."); }

  /** Take the colour that the cursor, or a place, shows. */
  pick([row, column] = this.cursor.map((place) => place + 0.5)) {
    if (!this.view.shown) return;
    this.inks.set(this.view.colorAt(column, row));
    this.say(`${this.inks.color} is what you paint with.`);
  }

  /** Go to the next doubtful cell. */
  next() {
    const found = this.view.shown && nextDoubtful(this.view, this.cursor);
    if (found) this.#go(found); else this.say("No cell is doubtful.");
  }

  say(sentence) { $("cell-note").textContent = sentence; }

  // -------------------------------------------------------------- what is done

  #do(edit) {
    const history = this.history(), next = history && this.view.shown && edit(history.now);
    if (!next) return false;
    history.change(next);
    this.#after("");
    return true;
  }

  #after(sentence) {
    this.say(sentence);
    this.buttons();
    this.changed();
  }

  #cut(edit, axis, why) {
    const index = this.#local(...this.cursor)[axis === "rows" ? 1 : 2];
    if (!this.#do((edits) => edit(edits, this.#grid(), axis, index))) this.say(why);
  }

  /** Lines of one frame: those of a sheet repeat. */
  #grid() {
    const { rows, columns } = this.view.shown, [height, width] = this.#frame();
    return { rows: rows.slice(0, height + 1), columns: columns.slice(0, width + 1) };
  }

  /** Native size of a frame. */
  #frame() {
    const { height, width, layout } = this.view.shown;
    return layout ? [height / layout[0], width / layout[1]] : [height, width];
  }

  /** [frame, row, column] of a native pixel that is seen. */
  #local(row, column) {
    const [height, width] = this.#frame(), { layout } = this.view.shown;
    const frame = layout ? Math.floor(row / height) * layout[1] + Math.floor(column / width) : this.view.frame;
    return [frame, row % height, column % width];
  }

  #dab(row, column) {
    this.view.paint(row, column, this.inks.color);
    this.stroke.set(this.#local(row, column).join(","), [row, column]);
  }

  #draw(context) {
    if (this.tool === "look") return;
    if (this.line) drawLine(context, this.view, this.line);
    drawCursor(context, this.view, this.cursor);
  }

  // -------------------------------------------------------------- pointer

  #down([y, x], event) {
    const { height, width } = this.view.shown;
    this.cursor = [Math.max(0, Math.min(height - 1, Math.floor(y))), Math.max(0, Math.min(width - 1, Math.floor(x)))];
    if (this.tool === "paint" && (event.altKey || event.button === 2)) return this.pick([y, x]);
    if (this.tool === "paint") { this.stroke = new Map(); this.#dab(...this.cursor); } else this.line = this.#lineAt([y, x]);
    this.view.draw();
  }

  #move(at) {
    if (this.stroke) {
      const [row, column] = at.map(Math.floor), { height, width } = this.view.shown;
      if (row < 0 || column < 0 || row >= height || column >= width) return;
      for (const [y, x] of between(this.cursor, [row, column])) this.#dab(y, x);
      this.cursor = [row, column];
      this.view.draw();
    } else if (this.line) {
      this.line.at = at[this.line.axis === "rows" ? 0 : 1];
      this.view.draw();
    } else if (this.tool === "lines") {
      this.view.canvas.dataset.near = this.#lineAt(at)?.axis ?? "";
    }
  }

  #up() {
    const { stroke, line } = this;
    this.stroke = this.line = null;
    if (stroke) this.#do((edits) => paint(edits, [...stroke.keys()], this.inks.color));
    if (line) this.#shift(line.axis, line.index, this.view.source(line.axis, line.at) - this.view.source(line.axis, line.index));
  }

  /** Move a line by canvas px. */
  #shift(axis, index, by) {
    const size = this.#frame()[axis === "rows" ? 0 : 1], local = index % size;
    if (!local) return this.say("This is the border of the picture.");
    const grid = this.#grid();
    this.#do((edits) => moveLine(edits, grid, axis, local, Math.round(grid[axis][local] + by)));
    this.view.draw();
  }

  #lineAt([y, x]) {
    const { height, width } = this.view.shown, reach = Math.min(0.35, NEAR * this.view.ratio / this.view.zoom);
    const near = [["rows", y, height], ["columns", x, width]]
      .map(([axis, at, size]) => ({ axis, index: Math.round(at), at, away: Math.abs(at - Math.round(at)), size }))
      .filter(({ index, away, size }) => away <= reach && index > 0 && index < size);
    return near.sort((one, other) => one.away - other.away)[0];
  }

  // -------------------------------------------------------------- keyboard

  #key(event) {
    const way = WAYS[event.key];
    if (this.tool === "look" || !this.view.shown || event.ctrlKey || event.metaKey || event.altKey) return;
    if (way && event.shiftKey && this.tool === "lines") {
      const axis = way[0] ? "rows" : "columns";
      this.#shift(axis, this.cursor[way[0] ? 0 : 1], way[0] + way[1]);
    } else if (way) {
      this.#go([this.cursor[0] + way[0], this.cursor[1] + way[1]]);
    } else if (this.tool === "paint" && (event.key === "Enter" || event.key === " ")) {
      this.stroke = new Map();
      this.#dab(...this.cursor);
      this.#up();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Move the cursor, as far as the picture goes, and say what is there. */
  #go(place) {
    const row = Math.max(0, Math.min(this.view.shown.height - 1, place[0])), column = Math.max(0, Math.min(this.view.shown.width - 1, place[1]));
    this.cursor = [row, column];
    this.say(`Row ${row + 1}, column ${column + 1}: ${this.view.colorAt(column + 0.5, row + 0.5)}`);
    this.view.reveal(row, column);
    this.view.draw();
  }

  #undoKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || $("convert").hidden || event.target.closest?.("input[type=text], input[type=search], input[type=number]")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.redo(); else this.undo();
  }
}
