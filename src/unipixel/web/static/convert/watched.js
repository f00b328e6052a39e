// A folder that the server watches: what lands in it is opened here.

import { ask, json, query } from "../api.js";
import { $ } from "../dom.js";

const PAUSE = 1500;

/** @param open takes files that have come */
export async function watch(open) {
  let after = 0;
  const look = async () => {
    const { folder, arrived } = await json(query("api/watched", { after }));
    const files = [];
    for (const { number, name } of arrived) {
      const answer = await ask(`api/watched/${number}`).catch((problem) => { if (problem.kind !== "ImageError") throw problem; });
      if (answer) files.push(new File([await answer.blob()], name.split("/").at(-1)));
      after = number;
    }
    if (files.length) open(files);
    return folder;
  };
  const again = () => setTimeout(async () => {
    if ($("watch").checked) await look().catch(() => {}); // the server may be away for a while
    again();
  }, PAUSE);
  const folder = await look();
  if (!folder) return;
  $("watch-row").hidden = false;
  $("watch-row").title = folder;
  $("watch-folder").textContent = folder.split(/[\\/]/).at(-1) || folder;
  again();
}
