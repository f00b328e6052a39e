// Convert: what is opened, chosen and shown. All work on pictures is the server's.

import { Problem } from "../api.js";
import { $ } from "../dom.js";
import { Batch } from "./batch.js";
import { Editor } from "./editor.js";
import { Options } from "./form.js";
import { Locks } from "./locks.js";
import { GRID, Picture, describe, sharePalette } from "./picture.js";
import { Shelf } from "./palettes.js";
import { receive } from "./receive.js";
import { Saving, download } from "./saving.js";
import { bindKeys } from "./shortcuts.js";
import { Sizes, size } from "./sizes.js";
import { View, decode } from "./view.js";
import { watch } from "./watched.js";
import { zoomByWheel } from "./wheel.js";

const PALETTE_FILES = /\.(gpl|hex|pal|act|aco)$/i;

let view, batch, options, shelf, locks, editor, sizes, saving;

export async function start() {
  view = new View({ box: $("view"), canvas: $("canvas"), slider: $("slider"), level: $("zoom-level") });
  zoomByWheel(view);
  batch = new Batch({ chosen: look, options: () => options.get(), save: download, share });
  const described = await describe();
  const { properties } = described.components.schemas.Options;
  shelf = new Shelf(properties.palette);
  locks = new Locks(properties.keep);
  options = new Options($("options"), properties, { palette: shelf, keep: locks }, change);
  editor = new Editor({ view, history: () => batch.current?.history(options.get()), changed: convert });
  sizes = new Sizes({ batch, options, changed: convert });
  saving = new Saving({ picture: () => batch.current, options: () => options.get(), attempt });
  await shelf.load();
  connect();
  await watch(arrive);
}

// ---------------------------------------------------------------- converting

let running = false, again = false;

/** Convert the picture that is looked at; of several changes meanwhile, the last one counts. */
async function convert() {
  if (running) return void (again = true);
  running = true;
  try {
    do {
      again = false;
      await convertOnce(batch.current);
    } while (again);
  } finally {
    running = false;
  }
}

/** An option was changed: one of the grid holds for the picture that is looked at, whatever was chosen for it before. */
function change(name) {
  if (batch.current && GRID.includes(name)) batch.current.grid = null;
  convert();
}

async function convertOnce(picture) {
  if (!picture) return;
  const shared = options.get(), given = picture.options(shared), began = performance.now();
  try {
    picture.before ??= await createImageBitmap(picture.file).catch(() => null);
    const shown = await picture.convert(shared);
    if (isAutomatic(given) && !picture.history(shared).now.rows) picture.found = shown;
    const after = await decode(shown.png);
    if (picture !== batch.current) return; // another was chosen meanwhile
    original(null);
    view.show(shown, after, picture.before);
    tell(picture, shown, performance.now() - began);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (picture === batch.current) await refuse(picture, problem);
  }
}

const isAutomatic = (given) => !GRID.some((name) => name in given);

function tell(picture, shown, took) {
  $("problem").hidden = true;
  const frames = shown.frames > 1 ? `, ${shown.frames} frames` : "";
  const doubtful = view.doubtfulCells ? `, ${view.doubtfulCells} doubtful cells marked` : "";
  $("status").textContent = `${options.say(shown.report.verdict)} (${Math.round(took)} ms)`;
  $("canvas").setAttribute("aria-label", `${picture.name}, before and after: ${size(shown.native)} native px${frames}${doubtful}`);
  const colors = shown.colors ? `indexed, ${shown.colors.length} colours` : "more than 256 colours, not indexed";
  const zoom = options.get().zoom ?? 1;
  $("size-note").textContent = `${size(shown.native.map((side) => side * zoom))} px${frames}, ${colors}${doubtful}.`;
  $("command").textContent = shown.command;
  ready(true, shown.durations.length > 0);
  play(view.playing);
  editor.show(shown);
  locks.show((options.get().colors && shown.colors) || []);
  sizes.show(picture, picture.found ?? shown, shown);
}

