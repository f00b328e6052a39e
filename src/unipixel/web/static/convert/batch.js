// All pictures that are open: choose one to look at, convert all of them into one zip.

import { $, node } from "../dom.js";
import { zip } from "./zip.js";

/** Name of the result of each picture, none twice. */
export function resultNames(names, ending) {
  const stems = names.map((name) => name.replace(/\.[^.]*$/, "") || name);
  const taken = new Set();
  return stems.map((stem) => {
    let name = stem + ending;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}-${count}${ending}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

export class Batch {
  constructor({ chosen, options, save }) {
    Object.assign(this, { chosen, options, save, pictures: [], current: null });
    $("convert-all").onclick = () => this.convertAll();
    $("cancel").onclick = () => (this.stopped = true);
    $("clear").onclick = () => this.clear();
  }

  add(pictures) {
    for (const picture of pictures) {
      picture.address = URL.createObjectURL(picture.file);
      const image = node("img", { alt: "", loading: "lazy", src: picture.address, width: 64, height: 64 });
      image.onerror = () => image.removeAttribute("src"); // a kind that the browser can't show
      const button = node("button", { type: "button", onclick: () => this.choose(picture), title: picture.name }, image, node("span", { textContent: picture.name }));
      picture.item = node("li", {}, button);
      $("pictures").append(picture.item);
    }
    this.pictures.push(...pictures);
    this.#buttons();
    if (pictures.length) this.choose(pictures[0]);
  }

  choose(picture) {
    this.current = picture;
    for (const each of this.pictures) each.item.firstChild.setAttribute("aria-pressed", each === picture);
    picture?.item.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.chosen(picture);
  }

  step(by) {
    const place = this.pictures.indexOf(this.current) + by;
    if (this.pictures[place]) this.choose(this.pictures[place]);
  }

  clear() {
    this.stopped = true;
    for (const each of this.pictures) URL.revokeObjectURL(each.address);
    this.pictures = [];
    $("pictures").replaceChildren();
    $("failures").replaceChildren();
    $("batch-status").textContent = "";
    this.#buttons();
    this.choose(null);
  }

  #buttons() {
    $("convert-all").disabled = $("clear").disabled = !this.pictures.length;
  }

  #state(picture, state) {
    picture.item.dataset.state = state;
  }

  /** Two at a time; what can't be converted is told, and the rest goes on. */
  async convertAll() {
    const pictures = [...this.pictures], options = this.options();
    const names = resultNames(pictures.map((each) => each.name), ".png");
    const files = new Array(pictures.length), failures = [];
    let next = 0, done = 0;
    this.stopped = false;
    this.#run(true, pictures.length);
    pictures.forEach((each) => this.#state(each, "waiting"));
    const work = async () => {
      while (next < pictures.length && !this.stopped) {
        const index = next++, picture = pictures[index];
        try {
          const file = await picture.encode(options, ".png");
          files[index] = { name: names[index], data: new Uint8Array(await file.arrayBuffer()) };
          this.#state(picture, "converted");
        } catch (problem) {
          failures.push(`${picture.name}: ${problem.message}`);
          this.#state(picture, "failed");
        }
        $("progress").value = ++done;
        $("batch-status").textContent = `${done} of ${pictures.length}`;
      }
    };
    await Promise.all([work(), work()]);
    this.#run(false);
    const made = files.filter(Boolean);
    $("failures").replaceChildren(...failures.map((textContent) => node("li", { textContent })));
    $("batch-status").textContent = this.stopped ? `Stopped after ${done}.` : `${made.length} converted, ${failures.length} failed.`;
    if (made.length && !this.stopped) this.save(zip(made), "pixel-art.zip");
  }

  #run(isRunning, most) {
    $("cancel").hidden = $("progress").hidden = !isRunning;
    $("convert-all").disabled = isRunning;
    if (isRunning) Object.assign($("progress"), { max: most, value: 0 });
  }
}
