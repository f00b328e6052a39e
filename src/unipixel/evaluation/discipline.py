"""Grid discipline: how far one picture obeys one grid. Pure functions of the pixels, no ground truth needed.

All figures are taken over the channel values 0..255 of sRGB as they are stored: red, green and blue, and alpha too
where the picture is not opaque. sRGB and not OKLab, because the question is whether pixels of a cell are *equal*, not
how different they look; and so that figures compare with those that trainers and samplers report of their tensors.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from unipixel.color import count_colors
from unipixel.errors import GridMismatch, ImageError

MAX_PSNR = 99.0
"""Round-trip PSNR in dB of a picture that comes back exactly, where the formula says infinity."""

_STRIP = 1 << 16
"""Pixels that are worked on at once: what fits a processor's cache several times over."""

_Phases = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Discipline:
    """How far a picture obeys the grid of ``scale`` canvas px a cell, first cell at the top left corner."""

    scale: int
    """Canvas px per native px that was asked for."""

    within_cell_variance: float
    """Share of the picture's variance that lies inside cells, 0 to 1; 0 for perfect art.

    Squared differences of pixels from their cell's mean, over squared differences from the picture's mean (each
    channel has its own mean; then summed over channels), in whole cells. 0 for a flat picture. It depends on content:
    a smooth picture of large shapes has little of it without any grid. Compare like with like, or use ``score``.
    """

    edge_energy_on_grid: float
    """Share of all absolute differences of neighbours that lies on grid lines, 0 to 1; 1 for perfect art.

    Sum of ``|right - left|`` and ``|below - above|`` over pairs that a grid line parts, over the same sum of all pairs.
    Chance, for pictures that know no grid, is about ``1 / scale``. 1 for a flat picture.
    """

    round_trip_psnr: float
    """Likeness of the picture to its own native (means of cells, not rounded) scaled back up, in dB; more is better.

    ``10 log10(255^2 / mean squared difference)``, capped at 99.0, which is also what perfect art gets.
    """

    best_offset: tuple[int, int]
    """Phase (row, col), each 0 to ``scale - 1`` canvas px, at which whole cells have the least variance inside them.

    Mean squared difference of a pixel from its cell's mean, so that phases with fewer whole cells compare. Of equally
    good phases the first in reading order: (0, 0) where it is among them.
    """

    is_on_grid: bool
    """Whether ``best_offset`` is (0, 0)."""

    colors: int
    """Distinct sRGB colours in the whole picture, at least 1. A flat picture has 1."""

    score: float
    """All of it as one number, 0 to 1: 1.0 exactly for perfect art (flat pictures included), about 0 by chance.

    The geometric mean of two shares, each 1 for perfect art and 0 by chance whatever the picture shows:

    * *edges*: ``edge_energy_on_grid`` above chance, ``(e - 1/scale) / (1 - 1/scale)``, not below 0. It counts
      absolute differences, so it falls early, with the first faint noise.
    * *phase*: ``1 - v(0, 0) / mean of v over all phases``, not below 0, where v is variance inside cells at a phase.
      It counts squares: faint noise hardly touches it; a shifted or a second grid does.

    A geometric mean with equal weights, since neither share may stand in for the other: a picture shifted by half a
    cell has a phase share of 0, one whose cells are flat but for block edges of a codec still has edges inside.
    """

    def to_dict(self) -> dict[str, object]:
        """All fields as JSON types; ``best_offset`` as a list (row, col)."""
        return {**asdict(self), "best_offset": list(self.best_offset)}


def measure_discipline(image: npt.NDArray[np.uint8], scale: int) -> Discipline:
    """Measure how far a picture obeys the grid of a scale.

    Parameters
    ----------
    image : (H, W, 3|4) uint8, sRGB
        Rows and columns beyond the last whole cell count for edges and colours only.
    scale : int
        Canvas px per native px, at least 2.

    Returns
    -------
    Discipline

    Raises
    ------
    ImageError
        Not an (H, W, 3|4) uint8 array.
    GridMismatch
        The picture is smaller than one cell, or the scale is below 2.

    Examples
    --------
    >>> art = np.random.default_rng(0).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    >>> measure_discipline(art.repeat(8, axis=0).repeat(8, axis=1), 8).score
    1.0
    """
    _require_measurable(image, scale)
    planes = _planes(image)
    spreads = [_spread_of_phases(plane, scale) for plane in planes]
    within: _Phases = np.sum([spread[0] for spread in spreads], axis=0)
    total = sum(spread[1] for spread in spreads)
    pixels = _pixels_of_phases(image.shape[0], image.shape[1], scale)
    per_pixel = np.divide(within, pixels, out=np.full(within.shape, np.inf), where=pixels > 0)
    row, col = divmod(int(per_pixel.argmin()), scale)
    edges = _edge_share(planes, scale)
    mean_square = float(per_pixel[0, 0]) / len(planes)
    return Discipline(
        scale=scale,
        within_cell_variance=float(within[0, 0]) / total if total else 0.0,
        edge_energy_on_grid=edges,
        round_trip_psnr=min(MAX_PSNR, 10 * float(np.log10(255.0**2 / mean_square))) if mean_square else MAX_PSNR,
        best_offset=(row, col),
        is_on_grid=(row, col) == (0, 0),
        colors=count_colors(image),
        score=_score(edges, per_pixel, scale),
    )