async function refuse(picture, problem) {
  $("problem").textContent = options.say(problem.message);
  $("problem").hidden = false;
  $("status").textContent = "";
  ready(false, false);
  $("size-note").textContent = "";
  if (problem.kind !== "NoGridFound") return;
  view.hide();
  original(picture);
  document.querySelector("#convert .panel").scrollTop = 0; // where the sizes are
  picture.found ??= await picture.detect();
  if (picture === batch.current) sizes.show(picture, picture.found, null);
}

function ready(isReady, isAnimation) {
  for (const id of ["save", "copy", "save-aseprite"]) $(id).disabled = !isReady;
  $("save-gif").hidden = $("frames").hidden = $("frame-number").hidden = !(isReady && isAnimation);
  $("command-row").hidden = $("slider-label").hidden = $("mend").hidden = !isReady;
  $("empty").hidden = Boolean(batch.current);
}

/** Show the picture as it came, where there is no result to show. */
function original(picture) {
  $("original").hidden = !picture;
  if (picture) Object.assign($("original"), { src: picture.address, alt: `${picture.name}, as it is` });
}

async function look(picture) {
  view.hide();
  original(null);
  view.fits = true;
  $("sizes").hidden = true;
  $("problem").hidden = true;
  $("status").textContent = picture ? `Reading ${picture.name} …` : "";
  ready(false, false);
  editor.use("look");
  await convert();
}

// ---------------------------------------------------------------- in and out

function open(files) {
  const list = [...files];
  const palettes = list.filter((file) => PALETTE_FILES.test(file.name));
  if (palettes.length) shelf.add(palettes);
  batch.add(list.filter((file) => !palettes.includes(file)).map((file) => new Picture(file)));
}

/** Pictures of the watched folder: the newest is looked at, unless the person works on another. */
function arrive(files) {
  const isFollowing = !batch.current || (editor.tool === "look" && batch.current === batch.pictures.at(-1));
  batch.add(files.map((file) => new Picture(file)), isFollowing ? files.length - 1 : null);
  $("batch-status").textContent = files.length > 1 ? `${files.length} new pictures.` : `${files[0].name} is new.`;
}

/** One palette for all pictures, chosen on the shelf; gives the number of its colours. */
async function share(pictures) {
  let count;
  await attempt(async () => {
    const palette = await sharePalette(pictures, options.get());
    count = palette.colors.length;
    shelf.take(palette);
  });
  return count;
}

/** Do it, or say why not. */
async function attempt(action) {
  try {
    await action();
  } catch (problem) {
    $("problem").textContent = problem instanceof Problem ? options.say(problem.message) : `The browser does not allow it: ${problem.message}`;
    $("problem").hidden = false;
  }
}

function play(isPlaying) {
  view.play(isPlaying);
  $("play").setAttribute("aria-pressed", isPlaying);
  $("frame-number").value = isPlaying ? "" : `frame ${view.frame + 1} of ${view.frames}`;
}

function turn(by) {
  view.turn(by);
  play(false);
}

// ---------------------------------------------------------------- what is pressed, dropped and pasted

function connect() {
  const choose = () => $("files").click();
  Object.entries({
    "choose": choose,
    "choose-first": choose,
    "zoom-in": () => view.step(1),
    "zoom-out": () => view.step(-1),
    "zoom-fit": () => view.fit(),
    "reset": () => {
      options.reset();
      for (const each of batch.pictures) each.grid = null;
      convert();
    },
    "play": () => play(!view.playing),
    "frame-before": () => turn(-1),
    "frame-next": () => turn(1),
  }).forEach(([id, action]) => ($(id).onclick = action));
  $("files").onchange = () => { open($("files").files); $("files").value = ""; };
  $("show-grid").onchange = (event) => { view.grid = event.target.checked; view.draw(); };
  $("show-doubt").onchange = (event) => { view.doubt = event.target.checked; view.draw(); };
  bindKeys({ view, batch, editor, saving, choose, turn });
  receive({ open, palettes: (files) => shelf.add(files) });
}
