// Edits of many images at once: first what they would change, then the edit.

import { $, node } from "../dom.js";

const NEEDS_NEW = ["rename", "replace"], NEEDS_SCORE = ["accept", "reject"], SHOWN = 30;

export class Bulk {
  constructor(store, edit) {
    Object.assign(this, { store, edit });
    $("dataset-op").onchange = () => this.fields();
    $("dataset-bulk-form").oninput = () => this.forget();
    $("dataset-bulk-form").onsubmit = (event) => { event.preventDefault(); this.preview(); };
    $("dataset-bulk-do").onclick = () => this.make();
    this.fields();
  }

  fields() {
    const op = $("dataset-op").value;
    $("dataset-bulk-new-label").hidden = !NEEDS_NEW.includes(op);
    $("dataset-bulk-score-label").hidden = !NEEDS_SCORE.includes(op);
    $("dataset-bulk-score-name").textContent = op === "accept" ? "From score" : "Below score (empty: all)";
    $("dataset-bulk-tag-name").textContent = { replace: "Regular expression", add: "Tag", rename: "Old tag" }[op] ?? "Tag, or pattern such as *";
  }

  get wanted() {
    const op = $("dataset-op").value, edit = { op, tag: $("dataset-bulk-tag").value.trim() };
    if (NEEDS_NEW.includes(op)) edit.new = $("dataset-bulk-new").value.trim();
    if (NEEDS_SCORE.includes(op)) edit.score = Number($("dataset-bulk-score").value || 0);
    return $("dataset-bulk-where").value === "filter" ? { ...edit, query: this.store.filter } : { ...edit, ids: [...this.store.chosen] };
  }

  forget() {
    $("dataset-bulk-do").disabled = true;
    $("dataset-preview").replaceChildren();
    delete this.seen;
  }

  async preview() {
    const edit = this.wanted;
    $("dataset-preview").replaceChildren(node("p", { textContent: "Looking …" }));
    try {
      const made = await this.store.preview(edit);
      this.seen = edit;
      $("dataset-bulk-do").disabled = !made.changed;
      const rows = made.examples.slice(0, SHOWN).map((each) => node("li", {}, node("small", { textContent: each.file.split("/").pop() }), difference(each)));
      const more = made.changed - rows.length;
      $("dataset-preview").replaceChildren(
        node("p", { textContent: made.changed ? `${made.what}: ${made.changed} images would change.` : `${made.what}: no image would change.` }),
        node("ul", { className: "differences" }, ...rows), ...(more > 0 ? [node("p", { className: "note", textContent: `and ${more} more` })] : []));
    } catch (problem) {
      $("dataset-preview").replaceChildren(node("p", { className: "problem", textContent: problem.message }));
    }
  }

  async make() {
    const edit = this.seen;
    this.forget();
    $("dataset-preview").replaceChildren(node("p", { textContent: "Writing …" }));
    const made = await this.edit(edit);
    $("dataset-preview").replaceChildren();
    if (made) $("dataset-preview").replaceChildren(node("p", { textContent: `Done: ${made.changed} images. Undo takes it back.` }));
  }
}

/** What leaves a caption, struck through, and what comes into it. */
function difference({ before, after }) {
  const [old, now] = [before.split(", "), after.split(", ")];
  const gone = old.filter((tag) => !now.includes(tag)), come = now.filter((tag) => !old.includes(tag));
  const words = [...gone.map((tag) => node("del", { textContent: tag })), ...come.map((tag) => node("ins", { textContent: tag }))];
  return node("span", {}, ...(words.length ? words.flatMap((word) => [word, " "]) : ["only proposals change"]));
}
