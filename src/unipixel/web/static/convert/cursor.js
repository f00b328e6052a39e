// What the tools that mend draw over the picture: the cursor, a line that is moved; and the way between two cells.

/** A frame around a native pixel [row, column]: dark and light, to be seen on any colour. */
export function drawCursor(context, { zoom, ratio }, [row, column]) {
  const thick = Math.max(1, Math.round(ratio));
  [["#000", 1.5], ["#fff", 0.5]].forEach(([color, out]) => {
    context.strokeStyle = color;
    context.lineWidth = thick;
    context.strokeRect(column * zoom - out * thick, row * zoom - out * thick, zoom + 2 * out * thick, zoom + 2 * out * thick);
  });
}

/** [row, column] of the first doubtful cell after one, over and over; undefined where there is none. */
export function nextDoubtful({ shown, doubtful, frame }, [row, column]) {
  const count = shown.width * shown.height, from = row * shown.width + column;
  for (let step = 1; doubtful && step <= count; step++) {
    const place = (from + step) % count;
    if (doubtful[frame * count + place] >= shown.doubtful_from) return [Math.floor(place / shown.width), place % shown.width];
  }
  return undefined;
}

/** A line of the grid where it is dragged to, in native px. */
export function drawLine(context, { canvas, zoom, ratio }, { axis, at }) {
  const place = Math.round(at * zoom), thick = Math.max(1, Math.round(ratio));
  for (const [color, wide] of [["#000", 3 * thick], ["#ffe600", thick]]) {
    context.fillStyle = color;
    if (axis === "rows") context.fillRect(0, place - (wide >> 1), canvas.width, wide);
    else context.fillRect(place - (wide >> 1), 0, wide, canvas.height);
  }
}

/** Cells from one to another, without the first: no gap in a quick stroke. */
export function* between([y0, x0], [y1, x1]) {
  const steps = Math.max(Math.abs(y1 - y0), Math.abs(x1 - x0));
  for (let step = 1; step <= steps; step++) yield [Math.round(y0 + ((y1 - y0) * step) / steps), Math.round(x0 + ((x1 - x0) * step) / steps)];
}
