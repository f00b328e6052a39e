"""Where the edges of a damaged picture lie: sub-pixel positions of the sharpest steps, as a histogram of each axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.image import RGBA

Floats = npt.NDArray[np.float64]

BINS = 4
"""Histogram bins for each canvas px."""

FLOOR = 14
"""Steps below this (sum of the channels' differences, 0..1020) are never edges: coding noise."""


STRONG = 85
"""Steps above this (unit as `FLOOR`) are drawn: a JPEG's own blocks reach 68 on smooth pictures at quality 5."""


@dataclass(frozen=True)
class Edges:
    """Edges across one axis.

    Attributes
    ----------
    mass : (length * BINS,) float
        Edge evidence in each quarter pixel, above what every line has, square-rooted by pixel line.
    total : float
        Sum of ``mass``.
    raw : (length * BINS,) float
        The same before that: every edge with its weight.
    steps : (length,) float
        Mean step before each pixel line (0 for the first), in the unit of `FLOOR`.
    strong : (length,) float
        Share of the steps before each pixel line that are larger than `STRONG`.
    length : int
        Canvas px on this axis.
    """

    mass: Floats
    total: float
    raw: Floats
    steps: Floats
    strong: Floats
    length: int


def as_planes(rgba: RGBA) -> npt.NDArray[np.int16]:
    """``(C, H, W)`` int16 colour planes, premultiplied; alpha is a fourth plane where it varies."""
    planes = np.ascontiguousarray(rgba.transpose(2, 0, 1)).astype(np.int16)
    alpha = planes[3]
    if (alpha == 255).all():
        return planes[:3]
    planes[:3] = planes[:3].astype(np.int32) * alpha // 255
    return planes


def find_edges(planes: npt.NDArray[np.int16]) -> Edges:
    """Find the edges between neighbouring columns.

    Parameters
    ----------
    planes : (C, H, W) int16
        Transpose the last two axes for the edges between rows.
    """
    _, height, width = planes.shape
    step = np.zeros((height, width + 1), np.int16)
    np.abs(np.diff(planes, axis=2)).sum(0, dtype=np.int16, out=step[:, 1:-1])
    quiet = float(np.percentile(step[:: max(1, height // 128), 1:-1], 20)) if width > 1 else 0.0
    least = max(FLOOR, 4.0 * quiet + 10.0)
    here, before, after = step[:, 1:-1], step[:, :-2], step[:, 2:]
    at = np.flatnonzero((here > least) & (here >= before) & (here > after))
    size = width - 1
    left, middle, right = (part.ravel()[at].astype(np.float64) for part in (before, here, after))
    shift = 0.5 * (right - left) / np.maximum(2 * middle - left - right, 1e-9)
    place = at % size + 1 + np.clip(shift, -0.5, 0.5)
    weight = np.minimum(middle, 6.0 * least)
    mass: Floats = np.bincount(np.rint(place * BINS).astype(np.int64), weight, (width + 1) * BINS).astype(np.float64)
    before_line = step[:, :-1]
    return _level(mass[: width * BINS], before_line.mean(0, dtype=np.float64), (before_line > STRONG).mean(0))


def _level(mass: Floats, steps: Floats, strong: Floats) -> Edges:
    """Weigh pixel lines nearly alike: a faint line of the grid tells almost as much as a strong one."""
    line = np.convolve(mass, np.ones(BINS), "same")
    # what every line shows (texture, noise) is no evidence for any lattice, nor is how that varies by chance:
    # 4 times from the tenth percentile to the thirtieth is three standard deviations of a normal distribution
    calm, usual = np.percentile(line, (10, 30))
    excess = np.maximum(0.0, line - max(1.5 * usual, usual + 4 * (usual - calm)))
    even = mass * np.sqrt(excess) / (line + 1e-9)
    return Edges(even, float(even.sum()), mass, steps, strong, len(steps))
