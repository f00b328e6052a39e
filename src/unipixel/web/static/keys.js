// Keys of the page: each part has a table of its own; what the help shows is what works, and any key can be another.

import { $, node } from "./dom.js";

const KEPT = "unipixel-keys";
const isTyping = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), select, textarea, dialog[open]");
const named = (key) => ({ " ": "Space" })[key] ?? key;

const tables = {};
let current, remapped = JSON.parse(localStorage.getItem(KEPT) ?? "{}");

/** Keys of a part: [[key, sentence, action]]. Letters are meant as they are typed: "A" is Shift and a. An action that
    gives false leaves the key to the browser. */
export function bind(part, keys) {
  tables[part] = keys.map(([key, sentence, action]) => ({ id: `${part} ${key}`, first: key, sentence, action }));
}

/** Heed the keys of this part from now on. */
export function use(part) {
  current = part;
}

const keyOf = (entry) => remapped[entry.id] ?? entry.first;

/** The keys of the part that is shown, each with a button that takes another one. */
export function showHelp() {
  $("keys").replaceChildren(...[...(tables[current] ?? []), HELP].flatMap((entry) => {
    const button = node("button", { type: "button", textContent: named(keyOf(entry)) });
    button.setAttribute("aria-label", `${named(keyOf(entry))}: ${entry.sentence}. Press to take another key.`);
    button.onclick = () => remap(entry, button);
    return [node("dt", {}, button), node("dd", { textContent: entry.sentence })];
  }));
  if (!$("help").open) $("help").showModal();
}

const HELP = { id: "help ?", first: "?", sentence: "This help", action: showHelp };

function remap(entry, button) {
  button.textContent = "Press a key";
  const take = (event) => {
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    button.removeEventListener("keydown", take);
    const other = [...(tables[current] ?? []), HELP].find((each) => each !== entry && keyOf(each) === event.key);
    if (["Escape", "Tab", "Enter"].includes(event.key)) return showHelp();
    if (other) remapped[other.id] = keyOf(entry); // they change places, so that none is lost
    remapped[entry.id] = event.key;
    keep();
  };
  button.addEventListener("keydown", take);
}

function keep() {
  localStorage.setItem(KEPT, JSON.stringify(remapped));
  showHelp();
}

export function listen() {
  $("help-button").onclick = showHelp;
  $("keys-reset").onclick = () => { remapped = {}; keep(); };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if ([" ", "Enter"].includes(event.key) && event.target.closest("button, a, summary, label, input")) return;
    const found = [...(tables[current] ?? []), HELP].find((entry) => keyOf(entry) === event.key);
    if (!found) return;
    if (found.action(event) !== false) event.preventDefault();
  });
}
