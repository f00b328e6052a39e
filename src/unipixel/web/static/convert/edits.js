// Edits of a picture by hand, as data that the server takes, with undo and redo.

/** Lines of the grid (null: as found) and colours of native pixels by "frame,row,column". Never changed, always replaced. */
export const NONE = Object.freeze({ rows: null, columns: null, cells: Object.freeze({}) });

export class History {
  past = [];
  future = [];
  now = NONE;

  change(next) {
    this.past.push(this.now);
    this.future = [];
    this.now = next;
  }

  /** @returns whether there was something to take back */
  undo() { return this.#step(this.past, this.future); }

  redo() { return this.#step(this.future, this.past); }

  #step(from, to) {
    if (!from.length) return false;
    to.push(this.now);
    this.now = from.pop();
    return true;
  }
}

/** As the server takes them; undefined where there are none. */
export function toJson({ rows, columns, cells }) {
  const painted = Object.entries(cells).map(([place, color]) => [...place.split(",").map(Number), color]);
  if (!rows && !painted.length) return undefined;
  return { ...(rows && { rows, columns }), cells: painted };
}

/** @param places ["frame,row,column"] */
export const paint = (edits, places, color) =>
  ({ ...edits, cells: { ...edits.cells, ...Object.fromEntries(places.map((place) => [place, color])) } });

/** Move a line between two cells to a place in canvas px, no farther than its neighbours let it; null where it stays. */
export function moveLine(edits, grid, axis, index, to) {
  const lines = grid[axis];
  const place = Math.max(lines[index - 1] + 1, Math.min(lines[index + 1] - 1, to));
  if (place === lines[index]) return null;
  return { ...edits, ...grid, [axis]: lines.with(index, place) };
}

/** Cut the cells of one row or column in two halves; null where they are one canvas px wide. */
export function split(edits, grid, axis, index) {
  const lines = grid[axis], middle = Math.round((lines[index] + lines[index + 1]) / 2);
  if (middle === lines[index] || middle === lines[index + 1]) return null;
  const shift = (place) => [place > index ? place + 1 : place];
  return { ...edits, ...grid, [axis]: lines.toSpliced(index + 1, 0, middle), cells: moved(edits.cells, axis, shift) };
}

/** Make one row or column of two that lie beside each other; null for the last one. */
export function merge(edits, grid, axis, index) {
  const lines = grid[axis];
  if (index + 2 >= lines.length) return null;
  const shift = (place) => (place === index + 1 ? [] : [place > index ? place - 1 : place]);
  return { ...edits, ...grid, [axis]: lines.toSpliced(index + 1, 1), cells: moved(edits.cells, axis, shift) };
}

/** Painted cells after a row or column came or went: each place on that axis becomes those that `shift` gives. */
function moved(cells, axis, shift) {
  const part = axis === "rows" ? 1 : 2;
  return Object.fromEntries(Object.entries(cells).flatMap(([place, color]) => {
    const at = place.split(",").map(Number);
    return shift(at[part]).map((now) => [at.with(part, now).join(","), color]);
  }));
}
