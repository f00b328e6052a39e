"""How many colours are enough: as many as the eye tells apart, where more of them are only noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color.groups import thin_out
from unipixel.color.oklab import to_oklab
from unipixel.color.palette import MAX_COLORS

NEAR = 0.02
"""OKLab distance at which most eyes begin to see a difference."""

ONE_COLOR = 0.025
"""A colour stands for all that are nearer than this. Of five values (0.02 to 0.04) it met the number of colours of
natives from damaged pictures best, and no fewer cells had the right colour afterwards; it was set on those pictures,
see benchmarks/color."""

NOISE_SHARE = 0.8
"""Art has a few colours that are hardly told apart, noise has little else: with at least this share of such colours
they are taken for noise. Of 100 real natives 85 lie below."""


def enough_colors(colors: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64]) -> int:
    """Find how many colours a picture needs.

    At most 256 colours are all meant, unless nearly each of them has another so near that eyes can't tell them apart:
    that is noise. Then the most used colour stands for all that are near it, then the most used one of the rest for
    those near to it, and so on; the number of these is the answer.

    Parameters
    ----------
    colors : (n, 3) uint8
        Distinct.
    counts : (n,) int64
        Pixels of each.

    Returns
    -------
    int
        1 to 256, at most ``n``.
    """
    if len(colors) <= MAX_COLORS and _share_with_neighbour(to_oklab(colors)) < NOISE_SHARE:
        return len(colors)
    colors, counts = thin_out(colors, counts)
    left = to_oklab(colors[np.argsort(-counts, kind="stable")])
    number = 0
    while len(left) and number < MAX_COLORS:
        left = left[((left - left[0]) ** 2).sum(axis=1) > ONE_COLOR**2]
        number += 1
    return number


def _share_with_neighbour(points: npt.NDArray[np.float32]) -> float:
    """Share of ``(n, 3)`` points with another nearer than `NEAR`."""
    squares = ((points[:, None] - points) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    return float((squares.min(axis=1) < NEAR**2).mean())
