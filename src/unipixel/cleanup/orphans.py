"""Orphans: single pixels that are noise, and not an eye, a star or a texture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import Index, Mask, appearance, distances, number_colors
from unipixel.cleanup.ring import OUTSIDE, Places, find_lone, look_around, look_at_square
from unipixel.image import RGBA

NEAR = 0.08
"""An orphan that looks farther than this from its ground is an accent: somebody wanted it seen."""

GROUND = 5
"""So many of its eight neighbours must have one colour: that is a patch with a speck, and two of them touch."""

PATCH = 12
"""And so many of the 24 pixels around it: half. With fewer, grass and rubble are taken for noise."""

TEXTURE = 1 / 32
"""Where more specks lie on a colour than this share of its pixels, they are drawn texture."""


class Looks(NamedTuple):
    """What the colours of a picture look like."""

    points: npt.NDArray[np.float64]
    """``(n, 3)`` float64, see `appearance`."""
    opaque: npt.NDArray[np.bool_]
    """``(n,)`` bool."""


def remove_orphans(native: RGBA, keep: Mask | None = None) -> RGBA:
    """Give stray pixels the colour of the patch that they lie in.

    An orphan is a pixel none of whose eight neighbours has its colour. It is taken for noise where all of this holds:
    at least `GROUND` of its neighbours and `PATCH` of the 24 pixels around have one opaque colour; it looks less than
    `NEAR` away from that colour; and such specks on that colour are rarer than `TEXTURE`. So eyes, highlights and stars
    stay, for they are far from their ground; so does grass that is drawn in two greens; so do the pixels of lines and
    at corners and edges of shapes.

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
    looks = Looks(appearance(colors.table), colors.table[:, 3] == 255)
    index = colors.index.copy()
    lone = find_lone(index) if keep is None else find_lone(index) & ~keep
    places = np.flatnonzero(lone)
    while True:  # with every pixel that changes there is an orphan less, and never a new one
        stray, ground = find_stray(index, places, looks)
        if not stray.any():
            return colors.draw(index)
        index.ravel()[places[stray]] = ground[stray]
        places = places[~stray]


def find_stray(index: Index, places: Places, looks: Looks) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """Which orphans are noise, and the colour of the patch that each pixel lies in.

    Parameters
    ----------
    index : (h, w) int32
    places : (n,) int64
        Flat indices of pixels that are or were orphans.
    looks : Looks

    Returns
    -------
    stray : (n,) bool
    ground : (n,) int32
        `OUTSIDE` where there is no patch.
    """
    ring, own = look_around(index, places), index.ravel()[places]
    ground = find_patch(ring)
    stray = (ground != OUTSIDE) & looks.opaque[ground] & looks.opaque[own] & (ring != own[:, None]).all(1)
    stray[stray] = (look_at_square(index, places[stray]) == ground[stray, None]).sum(1) >= PATCH
    stray[stray] = distances(looks.points[own[stray]], looks.points[ground[stray]]) < NEAR
    specks = np.bincount(ground[stray], minlength=len(looks.points))
    areas = np.bincount(index.ravel(), minlength=len(looks.points))
    stray &= (specks <= np.maximum(1, TEXTURE * areas))[ground]
    return stray, ground


def find_patch(ring: Index) -> npt.NDArray[np.int32]:
    """The colour that at least `GROUND` of eight neighbours ``(k, 8)`` have, or `OUTSIDE`: ``(k,)`` int32."""
    middle = np.sort(ring, axis=1)[:, 3]  # five of eight always hold the middle of the sorted ones
    return np.where((ring == middle[:, None]).sum(1) >= GROUND, middle, np.int32(OUTSIDE)).astype(np.int32)
