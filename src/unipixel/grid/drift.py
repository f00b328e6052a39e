"""Grids that drift: how far from a regular lattice its lines lie along an axis.

Edges on a lattice of frequency f, turned back by ``exp(-2 pi i f x)``, all point the same way; where the lattice
drifts, they turn slowly. Smoothed over a few cells, their angle is the drift (complex demodulation; Bloomfield, Fourier
Analysis of Time Series, 1976). Unwrapped along the axis it may exceed a cell: then the picture holds more or fewer
cells than its length suggests.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.grid.edges import BINS, Edges
from unipixel.grid.gain import information
from unipixel.grid.model import Lines

Floats = npt.NDArray[np.float64]

REACH = 4.0
"""Cells: standard deviation of the window that smooths the drift."""

LEAST_DRIFT = 0.4
"""Cells: lines that stay within so much of one another are regular; rounding and jitter do as much."""

BETTER = 1.25
"""A drifting lattice must say this many times as much about the edges as the regular one."""


def find_drift(edges: Edges, pitch: float, offset: float) -> Floats | None:
    """How far the lines of a lattice are from where they would be regularly.

    Parameters
    ----------
    edges : Edges
        Of one axis.
    pitch, offset : float
        The regular lattice, in canvas px.

    Returns
    -------
    (length,) float or None
        Canvas px to add to a line at each canvas px; None where a regular lattice will do.
    """
    place = np.arange(len(edges.mass)) / BINS
    turned = edges.mass * np.exp(2j * np.pi * (place - offset) / pitch)
    each = turned.reshape(-1, BINS).sum(1)
    drift: Floats = np.unwrap(np.angle(smooth(each, REACH * pitch))) / (2 * np.pi) * pitch
    if np.ptp(drift) < LEAST_DRIFT * pitch:
        return None
    if information(edges, pitch, drift) < BETTER * information(edges, pitch):
        return None
    return drift


def smooth(values: npt.NDArray[Any], spread: float) -> npt.NDArray[Any]:
    """Sum ``(n,)`` numbers around each of them, weighted by a bell of that standard deviation and of height 1."""
    reach = int(min(3 * spread, (len(values) - 1) // 2))
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
    return np.convolve(values, window, "same")


def drifting_lines(drift: Floats, pitch: float, offset: float) -> Lines:
    """Cut lines from 0 to the length of an axis whose lattice drifts; see `unipixel.grid.model.regular_lines`."""
    length = len(drift)
    edge = np.arange(length + 1)
    index = np.maximum.accumulate((edge - np.interp(edge, np.arange(length) + 0.5, drift) - offset) / pitch)
    whole = np.arange(np.ceil(index[0]), np.floor(index[-1]) + 1)
    lines = np.ceil(np.interp(whole, index, edge) - 0.5 - 1e-9).astype(np.int64)
    inner = np.unique(lines[(lines > 0) & (lines < length)])
    return (0, *inner.tolist(), length)
