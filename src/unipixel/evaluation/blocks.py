"""Art that is drawn in blocks of native pixels: its own grid is coarser than the one it is looked at on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

COARSEST = 8
"""Largest blocks of native pixels that are looked for."""

EDGES = 24
"""Pixel lines with edges, rows and columns together, below which blocks prove nothing."""

ON_BLOCKS = 0.98
"""Share of a native's edges on the lines of blocks from which it is drawn in blocks."""


def find_block_size(edges: Sequence[npt.NDArray[np.int64]]) -> int:
    """Find the side of the squares that a native is drawn in.

    Parameters
    ----------
    edges : one (n,) int64 array an axis
        Pairs of unlike neighbours at each line between native pixels.

    Returns
    -------
    int
        Native px, 1 to `COARSEST`: the largest size on whose lines lie `ON_BLOCKS` of the edges of either axis; 1
        where there are fewer than `EDGES` lines with edges.
    """
    if sum(np.count_nonzero(axis) for axis in edges) < EDGES or not all(axis.any() for axis in edges):
        return 1
    return next((size for size in range(COARSEST, 1, -1) if all(_is_on_lines(axis, size) for axis in edges)), 1)


def _is_on_lines(edges: npt.NDArray[np.int64], size: int) -> bool:
    """Whether edges, counted at each line of an axis, lie on every so manieth line."""
    by_phase = np.bincount(np.arange(len(edges)) % size, edges, size)
    return bool(by_phase.max() >= ON_BLOCKS * edges.sum())
