// Data set: images, their tags and whatever spoils a training. All that lasts is in the workspace's files.

import { Problem } from "../api.js";
import { $ } from "../dom.js";
import { bind } from "../keys.js";
import { Adding } from "./adding.js";
import { Balance } from "./balance.js";
import { Bulk } from "./bulk.js";
import { Checks } from "./checks.js";
import { Crop } from "./crop.js";
import { Doubtful } from "./doubtful.js";
import { Grid } from "./grid.js";
import { Panel } from "./panel.js";
import { Store } from "./store.js";
import { completes } from "./tagbox.js";

const VIEWS = ["images", "doubtful", "balance", "checks", "adding", "crop"];
const store = new Store();
let grid, panel, others, view = "images", last;

export async function start() {
  grid = new Grid($("dataset-grid"), store);
  panel = new Panel(store, edit);
  new Bulk(store, edit);
  completes($("dataset-tag"), $("dataset-completions"), (tag) => edit({ op: "add", tag }), () => $("dataset-grid").focus());
  others = {
    doubtful: new Doubtful(attempt, () => {}),
    balance: new Balance(attempt),
    checks: new Checks(attempt, edit),
    crop: new Crop(store, attempt, cropped),
    adding: new Adding(attempt, () => !$("dataset").hidden),
  };
  store.onChange(draw);
  connect();
  keys();
  await attempt(() => store.load(""));
  grid.layout();
  attempt(() => others.doubtful.show());
  store.watch(() => !$("dataset").hidden, tell);
  return { show };
}

/** Show a view: "#dataset/NAME"; "find:SEARCH" shows the images of a search, "image:ID" one of all. */
async function show(place = "images") {
  const [what, rest] = [place.split(":", 1)[0], place.slice(place.indexOf(":") + 1)];
  if (what === "find" || what === "image") {
    $("dataset-query").value = what === "find" ? rest : "";
    await find();
    if (what === "image") store.look(store.ids.indexOf(rest));
  }
  view = VIEWS.includes(place) ? place : "images";
  for (const name of VIEWS) $(`dataset-${name}`).hidden = name !== view;
  for (const link of $("dataset-views").children) {
    if (link.hash === (["images", "crop"].includes(view) ? "#dataset" : `#dataset/${view}`)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view === "images") { draw(); grid.layout(); } else await attempt(() => others[view].show());
}

const counted = (images) => (images === 1 ? "1 image" : `${images} images`);

function draw() {
  if (view !== "images") return;
  const { ids, all, chosen, edits, filter } = store;
  $("dataset-count").textContent = `${ids.length === all ? counted(all) : `${ids.length} of ${all} images`}${chosen.size ? `, ${chosen.size} chosen` : ""}.`;
  $("dataset-empty").hidden = ids.length > 0;
  $("dataset-grid").hidden = !ids.length;
  $("dataset-empty").textContent = all ? `No image fits “${filter}”.` : "There are no training images yet: add pictures, then prepare them.";
  for (const action of ["undo", "redo"]) {
    const made = edits[action], button = $(`dataset-${action}`);
    button.disabled = !made;
    button.title = made ? `${made.what} (${counted(made.images)})` : "";
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
    $("dataset-done").textContent = made.changed ? `${made.what}: ${counted(made.changed)}.` : `${made.what}: nothing changes.`;
    return made;
  });
}

const again = (action) => attempt(async () => {
  const made = await store.again(action);
  $("dataset-done").textContent = `${made.what}: ${counted(made.changed)}.`;
});

/** Back to the images, with the one that was cropped before the eyes. */
async function cropped(id) {
  await store.load();
  store.look(Math.max(0, store.ids.indexOf(id)));
  location.hash = "#dataset";
  $("dataset-grid").focus();
}

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

/** Say a problem; none is a problem that is over. */
function tell(problem) {
  $("dataset-problem").textContent = problem?.message ?? "";
  $("dataset-problem").hidden = !problem;
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
  const kept = localStorage.getItem("unipixel-thumbs") ?? "auto";
  const zoom = (value) => { grid.zoom = value; grid.layout(); localStorage.setItem("unipixel-thumbs", value); };
  $("dataset-zoom").value = kept;
  $("dataset-zoom").onchange = () => zoom($("dataset-zoom").value);
  grid.zoom = kept;
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
    ["a", "Accept the proposal, or the native", verdict("accept")],
    ["r", "Reject the proposal, or the source", verdict("reject")],
    ["A", "Accept all proposals", () => edit({ op: "accept", tag: "*" })],
    ["R", "Reject all proposals", () => edit({ op: "reject", tag: "*" })],
    [".", "Do the last edit here too", () => { if (last) edit(last); }],
    ["u", "Undo", () => again("undo")],
    ["U", "Redo", () => again("redo")],
    ["c", "Crop and fill", () => { location.hash = "#dataset/crop"; }],
    ["Enter", "Save the crop", () => {}],
    ["m", "Edit many at once", () => { $("dataset-bulk").open = true; $("dataset-bulk-tag").focus(); }],
    ...Array.from({ length: 9 }, (_, at) => [String(at + 1), `Add the tag that was added last but ${at}${at < 4 ? ", or take the native size of this number" : ""}`, () => { const tag = store.edits.recent[at]; if (tag) edit({ op: "add", tag }); }]),
  ];
  one.find(([key]) => key === "1")[1] = "Add the tag that was added last, or take the likeliest other native size";
  const { doubtful } = others;
  const two = {
    j: () => doubtful.look(doubtful.at + 1),
    k: () => doubtful.look(doubtful.at - 1),
    a: () => { if (doubtful.source?.native_size) doubtful.decide("accept"); },
    r: () => doubtful.decide("reject"),
    ...Object.fromEntries(Array.from({ length: 4 }, (_, at) => [at + 1, () => { if (doubtful.others[at]) doubtful.take(doubtful.others[at]); }])),
  };
  const { crop } = others;
  const three = {
    ArrowRight: (event) => crop.move(0, 1, event),
    ArrowLeft: (event) => crop.move(0, -1, event),
    ArrowDown: (event) => crop.move(1, 0, event),
    ArrowUp: (event) => crop.move(-1, 0, event),
    Enter: () => crop.save(crop.corner),
    Escape: () => crop.cancel(),
  };
  bind("dataset", one.map(([key, sentence, action]) => [key, sentence, (event) => {
    const meant = { images: action, doubtful: two[key], crop: three[key] }[view];
    if (!meant) return false; // arrows and spaces scroll where they have no meaning
    meant(event);
  }]));
}
