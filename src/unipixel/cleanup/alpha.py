"""Alpha of one bit: native pixels that are there or not."""

from __future__ import annotations

import numpy as np

from unipixel.cleanup.colors import Mask
from unipixel.errors import GridMismatch, ImageError
from unipixel.grid import Grid
from unipixel.image import RGBA

OPAQUE = 128
"""Pixels with at least this alpha are there: half of 255, rounded up."""


def binarize_alpha(native: RGBA, threshold: int = OPAQUE) -> RGBA:
    """Make every pixel opaque or transparent.

    Parameters
    ----------
    native : (h, w, 4) uint8
        Straight alpha.
    threshold : int
        1 to 255: pixels with at least this alpha become opaque, the others transparent black.

    Returns
    -------
    (h, w, 4) uint8
        Alpha is 0 or 255; opaque pixels keep their colour.

    Raises
    ------
    ImageError
        A threshold outside 1 to 255.
    """
    if not 1 <= threshold <= 255:
        raise ImageError(f"an alpha threshold of {threshold} leaves no choice. Give 1 to 255.")
    return with_alpha(native, native[..., 3] >= threshold)


def majority_alpha(frame: RGBA, grid: Grid) -> Mask:
    """Which native pixels are there: those of whose canvas pixels at least half are.

    Parameters
    ----------
    frame : (H, W, 4) uint8
        Straight alpha.
    grid : Grid
        Its lines must span exactly this canvas.

    Returns
    -------
    (h, w) bool

    Raises
    ------
    GridMismatch
        The grid belongs to a canvas of another size.
    """
    if frame.shape[:2] != grid.canvas_size:
        have, need = frame.shape[1::-1], grid.canvas_size[::-1]
        raise GridMismatch(f"the picture has {have[0]}x{have[1]} px, the grid {need[0]}x{need[1]}: find its own grid.")
    there = (frame[..., 3] >= OPAQUE).astype(np.int32)
    sums = np.add.reduceat(np.add.reduceat(there, np.array(grid.rows[:-1]), 0), np.array(grid.cols[:-1]), 1)
    areas = np.diff(grid.rows)[:, None] * np.diff(grid.cols)[None, :]
    majority: Mask = 2 * sums >= areas
    return majority


def with_alpha(native: RGBA, opaque: Mask) -> RGBA:
    """Give a picture an alpha of one bit: ``opaque`` pixels keep their colour, the others become transparent black."""
    cut: RGBA = native.copy()
    cut[..., 3] = 255
    cut[~opaque] = 0
    return cut