def _require_measurable(image: npt.NDArray[np.uint8], scale: int) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4):
        raise ImageError(f"grid discipline is measured on (H, W, 3|4) uint8 arrays, not {image.shape} {image.dtype}.")
    height, width = image.shape[:2]
    if scale < 2 or height < scale or width < scale:
        raise GridMismatch(
            f"a {width}x{height} picture has no x{scale} grid. Give a scale of 2 or more that is not above its size."
        )


def _planes(image: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    opaque = image.shape[2] == 3 or bool((image[..., 3] == 255).all())
    return [np.ascontiguousarray(image[..., channel]) for channel in range(3 if opaque else 4)]


def _score(edges: float, per_pixel: npt.NDArray[np.float64], scale: int) -> float:
    edge_share = max(0.0, (edges - 1 / scale) / (1 - 1 / scale))
    seen = per_pixel[np.isfinite(per_pixel)]
    mean = float(seen.mean())
    phase_share = max(0.0, 1.0 - float(per_pixel[0, 0]) / mean) if mean else 1.0
    return float(np.sqrt(min(1.0, edge_share) * phase_share))


def _edge_share(planes: list[npt.NDArray[np.uint8]], scale: int) -> float:
    on_grid = everywhere = 0
    for plane in planes:
        # Unsigned |a - b| as max - min stays in uint8, four times faster than through int32.
        down = np.maximum(plane[1:], plane[:-1]) - np.minimum(plane[1:], plane[:-1])
        right = np.maximum(plane[:, 1:], plane[:, :-1]) - np.minimum(plane[:, 1:], plane[:, :-1])
        rows, cols = down.sum(axis=1, dtype=np.int64), right.sum(axis=0, dtype=np.int64)
        on_grid += int(rows[scale - 1 :: scale].sum()) + int(cols[scale - 1 :: scale].sum())
        everywhere += int(rows.sum()) + int(cols.sum())
    return on_grid / everywhere if everywhere else 1.0


def _pixels_of_phases(height: int, width: int, scale: int) -> _Phases:
    """Pixels in whole cells at each phase, ``(scale, scale)``; 0 where not one cell is whole."""
    phase = np.arange(scale)
    pixels: _Phases = (np.outer((height - phase) // scale, (width - phase) // scale) * scale**2).astype(np.float64)
    return pixels


def _spread_of_phases(plane: npt.NDArray[np.uint8], scale: int) -> tuple[_Phases, float]:
    """Squared differences from the cell's mean, summed over whole cells at each phase; and from the mean, at (0, 0).

    Whole numbers up to the last division (below 2^53 for every picture that UniPixel reads), so that perfect art gives
    exactly 0 and ties are ties.
    """
    area = scale * scale
    of_boxes, corner_sum = np.zeros((scale, scale)), 0.0
    step = scale * max(1, _STRIP // (scale * plane.shape[1]))
    for start in range(0, plane.shape[0] - scale + 1, step):
        boxes = _box_sums(plane[start : start + step + scale - 1], scale).astype(np.float64)
        of_boxes += _squares_by_phase(boxes, scale)
        corner_sum += float(boxes[::scale, ::scale].sum())
    of_pixels = _squares_in_whole_cells(plane, scale)
    pixels = (plane.shape[0] // scale) * (plane.shape[1] // scale) * area
    return (area * of_pixels - of_boxes) / area, float(of_pixels[0, 0] - corner_sum**2 / pixels)


def _box_sums(plane: npt.NDArray[np.uint8], scale: int) -> npt.NDArray[np.int32]:
    """Sum each ``scale`` x ``scale`` box: ``(H - scale + 1, W - scale + 1)``."""
    tall = _window_sums(plane.astype(np.int32), scale, 0)
    return _window_sums(tall, scale, 1)


def _window_sums(values: npt.NDArray[np.int32], length: int, axis: int) -> npt.NDArray[np.int32]:
    """Sum ``length`` neighbours from each place on, by doubling: a few whole-array additions, quicker than cumsum."""

    def part(array: npt.NDArray[np.int32], start: int, stop: int) -> npt.NDArray[np.int32]:
        return array[start:stop] if axis == 0 else array[:, start:stop]

    places = values.shape[axis] - length + 1
    sums: npt.NDArray[np.int32] | None = None
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


def _squares_by_phase(boxes: npt.NDArray[np.float64], scale: int) -> _Phases:
    """Sum the squares of boxes whose (row, col) have the same remainders by ``scale``: ``(scale, scale)``."""
    rows = np.stack([np.einsum("ij,ij->j", boxes[at::scale], boxes[at::scale]) for at in range(scale)])
    return np.stack([rows[:, at::scale].sum(axis=1) for at in range(scale)], axis=1)


def _squares_in_whole_cells(plane: npt.NDArray[np.uint8], scale: int) -> _Phases:
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
    total = values.sum(axis=0, dtype=np.uint64)
    sums: npt.NDArray[np.uint64] = total - head[first] - tail[np.minimum(size - last, size - start)]
    return sums
