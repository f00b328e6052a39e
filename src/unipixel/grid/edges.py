"""Where the edges of a damaged picture lie: sub-pixel positions of the sharpest steps, as a histogram of each axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.grid.pixels import pack
from unipixel.image import RGBA

Floats = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int16]

BINS = 4
"""Histogram bins for each canvas px."""

FLOOR = 14
"""Steps below this (sum of the channels' differences, 0..1020) are never edges: coding noise."""


STRONG = 85
"""Steps above this (unit as `FLOOR`) are drawn: a JPEG's own blocks reach 68 on smooth pictures at quality 5."""

LEVEL = 0.9
"""A step of at least this share of the next one is as large as it."""

NEARBY, RINGING = 4, 5
"""A step so many pixels or fewer from one so many times as large is the ringing of a smooth resize or a codec: the
lobes of Pillow's Lanczos filter reach a sixth of the step that they belong to."""


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
    flat : float
        Share of the edges that begin with a step as large as their own: nearly all on straight ramps.
    length : int
        Canvas px on this axis.
    """

    mass: Floats
    total: float
    raw: Floats
    steps: Floats
    strong: Floats
    flat: float
    length: int


def find_edges(step: Steps) -> Edges:
    """Find the edges of lines: where their steps are the largest around.

    Parameters
    ----------
    step : (n, length + 1) int16
        See `find_steps` and `find_kinks`.
    """
    width = step.shape[1] - 1
    least = max(FLOOR, 4.0 * _quiet(step) + 10.0)
    here, before, after = step[:, 1:-1], step[:, :-2], step[:, 2:]
    at = np.flatnonzero((here > least) & (here >= before) & (here > after))
    size = width - 1
    at += 2 * (at // max(size, 1)) + 1  # from the inner part to the whole of `step`
    flat = step.ravel()
    at = at[RINGING * flat[at] >= _most_nearby(flat, at)]
    left, middle, right = (flat[at + move].astype(np.float64) for move in (-1, 0, 1))
    shift = 0.5 * (right - left) / np.maximum(2 * middle - left - right, 1e-9)
    place = at % (size + 2) + np.clip(shift, -0.5, 0.5)
    weight = np.minimum(middle, 6.0 * least)
    mass: Floats = np.bincount(np.rint(place * BINS).astype(np.int64), weight, (width + 1) * BINS).astype(np.float64)
    count = len(step)
    steps = np.add.reduce(step[:, :-1], 0, dtype=np.int64) / count
    strong = np.count_nonzero(step[:, :-1] > STRONG, 0) / count
    ramps = float((left >= LEVEL * middle).mean()) if len(at) else 0.0
    even = _level(mass[: width * BINS])
    return Edges(even, float(even.sum()), mass[: width * BINS], steps, strong, ramps, width)


def find_steps(lines: RGBA) -> Steps:
    """Sum over the channels of the differences between neighbouring pixels.

    Parameters
    ----------
    lines : (n, length, 4) uint8

    Returns
    -------
    (n, length + 1) int16
        0..1020: the step before each pixel, 0 before the first and after the last.
    """
    left, right = lines[:, :-1], lines[:, 1:]
    off = np.maximum(left, right)
    off -= np.minimum(left, right)
    # the four bytes of a pixel are added two by two, all pixels at once
    four = pack(off)
    two = (four & 0x00FF00FF) + ((four >> 8) & 0x00FF00FF)
    step = np.zeros((lines.shape[0], lines.shape[1] + 1), np.int16)
    step[:, 1:-1] = (two + (two >> 16)) & 0xFFFF
    return step


def find_kinks(lines: RGBA) -> Steps:
    """Sum over the channels of how much a line bends at each pixel, in the form of `find_steps`.

    A linear enlargement has no edges: it runs straight from the middle of one native pixel to that of the next. A bend
    at pixel ``i`` counts as a step before it.
    """
    signed = lines.astype(np.int16)
    bend = np.zeros((lines.shape[0], lines.shape[1] + 1), np.int16)
    np.abs(2 * signed[:, 1:-1] - signed[:, :-2] - signed[:, 2:]).sum(2, out=bend[:, 1:-2])
    return bend


def _most_nearby(flat: Steps, at: npt.NDArray[np.int64]) -> Steps:
    """Largest step within `NEARBY` places of each given one."""
    most = flat[at]
    for move in (*range(-NEARBY, 0), *range(1, NEARBY + 1)):
        np.maximum(most, flat.take(at + move, mode="clip"), out=most)
    return most


def _quiet(step: Steps) -> int:
    """The step that a fifth of the pixels stay within: what coding and grain leave on flat areas."""
    inner = step[:: max(1, len(step) // 128), 1:-1]
    if not inner.size:
        return 0
    upto = np.cumsum(np.bincount(inner.ravel(), minlength=1))
    return int(np.searchsorted(upto, 0.2 * inner.size))


def _level(mass: Floats) -> Floats:
    """Weigh pixel lines nearly alike: a faint line of the grid tells almost as much as a strong one."""
    line = np.convolve(mass, np.ones(BINS), "same")
    # what every line shows (texture, noise) is no evidence for any lattice, nor is how that varies by chance:
    # 4 times from the tenth percentile to the thirtieth is three standard deviations of a normal distribution
    calm, usual = np.percentile(line, (10, 30))
    excess = np.maximum(0.0, line - max(1.5 * usual, usual + 4 * (usual - calm)))
    even: Floats = mass * np.sqrt(excess) / (line + 1e-9)
    return even
