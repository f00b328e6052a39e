// Pictures into the workspace, and the verbs that make training images and captions of them.

import { Problem, ask, query } from "../api.js";
import { $, node } from "../dom.js";
import { isRunning, onJobs, say, startJob } from "../jobs.js";

const PICTURE = /\.(png|jpe?g|webp|gif|bmp)$/i, TEXT = /\.txt$/i;
const stem = (name) => name.replace(/\.[^.]*$/, "");

export class Adding {
  constructor(attempt, isShown) {
    this.attempt = attempt;
    $("dataset-choose").onclick = () => $("dataset-files").click();
    $("dataset-files").onchange = () => { this.add([...$("dataset-files").files]); $("dataset-files").value = ""; };
    $("dataset-said").onsubmit = (event) => event.preventDefault();
    const shown = (action) => (event) => { if (isShown()) { event.preventDefault(); action(event); } };
    document.addEventListener("dragover", shown(() => $("dataset-drop").classList.add("over")));
    document.addEventListener("dragleave", shown(() => $("dataset-drop").classList.remove("over")));
    document.addEventListener("drop", shown((event) => {
      $("dataset-drop").classList.remove("over");
      location.hash = "#dataset/adding"; // wherever they were dropped
      this.add([...event.dataTransfer.files]);
    }));
    this.job("prepare", "dataset-prepare", "dataset-prepare-status", () => ({}));
    this.job("caption", "dataset-caption-job", "dataset-caption-status", () => {
      const tagger = $("dataset-tagger").value;
      return tagger ? { tagger, download: $("dataset-download").checked } : {};
    });
  }

  show() {}

  async add(files) {
    const pictures = files.filter((file) => PICTURE.test(file.name)), texts = files.filter((file) => TEXT.test(file.name));
    const count = { added: 0, known: 0 }, problems = files.length > pictures.length + texts.length ? [`${files.length - pictures.length - texts.length} files are neither pictures nor text.`] : [];
    const bar = $("dataset-adding-progress");
    Object.assign(bar, { max: Math.max(1, pictures.length), value: 0, hidden: false });
    for (const file of pictures) {
      try {
        const tags = await texts.find((text) => stem(text.name) === stem(file.name))?.text();
        const made = await (await ask(query("api/dataset/sources", { name: file.name, tags, ...this.said }), file)).json();
        count.added += made.added;
        count.known += made.known;
        problems.push(...made.problems);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        problems.push(`${file.name}: ${problem.message}`);
      }
      bar.value++;
      $("dataset-added").textContent = `${count.added} added${count.known ? `, ${count.known} were there already` : ""}${problems.length ? `, ${problems.length} left out` : ""}.`;
    }
    bar.hidden = true;
    $("dataset-not-added").replaceChildren(...problems.map((text) => node("li", { textContent: text })));
  }

  /** Where the pictures come from, as far as it is said. */
  get said() {
    const value = (name) => $(`dataset-said-${name}`).value.trim() || undefined;
    return { theme: value("theme"), author: value("author"), licence: value("licence"), allow: value("allow") };
  }

  job(verb, button, status, options) {
    $(button).onclick = () => this.attempt(() => startJob(verb, options()));
    onJobs((jobs) => {
      const last = jobs.find((job) => job.verb === verb);
      $(status).textContent = last ? say(last) : "";
      $(button).disabled = jobs.some(isRunning);
    });
  }
}
