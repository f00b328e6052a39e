// What converting asks of the server.

import { ask, json, query } from "../api.js";

export const describe = () => json("api/openapi.json");
export const palettes = () => json("api/palettes");
export const readPalette = (file) => json(query("api/palettes", { name: file.name }), file);

/** A picture of the person's: sent when it is first needed, and again when the server has forgotten it. */
export class Picture {
  constructor(file, name) {
    this.file = file;
    this.name = name || file.name || "pasted.png";
    this.state = "waiting";
  }

  async #ask(path, more) {
    for (let tries = 0; ; tries++) {
      this.sent ??= (await json("api/pictures", this.file)).picture;
      try {
        return await ask(path, { picture: this.sent, ...more });
      } catch (problem) {
        if (problem.kind !== "PictureGone" || tries) throw problem;
        this.sent = undefined;
      }
    }
  }

  detect = async () => (await this.#ask("api/detect")).json();
  convert = async (options) => (await this.#ask("api/convert", { options, name: this.name })).json();
  encode = async (options, format) => (await this.#ask("api/files", { options, format })).blob();
}
