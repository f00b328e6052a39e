// The page's frame: its parts, each loaded when it is first shown, the theme, the keys, the jobs.

import { json } from "./api.js";
import { $, node } from "./dom.js";
import { watchJobs } from "./jobs.js";
import { listen, use } from "./keys.js";

const PARTS = {
  convert: { load: () => import("./convert/part.js"), needsWorkspace: false },
};

const started = {};
let workspace;

/** Show the part that the address names, "#dataset" or "#dataset/what-is-looked-at"; the first one otherwise. */
async function show() {
  const [name, place] = location.hash.slice(1).split("/", 2);
  const part = name in PARTS ? name : "convert";
  for (const each of Object.keys(PARTS)) $(each).hidden = each !== part;
  for (const link of $("parts").children) {
    if (link.hash === `#${part}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  use(part);
  started[part] ??= start(part).catch((problem) => { started[part] = undefined; throw problem; });
  const shown = await started[part];
  shown?.show?.(place && decodeURIComponent(place));
  document.body.dataset.ready = part;
}

async function start(name) {
  const { load, needsWorkspace } = PARTS[name], root = $(name);
  if (needsWorkspace && !workspace.is_workspace) return void offer(root);
  const [module, markup] = await Promise.all([load(), fetch(`${name}/part.html`).then((answer) => answer.text())]);
  root.innerHTML = markup;
  return module.start(root, workspace);
}

/** No workspace yet: make one here, or say how. */
function offer(root) {
  if (!workspace.folder) {
    root.replaceChildren(node("section", { className: "offer" },
      node("h2", { textContent: "This part needs a workspace" }),
      node("p", { textContent: "A workspace is a folder that holds pictures, captions and trainings. Start the studio with one:" }),
      node("code", { textContent: "unipixel serve my-workspace" })));
    return;
  }
  const preset = node("select", { id: `${root.id}-preset` }, ...workspace.presets.map((name) => node("option", { value: name, textContent: name })));
  const form = node("form", { className: "row" }, node("label", { htmlFor: preset.id, textContent: "Recipe" }), preset,
    node("button", { className: "main", textContent: "Make it a workspace" }));
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => {
      workspace = await json("api/workspace", { preset: preset.value });
      for (const name of Object.keys(PARTS)) if (PARTS[name].needsWorkspace) delete started[name];
      watchJobs();
      await show();
    });
  };
  root.replaceChildren(node("section", { className: "offer" },
    node("h2", { textContent: `${workspace.folder} is no workspace yet` }),
    node("p", { textContent: "It gets a recipe and a folder for pictures; nothing that is there is changed." }), form));
}

async function attempt(action) {
  $("lost").hidden = true;
  try {
    await action();
  } catch (problem) {
    $("lost").textContent = problem.message;
    $("lost").hidden = false;
  }
}

function theme() {
  const kept = localStorage.getItem("unipixel-theme") ?? "";
  const set = (name) => { document.documentElement.dataset.theme = name; localStorage.setItem("unipixel-theme", name); };
  $("theme").value = kept;
  set(kept);
  $("theme").onchange = () => set($("theme").value);
}

// The token has done its work: it is a cookie now, and need not stand in the address or the history.
if (location.search) history.replaceState(null, "", location.pathname + location.hash);
theme();
listen();
addEventListener("hashchange", () => attempt(show));
attempt(async () => {
  workspace = await json("api/workspace");
  if (workspace.is_workspace) watchJobs();
  await show();
});
