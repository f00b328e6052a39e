// Files that are dropped on the page or pasted.

import { $ } from "../dom.js";

/** @param open takes files @param palettes takes those that are dropped on the shelf */
export function receive({ open, palettes }) {
  let depth = 0;
  const hint = (by) => { depth = Math.max(0, depth + by); $("drop-hint").hidden = !depth; };
  const shown = (action) => (event) => { if (!$("convert").hidden) action(event); };
  document.addEventListener("dragenter", shown((event) => { event.preventDefault(); hint(1); }));
  document.addEventListener("dragleave", shown(() => hint(-1)));
  document.addEventListener("dragover", shown((event) => event.preventDefault()));
  document.addEventListener("drop", shown((event) => {
    event.preventDefault();
    hint(-depth);
    const files = [...event.dataTransfer.files];
    if (event.target.closest("#palette")) palettes(files); else open(files);
  }));
  document.addEventListener("paste", shown((event) => open(event.clipboardData.files)));
}
