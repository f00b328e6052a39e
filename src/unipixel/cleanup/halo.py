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
        return find_fringe(index, values, find_ground(colors.table[index]), free)

    return colors.table[repeat(rule, colors.index)]


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
    ring = look_around(index, places)
    at_ground = look_around(ground.astype(np.int32), places) == 1
    side, off = own.copy(), np.full(len(places), OFF)
    white_side, white_off = own.copy(), np.full(len(places), OFF)
    for way in range(8):
        outer, inner = ring[:, way], ring[:, (way + 4) % 8]
        fit = at_ground[:, way] & ~at_ground[:, (way + 4) % 8] & (inner != OUTSIDE)
        fit &= (counts[inner] > counts[own]) & (counts[outer] > counts[own])
        _mix(fit, values[own], values[inner], values[outer], inner, outer, side, off)
        _mix(fit & (values[outer, 3] == 0), values[own], values[inner], WHITE, inner, outer, white_side, white_off)
    mixed, whitened = off < OFF, (white_off < OFF)
    if np.count_nonzero(whitened) >= RIM * max(1, np.count_nonzero(rim)):
        side = np.where(mixed, side, white_side)
        mixed |= whitened
    return places[mixed], side[mixed]


def _mix(
    fit: npt.NDArray[np.bool_],
    own: _Values,
    inner: _Values,
    outer: _Values,
    inner_color: npt.NDArray[np.int32],
    outer_color: npt.NDArray[np.int32],
    side: npt.NDArray[np.int32],
    off: _Values,
) -> None:
    """Note for each pixel that fits the nearer side of the best mixture so far, and how far off it is."""
    span = outer - inner
    length = np.maximum((span * span).sum(-1), 1.0)
    share = ((own - inner) * span).sum(-1) / length
    miss = np.sqrt(((inner + share[:, None] * span - own) ** 2).sum(-1) / length)
    least = np.where(own[:, 3] < 255, 0.0, LEAST)
    better = fit & (np.abs(span).max(-1) >= CONTRAST) & (share >= least) & (share <= 1 - least) & (miss < off)
    off[better] = miss[better]
    side[better] = np.where(share < 0.5, inner_color, outer_color)[better]


def _premultiplied(table: npt.NDArray[np.uint8]) -> _Values:
    values = table.astype(np.float64)
    values[:, :3] *= values[:, 3:] / 255.0
    return values
