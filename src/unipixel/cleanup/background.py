"""Background to transparency: a colour, or what hangs together with the border or the corners."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import NOTICEABLE, Mask, appearance, distances
from unipixel.cleanup.regions import flood
from unipixel.color import distinct_colors
from unipixel.errors import ImageError
from unipixel.image import RGBA

BORDER_SHARE = 0.25
"""Least share of the border that the most common colour must hold to be a background, and not one of many textures."""


def remove_background(native: RGBA, how: str, *, tolerance: float = NOTICEABLE) -> RGBA:
    """Turn the background of a native image transparent.

    Parameters
    ----------
    native : (h, w, 4) uint8
        Straight alpha, without hidden colour.
    how : str
        ``"#rrggbb"``: that colour, wherever it is. ``"flood"``: the border's most common colour where it hangs
        together with the border, so that holes of the same colour within a figure stay. ``"corner"``: the colours of
        the four corners, each where it hangs together with its corner. Pixels hang together by their sides: a fill does
        not leak where an outline's pixels touch at their corners.
    tolerance : float
        Distance in OKLab, drawn together towards black, up to which a pixel has the background's colour: 0 for that
        very colour, 0.02 for all that eyes can't tell from it, about 0.05 for what JPEG left. It is counted from the
        background's colour, not from pixel to pixel, so a shading can't lead into the figure.

    Returns
    -------
    (h, w, 4) uint8
        Unchanged where the background is not there: the colour does not occur, or no colour holds a quarter of the
        border.

    Raises
    ------
    ImageError
        ``how`` is none of these, the tolerance is negative, or nothing of the picture would be left.
    """
    if not tolerance >= 0:
        raise ImageError(f"a background's tolerance is a distance in OKLab, at least 0, not {tolerance}.")
    ground = find_background(native, how, tolerance)
    visible = native[..., 3] > 0
    if not (ground & visible).any():
        return np.array(native)
    if not (visible & ~ground).any():
        raise ImageError(f"background {how}: all of the picture is background. Lower the tolerance, or leave it out.")
    cut: RGBA = native.copy()
    cut[ground] = 0
    return cut


def find_background(native: RGBA, how: str, tolerance: float = NOTICEABLE) -> Mask:
    """Pixels ``(h, w)`` of the background, those that are transparent already included; see `remove_background`."""
    clear: Mask = native[..., 3] == 0
    if re.fullmatch("#[0-9a-fA-F]{6}", how):
        return clear | _is_like(native, np.frombuffer(bytes.fromhex(how[1:]), np.uint8), tolerance)
    if how == "flood":
        return _flood_from_border(native, clear, tolerance)
    if how == "corner":
        return _flood_from_corners(native, clear, tolerance)
    raise ImageError(f"there is no background {how!r}. Use a colour such as #ff00ff, or flood, or corner.")


def find_ground(native: RGBA) -> Mask:
    """Pixels ``(h, w)`` that figures stand before: the transparent ones, or in an opaque picture its background."""
    clear: Mask = native[..., 3] == 0
    return clear if clear.any() else find_background(native, "flood")


def _is_like(native: RGBA, color: npt.NDArray[np.uint8], tolerance: float) -> Mask:
    """Where the picture has a colour: exactly, or about so."""
    if tolerance == 0:
        return np.asarray((native[..., :3] == color[:3]).all(-1) & (native[..., 3] > 0))
    distinct = distinct_colors(native)
    near = distances(appearance(distinct.colors), appearance(color[:3])) <= tolerance
    return near[distinct.index] & (native[..., 3] > 0)


def _flood_from_border(native: RGBA, clear: Mask, tolerance: float) -> Mask:
    edge = np.ones(clear.shape, np.bool_)
    edge[1:-1, 1:-1] = False
    border = native[edge]
    distinct = distinct_colors(border)
    counts = np.bincount(distinct.index[border[:, 3] > 0], minlength=len(distinct.counts))
    if counts.max() < BORDER_SHARE * len(border):
        return flood(clear, edge)
    like = _is_like(native, distinct.colors[counts.argmax()], tolerance)
    return flood(like | clear, edge)


def _flood_from_corners(native: RGBA, clear: Mask, tolerance: float) -> Mask:
    ground = np.zeros(clear.shape, np.bool_)
    for row, col in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        seed = np.zeros(clear.shape, np.bool_)
        seed[row, col] = True
        like = clear if clear[row, col] else _is_like(native, native[row, col], tolerance)
        ground |= flood(like, seed)
    return ground
