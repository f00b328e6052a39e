"""How far the pixels of a cell are from the colour that it was given."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.grid.pixels import pack
from unipixel.image import RGBA

WORST = 64.0
"""Levels: a cell whose pixels are this far from its colour on average is a guess; unlike cells differ by as much."""


def measure_doubt(rgba: RGBA, native: RGBA, rows: tuple[int, ...], cols: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Mean distance of each cell's pixels from its colour, in the channel that differs most: 0 to 1 at `WORST`.

    Parameters
    ----------
    rgba : (H, W, 4) uint8
    native : (h, w, 4) uint8
    rows, cols : tuple of int
        Cut lines of the cells, 0 to H and 0 to W.

    Returns
    -------
    (h, w) float32
    """
    drawn = pack(native)[np.repeat(np.arange(len(rows) - 1), np.diff(rows))].repeat(np.diff(cols), 1)
    shown: RGBA = drawn.view(np.uint8).reshape(rgba.shape)
    off = np.maximum(rgba, shown)
    off -= np.minimum(rgba, shown)
    # two channels at a time: the largest of four along the last axis is many times slower
    most = np.maximum(off[..., 0], off[..., 1])
    np.maximum(most, off[..., 2], out=most)
    np.maximum(most, off[..., 3], out=most)
    sums = np.add.reduceat(np.add.reduceat(most, np.array(rows[:-1]), 0, np.uint32), np.array(cols[:-1]), 1)
    area = np.diff(rows)[:, None] * np.diff(cols)[None, :]
    doubt: npt.NDArray[np.float32] = np.clip(sums / area / WORST, 0, 1).astype(np.float32)
    return doubt
