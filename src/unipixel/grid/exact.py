"""Clean pictures: one grid for both axes that gives the picture back pixel for pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.grid.lattice import LEAST_PITCH, Lattice, add_hints, find_cuts, find_lattices
from unipixel.grid.model import Candidate, Grid, as_lines
from unipixel.grid.pixels import Packed

ODDS_OF_SQUARE = 4.0
"""Nats in favour of equal cells on both axes: nearly all pixel art has them."""

FAINT = 3
"""Canvas px: a cut that no more pixels show may be a speck of dirt."""

SPECKS = 8
"""More faint cuts than this are no dirt."""

FEW_ROWS = 16
"""Rows and columns that are looked at first."""

MOST_CUTS = 1 / LEAST_PITCH + 0.02
"""Share of the places between pixels that are cuts of the finest lattice, or a little more."""

RIVAL = 10.0
"""Nats within which a coarser exact grid, of cells that are not square, takes the finer one's certainty away."""

RIVALLED = 0.85
"""Highest confidence of an answer with such a rival."""

UNLIKELY = 0.45
"""Confidence where a picture is exact only because a speck of dirt halved its cells."""

UPPER = 0.99
"""No answer is surer than this: art may repeat every pixel on purpose."""


@dataclass(frozen=True)
class ExactAnswer:
    """The best exact grid, how sure it is, and what else would reproduce the picture."""

    grid: Grid
    confidence: float
    alternatives: tuple[Candidate, ...]


def find_exact(packed: Packed) -> ExactAnswer | None:
    """Find the coarsest believable grid that reproduces all frames of a stack exactly.

    Parameters
    ----------
    packed : (n, H, W) uint32
        One number a pixel.

    Returns
    -------
    ExactAnswer or None
        None where no grid coarser than the picture's own pixels holds all cuts.
    """
    _, height, width = packed.shape
    if _is_cut_everywhere(packed) and _is_cut_everywhere(packed.transpose(0, 2, 1)):
        return None
    row_seen = (packed[:, 1:] != packed[:, :-1]).sum((0, 2))
    col_seen = (packed[:, :, 1:] != packed[:, :, :-1]).sum((0, 1))
    row_cuts, col_cuts = find_cuts(row_seen > 0), find_cuts(col_seen > 0)
    rows = find_lattices(row_cuts, height)
    cols = find_lattices(col_cuts, width)
    rows = add_hints(rows, row_cuts, height, tuple(item.pitch for item in cols if item.pitch > 1))
    cols = add_hints(cols, col_cuts, width, tuple(item.pitch for item in rows if item.pitch > 1))
    ranked = sorted(((_total(row, col), row, col) for row in rows for col in cols), key=lambda item: item[0])
    weights = _weights([item[0] for item in ranked])
    best = ranked[0]
    if best[1].pitch == 1.0 and best[2].pitch == 1.0:
        return None
    doubtful = _few(len(row_cuts)) * _few(len(col_cuts))
    if _is_specked(row_seen, rows, height) or _is_specked(col_seen, cols, width):
        doubtful = min(doubtful, UNLIKELY)
    if any(total < ranked[0][0] + RIVAL and _is_coarser(pair, best) for total, *pair in ranked[1:]):
        doubtful = min(doubtful, RIVALLED)
    candidates = tuple(
        Candidate((row.cells, col.cells), (row.pitch, col.pitch), min(UPPER, weight) * doubtful)
        for (_, row, col), weight in zip(ranked, weights, strict=True)
    )
    return ExactAnswer(_grid(best[1], best[2]), candidates[0].confidence, candidates[1:4])


def _is_cut_everywhere(packed: Packed) -> bool:
    """Whether a few rows show already that no lattice of columns coarser than the pixels holds all cuts."""
    few = packed[:, :: packed.shape[1] // FEW_ROWS + 1]
    cuts = np.count_nonzero((few[:, :, 1:] != few[:, :, :-1]).any((0, 1)))
    return bool(cuts > MOST_CUTS * (packed.shape[2] - 1))


def is_nearly_exact(packed: Packed) -> bool:
    """Whether a lattice coarser than the pixels would hold all cuts of a stack ``(n, H, W)``, but for a few specks."""
    for seen in ((packed[:, 1:] != packed[:, :-1]).sum((0, 2)), (packed[:, :, 1:] != packed[:, :, :-1]).sum((0, 1))):
        specks = int(((seen > 0) & (seen <= FAINT)).sum())
        if not 0 < specks <= SPECKS or find_lattices(find_cuts(seen > FAINT), len(seen) + 1)[0].pitch == 1.0:
            return False
    return True


def _is_specked(seen: npt.NDArray[np.int64], lattices: list[Lattice], length: int) -> bool:
    """Whether a coarser lattice and a few specks of dirt explain the cuts in fewer words."""
    faint = (seen > 0) & (seen <= FAINT)
    specks = int(faint.sum())
    if not 0 < specks <= SPECKS:
        return False
    cleaner = find_lattices(find_cuts(seen > FAINT), length)[0]
    words = cleaner.cost + cleaner.price + specks * (math.log(length) + 1.0)
    best = min(lattice.cost + lattice.price for lattice in lattices)
    return cleaner.pitch > 1.01 * lattices[0].pitch and words < best


def _is_coarser(pair: list[Lattice], best: tuple[float, Lattice, Lattice]) -> bool:
    rows, cols = pair
    return rows.cells <= best[1].cells and cols.cells <= best[2].cells


def _grid(row: Lattice, col: Lattice) -> Grid:
    return Grid((row.pitch, col.pitch), (row.offset, col.offset), as_lines(row.lines), as_lines(col.lines))


def _total(row: Lattice, col: Lattice) -> float:
    """Nats of a pair of lattices; equal cells pay for one pitch only."""
    # a resize rounds each side of the picture to whole pixels: up to half a pixel on each axis
    slack = 0.55 / row.cells + 0.55 / col.cells if row.pitch % 1 and col.pitch % 1 else 1e-9
    square = abs(row.pitch - col.pitch) <= slack
    price = max(row.price, col.price) if square else row.price + col.price + ODDS_OF_SQUARE
    return row.cost + col.cost + price


def _weights(totals: list[float]) -> list[float]:
    masses = np.exp(-(np.array(totals) - min(totals)))
    return [float(mass) for mass in masses / masses.sum()]


def _few(cuts: int) -> float:
    """Trust in an axis that shows few cuts, whatever the arithmetic says."""
    return 1.0 - math.exp(-0.9 * cuts)
