// Jobs: verbs that run on the workspace, in a dialog and in a line of the header.

import { Problem, json } from "./api.js";
import { $, node } from "./dom.js";

const SOON = 500, LATER = 4000; // milliseconds between two looks, while a job runs and else
const watchers = new Set();
let timer, known = [];

/** Start a verb of the command line on the workspace; it goes on without the page. */
export async function startJob(verb, options = {}) {
  const job = await json("api/jobs", { verb, options });
  look();
  return job;
}

export const stopJob = async (id) => { await json(`api/jobs/${id}/stop`, {}); look(); };
export const isRunning = (job) => ["running", "stopping"].includes(job.state);

/** Call back with all jobs, the newest first, whenever they were looked at; returns what ends that. */
export function onJobs(callback) {
  watchers.add(callback);
  if (known.length) callback(known);
  return () => watchers.delete(callback);
}

export const clock = (seconds) => {
  const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${String(rest).padStart(2, "0")}` : `${minutes}:${String(rest).padStart(2, "0")}`;
};

/** What a job is doing, in a line. */
export function say(job) {
  const { progress } = job;
  if (!isRunning(job)) return job.state === "done" ? "done" : `${job.state}: ${job.last}`;
  if (!progress) return job.state;
  const left = progress.left === null ? "" : `, ${clock(progress.left)} left`;
  return `${progress.stage} ${progress.done}${progress.total ? ` of ${progress.total}` : ""}${left}${job.state === "stopping" ? ", stopping" : ""}`;
}

export function watchJobs() {
  $("jobs-button").hidden = false;
  $("jobs-button").onclick = () => { draw(); $("jobs").showModal(); };
  look();
}

async function look() {
  clearTimeout(timer);
  try {
    known = await json("api/jobs");
    for (const watcher of watchers) watcher(known);
    draw();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    $("jobs-button").textContent = problem.message;
  }
  timer = setTimeout(look, known.some(isRunning) ? SOON : LATER);
}

function draw() {
  const running = known.find(isRunning);
  $("jobs-button").textContent = running ? `${running.verb}: ${say(running)}` : "Jobs";
  if (!$("jobs").open) return;
  $("job-list").replaceChildren(...known.slice(0, 30).map(row));
}

function row(job) {
  const item = node("li", {}, node("strong", { textContent: job.verb }), " ", node("span", { textContent: say(job) }));
  item.dataset.state = job.state;
  if (isRunning(job)) {
    const { done = 0, total = 0 } = job.progress ?? {};
    const bar = node("progress", total ? { max: total, value: done } : {});
    bar.setAttribute("aria-label", job.verb);
    item.append(bar, node("button", { type: "button", textContent: "Stop", disabled: job.state === "stopping", onclick: () => stopJob(job.id) }));
  }
  const log = node("pre", { tabIndex: 0 });
  const details = node("details", {}, node("summary", { textContent: "What it said" }), log);
  details.ontoggle = async () => { if (details.open) log.textContent = (await json(`api/jobs/${job.id}/log`)).text; };
  item.append(node("code", { textContent: job.command.join(" ") }), details);
  return item;
}
