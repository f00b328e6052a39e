// One run: how far it is, its plots and previews, and the buttons that change it.

import { json } from "../api.js";
import { $, node } from "../dom.js";
import { clock, isRunning, say, stopJob } from "../jobs.js";
import { Plot } from "../plot.js";
import { words } from "./form.js";

const SMOOTH = 20; // steps whose mean is drawn, as the command tells it
const WAIT = 300; // milliseconds between two looks at whether a job has ended

export class RunView {
  #run; #name; #losses = [];

  constructor(attempt) {
    this.attempt = attempt;
    this.loss = new Plot({ title: "Loss", x: "step" });
    this.validation = new Plot({ title: "Loss at fixed noise", x: "step" });
    this.discipline = new Plot({ title: "Discipline of the previews", x: "step", range: [0, 1], digits: 3 });
    $("train-plots").append(this.loss.root, this.discipline.root, this.validation.root);
    $("train-pause").onclick = () => this.pause();
    $("train-resume").onclick = () => this.resume();
    $("train-end").onclick = () => this.#ask();
    $("train-end-dialog").onclose = () => { if ($("train-end-dialog").returnValue === "end") this.end(); };
  }

  get #path() { return `api/runs/${encodeURIComponent(this.#name)}`; }

  get values() { return this.#run.values; }

  /** Take up another run: nothing of the one before is shown any longer. */
  take(name) {
    if (name === this.#name) return;
    [this.#name, this.#losses, this.#run] = [name, [], undefined];
    $("train-previews").replaceChildren();
    for (const plot of [this.loss, this.discipline, this.validation]) plot.draw([]);
    for (const id of ["train-state", "train-status", "train-note", "train-sentence"]) put(id, "");
    for (const id of ["train-pause", "train-resume", "train-end", "train-judge", "train-progress", "train-command-row", "train-previews-box"]) $(id).hidden = true;
    put("train-name", name);
  }

  async show(name) {
    this.take(name);
    const run = (this.#run = await json(this.#path));
    if (name !== this.#name) return; // another one was chosen meanwhile
    await this.#more();
    this.#head(run);
    this.#plots(run);
    this.#previews(run);
    $("train-values").replaceChildren(...run.values.map(({ name: each, value, help }) => node("tr", {}, node("th", { scope: "row", textContent: words(each), title: help }), node("td", { textContent: value }))));
  }

  /** Ask for the losses of the steps that are not known yet; where steps are taken again, for all. */
  async #more() {
    const name = this.#name, told = await json(`${this.#path}/losses?from=${this.#losses.length}`);
    if (name !== this.#name) return;
    if (told.done < this.#losses.length) {
      this.#losses = [];
      return this.#more();
    }
    this.#losses.push(...told.losses);
  }

  #head(run) {
    const running = run.job !== null && isRunning(run.job), isBusy = run.job?.state === "stopping";
    put("train-name", run.name);
    put("train-state", run.problem ? "failed" : isBusy ? "stopping" : running && run.state !== "training" ? "starting" : run.state);
    $("train-state").dataset.state = run.problem ? "problem" : run.state;
    $("train-pause").hidden = !running;
    $("train-pause").disabled = isBusy;
    $("train-resume").hidden = running || !["paused", "begun"].includes(run.state) || run.job === null;
    $("train-end").hidden = run.state === "finished" || (run.state === "training" && !running) || (!running && run.usable === null);
    $("train-end").disabled = isBusy;
    $("train-judge").hidden = !run.looks.length;
    $("train-judge").href = `#judge/${encodeURIComponent(run.name)}`;
    const progress = running ? run.job.progress : null, steps = progress?.stage === "train" ? progress : { done: run.step, total: run.steps };
    $("train-progress").hidden = !run.steps;
    $("train-progress").max = steps.total || 1;
    $("train-progress").value = steps.done;
    put("train-status", running ? say(run.job) : run.steps ? `step ${run.step} of ${run.steps}` : "");
    const took = run.job ? (run.job.ended ?? Date.now() / 1000) - run.job.started : 0;
    put("train-note", [progress?.note, running ? `running for ${clock(took)}` : "", run.base ? `base ${run.base}` : ""].filter(Boolean).join(", "));
    put("train-sentence", run.sentence);
    put("train-command", run.command);
    $("train-command-row").hidden = !run.command;
    this.say(run.problem);
  }

  #plots(run) {
    const points = this.#losses.map((loss, place) => [place + 1, loss]);
    let sum = 0;
    const smooth = points.map(([at, loss], place) => {
      sum += loss - (place >= SMOOTH ? points[place - SMOOTH][1] : 0);
      return [at, sum / Math.min(place + 1, SMOOTH)];
    });
    const marks = run.looks.map((look) => ({ x: look.step, name: `checkpoint at step ${look.step}${look.best ? ", the one to use" : ""}` }));
    this.loss.draw([{ name: `mean of ${SMOOTH} steps`, points: smooth }, { name: "each step", points, kind: "faint" }], marks);
    const of = (name) => run.looks.filter((look) => look[name] !== null).map((look) => [look.step, look[name]]);
    const best = run.looks.filter((look) => look.best && look.discipline !== null).map((look) => [look.step, look.discipline]);
    const share = run.looks.filter((look) => look.previews).map((look) => [look.step, look.on_grid / look.previews]);
    this.discipline.draw([{ name: "score, 1 is perfect", points: of("discipline"), kind: "dots" }, { name: "share on the grid", points: share }, { name: "the one to use", points: best, kind: "dots" }]);
    this.validation.draw([{ name: "validation pictures", points: of("validation"), kind: "dots" }, { name: "training pictures", points: of("probe"), kind: "dots" }]);
  }

  /** New checkpoints come on top; pictures that are there are not asked for again. */
  #previews(run) {
    const box = $("train-previews"), known = new Set([...box.children].map((item) => +item.dataset.step));
    const looks = new Map(run.looks.map((look) => [look.step, look]));
    for (const item of [...box.children]) if (!looks.has(+item.dataset.step)) item.remove();
    for (const look of run.looks) {
      const files = run.previews.filter((each) => each.step === look.step), natives = files.filter((each) => each.native);
      if (known.has(look.step) || !files.length) continue;
      const pictures = (natives.length ? natives : files).map((each) => picture(`${this.#path}/previews/${each.file}`, `preview ${each.number + 1} at step ${look.step}`));
      const item = node("li", {}, node("h3"), node("div", { className: "pictures-row" }, ...pictures));
      item.dataset.step = look.step;
      box.prepend(item);
    }
    for (const item of box.children) {
      const look = looks.get(+item.dataset.step);
      put(item.firstChild, `Step ${look.step}: ${look.on_grid} of ${look.previews} on the grid, score ${look.discipline.toFixed(3)}${look.best ? " – the one to use" : ""}`);
    }
    $("train-previews-box").hidden = !box.children.length;
  }

  say(sentence) {
    put("train-problem", sentence);
    $("train-problem").hidden = !sentence;
  }

  toggle() { (isRunning(this.#run?.job ?? {}) ? $("train-pause") : $("train-resume")).click(); }

  pause() { return this.attempt(() => stopJob(this.#run.job.id)); }

  resume() { return this.attempt(() => json(`${this.#path}/resume`, {})); }

  #ask() {
    const { usable, step, steps, state } = this.#run;
    const later = state === "training" ? " Later steps than that are lost." : "";
    $("train-end-words").textContent = usable === null
      ? `There is no checkpoint yet: it is paused at step ${step} of ${steps}, and nothing can be used.`
      : `The LoRA of step ${usable} becomes the run's, and can be judged, exported and used. What it would go on from is deleted.${later}`;
    $("train-end-dialog").returnValue = "";
    $("train-end-dialog").showModal();
  }

  /** Pause it first where it runs, and wait until it has. */
  end() {
    const path = this.#path, id = this.#run.job?.id;
    return this.attempt(async () => {
      if (isRunning(this.#run.job ?? {})) await stopJob(id);
      while (id && isRunning(await json(`api/jobs/${id}`))) await new Promise((done) => setTimeout(done, WAIT));
      await json(`${path}/end`, {});
    });
  }
}

function picture(src, alt) {
  const made = node("img", { src, alt });
  made.onload = () => { made.width = made.naturalWidth * Math.max(1, Math.floor(192 / Math.max(made.naturalWidth, made.naturalHeight))); };
  return made;
}

/** Text that changes only where it is another: what is read aloud is not read again. */
function put(where, text) {
  const element = typeof where === "string" ? $(where) : where;
  if (element.textContent !== text) element.textContent = text;
}
