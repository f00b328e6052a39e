"""Nearest colours, exactly: each pixel's nearest colour of a palette, each point's nearest of a few others."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import distinct_codes, pack, unpack
from unipixel.color.oklab import to_oklab
from unipixel.color.palette import Palette

_PART = 1 << 16
"""Pixels that are looked up at once: their numbers stay in the processor's cache, and memory stays small."""

_SCORES = 1 << 18
"""Distances that are held at once (4 bytes each): twice as many or half as many are no quicker."""

_PALETTES = 4
"""Palettes whose answers are remembered: 16 MB each, or 32 MB with 256 colours."""


def snap(image: npt.NDArray[np.uint8], palette: Palette) -> npt.NDArray[np.uint8]:
    """Find each pixel's nearest colour of a palette: exact, in OKLab.

    What was found for a colour is remembered for the palettes used last (64 MB at most, 128 MB where they have 256
    colours), so that later pictures of the same palette only look it up.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        Alpha is left out; resolve it first.
    palette : Palette

    Returns
    -------
    (H, W) uint8
        Index of the nearest colour; of equally near ones the first. ``palette.colors[indices]`` is the picture.
    """
    codes = pack(image)
    answers = _answers(palette)
    indices = np.empty(codes.shape, np.uint8)
    for at in range(0, codes.size, _PART):
        part = codes.ravel()[at : at + _PART]
        found = answers.take(part, mode="wrap")  # no number is out of range, and "wrap" is quicker than to check it
        if not found.min():
            unknown = distinct_codes(part[found == 0])
            answers[unknown] = nearest_colors(unpack(unknown), palette.colors) + 1
            found = answers.take(part)
        indices.ravel()[at : at + _PART] = found - 1
    return indices


@lru_cache(_PALETTES)
def _answers(palette: Palette) -> npt.NDArray[np.unsignedinteger]:
    """Answers by colour, ``(2^24,)``: 0 where none was sought yet, else 1 + index of the nearest colour.

    Threads may share it: whoever finds a 0 writes the same answer there. Memory that is all 0 costs nothing until used.
    """
    return np.zeros(1 << 24, np.min_scalar_type(len(palette)))


def nearest_colors(colors: npt.NDArray[np.uint8], targets: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Index of the nearest target in OKLab for each colour; see :func:`nearest_lab`.

    Parameters
    ----------
    colors : (n, 3) uint8
    targets : (k, 3) uint8

    Returns
    -------
    (n,) int64
        Of equally near targets the first.
    """
    return nearest_lab(to_oklab(colors), to_oklab(targets))


def nearest_lab(points: npt.NDArray[np.floating], goals: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """Index of the nearest goal for each point, in whatever space both are given.

    Exact means: the first of those with the least ``((point - goal) ** 2).sum()``, computed in float64. Scores in
    float32 tell all goals but the nearest apart from it for nearly every point; the rest are compared in float64.

    Parameters
    ----------
    points : (n, 3) float
    goals : (k, 3) float
        At least one.

    Returns
    -------
    (n,) int64
    """
    nearest = np.empty(len(points), np.int64)
    step = max(1, _SCORES // len(goals))
    for at in range(0, len(points), step):
        nearest[at : at + step] = _nearest_of_part(points[at : at + step], goals)
    return nearest


def _nearest_of_part(points: npt.NDArray[np.floating], goals: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    goal, point = np.divmod(np.flatnonzero(_may_be_nearest(points, goals)), len(points))
    nearest, last = np.empty((2, len(points)), np.int64)
    nearest[point[::-1]], last[point] = goal[::-1], goal
    unsure = np.flatnonzero(nearest != last)
    if len(unsure):
        differences = points[unsure, None].astype(np.float64) - goals.astype(np.float64)
        nearest[unsure] = (differences * differences).sum(axis=2).argmin(axis=1)
    return nearest


def _may_be_nearest(points: npt.NDArray[np.floating], goals: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """``(k, n)``: which goals rounding to float32 leaves in play; the nearest is always one of them."""
    # |point - goal|^2 without |point|^2, which is the same for all goals, is one product of four numbers each.
    of_points = np.ones((4, len(points)), np.float32)
    of_points[:3] = points.T
    of_goals = np.column_stack([-2.0 * goals, (goals * goals).sum(axis=1)]).astype(np.float32)
    scores: npt.NDArray[np.float32] = of_goals @ of_points
    # The numbers that a score sums are together at most `most`; rounding them, their products and their sums moves it
    # by less than 4 eps of that, and so two scores by less than 8 towards or past each other.
    reach = float(np.abs(goals).max())
    most = 3.0 * reach * (reach + 2.0 * float(np.abs(points).max()))
    close: npt.NDArray[np.bool_] = scores <= scores.min(axis=0) + np.float32(8.0 * np.finfo(np.float32).eps * most)
    return close
