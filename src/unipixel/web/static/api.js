// The server's operations as functions. The browser sends the token with each request, as a cookie.

/** Why the server did not do it, as a sentence. `kind` is the name of the error's class. */
export class Problem extends Error {
  constructor(sentence, kind, status) {
    super(sentence);
    this.kind = kind;
    this.status = status;
  }
}

async function ask(path, body) {
  const settings = body === undefined ? {} : { method: "POST", body: body instanceof Blob ? body : JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, settings);
  } catch {
    throw new Problem("The server does not answer. Is unipixel serve still running?", "Offline", 0);
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ error: answer.statusText, kind: "Unknown" }));
  throw new Problem(told.error, told.kind, answer.status);
}

const json = async (path, body) => (await ask(path, body)).json();

export const describe = () => json("api/openapi.json");
export const palettes = () => json("api/palettes");
export const readPalette = (file) => json(`api/palettes?name=${encodeURIComponent(file.name)}`, file);

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
