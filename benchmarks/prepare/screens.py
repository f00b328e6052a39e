"""Screenshots to prepare: scenes of Crafter and drawings at many scales, as PNG and JPEG, with their truth."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "grid"))

from cases import rng_for
from damage import lay
from natives import draw_native, has_game
from raster import even_lines, paint

Pixels = npt.NDArray[np.uint8]

SIZE = (1080, 1920)
"""Height and width of a screenshot in px."""
JPEG_EVERY = 10
"""One of so many screenshots is a JPEG."""


def draw_screen(index: int, size: tuple[int, int] = SIZE, *, scenes: bool = True) -> Pixels:
    """Draw one screenshot ``(H, W, 3)``.

    Two of three are scenes of Crafter where that is installed and ``scenes`` wants it, the others drawings; cells are 3
    to 8 whole px, every fourth one's are not whole.
    """
    rng = rng_for("prepare", str(index))
    scale = float(rng.integers(3, 9))
    if index % 4 == 3:
        scale = float(rng.uniform(3, 8))
    height, width = (round(side / scale) for side in size)
    native = _scene(index, height, width) if scenes and has_game() and index % 3 else _collage(index, height, width)
    rows, cols = (even_lines(cells, side / cells) for cells, side in zip((height, width), size, strict=True))
    return paint(native, rows, cols)[: size[0], : size[1]]


def write_screens(folder: Path, count: int, size: tuple[int, int] = SIZE, *, scenes: bool = True) -> list[Path]:
    """Write screenshots that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for index in range(count):
        is_jpeg = index % JPEG_EVERY == JPEG_EVERY - 1
        file = folder / f"screen-{index:05d}.{'jpg' if is_jpeg else 'png'}"
        if not file.exists():
            image = Image.fromarray(draw_screen(index, size, scenes=scenes))
            image.save(file, quality=92) if is_jpeg else image.save(file)
        files.append(file)
    return files


def _collage(index: int, height: int, width: int) -> Pixels:
    """Drawings from seeds beside each other, so that a large screen shows many things."""
    part = (min(128, height), min(128, width))
    across = -(-width // part[1])
    lines = [
        np.concatenate([draw_native(index * 100 + row * across + col, part) for col in range(across)], axis=1)
        for row in range(-(-height // part[0]))
    ]
    return np.concatenate(lines)[:height, :width]


def _scene(index: int, height: int, width: int) -> Pixels:
    """A map of Crafter, large enough for the window."""
    from unipixel.demo.crafter_game import TILE, Game
    from unipixel.demo.policy import play

    tiles = (-(-width // TILE) + 1, -(-height // TILE) + 1)
    *_, scene = play(Game(index, tiles), steps=1 + index % 7, seed=index)
    frame = scene.frame[..., :3]
    return np.ascontiguousarray(frame[:height, :width])


@dataclass(frozen=True, eq=False)
class Shot:
    """One screenshot with what it was made of."""

    name: str
    kind: str
    """``whole``, ``cut``, ``fraction``, or the light damage."""
    image: Pixels
    native: Pixels
    """Cells that are cut at the border included."""


def draw_shots(count: int, kinds: Sequence[str]) -> Iterator[Shot]:
    """Draw screenshots as people take them, of kinds in turn."""
    from natives import load_native, own_natives

    names = own_natives(count)
    for index, name in enumerate(names):
        kind = kinds[index % len(kinds)]
        rng = rng_for("shots", name, kind)
        native = load_native(name)
        yield _shot(f"shot-{index:03d}", kind, native, rng)


KINDS = (
    "whole", "cut", "fraction", "whole", "cut", "fraction", "cut", "fraction", "whole", "specks",
    "whole", "cut", "fraction", "whole", "cut", "fraction", "cut", "fraction", "whole", "cut fraction",
)  # fmt: skip
"""Kinds in turn."""
LIGHT = ("jpeg", "cursor", "noise", "bar")
"""Damage after which the native pixels are not all there any more, or not certain."""


def _shot(name: str, kind: str, native: Pixels, rng: np.random.Generator) -> Shot:
    rows, cols = lay(native, rng, 2.2, 8, whole="fraction" not in kind)
    image = paint(native, rows, cols)
    if "cut" in kind:
        image, native = _cut(image, native, rows, cols, rng)
    if kind == "specks":
        at = rng.random(image.shape[:2]) < 0.001
        image[at] = rng.integers(0, 256, (int(at.sum()), 3))
    if kind == "noise":
        image = np.clip(image.astype(int) + rng.integers(-1, 2, image.shape), 0, 255).astype(np.uint8)
    if kind == "cursor":
        row, col = (int(rng.integers(side - 20)) for side in image.shape[:2])
        for line in range(18):
            image[row + line, col : col + 1 + line * 2 // 3] = 255
            image[row + line, [col, col + line * 2 // 3]] = 0
    if kind == "bar":
        image[: int(rng.integers(8, 33))] = rng.integers(0, 256, 3)
    return Shot(name, kind, image, native)


def _cut(
    image: Pixels,
    native: Pixels,
    rows: npt.NDArray[np.float64],
    cols: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[Pixels, Pixels]:
    """Cut off up to an eighth at each side, through cells."""
    kept = []
    for lines in (rows, cols):
        length = round(lines[-1])
        start, end = int(rng.integers(length // 8)), length - int(rng.integers(length // 8))
        painted = np.ceil(lines - 0.5).astype(int)
        first = int(np.searchsorted(painted, start, "right")) - 1
        last = int(np.searchsorted(painted, end, "left"))
        kept.append((start, end, first, last))
    (top, bottom, up, down), (left, right, west, east) = kept
    return np.ascontiguousarray(image[top:bottom, left:right]), native[up:down, west:east]
