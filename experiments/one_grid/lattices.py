"""The arms: one scene on one grid, on a grid shifted by half a cell, at random offsets, at random scales, or smooth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image
from scenes import Scene, corner, field

SCALE = 8
"""Canvas px per native px."""
SCALES = (5, 6, 7, 8, 9, 10)
"""Those that the arm of random scales draws from."""
ARMS = ("one grid", "shifted", "random offset", "random scale", "smooth")
"""Arms that are trained; "no LoRA" is the one that is not."""


def picture(scene: Scene, arm: str, chance: int, scale: int = SCALE) -> npt.NDArray[np.uint8]:
    """Draw a scene as an arm shows it: the same subject at the same place, of the same size in canvas px.

    Parameters
    ----------
    scene : Scene
    arm : str
        One of :data:`ARMS`.
    chance : int
        Seed of the offset and the scale that the arm draws.
    scale : int
        Canvas px per native px.

    Returns
    -------
    (H, W, 4) uint8
        ``scale`` times the scene's native size, opaque.
    """
    cell, offset = _lattice(arm, chance, scale)
    starts = [_start(scene, axis, cell, scale) + offset[axis] for axis in (0, 1)]
    height, width = (scale * length for length in scene.size)
    drawn = field(scene)
    if arm == "smooth":
        box = (starts[1] / cell, starts[0] / cell, (starts[1] + width) / cell, (starts[0] + height) / cell)
        return np.asarray(Image.fromarray(drawn).resize((width, height), Image.Resampling.BICUBIC, box=box))
    rows, cols = ((start + np.arange(length)) // cell for start, length in zip(starts, (height, width), strict=True))
    return drawn[rows][:, cols]


def inner(image: npt.NDArray[np.uint8], scale: int = SCALE) -> npt.NDArray[np.uint8]:
    """The picture from the first whole cell of the shifted lattice to its last: there, that lattice begins at 0."""
    half = scale // 2
    return np.ascontiguousarray(image[half : half - scale, half : half - scale])


def _lattice(arm: str, chance: int, scale: int) -> tuple[int, tuple[int, int]]:
    """Canvas px of a cell, and where within a cell the picture begins (row, col)."""
    if arm == "shifted":
        return scale, (scale // 2, scale // 2)
    if not arm.startswith("random"):
        return scale, (0, 0)
    rng = np.random.default_rng([chance, 1])
    cell = int(rng.choice(SCALES)) if arm == "random scale" else scale
    row, col = rng.integers(0, cell, 2)
    return cell, (int(row), int(col))


def _start(scene: Scene, axis: int, cell: int, scale: int) -> int:
    """First canvas px of the field, counted in its own cells, so that the subject's middle stays where it is."""
    middle = field(scene).shape[axis] / 2
    place = (middle - corner(scene)[axis]) * scale
    return round(middle - place / cell) * cell
