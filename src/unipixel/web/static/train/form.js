// The form of a new run: the recipe's numbers, what a training with them takes, and its command.

import { Problem, json } from "../api.js";
import { $, node } from "../dom.js";
import { startJob } from "../jobs.js";

const SOON = 150, LATER = 700; // milliseconds until a change is asked about: the plan, and the memory
const NO_MEMORY = new Set(["train.steps", "train.learning_rate", "train.seed", "train.schedule", "train.warmup_steps", "train.checkpoint_every",
  "train.caption_dropout", "train.min_snr_gamma", "watch.previews", "watch.preview_steps", "watch.patience", "watch.keep"]);

export class Form {
  #fields = new Map(); #run; #base; #timers = {}; #asked = 0; #memoryOf;

  /** `started` is told the name of a run that was started. */
  constructor(started) {
    this.started = started;
    $("train-form").oninput = () => this.change();
    $("train-form").onsubmit = (event) => { event.preventDefault(); this.submit(); };
    $("train-defaults").onclick = () => { for (const field of this.#fields.values()) field.reset(); this.change(); };
  }

  /** Ask for the fields anew: the recipe may have changed, and the suggested name has. */
  async load() {
    const [form, models] = await Promise.all([json("api/training/form"), json("api/models")]);
    this.#run = node("input", { type: "text", id: "train-run-name", value: form.run, maxLength: 80, required: true });
    this.#base = node("select", { id: "train-base" }, ...models.map((model) => node("option", { value: model.path, textContent: model.name })));
    $("train-often").replaceChildren(row("Name of the run", this.#run, "Its folder in runs/."),
      row("Base model", this.#base, models.length > 1 ? "Of the folders that the studio was started with." : "Others: start the studio with unipixel serve WORKSPACE --models FOLDER."));
    $("train-seldom").replaceChildren();
    this.#fields.clear();
    for (const field of form.fields) {
      const made = new Field(field);
      this.#fields.set(field.name, made);
      $(field.often ? "train-often" : "train-seldom").append(made.root);
    }
    this.change();
  }

  /** The options of the verb. */
  get() {
    const set = {};
    for (const [name, field] of this.#fields) if (field.isChanged) set[name] = field.value;
    return { run: this.#run.value.trim(), base: this.#base.value, set };
  }

  /** Take over the numbers of a run that is there. */
  fill(values) {
    for (const { name, value } of values) this.#fields.get(name)?.put(value);
    this.change();
  }

  change() {
    for (const field of this.#fields.values()) field.root.toggleAttribute("data-changed", field.isChanged);
    clearTimeout(this.#timers.plan);
    this.#timers.plan = setTimeout(() => this.#plan(), SOON);
    const of = JSON.stringify([this.#base.value, [...this.#fields].filter(([name]) => !NO_MEMORY.has(name)).map(([, field]) => field.value)]);
    if (of === this.#memoryOf) return;
    clearTimeout(this.#timers.memory);
    this.#timers.memory = setTimeout(() => this.#memory(of), LATER);
  }

  async #plan() {
    const asked = ++this.#asked;
    try {
      const plan = await json("api/training/plan", { options: this.get() });
      if (asked !== this.#asked) return; // another change has come
      list("train-plan", plan.lines);
      $("train-plan-command").textContent = plan.command;
      this.#say(plan.is_taken ? "A run of this name is there: give this one another name, or resume that one." : "");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (asked !== this.#asked) return;
      list("train-plan", []);
      this.#say(problem.message);
    }
  }

  async #memory(of) {
    this.#memoryOf = of;
    list("train-memory", ["Working out the memory …"]);
    try {
      while (of === this.#memoryOf) { // until another change has come
        const told = await json("api/training/memory", { options: this.get() });
        if (told.is_known) return list("train-memory", told.lines);
        await new Promise((done) => setTimeout(done, LATER));
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (of === this.#memoryOf) list("train-memory", [`Memory is not known: ${problem.message}`]);
    }
  }

  #say(sentence) {
    $("train-form-problem").textContent = sentence;
    $("train-form-problem").hidden = !sentence;
    $("train-start").disabled = Boolean(sentence);
  }

  async submit() {
    const options = this.get();
    $("train-start").disabled = true;
    try {
      await startJob("train", options);
      this.started(options.run);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#say(problem.message);
    }
  }
}

/** One value of the recipe. */
class Field {
  constructor({ name, help, kind, choices, value }) {
    this.default = value;
    this.kind = kind;
    const id = `train-${name.replaceAll(".", "-")}`, label = words(name);
    if (kind === "boolean") this.input = node("input", { type: "checkbox", id });
    else if (choices.length) this.input = node("select", { id }, ...choices.map((each) => node("option", { value: each, textContent: each })));
    else if (kind === "text") this.input = node("input", { type: "text", id });
    else this.input = node("input", { type: "number", id, step: kind === "integer" ? 1 : "any", required: true });
    this.root = row(label, this.input, `${help} The recipe: ${value}.`);
    this.reset();
  }

  get value() {
    if (this.kind === "boolean") return this.input.checked;
    return ["integer", "number"].includes(this.kind) ? this.input.valueAsNumber : this.input.value;
  }

  get isChanged() { return this.value !== this.default; }

  put(value) {
    if (this.kind === "boolean") this.input.checked = value;
    else this.input.value = value;
  }

  reset() { this.put(this.default); }
}

/** "train.learning_rate" as "Learning rate". */
export const words = (name) => name.replace(/^train\./, "").replace(/^lora\./, "LoRA ").replace(/^watch\./, "").replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());

function row(label, input, help) {
  const named = node("label", { htmlFor: input.id, textContent: label }), about = node("p", { className: "help", id: `${input.id}-help`, textContent: help });
  input.setAttribute("aria-describedby", about.id);
  if (input.type === "checkbox") {
    named.className = "inline";
    named.prepend(input);
    return node("div", { className: "train-field" }, named, about);
  }
  return node("div", { className: "train-field" }, named, input, about);
}

const list = (id, lines) => $(id).replaceChildren(...lines.map((textContent) => node("li", { textContent })));
