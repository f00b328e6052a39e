"""Our own way to choose a few of a picture's colours: groups in OKLab, small accents among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color.nearest import nearest_lab
from unipixel.color.oklab import to_oklab

_Points = npt.NDArray[np.float64]

_COUNT_POWER = 0.75
"""A colour of n pixels weighs n^0.75: between one vote a pixel (best mean error) and one vote a colour (accents)."""

_ROUNDS = 8
"""Rounds of moving the centres; more changed the mean error by less than 1 % on game frames and photographs."""

_MANY = 1 << 15
"""Above so many colours neighbours speak for each other; a native of 128x128 px has fewer and is taken as it is."""


def choose_colors(colors: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64], wanted: int) -> npt.NDArray[np.uint8]:
    """Choose colours that stand for all.

    Weighted k-means in OKLab. It starts from the colours that lie farthest apart, so that small accents get a group of
    their own, and each group is shown by its colour that is nearest the centre. No random numbers.

    Parameters
    ----------
    colors : (n, 3) uint8
        Distinct.
    counts : (n,) int64
        Pixels of each.
    wanted : int
        At most so many are chosen; at least 1.

    Returns
    -------
    (k, 3) uint8
        Rows of ``colors``, all of them where they are no more than wanted.
    """
    if len(colors) <= wanted:
        return colors
    colors, counts = thin_out(colors, counts)
    points, weights = to_oklab(colors).astype(np.float64), counts.astype(np.float64) ** _COUNT_POWER
    centres = _farthest_apart(points, weights, wanted)
    for _ in range(_ROUNDS):
        moved = _centres_of_groups(points, weights, nearest_lab(points, centres), centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    groups = nearest_lab(points, centres)
    from_centre = ((points - centres[groups]) ** 2).sum(axis=1)
    order = np.lexsort((from_centre, groups))
    chosen: npt.NDArray[np.uint8] = colors[order[np.unique(groups[order], return_index=True)[1]]]
    return chosen


def thin_out(
    colors: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Let the most used colour of each small box of the colour cube speak for all in it, where there are too many.

    Boxes are 4x4x4 levels, about 0.01 across in OKLab, and twice as wide where even those are too many, as in noise.

    Parameters
    ----------
    colors : (n, 3) uint8
    counts : (n,) int64
        Pixels of each.

    Returns
    -------
    colors : (m, 3) uint8
        At most 32,768 rows of ``colors``.
    counts : (m,) int64
        Pixels of each box.
    """
    if len(colors) <= _MANY:
        return colors, counts
    by_use = np.argsort(counts, kind="stable")
    for bits in (6, 5):
        box = (colors >> (8 - bits)) @ np.array([1 << 2 * bits, 1 << bits, 1])
        pixels = np.bincount(box, counts)
        used = np.flatnonzero(pixels)
        if len(used) <= _MANY:
            break
    speaker = np.zeros(len(pixels), np.int64)
    speaker[box[by_use]] = by_use  # the last to write is the most used
    return colors[speaker[used]], pixels[used].astype(np.int64)


def _farthest_apart(points: _Points, weights: npt.NDArray[np.float64], wanted: int) -> _Points:
    """Start with the heaviest colour, then always take the one whose weighted distance to those taken is largest."""
    axes = np.ascontiguousarray(points.T)  # sums over three long rows are quicker than over many short ones
    taken = [int(weights.argmax())]
    nearest = np.full(len(points), np.inf)
    while len(taken) < wanted:
        np.minimum(nearest, ((axes - axes[:, taken[-1:]]) ** 2).sum(axis=0), out=nearest)
        taken.append(int((nearest * weights).argmax()))
    return points[taken]


def _centres_of_groups(
    points: _Points, weights: npt.NDArray[np.float64], groups: npt.NDArray[np.int64], before: _Points
) -> _Points:
    mass = np.bincount(groups, weights, len(before))
    sums = [np.bincount(groups, weights * points[:, axis], len(before)) for axis in range(3)]
    filled = mass > 0
    centres: _Points = before.copy()
    centres[filled] = (np.stack(sums, axis=1)[filled].T / mass[filled]).T
    return centres
