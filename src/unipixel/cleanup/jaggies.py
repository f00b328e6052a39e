"""Jaggies: doubled corner pixels that make a line of one pixel locally two pixels thick."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import Index, Mask, number_colors
from unipixel.cleanup.ring import OUTSIDE, RING, Places, find_solid, frame, look_around, repeat, take_apart
from unipixel.image import RGBA

STYLE = 0.5
"""Where more of a colour's diagonal steps than this share are doubled, they are drawn so: stairs, or a style."""

LONG = 8
"""Pixels of a run that are counted: longer ones are as good as straight."""

_Turns = npt.NDArray[np.int64]
"""``(n,)`` int64: odd places in `RING`; the line leaves the corner there and two places on, clockwise."""


def smooth_jaggies(native: RGBA, keep: Mask | None = None) -> RGBA:
    """Take the doubled corner pixels out of lines of one pixel.

    Where such a line goes from one row or column to the next it needs no pixel that touches both: two pixels that
    touch at their corners are a line. A step is doubled where two neighbours, each with just two pixels of the line by
    its sides, turn opposite ways, as an S does, and the line goes on at both ends; corners of boxes turn one way only
    and stay. Of the two that pixel goes behind which lies one flat colour, which it takes; of two such the one on the
    longer run, which evens the runs out. Lines whose steps are mostly doubled stay as they are, see `STYLE`. So do runs
    of uneven length without doubled pixels: to even those out is to draw anew.

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

    def rule(index: Index) -> tuple[Places, npt.NDArray[np.int32]]:
        return find_doubled(index, colors.is_clear, free)

    return colors.draw(repeat(rule, colors.index))


def find_doubled(index: Index, is_clear: npt.NDArray[np.bool_], free: Mask) -> tuple[Places, npt.NDArray[np.int32]]:
    """Pixels to take out of lines, and the colour behind each; far enough apart to be taken out at once.

    Parameters
    ----------
    index : (h, w) int32
    is_clear : (n,) bool
        Colours that draw no lines.
    free : (h, w) bool
        What may change.
    """
    places, turns = _find_corners(index)
    partners = _find_partners(index.shape, places, turns)
    goes_on = _goes_on(index, places, turns, partners)
    stepping = ((partners >= 0) & goes_on[:, None] & goes_on[partners]).any(1) & ~is_clear[index.ravel()[places]]
    own = index.ravel()[places]
    doubled = np.bincount(own[stepping], minlength=len(is_clear)) / 2
    drawn = doubled > STYLE * (doubled + _count_single_steps(index, len(is_clear)))
    ring = look_around(index, places)
    behind = ring[np.arange(len(places))[:, None], (turns[:, None] + [4, 5, 6]) % 8]
    fit = stepping & ~drawn[own] & free.ravel()[places] & (behind == behind[:, :1]).all(1) & (behind[:, 0] != OUTSIDE)
    runs = np.where(fit, _measure_runs(index, places, turns, partners), -1)
    rival = np.where(partners >= 0, runs[partners], -1).max(1)
    fit &= runs >= rival
    chosen = np.flatnonzero(fit)
    chosen = chosen[take_apart(places[chosen], index.shape)]
    return places[chosen], behind[chosen, 0]


def _find_corners(index: Index) -> tuple[Places, _Turns]:
    """Pixels of lines with just two neighbours of their colour by their sides, around a corner."""
    framed = frame(index)
    up, down = framed[:-2, 1:-1] == index, framed[2:, 1:-1] == index
    left, right = framed[1:-1, :-2] == index, framed[1:-1, 2:] == index
    places = np.flatnonzero((up ^ down) & (left ^ right) & ~find_solid(index))
    at_up, at_right = up.ravel()[places], right.ravel()[places]
    turns = np.where(at_up, np.where(at_right, 1, 7), np.where(at_right, 3, 5))
    return places, turns


def _find_partners(shape: tuple[int, ...], places: Places, turns: _Turns) -> npt.NDArray[np.int64]:
    """Rows ``(n, 2)`` of the corners next to each along its two arms that turn the opposite way, or -1."""
    row_of = np.full(shape, -1, np.int64)
    row_of.ravel()[places] = np.arange(len(places))
    ring = look_around(row_of.astype(np.int32), places).astype(np.int64)
    beside = ring[np.arange(len(places))[:, None], (turns[:, None] + [0, 2]) % 8]
    opposite = (beside >= 0) & (turns[beside] == (turns[:, None] + 4) % 8)
    return np.where(opposite, beside, -1)


def _goes_on(index: Index, places: Places, turns: _Turns, partners: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether the line goes on behind the pixel next to each corner ``(n,)``, away from its partner."""
    away = np.where(partners[:, 0] >= 0, (turns + 2) % 8, turns)
    steps = np.array(RING)[away]
    ends = places + steps[:, 0] * index.shape[1] + steps[:, 1]
    alike = look_around(index, ends) == index.ravel()[places][:, None]
    goes_on: npt.NDArray[np.bool_] = alike.sum(1) > 2  # the corner and its partner are two
    return goes_on


def _measure_runs(
    index: Index, places: Places, turns: _Turns, partners: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Pixels ``(n,)`` of the straight run on which each corner ends, up to `LONG`: the arm without a partner."""
    framed = frame(index, LONG)
    rows, cols = np.divmod(places, index.shape[1])
    away = np.where(partners[:, 0] >= 0, (turns + 2) % 8, turns)
    steps = np.array(RING)[away]
    far = np.arange(1, LONG + 1)
    seen = framed[rows[:, None] + LONG + far * steps[:, :1], cols[:, None] + LONG + far * steps[:, 1:]]
    runs: npt.NDArray[np.int64] = np.cumprod(seen == index.ravel()[places][:, None], axis=1).sum(1)
    return runs


def _count_single_steps(index: Index, count: int) -> npt.NDArray[np.int64]:
    """How often each colour goes on over a corner: ``(count,)``."""
    steps = np.zeros(count, np.int64)
    for tilted in (index, index[:, ::-1]):
        here, there = tilted[:-1, :-1], tilted[1:, 1:]
        single = (here == there) & (tilted[:-1, 1:] != here) & (tilted[1:, :-1] != here)
        steps += np.bincount(here[single], minlength=count)
    return steps
