"""How long the studio takes from a key to the change it makes: python benchmarks/dataset/studio.py; see README.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from unipixel.caption import Proposal, shipped_vocabulary
from unipixel.dataset import Canvas, Entry, fit, native_id, write_manifest
from unipixel.dataset.balance import Candidate
from unipixel.image import save_png
from unipixel.stages.placing import Placement, image_file, write_image
from unipixel.stages.recovering import native_file
from unipixel.stages.workspace import Workspace

CANVAS = Canvas(1024, 1024)
SCALE, COLORS, TAGS = 8, 64, 20
THEMES = ("city", "forest", "cave", "room")

KEYS = {
    "j": "the next image is shown, with its tags",
    "1": "the tag that was added last is put on",
    "a": "a proposal is accepted",
    "u": "the last edit is taken back",
}
"""Keys, and what each changes on the page."""
ABOUT = {
    **KEYS, "first page": "from the address to the grid", "scrolling": "a frame, while 150 of them pass 120 px each",
    "an edit": "is on the disk: data set, caption, journal",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--presses", type=int, default=30, help="of each key")
    parser.add_argument("--workspace", type=Path, help="keep the drawn data set here, and take it from here")
    parser.add_argument("--browser", metavar="CHROMIUM", default="/usr/bin/chromium")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = draw_workspace(chosen.workspace or Path(folder) / "set", chosen.images)
        command = [sys.executable, "-m", "unipixel", "serve", str(workspace.root), "--port=0", "--no-browser"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                times = time_page(server.stdout.readline().split()[-1], chosen.presses, chosen.browser)
            finally:
                server.terminate()
    print(f"{chosen.images} images\n\n| key | what changes | median ms | 90 % | slowest |\n|---|---|---|---|---|")
    for key, spent in times.items():
        about = ABOUT[key]
        print(f"| {key} | {about} | {median(spent):.0f} | {quantiles(spent, n=10)[-1]:.0f} | {max(spent):.0f} |")


def draw_workspace(root: Path, images: int) -> Workspace:
    """A prepared data set of drawn tiles, with tags of every state."""
    workspace = Workspace.create(root, preset="unipixel")
    if not workspace.manifest.exists():
        write_manifest(workspace.manifest, [draw_row(workspace, seed) for seed in range(images)])
    return workspace


def draw_row(workspace: Workspace, seed: int) -> Entry:
    rng = np.random.default_rng(seed)
    native = np.full((128, 128, 4), 255, np.uint8)
    tiles = rng.integers(0, 256, (4, 16, 16, 3)) // 32 * 32
    native[..., :3] = np.block([[[tiles[rng.integers(4)]] for _ in range(8)] for _ in range(8)])
    row = Entry(
        native_id(native), f"sources/art {seed:04d}.png", f"{seed:064x}", native_size=(128, 128), state="sure",
        canvas=str(CANVAS), theme=THEMES[seed % len(THEMES)], tags=draw_tags(rng), confidence=1.0,
    )  # fmt: skip
    save_png(native_file(workspace.root, row), native)
    window = fit(native, CANVAS.native_size(SCALE)).window
    pick = Candidate(row.id, CANVAS, window, 0.0)
    target = image_file(workspace, row, (window.row, window.col))
    return write_image(Placement(native_file(workspace.root, row), target, row, pick, SCALE, COLORS, None))


def draw_tags(rng: np.random.Generator) -> tuple[Proposal, ...]:
    known = [tag.name for tag in shipped_vocabulary().tags.values() if tag.group in ("object", "scene", "light")]
    names = rng.choice(known[:200], TAGS, replace=False)
    return tuple(
        Proposal(str(name), "machine", 0.6, "proposed" if place % 3 == 0 else "accepted", "said by a machine", "drawn")
        for place, name in enumerate(names)
    )


def time_page(address: str, presses: int, browser: str) -> dict[str, list[float]]:
    """Milliseconds from a key to the frame that shows its change, and of edits until they are on the disk."""
    from playwright.sync_api import sync_playwright

    times: dict[str, list[float]] = {}
    with sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": 1280, "height": 800})
        began = time.perf_counter()
        page.goto(f"{address}#dataset")
        page.wait_for_selector("#dataset-grid [aria-selected=true]")
        times["first page"] = [1000 * (time.perf_counter() - began)] * 2
        page.fill("#dataset-tag", "lantern")
        page.press("#dataset-tag", "Enter")
        page.wait_for_selector('#dataset-tags [data-tag="lantern"]')
        page.focus("#dataset-grid")
        for _ in range(presses):
            for key in KEYS:
                times.setdefault(key, []).append(page.evaluate(PRESS, key))
        times["scrolling"] = page.evaluate(SCROLL)
        times["an edit"] = [page.evaluate(WRITE) for _ in range(presses)]
        opened.close()
    return times


PRESS = """async (key) => {
  const panel = document.getElementById("dataset-panel");
  const began = performance.now();
  const changed = new Promise((done) => {
    const watch = new MutationObserver(() => { watch.disconnect(); requestAnimationFrame(() => setTimeout(done)); });
    watch.observe(panel, { subtree: true, childList: true, characterData: true });
  });
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await changed;
  const took = performance.now() - began;
  await new Promise((done) => setTimeout(done, 150));
  return took;
}"""
"""From the key to the end of the frame in which the panel of the image differs."""

SCROLL = """async () => {
  const grid = document.getElementById("dataset-grid"), frames = [];
  grid.scrollTop = 0;
  let last = performance.now();
  for (let turn = 0; turn < 150; turn++) {
    grid.scrollTop += 120;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""

WRITE = """async () => {
  const { ids } = await (await fetch("api/dataset/images")).json();
  const began = performance.now();
  await (await fetch("api/dataset/edit", { method: "POST",
    body: JSON.stringify({ op: "add", tag: `bench ${began}`, ids: ids.slice(0, 1) }) })).json();
  return performance.now() - began;
}"""
"""From the request to the answer, which comes when everything is written."""


if __name__ == "__main__":
    main()
