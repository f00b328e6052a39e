// What would spoil a training, each finding with the button that mends it.

import { json } from "../api.js";
import { $, node } from "../dom.js";
import { onJobs, startJob } from "../jobs.js";

const SHOWN = 300;

export class Checks {
  constructor(attempt, edit) {
    Object.assign(this, { attempt, edit, findings: [] });
    $("dataset-check").onclick = () => this.check();
    $("dataset-remove-all").onclick = () => this.remove(this.leftovers);
    $("dataset-licence").onsubmit = (event) => { event.preventDefault(); this.license(); };
    // What a job mended is seen when it has ended.
    onJobs((jobs) => {
      const job = jobs.find((each) => each.id === this.job);
      if (!job || ["running", "stopping"].includes(job.state)) return;
      delete this.job;
      this.check();
    });
  }

  show() { if (!this.findings.length) return this.check(); }

  get leftovers() { return this.findings.filter((each) => each.remedy === "delete" && !each.image).map((each) => each.file); }

  check() {
    return this.attempt(async () => {
      $("dataset-check-status").textContent = "Looking at every image …";
      $("dataset-check").disabled = true;
      try {
        this.findings = await json("api/dataset/check");
      } finally {
        $("dataset-check").disabled = false;
        $("dataset-check-status").textContent = "";
      }
      const bad = this.findings.filter((each) => each.severity === "fault").length, notes = this.findings.length - bad;
      $("dataset-check-status").textContent = `${bad ? `${bad} faults` : "No fault found"}${notes ? `, ${notes} notes` : ""}.`;
      $("dataset-remove-all").hidden = this.leftovers.length < 2;
      $("dataset-licence").hidden = true;
      $("dataset-findings").replaceChildren(...this.findings.slice(0, SHOWN).map((each) => this.finding(each)));
      if (this.findings.length > SHOWN) $("dataset-findings").append(node("li", { textContent: `and ${this.findings.length - SHOWN} more` }));
    });
  }

  finding(each) {
    const item = node("li", {}, node("span", {}, node("strong", { textContent: each.severity }), ` ${each.file === "." ? "" : `${each.file}: `}${each.problem}`,
      node("small", { textContent: each.mend })), ...this.remedies(each));
    item.dataset.severity = each.severity;
    item.dataset.remedy = each.remedy;
    return item;
  }

  remedies(each) {
    const button = (textContent, onclick) => {
      const made = node("button", { type: "button", textContent, onclick });
      made.setAttribute("aria-label", `${textContent}: ${each.file} ${each.problem}`.slice(0, 200));
      return made;
    };
    const ways = {
      prepare: () => button("Prepare anew", () => this.run("prepare")),
      caption: () => button("Caption anew", () => this.run("caption")),
      balance: () => node("a", { href: "#dataset/balance", textContent: "See the balance" }),
      licence: () => button("Say the licence", () => this.askLicence(each)),
      rename: () => button(`Rename to ${each.words[1]}`, () => this.rename(each)),
      delete: () => (each.image ? button("Make its native anew", () => this.renew(each)) : button("Delete it", () => this.remove([each.file]))),
    };
    const look = each.image && node("a", { href: `#dataset/image:${each.image}`, textContent: "Show the image" });
    const find = !look && each.query && node("a", { href: `#dataset/${encodeURIComponent(`find:${each.query}`)}`, textContent: "Show the images" });
    return [ways[each.remedy]?.(), look, find].filter(Boolean);
  }

  run(verb) {
    return this.attempt(async () => {
      this.job = (await startJob(verb)).id;
      $("dataset-check-status").textContent = `${verb} has begun: see Jobs. The checks are done again when it ends.`;
    });
  }

  remove(files) {
    return this.attempt(async () => { await json("api/dataset/remove", { files }); await this.check(); });
  }

  renew(each) {
    return this.attempt(async () => { await json("api/dataset/remove", { files: [each.file] }); await this.run("prepare"); });
  }

  async rename({ words: [tag, name] }) {
    if (await this.edit({ op: "rename", tag, new: name, query: "" })) await this.check();
  }

  /** Ask for the licence of those of which nobody said it; of one source where the finding names it. */
  askLicence(each) {
    return this.attempt(async () => {
      const rows = await json("api/dataset/sources");
      const unsaid = rows.filter((row) => (each.file === "." ? row.allow_train === "unknown" : each.problem.startsWith(`${row.source} `)));
      this.patterns = unsaid.map((row) => row.source.replace(/^sources\//, "").replace(/[[*?]/g, "[$&]"));
      $("dataset-licence-title").textContent = unsaid.length === 1 ? unsaid[0].source : `${unsaid.length} pictures of which nobody said it`;
      $("dataset-licence").hidden = false;
      $("dataset-licence-name").focus();
    });
  }

  license() {
    return this.attempt(async () => {
      await json("api/dataset/licence", { patterns: this.patterns, licence: $("dataset-licence-name").value.trim(), allow_train: $("dataset-licence-allow").value });
      await this.check();
      $("dataset-check").focus();
    });
  }
}
