// The keys of this part.

import { $ } from "../dom.js";
import { bind } from "../keys.js";

export function bindKeys({ view, batch, editor, saving, choose, turn }) {
  const toggle = (id) => $(id).click();
  const use = (tool) => { editor.use(tool); $("canvas").focus(); };
  bind("convert", [
    ["o", "Choose pictures", choose],
    ["[", "Picture before", () => batch.step(-1)],
    ["]", "Next picture", () => batch.step(1)],
    ["+", "Zoom in", () => view.step(1)],
    ["-", "Zoom out", () => view.step(-1)],
    ["0", "Fit", () => view.fit()],
    ["g", "Show the grid", () => toggle("show-grid")],
    ["d", "Mark doubtful cells", () => toggle("show-doubt")],
    ["b", "Before and after in turn", () => { $("slider").value = $("slider").value > 50 ? 0 : 100; view.draw(); }],
    [" ", "Play or stop an animation", () => toggle("play")],
    ["v", "Look: drag the border between before and after", () => use("look")],
    ["p", "Paint native pixels", () => use("paint")],
    ["l", "Move, split and merge the lines of the grid", () => use("lines")],
    ["n", "Next doubtful cell", () => { use(editor.tool === "look" ? "paint" : editor.tool); editor.next(); }],
    ["i", "Paint with the colour under the cursor", () => editor.pick()],
    ["u", "Undo an edit", () => editor.undo()],
    ["U", "Redo an edit", () => editor.redo()],
    ["x", "Split the column under the cursor", () => editor.split("columns")],
    ["X", "Merge it with the next column", () => editor.merge("columns")],
    ["y", "Split the row under the cursor", () => editor.split("rows")],
    ["Y", "Merge it with the next row", () => editor.merge("rows")],
    [",", "Frame before", () => turn(-1)],
    [".", "Next frame", () => turn(1)],
    ["c", "Copy the picture", () => saving.copy()],
    ["s", "Download as PNG", () => saving.save(".png")],
    ["a", "Convert all into one zip", () => toggle("convert-all")],
  ]);
}
