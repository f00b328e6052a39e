"""Clean pictures: one grid for both axes that gives the picture back pixel for pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unipixel.grid.lattice import Lattice, find_cuts, find_lattices
from unipixel.grid.model import Candidate, Grid
from unipixel.grid.pixels import Packed

ODDS_OF_SQUARE = 6.0
"""Nats in favour of equal cells on both axes: nearly all pixel art has them."""

UPPER = 0.99
"""No answer is surer than this: art may repeat every pixel on purpose."""


@dataclass(frozen=True)
class ExactAnswer:
    """The best exact grid, how sure it is, and what else would reproduce the picture."""

    grid: Grid
    confidence: float
    alternatives: tuple[Candidate, ...]


def find_exact(packed: Packed) -> ExactAnswer | None:
    """Find the coarsest believable grid that reproduces a picture exactly.

    Parameters
    ----------
    packed : (H, W) uint32
        One number a pixel.

    Returns
    -------
    ExactAnswer or None
        None where no grid coarser than the picture's own pixels holds all cuts.
    """
    height, width = packed.shape
    row_cuts = find_cuts((packed[1:] != packed[:-1]).any(1))
    col_cuts = find_cuts((packed[:, 1:] != packed[:, :-1]).any(0))
    rows = find_lattices(row_cuts, height)
    cols = find_lattices(col_cuts, width)
    rows = find_lattices(row_cuts, height, hints=tuple(item.pitch for item in cols if item.pitch > 1))
    cols = find_lattices(col_cuts, width, hints=tuple(item.pitch for item in rows if item.pitch > 1))
    ranked = sorted(((_total(row, col), row, col) for row in rows for col in cols), key=lambda item: item[0])
    weights = _weights([item[0] for item in ranked])
    best = ranked[0]
    if best[1].pitch == 1.0 and best[2].pitch == 1.0:
        return None
    doubtful = _few(len(row_cuts)) * _few(len(col_cuts))
    candidates = tuple(
        Candidate((row.cells, col.cells), (row.pitch, col.pitch), min(UPPER, weight) * doubtful)
        for (_, row, col), weight in zip(ranked, weights, strict=True)
    )
    return ExactAnswer(_grid(best[1], best[2]), candidates[0].confidence, candidates[1:4])


def _grid(row: Lattice, col: Lattice) -> Grid:
    return Grid((row.pitch, col.pitch), (row.offset, col.offset), row.lines, col.lines)


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
