"""How a picture's own lines run off the grid that was asked for: their offset at each place, drift and pitch.

In each band the edges near a cell, turned by ``exp(2 pi i x / scale)`` for an edge x canvas px from the start, are
summed; the sum's angle says by how much the lines there lie off the grid (complex demodulation, as in
`unipixel.grid.drift`). A place counts where its sum is longer than chance allows: edges at random places give a squared
length of about the sum of their squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.evaluation.edges import Profiles
from unipixel.grid.drift import smooth

REACH = 4.0
"""Cells: standard deviation of the window that smooths the offset."""

SEEN = 6.0
"""Squared length of a sum over what chance gives, from which lines are seen; chance exceeds it once in 400 times."""

LEAST_SEEN = 0.5
"""Share of an axis's sums that must be seen, or no lines can be followed along it."""

MIDDLE = 0.9
"""Share of the lines, by weight, that the drift holds: a few odd edges do not make one."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Offsets:
    """How far lines lie off the grid along one axis, at each place of each band where lines can be seen."""

    place: Floats
    """``(n,)``: canvas px from the picture's start, along the axis."""
    band: npt.NDArray[np.int64]
    """``(n,)``: which band of `unipixel.evaluation.edges` it is."""
    offset: Floats
    """``(n,)``: canvas px that lines lie further down or right than the grid's; followed along the axis, so that it may
    exceed a cell."""
    weight: Floats
    """``(n,)``: strength of the lines, above 0."""


def measure_drift(
    edges: tuple[Profiles, Profiles], scale: int
) -> tuple[float | None, tuple[float | None, float | None]]:
    """Drift in canvas px, the larger of both axes, and pitch (rows, cols) in canvas px; None where nothing is seen."""
    found = [find_offsets(profiles, scale) for profiles in edges]
    drifts = [drift_of(axis) for axis in found if axis is not None]
    rows, cols = (None if axis is None else pitch_of(axis, scale) for axis in found)
    return max(drifts, default=None), (rows, cols)


def find_offsets(profiles: Profiles, scale: int) -> Offsets | None:
    """Follow the lines of one axis; None where too few can be told from chance.

    Parameters
    ----------
    profiles : (bands, length - 1) float
        Of `unipixel.evaluation.edges.sum_edges`.
    scale : int
        Canvas px per native px.
    """
    bands = len(profiles)
    lines = np.pad(profiles, ((0, 0), (1, -(profiles.shape[1] + 1) % scale)))
    cells = lines.reshape(bands, -1, scale)
    cells = cells - cells.min(axis=2, keepdims=True)  # what every place has is no line
    turned = cells @ np.exp(2j * np.pi * np.arange(scale) / scale)
    sums = _smooth_bands(turned, REACH)
    by_chance = _smooth_bands((cells**2).sum(axis=2), REACH / np.sqrt(2))  # the window, squared
    length = np.abs(sums)
    seen = (length**2 > SEEN * by_chance) & (length > 0)
    if not seen.any() or length[seen].sum() < LEAST_SEEN * length.sum():
        return None
    offset: Floats = _follow(np.angle(sums), seen, length) * (scale / (2 * np.pi))
    band, cell = np.nonzero(seen)
    place = np.asarray((cell + 0.5) * scale, np.float64)
    return Offsets(place, band, offset, length[seen])


def _smooth_bands(values: npt.NDArray[Any], spread: float) -> npt.NDArray[Any]:
    """Smooth each band, all in one call: so much air between them that none reaches the next."""
    air = np.pad(values, ((0, 0), (0, int(3 * spread))))
    return smooth(air.ravel(), spread).reshape(air.shape)[:, : values.shape[1]]


def drift_of(offsets: Offsets) -> float:
    """Canvas px, at least 0: width of the range that holds the middle `MIDDLE` of the offsets, by weight."""
    order = np.argsort(offsets.offset, kind="stable")
    share = np.cumsum(offsets.weight[order])
    tail = (1 - MIDDLE) / 2 * share[-1]
    low, high = np.searchsorted(share, [tail, share[-1] - tail])
    return float(offsets.offset[order[high]] - offsets.offset[order[low]])


def pitch_of(offsets: Offsets, scale: int) -> float:
    """Canvas px per cell, above 0, from the straight line that fits the offsets best by weighted squares.

    Where lines lie ``b`` px further off with each px, they are ``scale / (1 - b)`` apart.
    """
    place = offsets.place - np.average(offsets.place, weights=offsets.weight)
    spread = np.average(place**2, weights=offsets.weight)
    slope = np.average(place * offsets.offset, weights=offsets.weight) / spread if spread else 0.0
    return float(scale / (1 - slope))


def _follow(angle: Floats, seen: npt.NDArray[np.bool_], weight: Floats) -> Floats:
    """Unwrap the angles where lines are seen along each band, then bring each band near the one before it: ``(n,)``."""
    lines: Floats = np.unwrap(angle[seen])
    ends = np.cumsum(seen.sum(axis=1))[:-1]
    followed = []
    before: float | None = None
    for line, strength in zip(np.split(lines, ends), np.split(weight[seen], ends), strict=True):
        if not len(line):
            continue
        mean = float(line @ strength / strength.sum())
        turns = 0.0 if before is None else 2 * np.pi * round((before - mean) / (2 * np.pi))
        followed.append(line + turns)
        before = mean + turns
    together: Floats = np.concatenate(followed)
    return together
