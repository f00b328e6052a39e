"""Mixels: art pixels of another size than the grid, smaller or larger."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.evaluation.blocks import find_block_size
from unipixel.evaluation.edges import apart
from unipixel.evaluation.phases import STRIP

STEP = 16
"""Levels: least difference of neighbours that is a step and no shade."""

ABOVE_NOISE = 5
"""Times the median difference inside cells that a step must have: Gaussian noise has so much once in 1,400 times."""

SAMPLED = 4
"""Every so manieth row is looked at for that median."""

WEIGHTS = (2, 5, 1)
"""Of red, green and blue in brightness: about how bright they look, in small whole numbers."""

Plane = npt.NDArray[np.uint8]
Planes = npt.NDArray[np.uint8]


def measure_mixels(planes: Planes, scale: int, offset: tuple[int, int]) -> tuple[float, int]:
    """Share of whole cells that are no art pixels, 0 to 1, and the side in cells of the blocks that all is drawn in.

    Where all is drawn in blocks of 2x2 cells or more, every art pixel is of another size: the share is 1. Otherwise it
    is that of `find_mixels`.

    Parameters
    ----------
    planes : (channels, H, W) uint8
        At least one cell large.
    scale : int
        Canvas px per native px.
    offset : (row, col)
        Phase at which the cells lie: a grid that is shifted as a whole makes no mixels. One cell must be whole.
    """
    row, col = offset
    height, width = ((side - at) // scale * scale for side, at in zip(planes.shape[1:], offset, strict=True))
    cells = _brightness(planes)[row : row + height, col : col + width]
    noise = _median_inside(cells, scale)
    area = scale * scale
    native = ((_cell_sums(cells, scale) + area // 2) // area).astype(np.uint8)
    size = block_size_of(native[..., None], noise)
    return (1.0 if size > 1 else float(find_mixels(cells, scale, noise).mean())), size


def find_mixels(cells: Plane, scale: int, noise: int) -> npt.NDArray[np.bool_]:
    """Find the cells that hold art pixels smaller than they are.

    Such a cell has sharp steps inside it, at half as many pairs of neighbours as its side is long, or at more. A step
    is sharp where it rises by most within one px: what is soft is blur or smoothing, and no pixel of any size.

    Parameters
    ----------
    cells : (h * scale, w * scale) uint8
        Brightness.
    scale : int
        Canvas px per native px.
    noise : int
        Median difference of neighbours inside cells.

    Returns
    -------
    (h, w) bool
    """
    least = min(255, max(STEP, ABOVE_NOISE * noise))
    steps = np.zeros(cells.shape, np.uint8)
    rows = scale * max(1, STRIP // (scale * cells.shape[1]))
    for start in range(0, len(cells), rows):
        part, first = steps[start : start + rows], min(start, 1)
        around = cells[start - first : start + rows + 1]  # a step looks at one px before it and one after
        part[:-1] = _sharp_steps(around, least)[first : first + len(part) - 1]
        part[scale - 1 :: scale] = 0  # on the grid
        right = _sharp_steps(cells[start : start + rows].T, least).T
        right[:, scale - 1 :: scale] = False
        part[:, :-1] += right
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


def _brightness(planes: Planes) -> Plane:
    """Weighted mean of the channels ``(H, W)`` uint8; alpha, where there is one, has half the weight."""
    weights = WEIGHTS if len(planes) == 3 else (*WEIGHTS, sum(WEIGHTS))
    total = planes[0] * np.uint16(weights[0])
    for plane, weight in zip(planes[1:], weights[1:], strict=True):
        total += plane * np.uint16(weight)
    mean: Plane = (total // np.uint16(sum(weights))).astype(np.uint8)
    return mean


def _sharp_steps(values: Plane, least: int) -> npt.NDArray[np.bool_]:
    """Whether a sharp step parts a px from the one after it along the first axis: ``(n - 1, m)``."""
    near, far = apart(values[1:], values[:-1]), apart(values[2:], values[:-2])
    sharp, half = near >= least, near >> 1
    # Together with the px before it, or after it, a step rises by no more than half as much again.
    for side in (slice(1, None), slice(None, -1)):
        sharp[side] &= np.maximum(far, near[side]) - near[side] <= half[side]
    return sharp


def _median_inside(cells: Plane, scale: int) -> int:
    """Median difference of two px in the rows of cells, in levels: where neither soft borders nor halves reach."""
    rows, at = cells[::SAMPLED], max(0, scale // 4 - 1)
    counts = np.bincount(apart(rows[:, at + 1 :: scale], rows[:, at::scale]).ravel(), minlength=256)
    return int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))


def _cell_sums(plane: Plane, scale: int) -> npt.NDArray[np.int64]:
    tall = plane.reshape(-1, scale, plane.shape[1]).sum(axis=1, dtype=np.min_scalar_type(255 * scale))
    sums: npt.NDArray[np.int64] = tall.reshape(len(tall), -1, scale).sum(axis=2, dtype=np.int64)
    return sums
