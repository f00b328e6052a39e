// The result as a file or in the clipboard.

import { $, node } from "../dom.js";

export function download(blob, name) {
  const link = node("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export class Saving {
  /** @param picture gives the one that is looked at @param attempt does something, or says on the page why not */
  constructor({ picture, options, attempt }) {
    Object.assign(this, { picture, options, attempt });
    $("save").onclick = () => this.save(".png");
    $("save-aseprite").onclick = () => this.save(".aseprite");
    $("save-gif").onclick = () => this.save(".gif");
    $("copy").onclick = () => this.copy();
    $("copy-command").onclick = () => attempt(() => navigator.clipboard.writeText($("command").textContent));
  }

  async save(format) {
    const picture = this.picture();
    if (!picture) return;
    await this.attempt(async () => download(await picture.encode(this.options(), format), picture.name.replace(/\.[^.]*$/, "") + format));
  }

  async copy() {
    const picture = this.picture();
    if (!picture) return;
    await this.attempt(async () => {
      const blob = picture.encode(this.options(), ".png").then((file) => new Blob([file], { type: "image/png" }));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
      $("status").textContent = "Copied to the clipboard.";
    });
  }
}
