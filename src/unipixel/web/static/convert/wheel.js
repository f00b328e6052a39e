// Ctrl and the wheel, or two fingers: zoom at the pointer.

/** What was under the pointer stays there, as far as the picture can be scrolled. */
export function zoomByWheel(view) {
  view.box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey || !view.shown) return;
    event.preventDefault();
    const [row, column] = view.place(event);
    view.step(event.deltaY < 0 ? 1 : -1);
    const [y, x] = view.place(event), size = view.zoom / view.ratio;
    view.box.scrollTop += (row - y) * size;
    view.box.scrollLeft += (column - x) * size;
  }, { passive: false });
}
