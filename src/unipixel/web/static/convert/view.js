// The picture before and after, at a whole number of screen pixels for each native one, with the grid and doubtful cells.

const MOST_PIXELS = 1 << 25; // of the canvas: larger ones fail in some browsers
const MOST_SIDE = 16384;
const LEAST_ZOOM_FOR_LINES = 4;
const WARPED_SIDE = 2048;

/** A bitmap of a PNG in base 64. */
export const decode = async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/png" }));
};

/** The picture with each of its cells stretched to one size, so that it lies under the natives' pixels exactly. */
function warp(picture, rows, columns) {
  const height = rows.length - 1, width = columns.length - 1;
  const cell = Math.ceil(Math.max(picture.width / width, picture.height / height));
  const size = Math.max(1, Math.min(cell, Math.floor(WARPED_SIDE / Math.max(width, height))));
  const draw = (source, lines, count, wide, high, place) => {
    const canvas = new OffscreenCanvas(wide, high);
    const context = canvas.getContext("2d");
    for (let index = 0; index < count; index++) context.drawImage(source, ...place(lines[index], lines[index + 1] - lines[index], index * size));
    return canvas;
  };
  const across = draw(picture, columns, width, width * size, picture.height,
    (from, length, to) => [from, 0, length, picture.height, to, 0, size, picture.height]);
  return draw(across, rows, height, width * size, height * size,
    (from, length, to) => [0, from, width * size, length, 0, to, width * size, size]);
}

export class View {
  constructor({ box, canvas, slider, level, zoomed }) {
    Object.assign(this, { box, canvas, slider, level, zoomed, zoom: 1, fits: true, grid: false, doubt: true, playing: true, frame: 0 });
    slider.addEventListener("input", () => this.draw());
    new ResizeObserver(() => { if (this.fits) this.fit(); }).observe(box);
    const slide = ([, x]) => { slider.value = Math.round((100 * x) / this.shown.width); this.draw(); };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (this.tool) this.tool.down(this.place(event), event); else slide(this.place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.tool) this.tool.move(this.place(event)); else if (event.buttons) slide(this.place(event));
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.tool?.up());
    canvas.addEventListener("contextmenu", (event) => { if (this.tool) event.preventDefault(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** Show a conversion: a bitmap of its pixels, and one of the picture, or null where the browser can't read that. */
  show(shown, after, before) {
    const same = this.shown && this.shown.width === shown.width && this.shown.height === shown.height && this.before === before;
    const isSameGrid = same && String(this.shown.rows) === String(shown.rows) && String(this.shown.columns) === String(shown.columns);
    if (!isSameGrid) this.warped = before && warp(before, shown.rows, shown.columns);
    Object.assign(this, { shown, before, after: new OffscreenCanvas(after.width, after.height) });
    this.after.getContext("2d", { willReadFrequently: true }).drawImage(after, 0, 0);
    this.doubtful = shown.doubt ? Uint8Array.from(atob(shown.doubt), (letter) => letter.charCodeAt(0)) : null;
    this.frames = Math.max(1, shown.durations.length);
    this.frame %= this.frames;
    this.canvas.hidden = false;
    this.slider.disabled = !before;
    if (!same && this.fits) this.fit(); else this.draw();
    this.#play();
  }

  hide() {
    clearTimeout(this.timer);
    this.shown = null;
    this.canvas.hidden = true;
  }

  /** [row, column] in native px, with fractions, of a pointer. */
  place(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((event.clientY - top) / height) * this.shown.height, ((event.clientX - left) / width) * this.shown.width];
  }

  /** Place in canvas px of one in native px, on an axis: cells are as wide as their lines say. */
  source(axis, at) {
    const lines = this.shown[axis], cell = Math.max(0, Math.min(lines.length - 2, Math.floor(at)));
    return lines[cell] + (at - cell) * (lines[cell + 1] - lines[cell]);
  }

  /** The colour that is seen at a place in native px: the result's, or the picture's left of the slider's border. */
  colorAt(x, y) {
    const isBefore = this.warped && x < (this.shown.width * this.slider.value) / 100;
    const [canvas, column, row] = isBefore
      ? [this.warped, (x * this.warped.width) / this.shown.width, (y * this.warped.height) / this.shown.height]
      : [this.after, x, y + this.frame * this.shown.height];
    const [red, green, blue, alpha] = canvas.getContext("2d").getImageData(Math.floor(column), Math.floor(row), 1, 1).data;
    return alpha ? `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}` : "transparent";
  }

  /** Show a native pixel in a colour at once; the server's answer comes later. */
  paint(row, column, color) {
    const context = this.after.getContext("2d");
    context.clearRect(column, row + this.frame * this.shown.height, 1, 1);
    context.fillStyle = color;
    context.fillRect(column, row + this.frame * this.shown.height, 1, 1);
  }

  /** Scroll so far that a native pixel is seen. */
  reveal(row, column) {
    const { box, canvas } = this, size = this.zoom / this.ratio;
    const [top, left] = [canvas.offsetTop - box.offsetTop + row * size, canvas.offsetLeft - box.offsetLeft + column * size];
    box.scrollTop = Math.max(top + 2 * size - box.clientHeight, Math.min(top - size, box.scrollTop));
    box.scrollLeft = Math.max(left + 2 * size - box.clientWidth, Math.min(left - size, box.scrollLeft));
  }

  get ratio() { return window.devicePixelRatio || 1; }

  fit() {
    this.fits = true;
    if (!this.shown) return;
    const { width, height } = this.shown;
    const room = Math.min((this.box.clientWidth * this.ratio) / width, (this.box.clientHeight * this.ratio) / height);
    this.#set(Math.floor(room));
  }

  step(by) {
    this.fits = false;
    this.#set(by > 0 ? Math.max(this.zoom + 1, Math.round(this.zoom * 1.25)) : Math.min(this.zoom - 1, Math.round(this.zoom / 1.25)));
  }

  #set(zoom) {
    if (!this.shown) return;
    const { width, height } = this.shown;
    const most = Math.min(Math.sqrt(MOST_PIXELS / (width * height)), MOST_SIDE / Math.max(width, height), 64);
    this.zoom = Math.max(1, Math.min(zoom, Math.floor(most)));
    this.level.value = `x${this.zoom}`;
    this.draw();
  }

  draw() {
    if (!this.shown) return;
    const { width, height } = this.shown, zoom = this.zoom;
    const wide = width * zoom, high = height * zoom;
    if (this.canvas.width !== wide || this.canvas.height !== high) Object.assign(this.canvas, { width: wide, height: high });
    this.canvas.style.width = `${wide / this.ratio}px`;
    this.canvas.style.height = `${high / this.ratio}px`;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, wide, high);
    context.imageSmoothingEnabled = false;
    const border = this.warped ? Math.round((wide * this.slider.value) / 100) : 0;
    context.save();
    context.beginPath();
    context.rect(border, 0, wide - border, high);
    context.clip();
    context.drawImage(this.after, 0, this.frame * height, width, height, 0, 0, wide, high);
    context.restore();
    if (border) {
      context.save();
      context.beginPath();
      context.rect(0, 0, border, high);
      context.clip();
      context.imageSmoothingEnabled = this.warped.width > wide;
      context.drawImage(this.warped, 0, 0, wide, high);
      context.restore();
    }
    if ((this.grid || this.canvas.dataset.tool === "lines") && zoom >= LEAST_ZOOM_FOR_LINES) this.#lines(context, wide, high);
    if (this.doubt && this.doubtful) this.#marks(context);
    if (this.warped && border > 0 && border < wide) this.#border(context, border, high);
    this.overlay?.(context, zoom);
  }

