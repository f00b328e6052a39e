"""What the clean-ups change on clean art, and how much of planted damage they mend.

python benchmarks/cleanup.py [--folder GRIDBENCH]

Clean art: screens of the game Crafter and, with a folder of ``manifest.json`` and ``natives/``, its pictures. Damage is
planted from fixed seeds in the same pictures. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from unipixel.cleanup import CLEANUPS, clean
from unipixel.cleanup.background import find_ground
from unipixel.cleanup.colors import appearance, number_colors
from unipixel.cleanup.outline import find_outline
from unipixel.cleanup.ring import find_beside
from unipixel.evaluation import measure_quality
from unipixel.image import RGBA, load_image

sys.path.insert(0, str(Path(__file__).parent / "grid"))
from natives import FOLDER, load_native, own_natives

SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
FEW = 64
"""Colours up to which art is reckoned as drawn pixel by pixel, and not rendered."""
DARK = 0.4
"""Lightness below which a line around figures is an outline."""

Damage = tuple[RGBA, RGBA, np.ndarray]
"""Damaged native, what was meant, and where damage lies."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    names = [name for name in own_natives(48) if name.startswith("crafter")]
    natives = {name: load_image(load_native(name)) for name in names}
    if arguments.folder:
        os.environ[FOLDER] = str(arguments.folder)
        for item in json.loads((arguments.folder / "manifest.json").read_text("utf-8")):
            natives[item["id"]] = load_image(arguments.folder / "natives" / f"{item['id']}.png")
    few = {name: native for name, native in natives.items() if measure_quality(native).colors <= FEW}
    print_clean(natives, few)
    print_damaged(few)
    print_times(natives)


def print_clean(natives: dict[str, RGBA], few: dict[str, RGBA]) -> None:
    print(f"\n{len(natives)} clean natives, {len(few)} of at most {FEW} colours: share of pixels changed, in %\n")
    print("| clean-up | untouched natives | mean | p90 | most | mean, few colours |")
    print("|---|--:|--:|--:|--:|--:|")
    for cleanup in CLEANUPS:
        shares = {name: 100 * changed(native, clean(native, [cleanup])) for name, native in natives.items()}
        values, drawn = np.array(list(shares.values())), [shares[name] for name in few]
        row = f"{100 * (values == 0).mean():.0f} | {values.mean():.2f} | {np.percentile(values, 90):.2f}"
        print(f"| `{cleanup}` | {row} | {values.max():.2f} | {np.mean(drawn):.2f} |")


def print_damaged(natives: dict[str, RGBA]) -> None:
    print("\n| damage | clean-up | natives | mended, % | wrongly changed elsewhere, % of pixels |")
    print("|---|---|--:|--:|--:|")
    for told, cleanup, damage in PLANTED:
        mended, collateral = [], []
        for seed, native in enumerate(natives.values()):
            for damaged, meant, where in damage(native, np.random.default_rng(seed)):
                cleaned = clean(damaged, [cleanup])
                right = (cleaned == meant).all(-1)
                if where.any():
                    mended.append(right[where].mean())
                    collateral.append(((cleaned != damaged).any(-1) & ~right & ~where).mean())
        row = f"{100 * np.mean(mended):.0f} | {100 * np.mean(collateral):.3f}"
        print(f"| {told} | `{cleanup}` | {len(mended)} | {row} |")


def print_times(natives: dict[str, RGBA]) -> None:
    print("\n| processor ms | " + " | ".join(CLEANUPS) + " | quality |\n|---|" + "--:|" * (len(CLEANUPS) + 1))
    for side in (128, 1024):
        mosaic = tile(list(natives.values()), side)
        times = [f"{fastest(lambda name=name, art=mosaic: clean(art, [name])):.1f}" for name in CLEANUPS]
        quality = f"{fastest(lambda art=mosaic: measure_quality(art)):.1f}"
        print(f"| {side}x{side}, {measure_quality(mosaic).colors} colours | {' | '.join(times)} | {quality} |")


def changed(before: RGBA, after: RGBA) -> float:
    return float((before != after).any(-1).mean())


def fastest(call) -> float:
    times = []
    for _ in range(5):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def tile(natives: list[RGBA], side: int) -> RGBA:
    """Fill a square with natives, one beside the other."""
    square = np.zeros((side, side, 4), np.uint8)
    square[..., 3] = 255
    row = number = 0
    while row < side:
        col = height = 0
        while col < side:
            native = natives[number * 7 % len(natives)]
            part = square[row : row + native.shape[0], col : col + native.shape[1]]
            part[:] = native[: part.shape[0], : part.shape[1]]
            col, height, number = col + native.shape[1], max(height, native.shape[0]), number + 1
        row += height
    return square


# ---- damage


def plant_salt(native: RGBA, rng: np.random.Generator) -> Iterator[Damage]:
    """2 % of the pixels 10 to 23 levels off in each channel."""
    where = (rng.random(native.shape[:2]) < 0.02) & (native[..., 3] == 255)
    damaged = native.copy()
    shift = rng.integers(10, 24, (where.sum(), 3)) * rng.choice([-1, 1], (where.sum(), 3))
    damaged[where, :3] = (native[where][:, :3].astype(int) + shift).clip(0, 255)
    yield damaged, native, where


