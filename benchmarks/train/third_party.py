"""Natives of others to fit on and to judge by: screens of Crafter, and the folder that `benchmarks/grid` uses too."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unipixel.image import RGBA, load_image

sys.path.append(str(Path(__file__).parents[1] / "grid"))
from natives import FOLDER, folder_natives, load_native

COUNT = 368
"""Pictures taken of the folder at most."""


@dataclass(frozen=True)
class Collection:
    """Natives of one origin, those to judge by from worlds (packages) that none of the others comes from."""

    name: str
    fit: list[RGBA]
    judged: list[RGBA]


def open_collections(demo: Path) -> list[Collection]:
    """Screens of the demo's games and, where the environment names it, the folder of natives."""
    screens = [(str(json.loads(file.read_text("utf-8"))["seed"]), file.with_suffix(".png"))
               for file in sorted((demo / "truth").glob("*.json"))]  # fmt: skip
    if not screens:
        raise SystemExit(f"{demo}: no screens. Make them with: unipixel demo {demo}")
    found = [_split("Crafter", [(world, _whole(load_image(file))) for world, file in screens])]
    if FOLDER in os.environ:
        names = folder_natives(Path(os.environ[FOLDER]), COUNT)
        found.append(_split("15 games and icon sets", [(name.split("_")[0], _opaque(name)) for name in names]))
    return found


def _split(name: str, natives: list[tuple[str, RGBA]]) -> Collection:
    """Every fourth group is for judging."""
    held = set(sorted({group for group, _ in natives})[::4])
    fit = [native for group, native in natives if group not in held]
    return Collection(name, fit, [native for group, native in natives if group in held])


def _opaque(name: str) -> RGBA:
    colour = load_native(name)
    return _whole(np.dstack([colour, np.full(colour.shape[:2], 255, np.uint8)]))


def _whole(native: RGBA) -> RGBA:
    """Whole pairs of pixels, so that every scale gives whole latent cells."""
    return np.ascontiguousarray(native[: len(native) // 2 * 2, : native.shape[1] // 2 * 2])
