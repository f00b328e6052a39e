// What converting asks of the server.

import { ask, json, query } from "../api.js";
import { History, toJson } from "./edits.js";

export const describe = () => json("api/openapi.json");
export const palettes = () => json("api/palettes");
export const readPalette = (file) => json(query("api/palettes", { name: file.name }), file);

/** Options that choose the grid: edits by hand are of one. */
export const GRID = ["preset", "scale", "native_size", "offset", "sheet", "parts"];

/** Do what needs pictures to be on the server; once more where it has forgotten one. */
async function again(pictures, action) {
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (problem) {
      if (problem.kind !== "PictureGone" || tries) throw problem;
      for (const each of pictures) each.sent = undefined;
    }
  }
}

/** One palette of all pictures: {name, colors}. What is no picture has no say. */
export const sharePalette = (pictures, shared) => again(pictures, async () => {
  const items = [];
  for (const each of pictures) {
    const picture = await each.send().catch((problem) => { if (problem.kind !== "ImageError") throw problem; });
    if (picture) items.push({ picture, ...each.given(shared) });
  }
  return json("api/palettes/shared", { pictures: items, options: shared });
});

/** A picture of the person's: sent when it is first needed, and again when the server has forgotten it. */
export class Picture {
  constructor(file, name) {
    this.file = file;
    this.name = name || file.name || "pasted.png";
    this.state = "waiting";
    this.histories = {};
    this.grid = null;
  }

  /** Options of all pictures, with the grid that was chosen for this one where there is one. */
  options(shared) {
    if (!this.grid) return shared;
    return { ...Object.fromEntries(Object.entries(shared).filter(([name]) => !GRID.includes(name))), ...this.grid };
  }

  /** Its edits on the grid that is chosen: they wait while another one is looked at. */
  history(shared) {
    const options = this.options(shared);
    return (this.histories[JSON.stringify(GRID.map((name) => options[name]))] ??= new History());
  }

  edits = (shared) => toJson(this.history(shared).now);

  async send() {
    this.sent ??= (await json("api/pictures", this.file)).picture;
    return this.sent;
  }

  #ask = (path, more) => again([this], async () => ask(path, { picture: await this.send(), ...more }));

  detect = async () => (await this.#ask("api/detect")).json();
  given = (shared) => ({ options: this.options(shared), edits: this.edits(shared) });
  convert = async (shared) => (await this.#ask("api/convert", { ...this.given(shared), name: this.name })).json();
  encode = async (shared, format) => (await this.#ask("api/files", { ...this.given(shared), format })).blob();
}
