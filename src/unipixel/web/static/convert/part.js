// Convert: what is opened, chosen and shown. All work on pictures is the server's.

import { Problem } from "../api.js";
import { $, node } from "../dom.js";
import { bind } from "../keys.js";
import { Batch } from "./batch.js";
import { Options } from "./form.js";
import { Picture, describe } from "./picture.js";
import { Shelf } from "./palettes.js";
import { View, decode } from "./view.js";

const PALETTE_FILES = /\.(gpl|hex|pal|act|aco)$/i;

let view, batch, options, shelf;

export async function start() {
  view = new View({ box: $("view"), canvas: $("canvas"), slider: $("slider"), level: $("zoom-level") });
  batch = new Batch({ chosen: look, options: () => options.get(), save: download });
  const described = await describe();
  const { properties } = described.components.schemas.Options;
  shelf = new Shelf(properties.palette);
  options = new Options($("options"), properties, { palette: shelf }, convert);
  await shelf.load();
  connect();
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

async function convertOnce(picture) {
  if (!picture) return;
  const given = options.get(), began = performance.now();
  try {
    picture.before ??= await createImageBitmap(picture.file).catch(() => null);
    const shown = await picture.convert(given);
    if (isAutomatic(given)) picture.found = shown;
    const after = await decode(shown.png);
    if (picture !== batch.current) return; // another was chosen meanwhile
    view.show(shown, after, picture.before);
    tell(picture, shown, performance.now() - began);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (picture === batch.current) await refuse(picture, problem);
  }
}

const isAutomatic = (given) => !["preset", "scale", "native_size", "offset", "sheet", "parts"].some((name) => name in given);
const size = ([width, height]) => `${width}x${height}`;

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
  candidates(picture, picture.found ?? shown, shown);
}

async function refuse(picture, problem) {
  $("problem").textContent = options.say(problem.message);
  $("problem").hidden = false;
  $("status").textContent = "";
  ready(false, false);
  if (problem.kind !== "NoGridFound") return;
  view.hide();
  picture.found ??= await picture.detect();
  if (picture === batch.current) candidates(picture, picture.found, null);
}

function ready(isReady, isAnimation) {
  for (const id of ["save", "copy", "save-aseprite"]) $(id).disabled = !isReady;
  $("save-gif").hidden = $("play").hidden = !(isReady && isAnimation);
  $("command-row").hidden = $("slider-label").hidden = !isReady;
  $("empty").hidden = Boolean(batch.current);
}

/** The sizes that the picture may have, each one click away. */
function candidates(picture, found, shown) {
  $("sizes").hidden = false;
  $("reason").textContent = (shown ?? found).reason;
  $("candidates").replaceChildren(...found.candidates.map((each, place) => {
    const about = `${each.confidence_in_words}, cells of ${each.cell.map((side) => +side.toFixed(2)).join("x")} px`;
    const button = node("button", { type: "button" }, size(each.native), node("small", { textContent: about }));
    button.setAttribute("aria-pressed", String(shown !== null && size(shown.native) === size(each.native)));
    const isFound = place === 0 && found.native;
    button.onclick = () => take(isFound ? {} : each.options);
    return button;
  }));
}

function take(grid) {
  options.reset(["preset", "scale", "native_size", "offset", "sheet", "parts"]);
  options.set(grid);
  convert();
}

async function look(picture) {
  view.hide();
  view.fits = true;
  $("sizes").hidden = true;
  $("problem").hidden = true;
  $("status").textContent = picture ? `Reading ${picture.name} …` : "";
  ready(false, false);
  await convert();
}

// ---------------------------------------------------------------- in and out

function open(files) {
  const list = [...files];
  const palettes = list.filter((file) => PALETTE_FILES.test(file.name));
  if (palettes.length) shelf.add(palettes);
  batch.add(list.filter((file) => !palettes.includes(file)).map((file) => new Picture(file)));
}

function download(blob, name) {
  const link = node("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function save(format) {
  const picture = batch.current;
  if (picture) await attempt(async () => download(await picture.encode(options.get(), format), picture.name.replace(/\.[^.]*$/, "") + format));
}

async function copy() {
  const picture = batch.current;
  if (!picture) return;
  await attempt(async () => {
    const blob = picture.encode(options.get(), ".png").then((file) => new Blob([file], { type: "image/png" }));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    $("status").textContent = "Copied to the clipboard.";
  });
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

// ---------------------------------------------------------------- what is pressed, dropped and pasted

function connect() {
  const choose = () => $("files").click();
  const toggle = (id) => $(id).click();
  Object.entries({
    "choose": choose,
    "choose-first": choose,
    "zoom-in": () => view.step(1),
    "zoom-out": () => view.step(-1),
    "zoom-fit": () => view.fit(),
    "reset": () => { options.reset(); convert(); },
    "save": () => save(".png"),
    "save-aseprite": () => save(".aseprite"),
    "save-gif": () => save(".gif"),
    "copy": copy,
    "copy-command": () => attempt(() => navigator.clipboard.writeText($("command").textContent)),
    "play": () => {
      view.play(!view.playing);
      $("play").setAttribute("aria-pressed", view.playing);
    },
  }).forEach(([id, action]) => ($(id).onclick = action));
  $("files").onchange = () => { open($("files").files); $("files").value = ""; };
  $("show-grid").onchange = (event) => { view.grid = event.target.checked; view.draw(); };
  $("show-doubt").onchange = (event) => { view.doubt = event.target.checked; view.draw(); };
  bind("convert", [
    ["o", "Choose pictures", choose],
    ["[", "Picture before", () => batch.step(-1)],
    ["]", "Next picture", () => batch.step(1)],
    ["+", "Zoom in", () => view.step(1)],
    ["-", "Zoom out", () => view.step(-1)],
    ["0", "Fit", () => view.fit()],
    ["g", "Show the grid", () => toggle("show-grid")],
    ["d", "Mark doubtful cells", () => toggle("show-doubt")],
    ["b", "Before and after in turn", () => { $("slider").value = $("slider").value > 50 ? 0 : 100; view.draw(); }],
    [" ", "Play or stop an animation", () => toggle("play")],
    ["c", "Copy the picture", copy],
    ["s", "Download as PNG", () => save(".png")],
    ["a", "Convert all into one zip", () => toggle("convert-all")],
  ]);
  receive();
}

function receive() {
  let depth = 0;
  const hint = (by) => { depth = Math.max(0, depth + by); $("drop-hint").hidden = !depth; };
  const shown = (action) => (event) => { if (!$("convert").hidden) action(event); };
  document.addEventListener("dragenter", shown((event) => { event.preventDefault(); hint(1); }));
  document.addEventListener("dragleave", shown(() => hint(-1)));
  document.addEventListener("dragover", shown((event) => event.preventDefault()));
  document.addEventListener("drop", shown((event) => {
    event.preventDefault();
    hint(-depth);
    const files = [...event.dataTransfer.files];
    if (event.target.closest("#palette")) shelf.add(files); else open(files);
  }));
  document.addEventListener("paste", shown((event) => open(event.clipboardData.files)));
}
