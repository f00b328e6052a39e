// Asking the server. The browser sends the token with each request, as a cookie.

/** Why the server did not do it, as a sentence. `kind` is the name of the error's class. */
export class Problem extends Error {
  constructor(sentence, kind, status) {
    super(sentence);
    this.kind = kind;
    this.status = status;
  }
}

/** The answer as it came. With a body (a file, or what becomes JSON) it is a POST. */
export async function ask(path, body) {
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

export const json = async (path, body) => (await ask(path, body)).json();

/** An address with a query; what is undefined is left out. */
export const query = (path, words) =>
  `${path}?${new URLSearchParams(Object.entries(words).filter(([, value]) => value !== undefined))}`;
