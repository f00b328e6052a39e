"""Frames of an animation whose still parts stand still: no flicker left by a codec or a model."""

from __future__ import annotations

from itertools import pairwise

from unipixel.color import distance
from unipixel.image import RGBA

NEAR = 0.04
"""OKLab distance within which a pixel that changes from frame to frame has not changed: twice what most eyes see."""


def hold_still(frames: RGBA, near: float = NEAR) -> RGBA:
    """Keep each pixel's colour until it changes by more than noise does.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
    near : float
        OKLab distance.

    Returns
    -------
    (n, h, w, 4) uint8
        Each pixel's colour is one that the same pixel has in this frame or an earlier one.
    """
    held: RGBA = frames.copy()
    for before, now in pairwise(held):
        same = (distance(now, before) <= near) & (now[..., 3] == before[..., 3])
        now[same] = before[same]
    return held
