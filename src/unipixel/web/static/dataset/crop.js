// The canvas of an image as a frame over its native: moved by whole native pixels, by dragging or by keys.

import { json } from "../api.js";
import { $ } from "../dom.js";

const LARGEST = 8; // screen pixels for a native pixel

export class Crop {
  /** `attempt(action)` does something or says why not; `done(id)` is called with the image's new id, or its old one. */
  constructor(store, attempt, done) {
    Object.assign(this, { store, attempt, done, corner: [0, 0] });
    $("dataset-crop-save").onclick = () => this.save(this.corner);
    $("dataset-crop-auto").onclick = () => this.save(null);
    $("dataset-crop-cancel").onclick = () => this.cancel();
    for (const id of ["row", "col"]) $(`dataset-crop-${id}`).onchange = () => this.put([Number($("dataset-crop-row").value), Number($("dataset-crop-col").value)]);
    this.drags($("dataset-crop-canvas"));
    addEventListener("resize", () => { if (this.image) this.draw(); });
  }

  show() { return this.open(this.store.row); }

  /** Show the native of an image, with its frame where it is now. */
  async open(row) {
    if (!row) return this.cancel();
    this.row = row;
    const image = new Image();
    image.src = `api/dataset/natives/${row.native}/png`;
    await image.decode();
    this.image = image;
    $("dataset-crop-name").textContent = `${row.name}, ${row.native_size.join("x")} native px, on ${row.canvas}`;
    $("dataset-crop-auto").disabled = !row.by_hand;
    this.put(row.corner);
    $("dataset-crop-canvas").parentElement.focus();
  }

  /** Put the frame at a row and column; some of the native stays inside. */
  put([top, left]) {
    const { width, height, native_size: [wide, tall] } = this.row;
    this.corner = [Math.min(tall - 1, Math.max(1 - height, Math.round(top))), Math.min(wide - 1, Math.max(1 - width, Math.round(left)))];
    [$("dataset-crop-row").value, $("dataset-crop-col").value] = this.corner;
    this.draw();
  }

  move(rows, cols, { shiftKey }) { this.put([this.corner[0] + rows * (shiftKey ? 8 : 1), this.corner[1] + cols * (shiftKey ? 8 : 1)]); }

  /** Native and frame with room around for the frame to hang over, at a whole number of screen pixels. */
  draw() {
    const { image, row: { width, height, native_size: [wide, tall] } } = this, [top, left] = this.corner;
    const canvas = $("dataset-crop-canvas"), room = canvas.parentElement;
    const [padX, padY] = [Math.ceil(width / 4), Math.ceil(height / 4)];
    this.origin = [Math.max(padY, -top), Math.max(padX, -left)];
    const [across, down] = [this.origin[1] + Math.max(wide + padX, left + width), this.origin[0] + Math.max(tall + padY, top + height)];
    const zoom = (this.zoom = Math.max(1, Math.min(LARGEST, Math.floor(((room.clientWidth - 4) * devicePixelRatio) / across), Math.floor((innerHeight * 0.62 * devicePixelRatio) / down))));
    Object.assign(canvas, { width: across * zoom, height: down * zoom });
    Object.assign(canvas.style, { width: `${canvas.width / devicePixelRatio}px`, height: `${canvas.height / devicePixelRatio}px` });
    const pen = canvas.getContext("2d"), [y, x] = this.origin;
    pen.imageSmoothingEnabled = false;
    pen.drawImage(image, x * zoom, y * zoom, wide * zoom, tall * zoom);
    const frame = [(x + left) * zoom, (y + top) * zoom, width * zoom, height * zoom];
    const outside = new Path2D();
    outside.rect(0, 0, canvas.width, canvas.height);
    outside.rect(...frame);
    pen.fillStyle = "rgb(0 0 0 / .55)";
    pen.fill(outside, "evenodd");
    for (const [color, line] of [["#000", 4], ["#fff", 2]]) {
      Object.assign(pen, { strokeStyle: color, lineWidth: line });
      pen.strokeRect(...frame);
    }
    this.tell(wide, tall);
  }

  tell(wide, tall) {
    const { width, height } = this.row, [top, left] = this.corner;
    const fill = [["above", -top], ["left", -left], ["below", top + height - tall], ["right", left + width - wide]].filter(([, count]) => count > 0);
    const words = fill.length ? `filled: ${fill.map(([side, count]) => `${count} px ${side}`).join(", ")}` : "no fill";
    $("dataset-crop-facts").textContent = `Row ${top}, column ${left}, ${words}.`;
    $("dataset-crop-canvas").setAttribute("aria-label", `The native; the canvas is at row ${top}, column ${left}, ${words}`);
  }

  drags(canvas) {
    let from;
    canvas.onpointerdown = (event) => {
      from = { x: event.clientX, y: event.clientY, corner: this.corner, zoom: this.zoom };
      canvas.setPointerCapture(event.pointerId);
    };
    canvas.onpointermove = (event) => {
      if (!from) return;
      const px = (length) => Math.round((length * devicePixelRatio) / from.zoom);
      this.put([from.corner[0] + px(event.clientY - from.y), from.corner[1] + px(event.clientX - from.x)]);
    };
    canvas.onpointerup = canvas.onpointercancel = () => { from = undefined; };
  }

  save(corner) {
    return this.attempt(async () => {
      const { image } = await json("api/dataset/place", { id: this.row.id, corner });
      await this.done(image.id);
    });
  }

  cancel() { return this.done(this.row?.id); }
}
