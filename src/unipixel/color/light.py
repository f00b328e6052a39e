"""A palette's nearest colour for any amount of light, not only for 8-bit colours: what error diffusion asks for."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from unipixel.color.oklab import linear_to_oklab, to_linear
from unipixel.color.palette import Palette

LOW, HIGH = -1.0, 2.5
"""Light that can be asked for: error makes it less than none and more than all. Beyond, the nearest is taken."""
BINS = 2048
"""Steps to one unit of light: cells are whole numbers of them per channel, so that finding one is a multiplication."""
_CELLS = 40
"""Cells per channel, even in sRGB, which makes 16 of 0..1. Twice as many would take longer to fill than they save."""
_MARGIN = 1.05
"""A cell's reach in OKLab is taken 5 % longer than to its farthest corner: its sides bulge a little."""
_ROOM = 1 << 18
"""Distances that are held in memory at once (4 bytes each): as many as stay in the processor's cache."""
_PALETTES = 4
"""Palettes that are remembered, 2 to 17 MB each."""
_ROUNDING = np.float32(2e-5)
"""More than float32 is off by in the difference of two squares of OKLab distances, of at most 3 each."""
_THIRD = 1 / 3

_Cells = npt.NDArray[np.float64]


class NearestLight:
    """Nearest colour of a palette in OKLab for amounts of light; exact, of equals the first.

    Outside of what a screen can show, OKLab goes on: its cube roots take negative numbers.

    Light is cut into cells; where only one colour can be nearest anywhere in a cell, the table knows it. Elsewhere the
    few colours that can be are measured. Threads may share it: what is found out later is the same for all.
    """

    def __init__(self, palette: Palette) -> None:
        light = to_linear(palette.colors)
        self.light: list[tuple[float, float, float]] = [(red, green, blue) for red, green, blue in light.tolist()]
        self._goals: list[tuple[float, float, float]] = [(one, a, b) for one, a, b in linear_to_oklab(light).tolist()]
        self._near = _near_colors(linear_to_oklab(light))
        only = np.where(self._near.sum(axis=1) == 1, self._near.argmax(axis=1), -1)
        self._several: dict[int, list[tuple[int, float, float, float]]] = {}
        self.only: list[int] = only.tolist()
        """Per cell the one colour that is nearest everywhere in it, or -1; a cell is the sum of its :attr:`steps`."""
        self.steps: tuple[list[int], list[int], list[int]] = _steps()
        """Per channel what ``int((light - LOW) * BINS)`` adds to the number of the cell."""

    def measure(self, cell: int, red: float, green: float, blue: float) -> int:
        """Find the nearest colour for light in a cell of several: the index in the palette."""
        rows = self._several.get(cell) or self._look_at(cell)
        # The numbers of oklab.py, spelled out: one pixel at a time numpy would take ten times as long.
        long = 0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue
        medium = 0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue
        short = 0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue
        long = long**_THIRD if long >= 0.0 else -((-long) ** _THIRD)
        medium = medium**_THIRD if medium >= 0.0 else -((-medium) ** _THIRD)
        short = short**_THIRD if short >= 0.0 else -((-short) ** _THIRD)
        lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
        a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
        b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
        best, least = 0, 99.0
        for row, own_lightness, own_a, own_b in rows:
            off, off_a, off_b = own_lightness - lightness, own_a - a, own_b - b
            away = off * off + off_a * off_a + off_b * off_b
            if away < least - 1e-15:  # equal colours differ by less through rounding alone
                best, least = row, away
        return best

    def _look_at(self, cell: int) -> list[tuple[int, float, float, float]]:
        """Which colours can be nearest in a cell that is met for the first time, and where in OKLab they are."""
        rows = [(row, *self._goals[row]) for row in np.flatnonzero(self._near[cell]).tolist()]
        self._several[cell] = rows
        return rows

    def find(self, red: float, green: float, blue: float) -> int:
        """Find the nearest colour for light from LOW to HIGH: the index in the palette."""
        cell = sum(step[int((part - LOW) * BINS)] for step, part in zip(self.steps, (red, green, blue), strict=True))
        only = self.only[cell]
        return only if only >= 0 else self.measure(cell, red, green, blue)


@lru_cache(_PALETTES)
def nearest_light(palette: Palette) -> NearestLight:
    """That of a palette, remembered for those used last."""
    return NearestLight(palette)


def _near_colors(goals: _Cells) -> npt.NDArray[np.bool_]:
    """Which colours ``(k, 3)`` can be nearest somewhere in each cell, ``(_CELLS^3, k)``.

    Those are left out for which the whole cell, a ball around its middle, is on the other side of the plane halfway
    between them and the colour that is nearest to the middle. What rounding to float32 leaves open stays in play.
    """
    centres, reach = (part.astype(np.float32) for part in _centres_and_reach())
    apart = 2 * np.sqrt(((goals[:, None] - goals) ** 2).sum(axis=2)).astype(np.float32)
    # |middle - goal|^2 without |middle|^2, which is the same for all goals
    of_goals, own = (-2.0 * goals.T).astype(np.float32), (goals * goals).sum(axis=1).astype(np.float32)
    near = np.empty((len(centres), len(goals)), bool)
    step = max(1, _ROOM // len(goals))
    for at in range(0, len(centres), step):
        part = slice(at, at + step)
        farther = centres[part] @ of_goals + own
        first = farther.argmin(axis=1)
        farther -= farther[np.arange(len(first)), first][:, None]
        near[part] = farther <= apart[first] * reach[part, None] + _ROUNDING
    return near


@lru_cache(maxsize=1)
def _bounds() -> npt.NDArray[np.int64]:
    """Where cells begin and the last one ends, in bins from LOW on, ``(_CELLS + 1,)``: even steps of sRGB."""
    ends = np.array([LOW, HIGH])
    first, last = np.sign(ends) * (1.055 * np.abs(ends) ** (1 / 2.4) - 0.055)
    srgb = np.linspace(first, last, _CELLS + 1)
    size = np.abs(srgb)
    light = np.sign(srgb) * np.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4)
    return np.rint((light - LOW) * BINS).astype(np.int64)


@lru_cache(maxsize=1)
def _steps() -> tuple[list[int], list[int], list[int]]:
    bounds = _bounds()
    level = np.searchsorted(bounds, np.minimum(np.arange(bounds[-1] + 1), bounds[-1] - 1), side="right") - 1
    return (level * _CELLS * _CELLS).tolist(), (level * _CELLS).tolist(), level.tolist()


@lru_cache(maxsize=1)
def _centres_and_reach() -> tuple[_Cells, _Cells]:
    """The OKLab colour of each cell's middle, ``(_CELLS^3, 3)``, and how far its corners are, ``(_CELLS^3,)``."""
    bounds = _bounds() / BINS + LOW
    middles = (bounds[1:] + bounds[:-1]) / 2
    centres = linear_to_oklab(np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1))
    corners = linear_to_oklab(np.stack(np.meshgrid(bounds, bounds, bounds, indexing="ij"), axis=-1))
    reach = np.zeros(centres.shape[:3])
    for corner in np.ndindex(2, 2, 2):
        red, green, blue = (slice(first, first + _CELLS) for first in corner)
        reach = np.maximum(reach, np.sqrt(((corners[red, green, blue] - centres) ** 2).sum(axis=-1)))
    return centres.reshape(-1, 3), reach.reshape(-1) * _MARGIN
