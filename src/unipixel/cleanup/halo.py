"""Halo: the thin fringe of mixed colours that smooth resizing and background removal leave around a figure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.background import find_ground
from unipixel.cleanup.colors import Index, Mask, number_colors
from unipixel.cleanup.ring import OUTSIDE, Places, find_beside, find_solid, look_around, repeat
from unipixel.image import RGBA

CONTRAST = 64.0
"""Levels that figure and ground must be apart, in their channel that differs most: mixtures of nearer colours can't be
told from shades."""

DARK = 64.0
"""Levels: in front of an opaque ground with no channel above this, mixtures can't be told from drawn shadow."""

LEAST = 0.1
"""An opaque mixture holds at least so much of either side; with less it is that side's own colour with noise."""

OFF = 0.04
"""How far a mixture may lie from the straight line between the two colours, as a share of its length."""

WHITE = np.full(4, 255.0)
"""What most removed backgrounds were."""

RIM = 0.25
"""A light halo is one where at least so many of the pixels next to transparency are whitened: single light pixels there
are highlights."""

_Values = npt.NDArray[np.float64]


def remove_halo(native: RGBA, keep: Mask | None = None) -> RGBA:
    """Give each pixel of a mixed fringe around a figure the nearer of what it mixes: figure or ground.

    Ground is what is transparent or, in an opaque picture, the background that hangs together with the border. A pixel
    is fringe where it lies between a pixel of the ground and one opposite whose two colours it mixes; its colour is
    rarer than both and never fills as much as 2x2 pixels, as the shades of a drawing do somewhere. Where the ground is
    transparent the fringe is translucent, or, around figures cut out of a white ground, whitened.

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
    values = _premultiplied(colors.table)
    free = np.ones(colors.index.shape, np.bool_) if keep is None else ~keep

    def rule(index: Index) -> tuple[Places, npt.NDArray[np.int32]]:
        return find_fringe(index, values, find_ground(colors.draw(index)), free)

    return colors.draw(repeat(rule, colors.index))


def find_fringe(index: Index, values: _Values, ground: Mask, free: Mask) -> tuple[Places, npt.NDArray[np.int32]]:
    """Pixels of a fringe and the colours that they get.

    Parameters
    ----------
    index : (h, w) int32
    values : (n, 4) float64
        The colours, premultiplied by alpha.
    ground, free : (h, w) bool
        Where the ground is, and what may change.
    """
    counts = np.bincount(index.ravel(), minlength=len(values))
    fills = np.zeros(len(values), np.bool_)
    fills[index[find_solid(index)]] = True
    ground = ground & ((values[index, 3] == 0) | (values[index, :3].max(-1) > DARK))
    rim = find_beside(ground) & ~ground
    places = np.flatnonzero(rim & ~fills[index] & free)
    own = index.ravel()[places]
    outer = look_around(index, places)
    inner = np.roll(outer, 4, axis=1)  # what lies opposite
    at_ground = look_around(ground.astype(np.int32), places) == 1
    fit = at_ground & ~np.roll(at_ground, 4, axis=1) & (inner != OUTSIDE)
    fit &= np.minimum(counts[inner], counts[outer]) > counts[own][:, None]
    way, is_outer = _find_sides(values[own], values[inner], values[outer], fit)
    white_way, white_outer = _find_sides(values[own], values[inner], WHITE, fit & (values[outer, 3] == 0))
    if np.count_nonzero(white_way >= 0) >= RIM * np.count_nonzero(rim):
        is_outer = np.where(way >= 0, is_outer, white_outer)
        way = np.where(way >= 0, way, white_way)
    rows = np.arange(len(places))
    colors = np.where(is_outer, outer[rows, way], inner[rows, way])
    return places[way >= 0], colors[way >= 0]


def _find_sides(
    own: _Values, inner: _Values, outer: _Values, fit: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Along which way each pixel mixes two colours best, and whether the outer one is the nearer.

    Parameters
    ----------
    own : (n, 4) float64
    inner, outer : (n, 8, 4) float64
        Colours on either side, for each way through the pixel.
    fit : (n, 8) bool
        Ways that count.

    Returns
    -------
    way : (n,) int64
        -1 where the pixel is no mixture.
    is_outer : (n,) bool
    """
    span, part = outer - inner, own[:, None] - inner
    length = np.maximum((span * span).sum(-1), 1.0)
    share = (part * span).sum(-1) / length
    least = np.where(own[:, 3] < 255, 0.0, LEAST)[:, None]
    fit = fit & (np.abs(span).max(-1) >= CONTRAST) & (share >= least) & (share <= 1 - least)
    off = np.sqrt(((share[..., None] * span - part) ** 2).sum(-1) / length)
    off = np.where(fit & (off < OFF), off, np.inf)
    way = off.argmin(1)
    rows = np.arange(len(own))
    return np.where(np.isfinite(off[rows, way]), way, -1), share[rows, way] >= 0.5


def _premultiplied(table: npt.NDArray[np.uint8]) -> _Values:
    values = table.astype(np.float64)
    values[:, :3] *= values[:, 3:] / 255.0
    return values
