"""Pictures to reduce, each with what it should look like afterwards: noisy natives, shaded sprites, photographs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

sys.path.append(str(Path(__file__).parents[1] / "grid"))
from cases import rng_for
from natives import FOLDER, draw_native, folder_natives, load_native, own_natives

__all__ = [
    "FOLDER",
    "PHOTOS",
    "Motif",
    "Pixels",
    "add_cell_noise",
    "draw_native",
    "draw_shaded",
    "load_natives",
    "motifs",
]

Pixels = npt.NDArray[np.uint8]

PHOTOS = ("astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "motorcycle_left.png", "rocket.jpg")
"""Colour photographs that come with scikit-image."""


@dataclass(frozen=True, eq=False)
class Motif:
    """A picture and its truth.

    Attributes
    ----------
    image : (h, w, 3) uint8
        What is reduced.
    truth : (h, w, 3) uint8
        What the result is compared with: the picture itself, or the native art before the noise.
    """

    group: str
    name: str
    image: Pixels
    truth: Pixels


def motifs(natives: int, sprites: int) -> Iterator[Motif]:
    """All pictures of a run; photographs only where scikit-image is installed."""
    for name, truth in load_natives(natives).items():
        yield Motif("noisy natives", name, add_cell_noise(truth, name), truth)
    for seed in range(sprites):
        sprite = draw_shaded(seed)
        yield Motif("shaded sprites", f"sprite-{seed:02d}", sprite, sprite)
    skimage = find_spec("skimage")
    for name in PHOTOS if skimage and skimage.origin else ():
        photo = np.asarray(Image.open(Path(skimage.origin).parent / "data" / name).convert("RGB"))
        yield Motif("photographs", name.partition(".")[0], photo, photo)


def load_natives(count: int) -> dict[str, Pixels]:
    """Natives by name: of the folder of real ones where there is one, else game screens and drawings."""
    folder = os.environ.get(FOLDER)
    names = folder_natives(Path(folder), count) if folder else own_natives(count)
    return {name: load_native(name) for name in names}


def add_cell_noise(native: Pixels, name: str) -> Pixels:
    """Give each pixel an error of its own, mostly of lightness, as image models leave in the cells they draw."""
    rng = rng_for("cell noise", name)
    size = native.shape[:2]
    strength = rng.uniform(1.5, 4.0)  # levels
    noisy = native + rng.normal(0, strength, (*size, 1)) + rng.normal(0, strength / 2, (*size, 3))
    return noisy.round().clip(0, 255).astype(np.uint8)


def draw_shaded(seed: int) -> Pixels:
    """Draw balls with smooth shading on a gradient, with eyes of 2 px, a glint of 1 px and a gem of 4 px."""
    rng = rng_for("shaded", str(seed))
    side = 64 + 8 * (seed % 5)
    y, x = np.mgrid[0:side, 0:side] / side
    top, bottom = rng.uniform(20, 160, (2, 3))
    image = top + (bottom - top) * y[..., None]
    for _ in range(3):
        centre, radius = rng.uniform(0.3, 0.7, 2), rng.uniform(0.15, 0.3)
        across, down = (x - centre[1]) / radius, (y - centre[0]) / radius
        height = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
        light = np.clip(0.25 + 0.75 * (0.5 * height - 0.6 * across - 0.6 * down), 0.1, 1.0)
        inside = height > 0
        image[inside] = (rng.uniform(60, 255, 3) * light[..., None])[inside]
    shown = image.round().clip(0, 255).astype(np.uint8)
    row, col = (rng.permutation(side - 8)[:4] + 4 for _ in "rc")
    shown[row[0], col[0] : col[0] + 2] = (230, 20, 40)
    shown[row[1], col[1] : col[1] + 2] = (40, 240, 220)
    shown[row[2], col[2]] = (255, 255, 255)
    shown[row[3] : row[3] + 2, col[3] : col[3] + 2] = (250, 230, 20)
    return shown
