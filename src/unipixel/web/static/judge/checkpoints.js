// The checkpoints of one run: what each showed, which one to use, and what can be done with each.

import { json } from "../api.js";
import { $, node } from "../dom.js";
import { Plot } from "../plot.js";

export class Checkpoints {
  /** `actions`: evaluate(step), sample() and release(run, step); a step of null is the run's own LoRA. */
  constructor(actions) {
    this.actions = actions;
    this.plot = new Plot({ title: "Discipline by step", x: "step", range: [0, 1], digits: 3 });
    $("judge-plot").append(this.plot.root);
  }

  async show(name, judged) {
    const run = await json(`api/runs/${encodeURIComponent(name)}`);
    const is = (step) => judged.evaluations.find((each) => each.run === name && each.step === step);
    const whole = run.state === "finished" ? run.looks.find((look) => look.step === run.step) ?? null : undefined;
    const rows = run.looks.filter((look) => look !== whole).map((look) => this.#row(run, look, look.step, is(look.step), judged)).reverse();
    if (whole !== undefined) rows.unshift(this.#row(run, whole, null, is(null), judged));
    $("judge-looks").replaceChildren(head(["LoRA", "Score", "On the grid", "Copies", "Validation", "Loss", "Preview", "What to do"]), node("tbody", {}, ...rows));
    const of = (value) => run.looks.filter((look) => look[value] !== null).map((look) => [look.step, look[value]]);
    this.plot.draw([
      { name: "score of the previews", points: of("discipline"), kind: "dots" },
      { name: "share on the grid", points: run.looks.filter((look) => look.previews).map((look) => [look.step, look.on_grid / look.previews]) },
      { name: "best of the training", points: run.looks.filter((look) => look.best && look.discipline !== null).map((look) => [look.step, look.discipline]), kind: "dots" },
    ]);
  }

  /** A checkpoint, or the run's own LoRA (step null) with what was seen at its last step. */
  #row(run, look, step, evaluated, judged) {
    const what = step === null ? "The run's LoRA" : `Step ${step}`, isKept = step === null || look.kept;
    const name = named(what, [evaluated && evaluated.id === judged.recommended && "recommended", look?.best && "best of the training", evaluated && "evaluated", !isKept && "not kept"]);
    const figures = look === null ? Array(6).fill("–") : [number(look.discipline, 3), look.previews ? `${look.on_grid} of ${look.previews}` : "–",
      look.copies ?? "–", number(look.validation, 4), number(look.loss, 4), preview(run, look)];
    return node("tr", {}, name, ...figures.map((each) => node("td", {}, each)), this.#actions(run.name, step, isKept, what));
  }

  #actions(run, step, isKept, what) {
    const button = (word, action) => {
      const made = node("button", { type: "button", textContent: word, disabled: !isKept, onclick: action });
      made.setAttribute("aria-label", `${word} ${what}`);
      return made;
    };
    const all = [button("Evaluate", () => this.actions.evaluate(step)), button("Export", () => this.actions.release(run, step))];
    if (step === null) all.splice(1, 0, button("Draw samples", () => this.actions.sample()));
    return node("td", {}, node("div", { className: "row" }, ...all));
  }
}

export const head = (names) => node("thead", {}, node("tr", {}, ...names.map((textContent) => node("th", { scope: "col", textContent }))));
export const cell = (text) => node("td", { textContent: text });
const number = (value, digits) => (value === null ? "–" : value.toFixed(digits));
const named = (name, notes) => node("th", { scope: "row" }, name, ...notes.filter(Boolean).map((textContent) => node("small", { textContent })));

function preview(run, look) {
  const files = run.previews.filter((each) => each.step === look.step), file = files.find((each) => each.native) ?? files[0];
  if (!file) return "–";
  const made = node("img", { src: `api/runs/${encodeURIComponent(run.name)}/previews/${file.file}`, alt: `first preview at step ${look.step}` });
  made.onload = () => { made.width = made.naturalWidth * Math.max(1, Math.floor(72 / made.naturalHeight)); };
  return made;
}
