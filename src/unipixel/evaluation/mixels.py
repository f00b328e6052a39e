"""Mixels: art pixels of another size than the grid, smaller or larger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from unipixel.evaluation.blocks import find_block_size
from unipixel.evaluation.edges import apart

STEP = 16
"""Levels: least difference of neighbours that is a step and no shade."""

ABOVE_NOISE = 5
"""Times the median difference inside cells that a step must have: Gaussian noise has so much once in 1,400 times."""

SAMPLED = 4
"""Every so manieth row is looked at for that median."""

Plane = npt.NDArray[np.uint8]


def measure_mixels(planes: Sequence[Plane], scale: int, offset: tuple[int, int]) -> tuple[float, int]:
    """Share of whole cells that are no art pixels, 0 to 1, and the side in cells of the blocks that all is drawn in.

    Where all is drawn in blocks of 2x2 cells or more, every art pixel is of another size: the share is 1. Otherwise it
    is that of `find_mixels`.

    Parameters
    ----------
    planes : sequence of (H, W) uint8
        Channels, at least one cell large.
    scale : int
        Canvas px per native px.
    offset : (row, col)
        Phase at which the cells lie: a grid that is shifted as a whole makes no mixels. One cell must be whole.
    """
    row, col = offset
    height, width = ((side - at) // scale for side, at in zip(planes[0].shape, offset, strict=True))
    cells = [plane[row : row + height * scale, col : col + width * scale] for plane in planes]
    noise = _median_inside(cells, scale)
    size = block_size_of(np.stack([_means(plane, scale) for plane in cells], axis=2), noise)
    return (1.0 if size > 1 else float(find_mixels(cells, scale, noise).mean())), size


def find_mixels(cells: Sequence[Plane], scale: int, noise: int) -> npt.NDArray[np.bool_]:
    """Find the cells that hold art pixels smaller than they are.

    Such a cell has sharp steps inside it, at half as many pairs of neighbours as its side is long or at more. A step
    is sharp where it rises by most within one px: what is soft is blur or smoothing, and no pixel of any size.

    Parameters
    ----------
    cells : sequence of (h * scale, w * scale) uint8
        Channels of whole cells.
    scale : int
        Canvas px per native px.
    noise : int
        Median difference of neighbours inside cells.

    Returns
    -------
    (h, w) bool
    """
    least = min(255, max(STEP, ABOVE_NOISE * noise))
    steps = _find_steps(cells, least, scale)
    steps += _find_steps([plane.T for plane in cells], least, scale).T
    return _cell_sums(steps, scale) >= max(1, scale // 2)


def block_size_of(native: npt.NDArray[np.uint8], noise: int = 0) -> int:
    """Native px on a side of the squares that a native ``(h, w, channels)`` is drawn in, see `find_block_size`.

    Neighbours are unlike that differ by more than ``noise`` levels in any channel.
    """
    edges = []
    for axis in (native, native.transpose(1, 0, 2)):
        unlike = (apart(axis[1:], axis[:-1]) > noise).any(axis=2)
        edges.append(np.count_nonzero(unlike, axis=1).astype(np.int64))
    return find_block_size(edges)


def _find_steps(cells: Sequence[Plane], least: int, scale: int) -> Plane:
    """Mark with 1 each px that a sharp step inside its cell parts from the one after it along the first axis."""
    steps = np.zeros_like(cells[0])
    for plane in cells:
        near, far = apart(plane[1:], plane[:-1]), apart(plane[2:], plane[:-2])
        sharp, half = near >= least, near >> 1
        # With the px before it, or after it, a step rises by no more than half as much again.
        for side in (slice(1, None), slice(None, -1)):
            sharp[side] &= np.maximum(far, near[side]) - near[side] <= half[side]
        steps[:-1] |= sharp
    steps[scale - 1 :: scale] = 0
    return steps


def _median_inside(cells: Sequence[Plane], scale: int) -> int:
    """Median difference of the first two px of the rows of cells, in levels."""
    counts = np.zeros(256, np.int64)
    for plane in cells:
        rows = plane[::SAMPLED]
        counts += np.bincount(apart(rows[:, 1::scale], rows[:, ::scale]).ravel(), minlength=256)
    return int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))


def _means(plane: Plane, scale: int) -> Plane:
    sums = _cell_sums(plane, scale)
    return ((sums + scale * scale // 2) // (scale * scale)).astype(np.uint8)


def _cell_sums(plane: Plane, scale: int) -> npt.NDArray[np.int64]:
    tall = plane.reshape(-1, scale, plane.shape[1]).sum(axis=1, dtype=np.int64)
    return tall.reshape(len(tall), -1, scale).sum(axis=2)
