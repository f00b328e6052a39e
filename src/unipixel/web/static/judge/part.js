// Judge: which LoRA to use and why, the checkpoints of a run, and evaluations beside each other.

import { Problem, json } from "../api.js";
import { $, node } from "../dom.js";
import { isRunning, onJobs, say, startJob } from "../jobs.js";
import { bind } from "../keys.js";
import { Checkpoints } from "./checkpoints.js";
import { Drawn } from "./drawn.js";
import { showFigures } from "./figures.js";
import { Release } from "./release.js";
import { Samples } from "./samples.js";

let runs = [], judged, checkpoints, samples, drawn, release, busy = new Set(), place;

export async function start() {
  const models = await json("api/models");
  $("judge-base").replaceChildren(...models.map((model) => node("option", { value: model.path, textContent: model.name })));
  release = new Release(attempt);
  samples = new Samples();
  drawn = new Drawn();
  checkpoints = new Checkpoints({ evaluate, sample, release: (run, step) => release.show(run, step) });
  $("judge-run").onchange = () => { location.hash = `#judge/${encodeURIComponent($("judge-run").value)}`; };
  for (const id of ["judge-seeds", "judge-base"]) $(id).oninput = () => plan();
  $("judge-copy").onclick = () => navigator.clipboard.writeText($("judge-command").textContent);
  onJobs(watch);
  bind("judge", [
    ["e", "Evaluate the run", () => evaluate(null)],
    ["x", "Export the LoRA that is recommended", () => { const best = judged?.evaluations.find((each) => each.id === judged.recommended); if (best) release.show(best.run, best.step); }],
    ["+", "Larger pictures", () => samples.step(1)],
    ["-", "Smaller pictures", () => samples.step(-1)],
    ["b", "Beside the base alone, or not", () => $("judge-alone").click()],
  ]);
  return { show };
}

/** Show the checkpoints of a run, or of the latest one; the evaluations are those of all. */
async function show(name) {
  place = name;
  await attempt(refresh);
}

async function refresh() {
  [runs, judged] = await Promise.all([json("api/runs"), json("api/evaluations")]);
  const known = runs.filter((run) => run.steps), chosen = known.some((run) => run.name === place) ? place : known[0]?.name;
  $("judge-run").replaceChildren(...known.map((run) => node("option", { value: run.name, textContent: run.name, selected: run.name === chosen })));
  verdict();
  showFigures(judged);
  await samples.show(judged.evaluations);
  $("judge-plan").textContent = chosen ? "" : "No run yet: train one first.";
  if (!chosen) return;
  await checkpoints.show(chosen, judged);
  await drawn.show(chosen);
  await plan();
}

function verdict() {
  const { evaluations, recommended, reasons, problem } = judged;
  const box = $("judge-verdict");
  if (recommended) box.replaceChildren(node("p", {}, node("strong", { textContent: recommended }), " is recommended."), list(reasons));
  else if (problem) box.replaceChildren(node("p", { textContent: problem }));
  else if (evaluations.length) box.replaceChildren(node("p", { textContent: `Only ${evaluations[0].id} is evaluated. Evaluate a checkpoint or another run beside it to compare.` }));
  else box.replaceChildren(node("p", { textContent: "Nothing is evaluated yet. An evaluation draws prompts with and without the LoRA and measures whether it keeps its grid, follows its words and copies." }));
}

const list = (sentences) => node("ul", {}, ...sentences.map((textContent) => node("li", { textContent })));

/** The options of an evaluation of the run that is chosen, or of one of its checkpoints. */
function options(step) {
  const set = $("judge-seeds").value ? { "evaluate.seeds": $("judge-seeds").valueAsNumber } : {};
  return { run: $("judge-run").value, base: $("judge-base").value, ...(step === null ? {} : { checkpoint: step }), set };
}

async function plan() {
  try {
    const told = await json("api/evaluations/plan", { options: options(null) });
    $("judge-plan").textContent = `An evaluation of the run: ${told.lines.join("; ")}.`;
    $("judge-command").textContent = told.command;
    $("judge-command-row").hidden = false;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    $("judge-plan").textContent = problem.message;
    $("judge-command-row").hidden = true;
  }
}

const evaluate = (step) => attempt(() => startJob("evaluate", options(step)));
const sample = () => attempt(() => startJob("sample", { run: $("judge-run").value, base: $("judge-base").value }));

/** Tell of the jobs that draw, and look again when one has ended. */
function watch(jobs) {
  if ($("judge").hidden) return;
  const mine = jobs.filter((job) => ["evaluate", "sample", "train"].includes(job.verb)), running = mine.filter(isRunning);
  const text = running.map((job) => `${job.verb}: ${say(job)}`).join("; ");
  const failed = mine.find((job) => busy.has(job.id) && ["failed", "lost"].includes(job.state));
  const ended = [...busy].some((id) => !running.some((job) => job.id === id));
  busy = new Set(running.map((job) => job.id));
  if ($("judge-job").textContent !== text) $("judge-job").textContent = text;
  if (ended) attempt(refresh).then(() => { if (failed) problem(`${failed.verb}: ${failed.last}`); });
}

function problem(sentence) {
  $("judge-problem").textContent = sentence;
  $("judge-problem").hidden = !sentence;
}

/** Do it, or say why not. */
async function attempt(action) {
  problem("");
  try {
    return await action();
  } catch (wrong) {
    if (!(wrong instanceof Problem)) throw wrong;
    problem(wrong.message);
  }
}
