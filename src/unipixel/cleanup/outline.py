"""Outline: gaps of one pixel in the dark line around a figure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.background import find_ground
from unipixel.cleanup.colors import Colors, Index, Mask, appearance, number_colors
from unipixel.cleanup.ring import OUTSIDE, Places, find_beside, find_lone, look_around, repeat
from unipixel.image import RGBA

OUTLINE = 0.75
"""A figure has an outline where one dark colour holds at least this share of the pixels next to its ground; pictures
whose outlines change colour with what they enclose are left alone."""

DARKER = 0.1
"""By so much lightness the outline is darker than what it closes: about the least step of a drawn shadow."""

BEYOND = 2.0
"""Lightness of what is transparent: lighter than white, so that any outline is darker."""

_Rings = npt.NDArray[np.bool_]


def close_outline(native: RGBA, keep: Mask | None = None) -> RGBA:
    """Close gaps of one pixel in the dark outline between figures and their ground.

    A pixel is a gap where the outline comes up to it from just two sides, and around it lies nothing but ground between
    the two on the one way and no ground on the other: closing it parts figure from ground. The pixel may be ground or
    have the colour of a figure's pixel beside it; one of a third colour, such as a tooth, is drawn there and stays.

    Parameters
    ----------
    native : (h, w, 4) uint8
        Straight alpha, without hidden colour.
    keep : (h, w) bool, optional
        Pixels that are not to change.

    Returns
    -------
    (h, w, 4) uint8
    """
    colors = number_colors(native)
    free = np.ones(colors.index.shape, np.bool_) if keep is None else ~keep
    lightness = np.where(colors.is_clear, BEYOND, appearance(colors.table)[:, 0])

    def rule(index: Index) -> tuple[Places, npt.NDArray[np.int32]]:
        ground = find_ground(colors.draw(index))
        line = find_outline(Colors(colors.table, index), ground)
        if line is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int32)
        lighter = lightness[index] >= lightness[line] + DARKER
        places = find_gaps(index, ground & lighter, line, free & lighter)
        return places, np.full(len(places), line, np.int32)

    return colors.draw(repeat(rule, colors.index))


def find_outline(colors: Colors, ground: Mask) -> int | None:
    """Row of the colour that outlines the figures before a ground, or None where no colour does."""
    rim = colors.index[find_beside(ground) & ~ground]
    if not rim.size:
        return None
    counts = np.bincount(rim)
    line = int(counts.argmax())
    return line if counts[line] >= OUTLINE * rim.size else None


def find_gaps(index: Index, ground: Mask, line: int, free: Mask) -> Places:
    """Pixels that part figure from ground as soon as they have the outline's colour.

    Parameters
    ----------
    index : (h, w) int32
    ground : (h, w) bool
    line : int
        Row of the outline's colour.
    free : (h, w) bool
        What may change.
    """
    drawn = (index == line) & ~find_lone(index)
    places = np.flatnonzero(free & (ground | find_beside(ground)) & ~drawn)
    ring = look_around(index, places)
    at_line = look_around(drawn.astype(np.int32), places) == 1
    some = (at_line.sum(1) >= 2) & (ring != OUTSIDE).all(1)
    places, ring, at_line = places[some], ring[some], at_line[some]
    at_ground = look_around(ground.astype(np.int32), places) == 1
    parted = _is_parted(at_line, at_ground)
    own = index.ravel()[places]
    of_figure = ((ring == own[:, None]) & ~at_ground).any(1)
    gaps = parted & (ground.ravel()[places] | of_figure)
    return _take_strongest(places[gaps], at_line[gaps], index.shape)


def _take_strongest(places: Places, at_line: _Rings, shape: tuple[int, ...]) -> Places:
    """Of gaps next to one another, all but one of which are bulges around it, the one with most of the line beside it.

    A neighbour by a side counts twice one at a corner; of equal ones the first in reading order is taken.
    """
    strength = at_line @ np.array([1, 2] * 4)
    ranks = np.full(shape, OUTSIDE, np.int32)
    ranks.ravel()[places] = np.lexsort((-places, strength)).argsort()
    return places[(look_around(ranks, places) < ranks.ravel()[places][:, None]).all(1)]


def _is_parted(at_line: _Rings, at_ground: _Rings) -> npt.NDArray[np.bool_]:
    """Whether the line comes up from two sides, with nothing but ground on the one way between and none on the other.

    Parameters
    ----------
    at_line, at_ground : (n, 8) bool
        Which neighbours, in the order of the ring, are of the line and of the ground.
    """
    corners = np.arange(0, 8, 2)
    held = at_line.copy()  # two of the line's pixels beside a corner touch each other, whatever the corner holds
    held[:, corners] |= at_line[:, corners - 1] & at_line[:, corners + 1]
    begins = ~held & np.roll(held, 1, 1)
    way = np.cumsum(begins, axis=1) % 2
    ground, other = (
        np.stack([(~held & seen & (way == number)).any(1) for number in (0, 1)], axis=1)
        for seen in (at_ground, ~at_ground)
    )
    pure = (ground & ~other) | (other & ~ground)
    parted: npt.NDArray[np.bool_] = (begins.sum(1) == 2) & pure.all(1) & (ground[:, 0] != ground[:, 1])
    return parted
