// Keys of the page, in one table: what the help shows is what works.

import { node } from "./dom.js";

const isTyping = (target) => target.closest?.("input:not([type=checkbox]), select, textarea, dialog[open]");

/** @param keys [[key, sentence, action]] */
export function listen(keys, help) {
  const list = help.querySelector("dl");
  for (const [key, sentence] of keys) {
    list.append(node("dt", { textContent: key === " " ? "Space" : key }), node("dd", { textContent: sentence }));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === " " && event.target.closest("button, summary, label, input")) return;
    const found = keys.find(([key]) => key === event.key);
    if (!found) return;
    event.preventDefault();
    found[2]();
  });
}
