"""Ordered dithers for any palette: which colours to mix for a colour, and by position which of them a pixel gets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette, nearest_colors, to_oklab
from unipixel.color.distinct import distinct_colors
from unipixel.color.oklab import LUMINANCE, linear_to_oklab, to_linear
from unipixel.dither.neighbours import natural_neighbours
from unipixel.dither.thresholds import bayer, thresholds, tiled

WORTH = 0.7
"""Two colours are mixed only if the mix comes at least this much nearer than one: .7 is 45 degrees off the line between
them. Below, dots would change the colour into one that is hardly less wrong."""
ROUGHNESS = 0.5
"""What one unit of OKLab between the two colours weighs against one of error when pairs are compared."""
PATTERN_SIDE = 4
"""Side of the pattern that mixes several colours: 16 pixels are enough for the eye to see one colour in."""
PATTERN_ROUGHNESS = 0.05
"""What the mean squared contrast of a pattern's colours weighs against the squared error of their mix."""

_Values = npt.NDArray[np.float64]
_Rows = npt.NDArray[np.int64]


def threshold_pairs(
    image: npt.NDArray[np.uint8], palette: Palette, matrix: str, *, strength: float
) -> npt.NDArray[np.uint8]:
    """Dither each colour as a mix of two, with a threshold matrix.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
    palette : Palette
    matrix : str
        One of :data:`unipixel.dither.thresholds.THRESHOLDS`.
    strength : float
        0 to 1: how much of the way from one colour to the other is dithered; the rest is plain.

    Returns
    -------
    (H, W) uint8
    """
    distinct = distinct_colors(image)
    dark, light, share, even = pairs(distinct.colors, palette)
    limits = tiled(thresholds(matrix), distinct.index.shape)
    middle = even[distinct.index]
    is_light = share[distinct.index] > middle + strength * (limits - middle)
    indices: npt.NDArray[np.uint8] = np.where(is_light, light[distinct.index], dark[distinct.index]).astype(np.uint8)
    return indices


def pairs(colors: npt.NDArray[np.uint8], palette: Palette) -> tuple[_Rows, _Rows, _Values, _Values]:
    """Choose for each colour the two of the palette to mix: its nearest one and a natural neighbour of that.

    Parameters
    ----------
    colors : (n, 3) uint8
    palette : Palette

    Returns
    -------
    dark, light : (n,) int64
        Rows of the palette, the lighter one in ``light``; the same twice where no mix is worth it.
    share : (n,) float64
        Of light that the lighter one gives, 0 to 1.
    even : (n,) float64
        The share at which the mix is equally far from both in OKLab.
    """
    nearest = nearest_colors(colors, palette.colors)
    other, share = nearest.copy(), np.zeros(len(colors))
    neighbours = natural_neighbours(palette)
    for row in np.unique(nearest):
        near = np.flatnonzero(neighbours[row])
        if len(near):
            of_row = np.flatnonzero(nearest == row)
            other[of_row], share[of_row] = _best_partner(
                colors[of_row], palette.colors[row], palette.colors[near], near, row
            )
    lightness = to_oklab(palette.colors)[:, 0]
    swap = lightness[other] < lightness[nearest]
    dark, light = np.where(swap, other, nearest), np.where(swap, nearest, other)
    return dark, light, np.where(swap, 1 - share, share), _even_shares(palette)[dark, light]


