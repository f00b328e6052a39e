// The form of options, made of the schema that the server made of its own options: same names, ranges, defaults, helps.

import { node } from "../dom.js";

const TITLES = { grid: "Grid", color: "Colours", "clean-up": "Clean-up", output: "File" };
const OPEN = ["grid", "color", "clean-up"];
/** Options that few people need: folded away in their group. */
export const SELDOM = [
  "native_size", "offset", "cells", "min_confidence", "sheet", "parts", "quantizer", "serpentine", "background_tolerance",
  "alpha_threshold", "optimize",
];

const title = (name) => (name[0].toUpperCase() + name.slice(1)).replaceAll("_", " ");
/** A sentence of the core's, which names options as the command does, with their names in a form. */
export const inWords = (sentence, isKnown = () => true) => sentence.replace(/--([a-z]+(?:-[a-z]+)*)/g, (flag, word) => {
  const name = word.replaceAll("-", "_");
  return isKnown(name) ? `\u201c${title(name)}\u201d` : flag;
});
const kindsOf = (rule) => rule.anyOf ?? [rule];
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class Options {
  /** @param own controls by the option's name that are not made here: {node, get, set} */
  constructor(form, properties, own, changed) {
    this.controls = {};
    this.properties = properties;
    const groups = {};
    for (const [name, rule] of Object.entries(properties)) {
      const group = (groups[rule["x-group"]] ??= this.#group(rule["x-group"]));
      const control = own[name] ?? make(name, rule);
      this.controls[name] = control;
      (SELDOM.includes(name) ? group.more : group.box).append(control.node);
    }
    for (const { box, more } of Object.values(groups)) {
      if (more.children.length > 1) box.append(more);
      form.append(box);
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      const name = event.target.closest("[data-option]")?.dataset.option;
      if (!name) return;
      this.#agree(name);
      changed(name);
    });
  }

  #group(name) {
    return {
      box: node("details", { open: OPEN.includes(name) }, node("summary", { textContent: TITLES[name] ?? title(name) })),
      more: node("details", {}, node("summary", { textContent: "More" })),
    };
  }

  /** Options that say the same thing in two ways: the last one counts. */
  #agree(name) {
    const given = this.get();
    for (const names of [["preset", "scale", "native_size"], ["palette", "colors"]]) {
      if (!names.includes(name) || !(name in given)) continue;
      for (const other of names) if (other !== name) this.#default(other);
    }
    if ("keep" in given && !("colors" in this.get())) this.#default("keep");
    if ("offset" in given && !("scale" in this.get())) this.#default("offset");
  }

  say(sentence) {
    const said = inWords(sentence, (name) => name in this.controls);
    return said[0].toUpperCase() + said.slice(1);
  }

  #default(name) {
    this.controls[name].set(this.properties[name].default);
  }

  /** Values that differ from their defaults. */
  get() {
    const values = Object.entries(this.controls).map(([name, control]) => [name, control.get()]);
    return Object.fromEntries(values.filter(([name, value]) => !isSame(value, this.properties[name].default)));
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) {
      this.controls[name].set(value);
      this.#agree(name);
    }
  }

  reset(names = Object.keys(this.controls)) {
    names.forEach((name) => this.#default(name));
  }
}

function make(name, rule) {
  const kinds = kindsOf(rule);
  const main = kinds[0];
  const help = node("p", { className: "help", id: `help-${name}`, textContent: inWords(rule.description) });
  const box = node("div", { className: "option" });
  box.dataset.option = name;
  const control =
    main.type === "boolean" ? checkbox(name) :
    main.type === "array" ? checkboxes(name, main.items.enum) :
    main.enum ? select(name, main.enum) :
    kinds.length === 1 && main.maximum === 1 ? range(name, main) :
    kinds.length === 1 ? number(name, main) : free(name, kinds);
  for (const input of control.inputs) input.setAttribute("aria-describedby", help.id);
  box.append(...control.nodes, help);
  control.set(rule.default);
  return { node: box, get: control.get, set: control.set };
}

const labelled = (name, input) => [node("label", { htmlFor: input.id, textContent: title(name) }), input];

function checkbox(name) {
  const input = node("input", { type: "checkbox", id: `option-${name}` });
  return {
    inputs: [input],
    nodes: [node("label", { className: "inline" }, input, title(name))],
    get: () => input.checked,
    set: (value) => (input.checked = value),
  };
}

function checkboxes(name, choices) {
  const inputs = choices.map((choice) => node("input", { type: "checkbox", value: choice, id: `option-${name}-${choice}` }));
  const labels = inputs.map((input) => node("label", { className: "inline" }, input, title(input.value)));
  return {
    inputs,
    nodes: [node("fieldset", { className: "row" }, node("legend", { textContent: title(name) }), ...labels)],
    get: () => inputs.filter((input) => input.checked).map((input) => input.value),
    set: (value) => inputs.forEach((input) => (input.checked = value.includes(input.value))),
  };
}

function select(name, choices) {
  const input = node("select", { id: `option-${name}` }, ...choices.map((choice) => node("option", { value: choice, textContent: choice })));
  return { inputs: [input], nodes: labelled(name, input), get: () => input.value, set: (value) => (input.value = value) };
}

function range(name, { minimum, maximum }) {
  const input = node("input", { type: "range", id: `option-${name}`, min: minimum, max: maximum, step: 0.01 });
  const shown = node("output", { htmlFor: input.id });
  const show = () => (shown.value = Number(input.value).toFixed(2));
  input.addEventListener("input", show);
  const [label] = labelled(name, input);
  return {
    inputs: [input],
    nodes: [label, node("div", { className: "range" }, input, shown)],
    get: () => Number(input.value),
    set: (value) => { input.value = value; show(); },
  };
}

function number(name, { minimum, maximum, type }) {
  const input = node("input", { type: "number", id: `option-${name}`, min: minimum, max: maximum ?? "", step: type === "integer" ? 1 : "any" });
  let last = minimum;
  return {
    inputs: [input],
    nodes: labelled(name, input),
    get: () => (last = input.value === "" ? last : Number(input.value)),
    set: (value) => (input.value = last = value),
  };
}

/** A text that may be left empty: a number, a word, or a pair, as the command takes it. */
function free(name, kinds) {
  const choices = kinds.flatMap((kind) => kind.enum ?? []);
  const hints = kinds.flatMap((kind) => kind["x-pair"] ?? (kind.type === "integer" || kind.type === "number" ? "number" : kind.enum ?? []));
  const input = node("input", { type: "text", id: `option-${name}`, autocomplete: "off", spellcheck: false, placeholder: hints.join(" or ") });
  const takesNumbers = kinds.some((kind) => kind.type === "integer" || kind.type === "number");
  const nodes = labelled(name, input);
  if (choices.length) {
    nodes.push(node("datalist", { id: `choices-${name}` }, ...choices.map((value) => node("option", { value }))));
    input.setAttribute("list", `choices-${name}`);
  }
  return {
    inputs: [input],
    nodes,
    get: () => {
      const text = input.value.trim();
      return text === "" ? null : takesNumbers && Number.isFinite(Number(text)) ? Number(text) : text;
    },
    set: (value) => (input.value = value ?? ""),
  };
}
