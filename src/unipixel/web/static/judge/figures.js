// The figures of all evaluations beside each other, and what they say in sentences.

import { $, node } from "../dom.js";
import { cell } from "./checkpoints.js";

const span = (digits) => (value) => (value ? [value.mean.toFixed(digits), `${value.low.toFixed(digits)} to ${value.high.toFixed(digits)}`] : ["–"]);
const passes = { true: "good", false: "not good yet", null: "too few pictures to say" };

/** Name, note, value as [text, small text], and what decides the best: more or less of it. */
const ROWS = [
  ["Verdict", "", (each) => [passes[each.good]]],
  ["On the grid", "more is better", (each) => [`${each.on_grid} of ${each.n}`], (each) => each.on_grid / each.n],
  ["Score", "1 is perfect", (each) => span(3)(each.score), (each) => each.score.mean],
  ["Variance within cells", "less is better", (each) => span(4)(each.within_cell_variance), (each) => -each.within_cell_variance.mean],
  ["Edges on the grid", "more is better", (each) => span(3)(each.edge_energy_on_grid), (each) => each.edge_energy_on_grid.mean],
  ["Mixels", "less is better", (each) => span(3)(each.mixels), (each) => -each.mixels.mean],
  ["Colours", "", (each) => span(0)(each.colors)],
  ["Follows its words", "1 always, 0 by chance", (each) => [each.steerability === null ? "none tried" : each.steerability.toFixed(2)], (each) => each.steerability],
  ["Copies of training images", "less is better", (each) => [each.memorisation ? `${each.memorisation.copies} of ${each.memorisation.n}` : "not counted"], (each) => each.memorisation && -each.memorisation.copies],
  ["Variety", "more is better", (each) => span(3)(each.diversity), (each) => each.diversity?.mean],
  ["Shows its prompts", "more is better", (each) => span(3)(each.adherence), (each) => each.adherence?.mean],
  ["Base", "", (each) => [each.base]],
];

export function showFigures({ evaluations, recommended }) {
  $("judge-figures-box").hidden = !evaluations.length;
  const heads = evaluations.map((each) => node("th", { scope: "col" }, each.id, ...(each.id === recommended ? [node("small", { textContent: "recommended" })] : [])));
  $("judge-figures").replaceChildren(
    node("thead", {}, node("tr", {}, node("td"), ...heads)),
    node("tbody", {}, ...ROWS.map((row) => line(row, evaluations)), reports(evaluations)),
  );
  $("judge-sentences").replaceChildren(...evaluations.map((each) => node("details", {},
    node("summary", { textContent: `What the figures of ${each.id} say` }), node("ul", {}, ...each.sentences.map((textContent) => node("li", { textContent }))))));
}

function line([name, note, value, merit], evaluations) {
  const merits = evaluations.map((each) => merit?.(each) ?? null), known = merits.filter((each) => each !== null);
  const texts = new Set(evaluations.map((each) => value(each)[0]));
  const best = texts.size > 1 ? Math.max(...known) : null; // where all look alike, none stands out
  return node("tr", {}, node("th", { scope: "row" }, name, node("small", { textContent: note })), ...evaluations.map((each, place) => {
    const [text, small] = value(each), made = cell(text);
    if (small) made.append(node("small", { textContent: small }));
    if (best !== null && merits[place] === best) made.dataset.best = "";
    return made;
  }));
}

const reports = (evaluations) => node("tr", {}, node("th", { scope: "row", textContent: "Whole report" }), ...evaluations.map((each) => {
  const link = node("a", { href: `api/evaluations/${encodeURIComponent(each.id)}/page`, download: `${each.id}.html`, textContent: "Download" });
  link.setAttribute("aria-label", `Download the whole report of ${each.id}`);
  return node("td", {}, link);
}));
