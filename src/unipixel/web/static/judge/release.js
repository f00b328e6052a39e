// A LoRA as it is given to others: its card is shown before anything is downloaded.

import { json, query } from "../api.js";
import { $ } from "../dom.js";

export class Release {
  #card;

  constructor(attempt) {
    this.attempt = attempt;
    const copy = (id) => navigator.clipboard.writeText($(id).textContent);
    $("judge-hub").onclick = () => this.#turn("hub");
    $("judge-civitai").onclick = () => this.#turn("civitai");
    $("judge-copy-card").onclick = () => copy("judge-card");
    $("judge-copy-release").onclick = () => copy("judge-release-command");
  }

  /** Show the card of a run's own LoRA, or of one of its checkpoints. */
  show(run, step) {
    return this.attempt(async () => {
      const path = `api/runs/${encodeURIComponent(run)}`, words = { step: step ?? undefined };
      this.#card = await json(query(`${path}/card`, words));
      const { name, files, command } = this.#card, bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      $("judge-release-title").textContent = `Export ${name}`;
      $("judge-release-files").textContent = `${files.length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB: ${files.map((file) => file.name).join(", ")}`;
      $("judge-release-command").textContent = command;
      $("judge-download").href = query(`${path}/release`, words);
      $("judge-download").download = `${name.replaceAll(" ", "-")}.zip`;
      this.#turn("hub");
      $("judge-release").showModal();
    });
  }

  #turn(which) {
    $("judge-card").textContent = this.#card[which];
    for (const name of ["hub", "civitai"]) $(`judge-${name}`).setAttribute("aria-pressed", String(name === which));
  }
}
