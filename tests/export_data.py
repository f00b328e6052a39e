"""Pictures as every exporter gets them, and what readers should find."""

from pathlib import Path

import numpy as np

from unipixel.dataset import Entry, Provenance, native_id
from unipixel.export import Collection, Picture
from unipixel.image import save_png

SCALE = 8
CANVASES = ("256x192", "192x256", "256x256")
TRIGGER = "nv-p1xel4rt"


def draw(seed: int, canvas: str) -> np.ndarray:
    width, height = (int(side) // SCALE for side in canvas.split("x"))
    rng = np.random.default_rng(seed)
    colors = np.dstack([rng.integers(0, 256, (1, 9, 3)), np.full((1, 9, 1), 255)]).astype(np.uint8)[0]
    return colors[rng.integers(0, 9, (height, width))]


def picture(
    folder: Path, seed: int, canvas: str = CANVASES[0], split: str = "train", repeats: int = 1, licence: str = "CC0-1.0"
) -> Picture:
    native = draw(seed, canvas)
    name = native_id(native)
    file = save_png(folder / f"{name}-r0c0.png", native.repeat(SCALE, 0).repeat(SCALE, 1))
    entry = Entry(
        name,
        f"sources/{seed}.png",
        "0" * 64,
        provenance=Provenance(licence, "yes", f"Artist {seed % 2}", "A pack", "https://example.org/pack"),
        transforms=({"op": "fit", "window": [0, 0, *native.shape[:2]], "canvas": list(native.shape[:2])},),
        canvas=canvas,
        split=split,
        repeats=repeats,
    )
    return Picture(file, f"{TRIGGER}, masterpiece, tree (dead), number {seed}", entry)


def read_pairs(folder: Path) -> dict[str, str]:
    """Caption by name, of images with a text file beside each, as trainers pair them."""
    return {file.stem: file.with_suffix(".txt").read_text("utf-8") for file in sorted(folder.glob("*.png"))}


def expected(collection: Collection, split: str = "train", **having: object) -> dict[str, str]:
    """Caption by name of the pictures of a split whose attributes are as given."""
    return {
        one.name: one.caption
        for one in collection.pictures
        if one.entry.split == split and all(str(getattr(one, key)) == str(value) for key, value in having.items())
    }
