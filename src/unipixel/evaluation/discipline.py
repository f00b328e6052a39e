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
from unipixel.evaluation.drift import measure_drift
from unipixel.evaluation.edges import share_on_grid, sum_edges
from unipixel.evaluation.mixels import block_size_of, measure_mixels
from unipixel.evaluation.phases import Phases, measure_phases

MAX_PSNR = 99.0
"""Round-trip PSNR in dB of a picture that comes back exactly, where the formula says infinity."""


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

    drift: float | None
    """Canvas px, at least 0, that the picture's own lines wander over the picture; 0 for perfect art.

    Width of the range of offsets that holds the middle 90 % of its lines, by weight, in the worse of the two
    directions. Offsets are followed along rows and columns in bands of 16 cells, past a whole cell where the lines go
    so far. A grid that is shifted as a whole does not drift. None where no lines can be told from chance.
    """

    pitch: tuple[float | None, float | None]
    """Measured canvas px per native px (between rows, between columns), above 0; ``scale`` for perfect art.

    Of the straight line through the offsets that ``drift`` follows. None where no lines can be told from chance.
    """

    mixels: float
    """Share of whole cells, at the best offset, that art pixels of another size fill, 0 to 1.

    Smaller ones: cells with sharp steps inside, at half as many pairs of neighbours as a cell is long, or more.
    Larger ones: all cells, where ``block_size`` is above 1. Soft edges and noise are none. 0 for perfect art whose
    finest details are single cells.
    """

    block_size: int
    """Cells on a side of the squares that all is drawn in, 1 to 8; 1 where each cell stands for itself."""

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
    It falls, or stays, as damage grows: docs/explanation/discipline.md lists which, and what was measured.
    """

    def to_dict(self) -> dict[str, object]:
        """All fields as JSON types; ``best_offset`` and ``pitch`` as lists (row, col)."""
        return {**asdict(self), "best_offset": list(self.best_offset), "pitch": list(self.pitch)}


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
    if (native := _exact_native(image, scale)) is not None:
        return _perfect(native, scale)
    planes = _planes(image)
    within, total = measure_phases(planes, scale)
    row, col = divmod(int(within.argmin()), scale)
    edges = sum_edges(planes, scale)
    share = share_on_grid(edges, scale)
    drift, pitch = measure_drift(edges, scale)
    mixels, block_size = measure_mixels(planes, scale, (row, col))
    mean_square = float(within[0, 0]) / len(planes)
    return Discipline(
        scale=scale,
        within_cell_variance=float(within[0, 0]) / total if total else 0.0,
        edge_energy_on_grid=share,
        round_trip_psnr=min(MAX_PSNR, 10 * float(np.log10(255.0**2 / mean_square))) if mean_square else MAX_PSNR,
        best_offset=(row, col),
        is_on_grid=(row, col) == (0, 0),
        drift=drift,
        pitch=pitch,
        mixels=mixels,
        block_size=block_size,
        colors=count_colors(image),
        score=_score(share, within, scale),
    )


def _exact_native(image: npt.NDArray[np.uint8], scale: int) -> npt.NDArray[np.uint8] | None:
    """The native that gives exactly this picture; None where the picture is not perfect art."""
    native = image[::scale, ::scale]
    if not np.array_equal(native[0].repeat(scale, axis=0)[: image.shape[1]], image[0]):
        return None  # most pictures that are not perfect end here
    wide = native.repeat(scale, axis=1)[:, : image.shape[1]]
    rows = (image[row::scale] for row in range(scale))
    return native if all(np.array_equal(row, wide[: len(row)]) for row in rows) else None


def _perfect(native: npt.NDArray[np.uint8], scale: int) -> Discipline:
    """What all figures come to for perfect art, without the way there."""
    block_size = block_size_of(native)
    return Discipline(
        scale=scale,
        within_cell_variance=0.0,
        edge_energy_on_grid=1.0,
        round_trip_psnr=MAX_PSNR,
        best_offset=(0, 0),
        is_on_grid=True,
        drift=0.0,
        pitch=(float(scale), float(scale)),
        mixels=float(block_size > 1),
        block_size=block_size,
        colors=count_colors(native),
        score=1.0,
    )


def _require_measurable(image: npt.NDArray[np.uint8], scale: int) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4):
        raise ImageError(f"grid discipline is measured on (H, W, 3|4) uint8 arrays, not {image.shape} {image.dtype}.")
    height, width = image.shape[:2]
    if scale < 2 or height < scale or width < scale:
        raise GridMismatch(
            f"a {width}x{height} picture has no x{scale} grid. Give a scale of 2 or more that is not above its size."
        )


def _planes(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    is_opaque = image.shape[2] == 3 or image[..., 3].min() == 255
    return np.ascontiguousarray(image.transpose(2, 0, 1)[: 3 if is_opaque else 4])


def _score(edges: float, per_pixel: Phases, scale: int) -> float:
    edge_share = max(0.0, (edges - 1 / scale) / (1 - 1 / scale))
    seen = per_pixel[np.isfinite(per_pixel)]
    mean = float(seen.mean())
    phase_share = max(0.0, 1.0 - float(per_pixel[0, 0]) / mean) if mean else 1.0
    return float(np.sqrt(min(1.0, edge_share) * phase_share))
