"""Where along a picture's axes its edges lie: the sums that the share of edges on the grid and the drift are read from.

An axis is cut into bands, and each band has a profile of its own, so that a grid that runs off in one part of the
picture alone can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BAND = 16
"""Cells that a band is wide: enough edges for a profile, and several bands in a picture of 1024 px at x8."""

Profiles = npt.NDArray[np.float64]
Plane = npt.NDArray[np.uint8]


def sum_edges(planes: Sequence[Plane], scale: int) -> tuple[Profiles, Profiles]:
    """Sum the absolute differences of neighbours between each two rows, and between each two columns.

    Parameters
    ----------
    planes : sequence of (H, W) uint8
        Channels.
    scale : int
        Canvas px per native px.

    Returns
    -------
    rows : (bands, H - 1) float
        Whole numbers: at each line between rows, summed over the columns of a band and over channels.
    cols : (bands, W - 1) float
        The same at each line between columns, over the rows of a band.
    """
    height, width = planes[0].shape
    rows = np.zeros((_bands(width, scale), height - 1))
    cols = np.zeros((_bands(height, scale), width - 1))
    for plane in planes:
        down, right = apart(plane[1:], plane[:-1]), apart(plane[:, 1:], plane[:, :-1])
        for band, part in enumerate(_parts(width, scale)):
            rows[band] += down[:, part].sum(axis=1, dtype=np.uint32)
        for band, part in enumerate(_parts(height, scale)):
            cols[band] += right[part].sum(axis=0, dtype=np.uint32)
    return rows, cols


def share_on_grid(edges: tuple[Profiles, Profiles], scale: int) -> float:
    """Share of all differences that lies on grid lines, 0 to 1; 1 for a flat picture."""
    everywhere = sum(float(axis.sum()) for axis in edges)
    on_grid = sum(float(axis[:, scale - 1 :: scale].sum()) for axis in edges)
    return on_grid / everywhere if everywhere else 1.0


def apart(first: Plane, second: Plane) -> Plane:
    """Absolute differences: as max - min they stay in uint8, four times faster than through int32."""
    return np.maximum(first, second) - np.minimum(first, second)


def _bands(length: int, scale: int) -> int:
    return max(1, length // (BAND * scale))


def _parts(length: int, scale: int) -> list[slice]:
    """Bands of `BAND` whole cells; the last one takes the rest."""
    starts = [band * BAND * scale for band in range(_bands(length, scale))]
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], length], strict=True)]
