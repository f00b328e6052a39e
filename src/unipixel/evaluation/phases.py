"""How much variance lies inside cells at each phase of a grid.

Whole numbers up to the last division (below 2^53 for every picture that UniPixel reads), so that perfect art gives
exactly 0 and ties are ties.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

STRIP = 1 << 17
"""Pixels that are worked on at once: what fits a processor's cache several times over."""

Phases = npt.NDArray[np.float64]
Plane = npt.NDArray[np.uint8]


def measure_phases(planes: npt.NDArray[np.uint8], scale: int) -> tuple[Phases, float]:
    """Measure the variance inside whole cells at each phase, and the picture's own.

    Parameters
    ----------
    planes : (channels, H, W) uint8
        At least one cell large.
    scale : int
        Canvas px per native px.

    Returns
    -------
    within : (scale, scale) float
        At each phase (row, col): squared differences of a pixel from its cell's mean, summed over channels, mean over
        pixels; infinite where not one cell is whole.
    total : float
        The same from the picture's mean, over the whole cells of phase (0, 0).
    """
    height, width = planes.shape[1:]
    spreads = [_spread(plane, scale) for plane in planes]
    within: Phases = np.sum([spread[0] for spread in spreads], axis=0)
    phase = np.arange(scale)
    pixels = (np.outer((height - phase) // scale, (width - phase) // scale) * scale**2).astype(np.float64)
    per_pixel = np.divide(within, pixels, out=np.full(within.shape, np.inf), where=pixels > 0)
    return per_pixel, sum(spread[1] for spread in spreads) / float(pixels[0, 0])


def _spread(plane: Plane, scale: int) -> tuple[Phases, float]:
    """Squared differences from the cell's mean, summed over whole cells at each phase; and from the mean, at (0, 0)."""
    area = scale * scale
    of_boxes, corner_sum = np.zeros((scale, plane.shape[1] - scale + 1)), 0
    rows = max(1, STRIP // (scale * plane.shape[1]))
    step, exact = scale * rows, np.uint32 if rows * (255 * area) ** 2 < 1 << 32 else np.float64
    for start in range(0, plane.shape[0] - scale + 1, step):
        boxes = _box_sums(plane[start : start + step + scale - 1], scale)
        corner_sum += int(boxes[::scale, ::scale].sum(dtype=np.int64))
        _add_squares(of_boxes, boxes.astype(exact))
    by_phase = np.stack([of_boxes[:, at::scale].sum(axis=1) for at in range(scale)], axis=1)
    of_pixels = _squares_in_whole_cells(plane, scale)
    pixels = (plane.shape[0] // scale) * (plane.shape[1] // scale) * area
    return (area * of_pixels - by_phase) / area, float(of_pixels[0, 0] - corner_sum**2 / pixels)


def _add_squares(sums: Phases, boxes: npt.NDArray[Any]) -> None:
    """Add the squares of rows that have the same remainder by the number of rows of ``sums``."""
    period = len(sums)
    whole = len(boxes) // period * period
    rows = boxes[:whole].reshape(-1, period, boxes.shape[1])
    sums += np.einsum("kpw,kpw->pw", rows, rows)
    sums[: len(boxes) - whole] += boxes[whole:] ** 2


def _box_sums(plane: Plane, scale: int) -> npt.NDArray[np.unsignedinteger]:
    """Sum each ``scale`` x ``scale`` box: ``(H - scale + 1, W - scale + 1)``, in the narrowest type that holds it."""
    narrow = np.min_scalar_type(scale * scale * 255)
    return _window_sums(_window_sums(plane.astype(narrow), scale, 0), scale, 1)


def _window_sums(values: npt.NDArray[np.unsignedinteger], length: int, axis: int) -> npt.NDArray[np.unsignedinteger]:
    """Sum ``length`` neighbours from each place on, by doubling: a few whole-array additions, quicker than cumsum."""

    def part(array: npt.NDArray[np.unsignedinteger], start: int, stop: int) -> npt.NDArray[np.unsignedinteger]:
        return array[start:stop] if axis == 0 else array[:, start:stop]

    places = values.shape[axis] - length + 1
    sums: npt.NDArray[np.unsignedinteger] | None = None
    start, width, doubled = 0, 1, values
    while width <= length:
        if length & width:
            here = part(doubled, start, start + places)
            sums = here if sums is None else sums + here
            start += width
        if 2 * width <= length:
            size = doubled.shape[axis]
            doubled = part(doubled, 0, size - width) + part(doubled, width, size)
        width *= 2
    return values if sums is None else sums


def _squares_in_whole_cells(plane: Plane, scale: int) -> Phases:
    """Sum of squared values over the rectangle that the whole cells of each phase cover: ``(scale, scale)``."""
    squares = np.multiply(plane, plane, dtype=np.uint16)
    for _ in range(2):  # first over rows, then, transposed, over columns
        squares = _sums_of_whole_cells(squares, scale).T
    return squares.astype(np.float64)


def _sums_of_whole_cells(values: npt.NDArray[np.generic], scale: int) -> npt.NDArray[np.uint64]:
    """Sum along rows from each of the first ``scale`` ones over as many whole cells as there are: ``(scale, W)``."""
    size = values.shape[0]
    first = np.arange(scale)
    last = first + (size - first) // scale * scale
    head = np.zeros((scale + 1, *values.shape[1:]), np.uint64)
    np.cumsum(values[:scale], axis=0, out=head[1 : min(scale, size) + 1])
    start = max(0, size - scale)
    tail = np.zeros((size - start + 1, *values.shape[1:]), np.uint64)
    np.cumsum(values[start:][::-1], axis=0, out=tail[1:])
    total = values.sum(axis=0, dtype=np.uint32 if size < 1 << 16 and values.dtype == np.uint16 else np.uint64)
    sums: npt.NDArray[np.uint64] = total - head[first] - tail[np.minimum(size - last, size - start)]
    return sums
