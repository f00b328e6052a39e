"""Reduce a picture to a few of its own colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import distinct_colors
from unipixel.color.nearest import nearest_colors
from unipixel.color.oklab import to_oklab
from unipixel.color.palette import MAX_COLORS, Palette
from unipixel.errors import PaletteError

_Points = npt.NDArray[np.float64]

_COUNT_POWER = 0.75
"""A colour of n pixels weighs n^0.75: between one vote a pixel (best mean error) and one vote a colour (accents)."""

_ROUNDS = 8
"""Rounds of moving the centres; more changed the mean error by less than 1 % on game frames and photographs."""


def quantize(image: npt.NDArray[np.uint8], colors: int = 32) -> tuple[npt.NDArray[np.uint8], Palette]:
    """Reduce a picture to at most so many of its own colours.

    A picture that has no more colours than that comes back exactly as it was. Otherwise the colours are grouped in
    OKLab (weighted k-means that starts from the colours that lie farthest apart, so that small accents get a place of
    their own) and each group is shown by the colour of the picture that is nearest its centre. No random numbers.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        Pixels with alpha 0 have no say in the choice of colours, but get an index too.
    colors : int
        1 to 256.

    Returns
    -------
    indices : (H, W) uint8
    palette : Palette
        Dark to light; every colour occurs in the picture.

    Raises
    ------
    PaletteError
        ``colors`` is not within 1 to 256.
    """
    if not 1 <= colors <= MAX_COLORS:
        raise PaletteError(f"can't reduce a picture to {colors} colours. Ask for 1 to {MAX_COLORS}.")
    distinct = distinct_colors(image)
    counts = _visible_counts(image, distinct.index, distinct.counts)
    visible = np.flatnonzero(counts)
    candidates = distinct.colors[visible]
    if len(candidates) > colors:
        candidates = candidates[_representatives(candidates, counts[visible], colors)]
    palette = Palette(_dark_to_light(candidates))
    nearest = nearest_colors(distinct.colors, palette.colors).astype(np.uint8)
    return nearest[distinct.index], palette


def extract(image: npt.NDArray[np.uint8], colors: int = 32, *, name: str = "") -> Palette:
    """Take a palette of at most so many colours from a picture, dark to light; see :func:`quantize`."""
    return Palette(quantize(image, colors)[1].colors, name)


def _visible_counts(
    image: npt.NDArray[np.uint8], index: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    if image.shape[-1] < 4:
        return counts
    shown = np.bincount(index[image[..., 3] > 0], minlength=len(counts))
    return shown if shown.any() else counts


def _dark_to_light(colors: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return colors[np.argsort(to_oklab(colors)[:, 0], kind="stable")]


def _representatives(
    colors: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64], wanted: int
) -> npt.NDArray[np.int64]:
    """Rows of ``colors``, at most ``wanted`` of them."""
    points, weights = to_oklab(colors).astype(np.float64), counts.astype(np.float64) ** _COUNT_POWER
    centres = _farthest_apart(points, weights, wanted)
    for _ in range(_ROUNDS):
        moved = _centres_of_groups(points, weights, _nearest_centre(points, centres), centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    groups = _nearest_centre(points, centres)
    from_centre = ((points - centres[groups]) ** 2).sum(axis=1)
    order = np.lexsort((from_centre, groups))
    rows: npt.NDArray[np.int64] = order[np.unique(groups[order], return_index=True)[1]]
    return rows


def _farthest_apart(points: _Points, weights: npt.NDArray[np.float64], wanted: int) -> _Points:
    """Start with the heaviest colour, then always take the one whose weighted distance to those taken is largest."""
    taken = [int(weights.argmax())]
    nearest = ((points - points[taken[0]]) ** 2).sum(axis=1)
    while len(taken) < wanted:
        taken.append(int((nearest * weights).argmax()))
        nearest = np.minimum(nearest, ((points - points[taken[-1]]) ** 2).sum(axis=1))
    return points[taken]


def _nearest_centre(points: _Points, centres: _Points) -> npt.NDArray[np.int64]:
    groups: npt.NDArray[np.int64] = np.argmin((centres * centres).sum(axis=1) - 2.0 * (points @ centres.T), axis=1)
    return groups


def _centres_of_groups(
    points: _Points, weights: npt.NDArray[np.float64], groups: npt.NDArray[np.int64], before: _Points
) -> _Points:
    mass = np.bincount(groups, weights, len(before))
    sums = [np.bincount(groups, weights * points[:, axis], len(before)) for axis in range(3)]
    filled = mass > 0
    centres: _Points = before.copy()
    centres[filled] = (np.stack(sums, axis=1)[filled].T / mass[filled]).T
    return centres
