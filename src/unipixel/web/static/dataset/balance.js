// What the data set shows how often: a table for every two axes; each number leads to its images.

import { json } from "../api.js";
import { $, node } from "../dom.js";
import { startJob } from "../jobs.js";

export class Balance {
  constructor(attempt) {
    $("dataset-plan-show").onclick = () => attempt(async () => {
      $("dataset-balance-note").textContent = "Looking for the best crops …";
      const steps = await json("api/dataset/balance/plan");
      $("dataset-balance-note").textContent = "The plan; nothing is changed yet.";
      $("dataset-plan").replaceChildren(...steps.map((step) => node("li", { textContent: step })));
      $("dataset-plan").hidden = $("dataset-plan-do").hidden = false;
    });
    $("dataset-plan-do").onclick = () => attempt(async () => {
      await startJob("balance", { apply: true });
      $("dataset-plan-do").hidden = true;
      $("dataset-balance-note").textContent = "The plan is being applied: see Jobs.";
    });
  }

  async show() {
    const found = await json("api/dataset/balance");
    const axes = [...new Set(found.tables.flatMap((each) => each.axes))], unsaid = axes.filter((axis) => !found.tables.some((each) => says(each, axis)));
    const missing = unsaid.length && found.images ? ` Nothing is said of their ${unsaid.join(" and ")}: tags say it, and the theme when they are added.` : "";
    $("dataset-balance-note").textContent = `${found.images} images.${missing}`;
    $("dataset-confounds").replaceChildren(...found.confounds.map((sentence) => node("li", { textContent: `${sentence}: a model can't tell the two apart.` })));
    $("dataset-tables").replaceChildren(...found.tables.filter((each) => each.axes.every((axis) => says(each, axis))).map(table));
  }
}

/** Whether any value of an axis of a table is known. */
function says({ axes, across, rows }, axis) {
  if (!axes.includes(axis)) return false;
  return (axis === axes[0] ? rows.map((row) => row.value) : across).some((value) => value !== "?");
}

function table({ axes: [down, across], across: values, rows }) {
  const head = node("tr", {}, node("th", { scope: "col", textContent: `${down} / ${across}` }), ...values.map((value) => node("th", { scope: "col", textContent: named(value) })));
  const body = rows.map((row) => node("tr", {}, node("th", { scope: "row", textContent: named(row.value) }), ...row.cells.map((cell) => counted(row.value, cell))));
  const made = node("table", {}, node("caption", { textContent: `${down} and ${across}` }), node("thead", {}, head), node("tbody", {}, ...body));
  return node("div", { className: "table" }, made);
}

function counted(down, { value, images, query, is_empty }) {
  const link = node("a", { href: `#dataset/${encodeURIComponent(`find:${query}`)}`, textContent: images });
  link.setAttribute("aria-label", is_empty ? `${images}: ${named(down)} and ${named(value)} never meet; show the images that have one of the two` : `${images} images of ${named(down)} and ${named(value)}`);
  return node("td", { className: is_empty ? "never" : "" }, link);
}

const named = (value) => (value === "?" ? "not said" : value);
