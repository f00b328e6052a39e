"""Where along a picture's axes its edges lie: the sums that the share of edges on the grid and the drift are read from.

An axis is cut into bands, and each band has a profile of its own, so that a grid that runs off in one part of the
picture alone can be seen.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

BAND = 16
"""Cells that a band is wide: enough edges for a profile, and several bands in a picture of 1024 px at x8."""

Profiles = npt.NDArray[np.float64]
Planes = npt.NDArray[np.uint8]


def sum_edges(planes: Planes, scale: int) -> tuple[Profiles, Profiles]:
    """Sum the absolute differences of neighbours between each two rows, and between each two columns.

    Parameters
    ----------
    planes : (channels, H, W) uint8
    scale : int
        Canvas px per native px.

    Returns
    -------
    rows : (bands, H - 1) float
        Whole numbers: at each line between rows, summed over the columns of a band and over channels.
    cols : (bands, W - 1) float
        The same at each line between columns, over the rows of a band.
    """
    height, width = planes.shape[1:]
    across, down = starts(width, scale), starts(height, scale)
    rows, cols = np.zeros((len(across), height - 1)), np.zeros((len(down), width - 1))
    for band, (first, end) in enumerate(pairwise([*down, height])):
        part, below = planes[:, first:end], planes[:, first + 1 : end + 1]
        unlike = _all_channels(part[..., 1:], part[..., :-1])
        cols[band] = unlike.sum(axis=0, dtype=np.uint32)
        unlike = _all_channels(below, part[:, : below.shape[1]])
        rows[:, first : first + len(unlike)] = np.add.reduceat(unlike, across, axis=1, dtype=np.uint32).T
    return rows, cols


def share_on_grid(edges: tuple[Profiles, Profiles], scale: int) -> float:
    """Share of all differences that lies on grid lines, 0 to 1; 1 for a flat picture."""
    everywhere = sum(float(axis.sum()) for axis in edges)
    on_grid = sum(float(axis[:, scale - 1 :: scale].sum()) for axis in edges)
    return on_grid / everywhere if everywhere else 1.0


def apart(first: Planes, second: Planes) -> Planes:
    """Absolute differences: as max - min they stay in uint8, four times faster than through int32."""
    return np.maximum(first, second) - np.minimum(first, second)


def _all_channels(first: Planes, second: Planes) -> npt.NDArray[np.uint16]:
    total: npt.NDArray[np.uint16] = apart(first, second).sum(axis=0, dtype=np.uint16)
    return total


def starts(length: int, scale: int) -> npt.NDArray[np.int64]:
    """Canvas px at which bands begin along a side: `BAND` whole cells each, and the last one takes the rest."""
    return np.arange(max(1, length // (BAND * scale)), dtype=np.int64) * BAND * scale