  #lines(context, wide, high) {
    context.fillStyle = "rgb(128 128 128 / .55)";
    for (let x = this.zoom; x < wide; x += this.zoom) context.fillRect(x, 0, 1, high);
    for (let y = this.zoom; y < high; y += this.zoom) context.fillRect(0, y, wide, 1);
  }

  /** A frame inside each doubtful cell: dark and light, to be seen on any colour. */
  #marks(context) {
    const { width, height, doubtful_from: least } = this.shown, zoom = this.zoom, thick = Math.max(1, Math.floor(zoom / 8));
    this.doubtful.subarray(this.frame * width * height, (this.frame + 1) * width * height).forEach((doubt, index) => {
      if (doubt < least) return;
      const x = (index % width) * zoom, y = Math.floor(index / width) * zoom;
      [["#000", 0], ["#ff3df2", thick]].forEach(([color, inset]) => {
        const side = zoom - 2 * inset - thick;
        context.strokeStyle = color;
        context.lineWidth = thick;
        if (side > 0) context.strokeRect(x + inset + thick / 2, y + inset + thick / 2, side, side);
      });
    });
  }

  #border(context, x, high) {
    context.fillStyle = "#000";
    context.fillRect(x - 2, 0, 4, high);
    context.fillStyle = "#fff";
    context.fillRect(x - 1, 0, 2, high);
  }

  get doubtfulCells() {
    return this.doubtful ? this.doubtful.reduce((sum, doubt) => sum + (doubt >= this.shown.doubtful_from), 0) : 0;
  }

  play(isPlaying) {
    this.playing = isPlaying;
    this.#play();
  }

  /** Stop, and show the frame before or after. */
  turn(by) {
    this.play(false);
    this.frame = (this.frame + by + this.frames) % this.frames;
    this.draw();
  }

  #play() {
    clearTimeout(this.timer);
    if (!this.shown || this.frames < 2 || !this.playing) return;
    this.timer = setTimeout(() => {
      this.frame = (this.frame + 1) % this.frames;
      this.draw();
      this.#play();
    }, Math.max(20, this.shown.durations[this.frame]));
  }
}
