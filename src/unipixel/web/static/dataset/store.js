// The data set as the page knows it: which images fit the filter, what is known of those in view, which are chosen.

import { Problem, json, query } from "../api.js";

const MOST = 200, POLL = 2500; // images asked for at once; milliseconds between two looks at whether files changed

export class Store {
  constructor() {
    Object.assign(this, { ids: [], all: 0, largest: [1, 1], filter: "", current: 0, revision: "", edits: { recent: [] } });
    this.rows = new Map();
    this.chosen = new Set();
    this.listeners = new Set();
    this.undone = new Map(); // rows as they were before edits of this page, by the edit's number
    this.turn = Promise.resolve();
  }

  onChange(listener) { this.listeners.add(listener); }
  tell() { for (const listener of this.listeners) listener(); }

  /** The image that is looked at, as far as it is known. */
  get row() { return this.rows.get(this.ids[this.current]); }
  /** What an edit goes to. */
  get targets() { return this.chosen.size ? [...this.chosen] : this.ids.slice(this.current, this.current + 1); }

  /** Find the images of a filter; throws a Problem, and keeps what is shown, where it can't be understood. */
  async load(filter = this.filter) {
    const [found, edits] = await Promise.all([
      json(query("api/dataset/images", { query: filter })), json("api/dataset/edits"),
    ]);
    const looked = this.ids[this.current], known = new Set(found.ids);
    if (found.revision !== this.revision) this.rows.clear();
    Object.assign(this, found, { filter, edits });
    this.chosen = new Set([...this.chosen].filter((id) => known.has(id)));
    this.current = Math.max(0, this.ids.indexOf(looked));
    await this.need(this.ids.slice(this.current, this.current + 1));
    this.tell();
  }

  /** Get to know images; tells when any were new. */
  async need(ids) {
    this.asked ??= new Set();
    const missing = ids.filter((id) => !this.rows.has(id) && !this.asked.has(id)).slice(0, MOST);
    if (!missing.length) return;
    missing.forEach((id) => this.asked.add(id));
    try {
      this.take(await json("api/dataset/rows", { ids: missing }));
      this.tell();
    } finally {
      missing.forEach((id) => this.asked.delete(id));
    }
  }

  take({ images }) { for (const row of images) this.rows.set(row.id, row); }

  /** Edit tags: one edit after the other, in the order in which they were asked for. */
  edit(edit) {
    const { recent } = this.edits; // its key works at once
    if (edit.op === "add") this.edits = { ...this.edits, recent: [edit.tag, ...recent.filter((tag) => tag !== edit.tag)].slice(0, 9) };
    return this.after(() => this.change("api/dataset/edit", edit));
  }
  preview(edit) { return json("api/dataset/edit", { ...edit, dry_run: true }); }

  /** Take back, or make again, what the button says: refused where another edit came after it. */
  again(action) {
    return this.after(() => {
      const last = this.edits[action];
      if (!last) throw new Problem(`There is nothing to ${action}.`, "Nothing", 0);
      return this.change(`api/dataset/${action}`, { number: last.number });
    });
  }

  after(action) {
    const made = this.turn.then(action);
    this.turn = made.catch(() => {});
    return made;
  }

  /** Show what an edit will do before the server has done it; what came of it is shown when it answers. */
  async change(path, body) {
    const before = this.revision, olds = this.expect(path, body);
    let made;
    try {
      made = await json(path, body);
    } catch (problem) {
      for (const row of olds) this.rows.set(row.id, row);
      this.tell();
      throw problem;
    }
    if (path.endsWith("edit") && made.undo) this.undone.set(made.undo.number, olds);
    this.edits = made;
    this.take(made);
    if (made.changed > made.images.length) for (const id of this.rows.keys()) if (!made.images.some((row) => row.id === id)) this.rows.delete(id);
    if (before) this.revision = made.revision;
    this.tell();
    return made;
  }

  /** Rows as an edit leaves them, where that is plain; gives them as they were. */
  expect(path, { ids = [], number, op, tag }) {
    const olds = ids.slice(0, MOST).map((id) => this.rows.get(id)).filter(Boolean);
    const made = path.endsWith("undo") ? this.undone.get(number) ?? [] : olds.map((row) => foresee(row, op, tag)).filter(Boolean);
    const now = made.map((row) => this.rows.get(row.id)).filter(Boolean);
    for (const row of made) this.rows.set(row.id, row);
    if (made.length) this.tell();
    return path.endsWith("undo") ? now : olds;
  }

  /** Look from time to time whether somebody else wrote the data set: another tab, or a command. */
  watch(isShown, failed) {
    let isLost = false;
    const look = async () => {
      try {
        if (isShown() && !document.hidden) await this.after(async () => {
          const { revision } = await json("api/dataset/edits");
          if (revision !== this.revision) await this.load();
          if (isLost) failed(undefined);
          isLost = false;
        });
      } catch (problem) {
        isLost = true;
        failed(problem);
      }
      setTimeout(look, POLL);
    };
    setTimeout(look, POLL);
  }

  // ---------------------------------------------------------------- looking and choosing

  /** Look at an image by its place; with `extend`, all from the last one on are chosen. */
  look(place, extend = false) {
    if (!this.ids.length) return;
    const to = Math.min(this.ids.length - 1, Math.max(0, place));
    if (extend) for (let at = Math.min(to, this.current); at <= Math.max(to, this.current); at++) this.chosen.add(this.ids[at]);
    this.current = to;
    this.tell();
  }

  toggle(place = this.current) {
    const id = this.ids[place];
    if (!this.chosen.delete(id)) this.chosen.add(id);
    this.current = place;
    this.tell();
  }

  choose(ids) {
    this.chosen = new Set(ids);
    this.tell();
  }
}

const VERDICT = { add: "accepted", accept: "accepted", delete: "rejected", reject: "rejected" };

/** A row after an edit of one plain tag; undefined where only the server can say. */
function foresee(row, op, tag) {
  const state = VERDICT[op];
  if (!state) return undefined;
  const fits = (each) => each.name === tag && (op === "add" || op === "delete" || each.state === "proposed");
  const tags = row.tags.map((each) => (fits(each) ? { ...each, state } : each));
  if (op === "add" && !row.tags.some(fits)) tags.push({ name: tag, origin: "hand", state, score: 1, reason: "", by: "" });
  return { ...row, tags };
}
