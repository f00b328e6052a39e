"""Scenes of real pixel art: textures of the game Crafter, put together the way the game does it.

A tile of the game is one 16x16 texture; a being is drawn over the texture of its ground. The game draws tiles of any
size by taking every so manieth pixel of a texture (nearest neighbour), so a smaller tile is what the game itself shows
from farther away. A scene is one subject on one ground at one of three distances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unipixel.image import load_image

SUBJECTS: Mapping[str, str] = {
    "red heart": "health",
    "brown cow": "cow",
    "green tree": "tree",
    "green zombie": "zombie",
    "blue gem": "diamond",
    "grey sword": "iron_sword",
}
"""Words of each subject, as the micro base was taught them on smooth drawings, and the name of its texture."""

GROUNDS: Mapping[str, str] = {"grass": "grass", "sand": "sand", "stone": "stone"}
"""Word of each ground, and the name of its texture."""

TILES: Mapping[str, int] = {"close-up": 16, "": 12, "far away": 8}
"""Native px of a tile at each distance at x8; the middle one is not said. At x16 tiles are half as large, so that they
cover as much of the canvas."""

FIELD = 96
"""Native px along each side of the field around a subject, from which every picture is cut."""

Native = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """One subject on one ground, and where the picture lies around it."""

    subject: str
    """A key of :data:`SUBJECTS`."""
    ground: str
    """A key of :data:`GROUNDS`."""
    distance: str
    """A key of :data:`TILES`."""
    size: tuple[int, int]
    """Height and width of the picture in native px."""
    place: tuple[float, float]
    """Middle of the subject: share of the picture's height and width."""
    phase: tuple[int, int]
    """Where the ground's texture begins (row, col)."""
    tile: int
    """Native px along each side of a tile, and so of the subject."""

    def caption(self, *, says_distance: bool) -> str:
        """Tags, with or without the distance."""
        distance = self.distance if says_distance else ""
        return ", ".join(filter(None, (self.subject, self.ground, "from above", distance, "day")))


def draw_scenes(count: int, canvases: Sequence[tuple[int, int]], seed: int, scale: int = 8) -> list[Scene]:
    """Draw scenes: subjects, grounds, distances and sizes take turns, so that all are as frequent as can be.

    Parameters
    ----------
    count : int
    canvases : sequence of (height, width)
        In native px at x8.
    seed : int
        The same seed, the same scenes, at any scale.
    scale : int
        Canvas px per native px of the pictures, 8 or 16.
    """
    rng = np.random.default_rng(seed)
    turns = [_in_turns(kinds, count, rng) for kinds in (list(SUBJECTS), list(GROUNDS), list(TILES), list(canvases))]
    return [_scene(*chosen, scale, rng) for chosen in zip(*turns, strict=True)]


def field(scene: Scene) -> Native:
    """Draw the ground all around with the subject in the middle.

    Returns
    -------
    (FIELD, FIELD, 4) uint8, opaque
    """
    tile = scene.tile
    texture = _texture(GROUNDS[scene.ground], tile)
    rows, cols = ((np.arange(FIELD) + phase) % tile for phase in scene.phase)
    drawn = texture[rows][:, cols].copy()
    start = (FIELD - tile) // 2
    figure = _texture(SUBJECTS[scene.subject], tile)
    alpha = figure[..., 3:].astype(np.float32) / 255
    part = drawn[start : start + tile, start : start + tile]
    part[..., :3] = np.rint(alpha * figure[..., :3] + (1 - alpha) * part[..., :3]).astype(np.uint8)
    return drawn


def corner(scene: Scene) -> tuple[int, int]:
    """First row and column of the field that the picture shows, in native px."""
    tile = scene.tile
    start = (FIELD - tile) // 2
    return tuple(  # type: ignore[return-value]
        start - min(max(round(share * length - tile / 2), 0), length - tile)
        for share, length in zip(scene.place, scene.size, strict=True)
    )


def native(scene: Scene) -> Native:
    """The picture itself, ``(h, w, 4)`` uint8."""
    (row, col), (height, width) = corner(scene), scene.size
    return field(scene)[row : row + height, col : col + width]


def _scene(
    subject: str, ground: str, distance: str, canvas: tuple[int, int], scale: int, rng: np.random.Generator
) -> Scene:
    row, col = (float(share) for share in rng.uniform(0.3, 0.7, 2))
    down, right = (int(number) for number in rng.integers(0, 16, 2))
    height, width, tile = (length * 8 // scale for length in (*canvas, TILES[distance]))
    return Scene(subject, ground, distance, (height, width), (row, col), (down, right), tile)


def _in_turns(kinds: Sequence[object], count: int, rng: np.random.Generator) -> list:
    """So many, each kind as often as any other, in random order."""
    turns = -(-count // len(kinds))
    return [kinds[index % len(kinds)] for turn in range(turns) for index in rng.permutation(len(kinds))][:count]


@cache
def _texture(name: str, size: int) -> Native:
    """A texture of the game as it draws it at a size: nearest neighbour, as Pillow's resize takes it."""
    import crafter
    from PIL import Image

    whole = load_image(Path(crafter.__file__).parent / "assets" / f"{name}.png")
    return np.asarray(Image.fromarray(whole).resize((size, size), Image.Resampling.NEAREST))