def plant_levels(native: RGBA, rng: np.random.Generator) -> Iterator[Damage]:
    """A tenth of the pixels one level off, as codecs leave them: natives whose own colours are apart."""
    if measure_quality(native).near_duplicates or measure_quality(native).colors < 2:
        return
    where = (rng.random(native.shape[:2]) < 0.1) & (native[..., 3] == 255)
    damaged = native.copy()
    damaged[where, :3] = (native[where][:, :3].astype(int) + rng.choice([-1, 1], (where.sum(), 3))).clip(0, 255)
    yield damaged, native, where & (damaged != native).any(-1)


def plant_fringe(native: RGBA, rng: np.random.Generator, *, before: str) -> Iterator[Damage]:
    """Ground pixels beside a figure become mixtures of both."""
    ground = find_ground(native)
    colors = np.unique(native[ground][:, :3], axis=0)
    if not 0.15 < ground.mean() < 0.9 or len(colors) != 1 or (before == "ground" and colors.max() <= 64):
        return
    base = native.astype(np.float64)
    if before != "ground":
        base[ground] = 0
    mixed = np.array([255.0] * 4) if before == "white" else np.array([*colors[0], 255.0])
    near = np.where(ground[..., None], mixed, base)
    for step in SIDES:
        beside = np.roll(~ground, step, (0, 1)) & ground
        near[beside] = np.roll(base, step, (0, 1))[beside]
    where = find_beside(~ground) & ground & (rng.random(ground.shape) < 0.7)
    where[[0, -1]] = where[:, [0, -1]] = False
    share = rng.uniform(0.2, 0.8, ground.shape)[..., None]
    fringe = share * near + (1 - share) * mixed
    if before == "clear":
        fringe = np.dstack([near[..., :3], 255 * share])
    damaged, meant = base.copy(), base.copy()
    damaged[where] = fringe[where].round()
    meant[where & (share[..., 0] > 0.5)] = near[where & (share[..., 0] > 0.5)]
    yield damaged.astype(np.uint8), meant.astype(np.uint8), where


def plant_gaps(native: RGBA, rng: np.random.Generator, *, leak: str) -> Iterator[Damage]:
    """A twenty-fifth of the pixels of an outline take the colour of the figure, or of the ground, beside them."""
    ground = find_ground(native)
    colors = number_colors(native)
    line = find_outline(colors, ground)
    if line is None or not 0.15 < ground.mean() < 0.9 or appearance(colors.table)[line, 0] > DARK:
        return
    rim = find_beside(ground) & (colors.index == line)
    inside = ~ground & (colors.index != line)
    rim[[0, -1]] = rim[:, [0, -1]] = False
    places = np.argwhere(rim & find_beside(inside))
    damaged, where = native.copy(), np.zeros(ground.shape, np.bool_)
    for row, col in rng.permutation(places)[: max(1, len(places) // 25)]:
        source = inside if leak == "figure" else ground
        steps = [(y, x) for y, x in SIDES if source[row + y, col + x]]
        damaged[row, col] = native[row + steps[0][0], col + steps[0][1]]
        where[row, col] = True
    yield damaged, native, where


def plant_corners(native: RGBA, rng: np.random.Generator) -> Iterator[Damage]:
    """A fifth of the steps of drawn lines get a doubled corner pixel; the native only gives the ground's colour."""
    image = Image.new("RGBA", (48, 48), (*native[0, 0, :3].tolist(), 255))
    ink = (255, 255, 255, 255) if native[0, 0, :3].max() < 128 else (20, 20, 30, 255)
    points = [(int(x), int(y)) for x, y in zip(range(4, 46, 10), rng.integers(3, 44, 5), strict=True)]
    ImageDraw.Draw(image).line(points, fill=ink, width=1)
    meant = np.asarray(image).copy()
    line = (meant == ink).all(-1)
    if line.all():
        return
    damaged, where = meant.copy(), np.zeros(line.shape, np.bool_)
    falls = line[:-1, :-1] & line[1:, 1:] & ~line[:-1, 1:] & ~line[1:, :-1]
    for row, col in np.argwhere(falls & (rng.random(falls.shape) < 0.2)):
        where[row + 1, col] = True
    damaged[where] = ink
    yield damaged, meant, where


PLANTED = (
    ("2 % of pixels 10 to 23 levels off", "orphans", plant_salt),
    ("10 % of pixels one level off", "near-duplicates", plant_levels),
    ("fringe before a light or coloured ground", "halo", lambda art, rng: plant_fringe(art, rng, before="ground")),
    ("translucent fringe", "halo", lambda art, rng: plant_fringe(art, rng, before="clear")),
    ("white fringe, ground removed", "halo", lambda art, rng: plant_fringe(art, rng, before="white")),
    ("gaps where the figure leaks", "outline", lambda art, rng: plant_gaps(art, rng, leak="figure")),
    ("gaps where the ground leaks", "outline", lambda art, rng: plant_gaps(art, rng, leak="ground")),
    ("doubled corners of drawn lines", "jaggies", plant_corners),
)

if __name__ == "__main__":
    main()
