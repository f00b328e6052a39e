// Data set: images, their tags and whatever spoils a training. All that lasts is in the workspace's files.

import { Problem } from "../api.js";
import { $ } from "../dom.js";
import { bind } from "../keys.js";
import { Bulk } from "./bulk.js";
import { Grid } from "./grid.js";
import { Panel } from "./panel.js";
import { Store } from "./store.js";
import { completes } from "./tagbox.js";

const VIEWS = ["images"];
const store = new Store();
let grid, panel, view = "images", last;

export async function start() {
  grid = new Grid($("dataset-grid"), store);
  panel = new Panel(store, edit);
  new Bulk(store, edit);
  completes($("dataset-tag"), $("dataset-completions"), (tag) => edit({ op: "add", tag }), () => $("dataset-grid").focus());
  store.onChange(draw);
  connect();
  keys();
  await attempt(() => store.load(""));
  grid.layout();
  store.watch(() => !$("dataset").hidden, tell);
  return { show };
}

/** Show a view: "#dataset/NAME"; "find:SEARCH" shows the images of a search. */
async function show(place = "images") {
  if (place.startsWith("find:")) {
    $("dataset-query").value = place.slice(5);
    find();
  }
  view = VIEWS.includes(place) ? place : "images";
  for (const name of VIEWS) $(`dataset-${name}`).hidden = name !== view;
  for (const link of $("dataset-views").children) {
    if (link.hash === (view === "images" ? "#dataset" : `#dataset/${view}`)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view === "images") grid.layout();
}

function draw() {
  const { ids, all, chosen, edits, filter } = store;
  $("dataset-count").textContent = `${ids.length === all ? `${all} images` : `${ids.length} of ${all} images`}${chosen.size ? `, ${chosen.size} chosen` : ""}`;
  $("dataset-empty").hidden = ids.length > 0;
  $("dataset-grid").hidden = !ids.length;
  $("dataset-empty").textContent = all ? `No image fits “${filter}”.` : "There are no training images yet: add pictures, then prepare them.";
  for (const action of ["undo", "redo"]) {
    const made = edits[action], button = $(`dataset-${action}`);
    button.disabled = !made;
    button.title = made ? `${made.what} (${made.images} images)` : "";
  }
  if (grid.known !== ids) { grid.known = ids; grid.layout(); } else grid.show();
  panel.show();
}

// ---------------------------------------------------------------- doing

/** Edit what is chosen, or the image that is looked at; an edit that names its images itself is made as it is. */
async function edit(wanted) {
  const names = "ids" in wanted || "query" in wanted;
  if (!names) last = wanted;
  return attempt(async () => {
    const made = await store.edit(names ? wanted : { ...wanted, ids: store.targets });
    $("dataset-count").textContent = made.changed ? `${made.what}: ${made.changed} images` : `${made.what}: nothing changes`;
    return made;
  });
}

const again = (action) => attempt(async () => {
  const made = await store.again(action);
  $("dataset-count").textContent = `${made.what}: ${made.changed} images`;
});

async function find() {
  $("dataset-query-problem").hidden = true;
  try {
    await store.load($("dataset-query").value.trim());
    $("dataset-query").removeAttribute("aria-invalid");
  } catch (problem) {
    $("dataset-query-problem").textContent = problem.message;
    $("dataset-query-problem").hidden = false;
    $("dataset-query").setAttribute("aria-invalid", "true");
    if (problem.kind === "QueryError") $("dataset-words").open = true;
  }
}

/** Do it, or say why not. */
async function attempt(action) {
  $("dataset-problem").hidden = true;
  try {
    return await action();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(problem);
  }
}

function tell(problem) {
  $("dataset-problem").textContent = problem.message;
  $("dataset-problem").hidden = false;
}

// ---------------------------------------------------------------- what is pressed

function connect() {
  $("dataset-filter").onsubmit = async (event) => {
    event.preventDefault();
    await find();
    if ($("dataset-query-problem").hidden) $("dataset-grid").focus();
  };
  $("dataset-query").onkeydown = (event) => { if (event.key === "Escape") $("dataset-grid").focus(); };
  $("dataset-undo").onclick = () => again("undo");
  $("dataset-redo").onclick = () => again("redo");
  const kept = localStorage.getItem("unipixel-thumbs") ?? "1";
  const zoom = (value) => { grid.zoom = Number(value); grid.layout(); localStorage.setItem("unipixel-thumbs", value); };
  $("dataset-zoom").value = kept;
  $("dataset-zoom").onchange = () => zoom($("dataset-zoom").value);
  grid.zoom = Number(kept);
}

function keys() {
  const step = (by) => ({ shiftKey }) => store.look(store.current + by(), shiftKey);
  const verdict = (op) => () => { if (panel.proposal) edit({ op, tag: panel.proposal.name }); };
  const page = () => grid.columns * Math.max(1, Math.floor(grid.box.clientHeight / (grid.height + 10)));
  const one = [
    ["j", "Next image", step(() => 1)],
    ["k", "Image before", step(() => -1)],
    ["ArrowRight", "Next image; with Shift, chosen too", step(() => 1)],
    ["ArrowLeft", "Image before; with Shift, chosen too", step(() => -1)],
    ["ArrowDown", "Image below", step(() => grid.columns)],
    ["ArrowUp", "Image above", step(() => -grid.columns)],
    ["PageDown", "A page down", step(page)],
    ["PageUp", "A page up", step(() => -page())],
    ["Home", "First image", step(() => -store.ids.length)],
    ["End", "Last image", step(() => store.ids.length)],
    [" ", "Choose the image, or not", () => store.toggle()],
    ["*", "Choose all images of the filter", () => store.choose(store.ids)],
    ["Escape", "Choose none", () => store.choose([])],
    ["/", "Filter", () => { $("dataset-query").focus(); $("dataset-query").select(); }],
    ["t", "Add a tag", () => $("dataset-tag").focus()],
    ["n", "Next proposal", () => panel.mark(1)],
    ["p", "Proposal before", () => panel.mark(-1)],
    ["a", "Accept the proposal", verdict("accept")],
    ["r", "Reject the proposal", verdict("reject")],
    ["A", "Accept all proposals", () => edit({ op: "accept", tag: "*" })],
    ["R", "Reject all proposals", () => edit({ op: "reject", tag: "*" })],
    [".", "Do the last edit here too", () => { if (last) edit(last); }],
    ["u", "Undo", () => again("undo")],
    ["U", "Redo", () => again("redo")],
    ["m", "Edit many at once", () => { $("dataset-bulk").open = true; $("dataset-bulk-tag").focus(); }],
    ...Array.from({ length: 9 }, (_, at) => [String(at + 1), `Add the tag that was added last but ${at}`, () => { const tag = store.edits.recent[at]; if (tag) edit({ op: "add", tag }); }]),
  ];
  one.find(([key]) => key === "1")[1] = "Add the tag that was added last";
  bind("dataset", one.map(([key, sentence, action]) => [key, sentence, (event) => { if (view === "images") action(event); }]));
}