def _best_partner(
    colors: npt.NDArray[np.uint8], base: npt.NDArray[np.uint8], partners: npt.NDArray[np.uint8], rows: _Rows, row: int
) -> tuple[_Rows, _Values]:
    """For colours ``(n, 3)`` near ``base``: the best of its partners, or ``row`` itself, and the partner's share."""
    wanted, start = to_linear(colors), to_linear(base)
    ways = to_linear(partners) - start
    weighed = ways * LUMINANCE  # so that where no share is quite right, brightness is
    shares = np.clip((wanted - start) @ weighed.T / (ways * weighed).sum(axis=1), 0.0, 1.0)
    mixed = linear_to_oklab(start + shares[..., None] * ways)
    goal, ends = linear_to_oklab(wanted), linear_to_oklab(to_linear(partners))
    alone = _length(goal - linear_to_oklab(start))
    error = _length(mixed - goal[:, None])
    cost = np.where(error <= WORTH * alone[:, None], error + ROUGHNESS * _length(ends - linear_to_oklab(start)), np.inf)
    best = cost.argmin(axis=1)
    each = np.arange(len(colors))
    is_mixed = np.isfinite(cost[each, best]) & (alone > 0)
    return np.where(is_mixed, rows[best], row), np.where(is_mixed, shares[each, best], 0.0)


def _even_shares(palette: Palette) -> _Values:
    """Per pair ``(k, k)`` the share of the second at which the mix looks equally far from both; by bisection."""
    light, lab = to_linear(palette.colors), to_oklab(palette.colors).astype(np.float64)
    low, high = np.zeros((len(light), len(light))), np.ones((len(light), len(light)))
    for _ in range(12):
        share = (low + high) / 2
        mixed = linear_to_oklab(light[:, None] + share[..., None] * (light - light[:, None]))
        is_second = _length(mixed - lab) < _length(mixed - lab[:, None])
        low, high = np.where(is_second, low, share), np.where(is_second, share, high)
    return (low + high) / 2


def _length(difference: _Values) -> _Values:
    length: _Values = np.sqrt((difference**2).sum(axis=-1))
    return length


def mix_pattern(image: npt.NDArray[np.uint8], palette: Palette, *, strength: float) -> npt.NDArray[np.uint8]:
    """Dither each colour as a 4x4 pattern of as many colours as it takes.

    T. Knoll's pattern dithering (US patent 6,606,166, expired 2019), here in linear light and among the nearest colour
    and its natural neighbours: colours are picked one after the other, each nearest to what is still missing; sorted by
    lightness, a matrix says which pixel gets which.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
    palette : Palette
    strength : float
        How much of what is missing the next pick makes up for, 0 to 1.

    Returns
    -------
    (H, W) uint8
    """
    distinct = distinct_colors(image)
    nearest = nearest_colors(distinct.colors, palette.colors)
    neighbours = natural_neighbours(palette)
    picks = np.empty((len(nearest), PATTERN_SIDE**2), np.int64)
    for row in np.unique(nearest):
        of_row = nearest == row
        near = np.flatnonzero(neighbours[row] | (np.arange(len(palette)) == row))
        picks[of_row] = near[_pick(distinct.colors[of_row], palette.colors[near], strength)]
    lightness = to_oklab(palette.colors)[:, 0]
    order = np.argsort(-lightness[picks], axis=1, kind="stable")
    picks = np.take_along_axis(picks, order, axis=1)
    place = tiled(bayer(PATTERN_SIDE), distinct.index.shape)
    indices: npt.NDArray[np.uint8] = picks[distinct.index, place].astype(np.uint8)
    return indices


def _pick(colors: npt.NDArray[np.uint8], candidates: npt.NDArray[np.uint8], strength: float) -> _Rows:
    """Rows of ``candidates`` for a pattern of each colour, ``(n, PATTERN_SIDE^2)``."""
    wanted, light = linear_to_oklab(to_linear(colors)), to_linear(candidates)
    contrast = ((wanted[:, None] - linear_to_oklab(light)) ** 2).sum(axis=-1)
    total = np.zeros((len(colors), 3))
    picks = np.empty((len(colors), PATTERN_SIDE**2), np.int64)
    for turn in range(PATTERN_SIDE**2):
        weight = 1 + strength * turn
        mixed = linear_to_oklab((strength * total[:, None] + light) / weight)
        error = ((mixed - wanted[:, None]) ** 2).sum(axis=-1)
        picks[:, turn] = (error + PATTERN_ROUGHNESS / weight * contrast).argmin(axis=1)
        total += light[picks[:, turn]]
    return picks
