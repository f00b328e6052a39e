// A box that completes tags as they are typed, from the vocabulary, the best known first.

import { json, query } from "../api.js";
import { node } from "../dom.js";

/** Let a text input complete tags; `take` is called with the tag when Enter is pressed or one is clicked. */
export function completes(input, list, take, leave) {
  let rows = [], marked = -1, asked = 0;

  const mark = (place) => {
    marked = place;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === marked)));
    if (marked >= 0) input.setAttribute("aria-activedescendant", list.children[marked].id);
    else input.removeAttribute("aria-activedescendant");
    list.children[marked]?.scrollIntoView({ block: "nearest" });
  };
  const fill = (found) => {
    const kept = rows[marked]?.name; // a late answer does not take the mark away
    rows = found;
    list.replaceChildren(...rows.map((row, at) => {
      const item = node("li", { id: `${list.id}-${at}`, role: "option" }, node("span", { textContent: row.name }),
        node("small", { textContent: row.posts ? count(row.posts) : row.group }));
      item.onpointerdown = (event) => { event.preventDefault(); done(row.name); };
      return item;
    }));
    list.hidden = !rows.length;
    input.setAttribute("aria-expanded", String(rows.length > 0));
    mark(rows.findIndex((row) => row.name === kept));
  };
  const done = (tag) => {
    asked++;
    input.value = "";
    fill([]);
    if (tag.trim()) take(tag.trim());
  };

  input.oninput = async () => {
    const own = ++asked, start = input.value;
    const found = start.trim() ? await json(query("api/dataset/complete", { start })).catch(() => []) : [];
    if (own === asked) fill(found);
  };
  input.onkeydown = (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (rows.length) mark((marked + (event.key === "ArrowDown" ? 1 : rows.length + (marked < 0 ? 0 : -1))) % rows.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      done(rows[marked]?.name ?? input.value);
    } else if (event.key === "Tab" && marked >= 0) {
      input.value = rows[marked].name;
      fill([]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      done("");
      leave();
    }
  };
  input.onblur = () => fill([]);
}

const count = (posts) => (posts >= 1e6 ? `${(posts / 1e6).toFixed(1)}M` : posts >= 1000 ? `${Math.round(posts / 1000)}k` : String(posts));
