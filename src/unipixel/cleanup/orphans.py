"""Orphans: single pixels that are noise, and not an eye, a star or a texture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import Index, Mask, appearance, distances, number_colors
from unipixel.cleanup.ring import OUTSIDE, Places, find_lone, look_around, look_at_square, repeat
from unipixel.image import RGBA

NEAR = 0.08
"""An orphan that looks farther than this from its ground is an accent: somebody wanted it seen."""

GROUND = 5
"""So many of its eight neighbours must have one colour: that is a patch with a speck, and two of them touch."""

PATCH = 12
"""And so many of the 24 pixels around it: half. With fewer, grass and rubble are taken for noise."""

TEXTURE = 1 / 32
"""Where there are more specks of one colour on a ground than one in a square of 8x8, they are drawn texture."""


def remove_orphans(native: RGBA, keep: Mask | None = None) -> RGBA:
    """Give stray pixels the colour of the patch that they lie in.

    An orphan is a pixel none of whose eight neighbours has its colour. It is taken for noise where all of this holds:
    at least `GROUND` of its neighbours and `PATCH` of the 24 pixels around have one opaque colour; it looks less than `NEAR` away from that colour; and
    specks of its colour on that ground are rarer than `TEXTURE`. So eyes, highlights and stars stay, for they are far
    from their ground; so does grass that is drawn in two greens; so do pixels at corners and on edges of shapes.

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
    points = appearance(colors.table)
    opaque = colors.table[:, 3] == 255
    table: npt.NDArray[np.uint8] = colors.table

    def rule(index: Index) -> tuple[Places, npt.NDArray[np.int32]]:
        places, ground = find_stray(index, points, opaque)
        if keep is not None:
            free = ~keep.ravel()[places]
            places, ground = places[free], ground[free]
        return places, ground

    return table[repeat(rule, colors.index)]


def find_stray(
    index: Index, points: npt.NDArray[np.float64], opaque: npt.NDArray[np.bool_]
) -> tuple[Places, npt.NDArray[np.int32]]:
    """Orphans that are noise, and the colour of their ground.

    Parameters
    ----------
    index : (h, w) int32
    points : (n, 3) float64
        What the colours look like.
    opaque : (n,) bool

    Returns
    -------
    places : (k,) int64
        Flat indices.
    ground : (k,) int32
    """
    places = np.flatnonzero(find_lone(index))
    ground = find_patch(look_around(index, places))
    places, ground = places[ground != OUTSIDE], ground[ground != OUTSIDE]
    wide = (look_at_square(index, places) == ground[:, None]).sum(1) >= PATCH
    places, ground = places[wide], ground[wide]
    own = index.ravel()[places]
    stray = opaque[ground] & opaque[own]
    stray[stray] = distances(points[own[stray]], points[ground[stray]]) < NEAR
    places, own, ground = places[stray], own[stray], ground[stray]
    specks = np.bincount(ground, minlength=len(points))
    areas = np.bincount(index.ravel(), minlength=len(points))
    rare = specks[ground] <= np.maximum(1, TEXTURE * areas[ground])
    return places[rare], ground[rare]


def find_patch(ring: Index) -> npt.NDArray[np.int32]:
    """The colour that at least `GROUND` of eight neighbours ``(k, 8)`` have, or `OUTSIDE`: ``(k,)`` int32."""
    middle = np.sort(ring, axis=1)[:, 3]  # five of eight always hold the middle of the sorted ones
    return np.where((ring == middle[:, None]).sum(1) >= GROUND, middle, np.int32(OUTSIDE)).astype(np.int32)
