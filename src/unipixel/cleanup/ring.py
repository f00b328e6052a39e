"""The eight pixels around each pixel, and changes that are repeated until there is nothing left to do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import Index, Mask

OUTSIDE = -1
"""What a ring holds beyond the border: no colour."""

RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
"""Steps (row, col) to the neighbours, clockwise from the top left."""

Places = npt.NDArray[np.int64]
"""``(n,)`` int64: pixels as flat indices."""

Rule = Callable[[Index], tuple[Places, npt.NDArray[np.int32]]]
"""Which pixels of a plane change, and to which colours."""


def frame(index: Index, margin: int = 1) -> Index:
    """Put a border of `OUTSIDE` around a plane."""
    return np.pad(index, margin, constant_values=OUTSIDE)


def look_around(index: Index, places: Places) -> Index:
    """Colours of the eight neighbours of some pixels: ``(n, 8)`` int32 in the order of `RING`."""
    framed = frame(index)
    width = framed.shape[1]
    rows, cols = np.divmod(places, index.shape[1])
    at = (rows + 1) * width + cols + 1
    steps = np.array([row * width + col for row, col in RING])
    ring: Index = framed.ravel()[at[:, None] + steps]
    return ring


def look_at_square(index: Index, places: Places) -> Index:
    """Colours of the 5x5 pixels around some pixels: ``(n, 25)`` int32 in reading order, their own among them."""
    framed = frame(index, 2)
    rows, cols = np.divmod(places, index.shape[1])
    square: Index = framed[rows[:, None] + np.repeat(np.arange(5), 5), cols[:, None] + np.tile(np.arange(5), 5)]
    return square


def find_lone(index: Index) -> Mask:
    """Pixels none of whose eight neighbours has their colour: what pixel artists call orphans."""
    framed = frame(index)
    height, width = index.shape
    alike = np.zeros(index.shape, np.bool_)
    for row, col in RING:
        alike |= framed[1 + row : 1 + row + height, 1 + col : 1 + col + width] == index
    return ~alike


def find_solid(index: Index) -> Mask:
    """Pixels that are part of a square of 2x2 pixels of one colour: areas, as opposed to lines and specks."""
    down, right = index[1:] == index[:-1], index[:, 1:] == index[:, :-1]
    square = down[:, 1:] & down[:, :-1] & right[1:]
    solid = np.zeros(index.shape, np.bool_)
    for part in (np.s_[:-1, :-1], np.s_[:-1, 1:], np.s_[1:, :-1], np.s_[1:, 1:]):
        solid[part] |= square
    return solid


def find_beside(mask: Mask) -> Mask:
    """Pixels with a side in common with one of the mask."""
    beside = np.zeros(mask.shape, np.bool_)
    beside[1:] |= mask[:-1]
    beside[:-1] |= mask[1:]
    beside[:, 1:] |= mask[:, :-1]
    beside[:, :-1] |= mask[:, 1:]
    return beside


def repeat(rule: Rule, index: Index) -> Index:
    """Apply a rule until it changes nothing. The rule must lessen something with every change, or this does not end."""
    index = index.copy()
    while True:
        places, values = rule(index)
        if not places.size:
            return index
        index.ravel()[places] = values


def take_apart(places: Places, shape: tuple[int, ...]) -> Places:
    """Which of some pixels, in reading order, have no earlier one among the 5x5 pixels around them: rows of ``places``.

    A rule that looks no farther than one pixel around the pixels that it changes may change these at once: none of them
    sees another's change.
    """
    ranks = np.full(shape, OUTSIDE, np.int32)
    ranks.ravel()[places] = np.arange(len(places))
    around = look_at_square(ranks, places)
    earlier = (around != OUTSIDE) & (around < np.arange(len(places))[:, None])
    return np.flatnonzero(~earlier.any(1))
