// Train: the runs of the workspace, a form for a new one, and one run as it goes on.

import { Problem, json } from "../api.js";
import { $, node } from "../dom.js";
import { onJobs } from "../jobs.js";
import { bind } from "../keys.js";
import { Form } from "./form.js";
import { RunView } from "./run.js";

let runs = [], chosen, form, view, looking = false, again = false, began, wanted;

export async function start() {
  form = new Form((name) => { began = name; go(name); });
  view = new RunView(attempt);
  connect();
  onJobs(() => { if (!$("train").hidden) refresh(); });
  runs = await json("api/runs");
  return { show };
}

const go = (name) => { location.hash = `#train/${encodeURIComponent(name)}`; };

/** Show a run, "new", or what is most likely wanted. */
async function show(place) {
  runs = await json("api/runs");
  const name = place ?? runs[0]?.name ?? "new";
  const isNew = name === "new" || !(runs.some((run) => run.name === name) || name === began);
  if (isNew && chosen !== "new") await form.load();
  if (isNew && wanted) form.fill(wanted);
  wanted = undefined;
  chosen = isNew ? "new" : name;
  if (!isNew) view.take(name);
  $("train-form-box").hidden = !isNew;
  $("train-run").hidden = isNew;
  $("train-new").setAttribute("aria-pressed", String(isNew));
  list();
  if (!isNew) await refresh();
}

/** Look at the runs again, and at the one that is shown; of several wishes meanwhile one counts. */
async function refresh() {
  if (looking) return void (again = true);
  looking = true;
  try {
    do {
      again = false;
      runs = await json("api/runs");
      list();
      if (chosen && chosen !== "new") await view.show(chosen);
    } while (again);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    view.say(problem.message);
  } finally {
    looking = false;
  }
}

/** The list keeps its buttons, so that the focus stays where it is. */
function list() {
  const box = $("train-runs"), old = new Map([...box.children].map((item) => [item.dataset.name, item]));
  box.replaceChildren(...runs.map((run) => {
    const item = old.get(run.name) ?? entry(run.name), [button] = item.children, about = button.lastChild;
    const text = describe(run);
    if (about.textContent !== text) about.textContent = text;
    button.setAttribute("aria-current", String(run.name === chosen));
    button.setAttribute("aria-pressed", String(run.name === chosen));
    button.toggleAttribute("data-problem", Boolean(run.problem));
    return item;
  }));
  if (!runs.length) box.append(node("li", { className: "note", textContent: "None yet." }));
}

function entry(name) {
  const item = node("li", {}, node("button", { type: "button", onclick: () => go(name) }, node("strong", { textContent: name }), node("small")));
  item.dataset.name = name;
  return item;
}

const describe = (run) => (run.problem ? "failed, " : `${run.state}, `) + (run.steps ? `step ${run.step} of ${run.steps}` : "starting");

/** Do it, look again, and say why not. */
async function attempt(action) {
  try {
    view.say("");
    await action();
    await refresh();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    view.say(problem.message);
  }
}

function step(by) {
  const place = runs.findIndex((run) => run.name === chosen) + by;
  if (runs[place]) go(runs[place].name);
}

function connect() {
  $("train-new").onclick = () => go("new");
  $("train-again").onclick = () => { wanted = view.values; go("new"); };
  const copy = (id) => navigator.clipboard.writeText($(id).textContent);
  $("train-copy").onclick = () => copy("train-command");
  $("train-copy-plan").onclick = () => copy("train-plan-command");
  bind("train", [
    ["n", "New run", () => go("new")],
    ["[", "Run above", () => step(-1)],
    ["]", "Run below", () => step(1)],
    ["p", "Pause or resume", () => view.toggle()],
    ["c", "Copy the command", () => copy(chosen === "new" ? "train-plan-command" : "train-command")],
  ]);
}
