"""Damaged pictures: the grid that the edges agree on, after JPEG, smooth resizing, blur, noise or a model's hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from unipixel.grid.comb import (
    Spectrum,
    coarsest,
    contrast,
    find_offset,
    frequencies,
    refine,
    signed_share,
    teeth,
    to_spectrum,
)
from unipixel.grid.edges import Edges, find_edges
from unipixel.grid.model import Grid, Lines, regular_lines
from unipixel.image import RGBA

Floats = npt.NDArray[np.float64]

MOST_CELL = 72.0
"""Canvas px: larger cells are not looked for in damaged pictures."""

TOP = 0.5
"""Highest frequency tried. Steps lie between whole pixels, so f and 1 - f look the same: cells of 1.6 px as 2.67."""

LEAST_CELLS = 7
"""Native px that each axis must hold: fewer lines agree with some lattice by chance."""

ANISOTROPIC = 1.35
"""Cells of unlike sides must explain the edges this many times better than square ones."""

SNAP = 0.97
"""Share of agreement that an ordinary pitch (whole, or spanning the canvas) must keep to be preferred."""

SLIVER = 0.3
"""Border cells below this share of a cell are measuring error, not art."""


@dataclass(frozen=True)
class Axis:
    """The lattice of one axis and what speaks for it.

    Attributes
    ----------
    pitch, offset : float
        In canvas px.
    agreement : float
        0..1: share of the edges' evidence that lies on the lattice.
    contrast : float
        Agreement minus that of the gaps between the teeth.
    floor : float
        Agreement that a wrong lattice reaches on this picture.
    share : float
        -1..1: agreement of all edges by their weight, without any levelling; about 0 for tile patterns and photos.
    relief : float
        Mean step at the lines, in mean steps half a cell away from them.
    strong : float
        Share of the steps at the lines that are too large for a codec's own blocks.
    length : int
        Canvas px on this axis.
    """

    pitch: float
    offset: float
    agreement: float
    contrast: float
    floor: float
    share: float
    relief: float
    strong: float
    length: int

    @property
    def lines(self) -> Lines:
        """Cut lines without slivers at the border, but no fewer cells than the length holds."""
        lines = list(regular_lines(self.pitch, self.offset, self.length))
        border = {1: lines[1] - lines[0], -2: lines[-1] - lines[-2]}
        for line in sorted(border, key=lambda line: (border[line], line)):
            if len(lines) > max(2, round(self.length / self.pitch) + 1) and border[line] < SLIVER * self.pitch:
                del lines[line]
        return tuple(lines)


@dataclass(frozen=True)
class SoftAnswer:
    """The best grid of a damaged picture, before anyone has decided to believe it."""

    rows: Axis
    cols: Axis
    others: tuple[float, ...]

    @cached_property
    def grid(self) -> Grid:
        """The grid with its cut lines."""
        return Grid(
            (self.rows.pitch, self.cols.pitch), (self.rows.offset, self.cols.offset), self.rows.lines, self.cols.lines
        )


def find_soft(lines: tuple[RGBA, RGBA]) -> SoftAnswer | None:
    """Find the grid that the edges of all frames of a stack agree on best.

    Parameters
    ----------
    lines : pair of (lines, length, 4) uint8
        Some of its columns and rows: `unipixel.grid.pixels.take_lines`.

    Returns
    -------
    SoftAnswer or None
        None where the picture is too small or has no edges at all.
    """
    height, width = (axis.shape[1] for axis in lines)
    largest = min(MOST_CELL, min(height, width) / LEAST_CELLS)
    if largest < 2.0:
        return None
    edges = find_edges(lines[0]), find_edges(lines[1])
    if min(edge.total for edge in edges) <= 0:
        return None
    rows, cols = (to_spectrum(edge) for edge in edges)
    tried = frequencies(max(height, width), 1 / largest, TOP)
    # the finer the cells, the fewer teeth below the top frequency, and the less a high contrast tells
    trust = 1 / (1 + tried)
    by_row, by_col = trust * contrast(rows, tried), trust * contrast(cols, tried)
    both = (by_row + by_col) / 2
    peak = int(np.argmax(both))
    if by_row.max() + by_col.max() > ANISOTROPIC * 2 * both[peak]:
        low = coarsest([rows], float(tried[int(np.argmax(by_row))]), 1 / largest)
        wide = coarsest([cols], float(tried[int(np.argmax(by_col))]), 1 / largest)
    else:
        low = wide = coarsest([rows, cols], float(tried[peak]), 1 / largest)
    others = _others(both, tried, (low, wide))
    return SoftAnswer(_axis(rows, edges[0], low), _axis(cols, edges[1], wide), others)


def _axis(spectrum: Spectrum, edges: Edges, frequency: float) -> Axis:
    frequency, offset = refine(spectrum, frequency, 0.03)
    best = spectrum.agreement(frequency, offset)
    pitch, offset = _ordinary(spectrum, 1 / frequency, offset, best)
    at = np.array([1 / pitch])
    return Axis(
        pitch,
        offset,
        float(teeth(spectrum, at)[0]),
        float(contrast(spectrum, at)[0]),
        spectrum.floor,
        signed_share(edges, pitch, offset),
        *_relief(edges, pitch, offset),
        spectrum.length,
    )


def _relief(edges: Edges, pitch: float, offset: float) -> tuple[float, float]:
    """`Axis.relief` and `Axis.strong`."""
    lines = np.array(regular_lines(pitch, offset, edges.length)[1:-1], dtype=np.int64)
    if not lines.size:
        return 1.0, 0.0
    between = np.minimum(lines + round(pitch / 2), edges.length - 1)
    relief = float(edges.steps[lines].mean() / max(float(edges.steps[between].mean()), 1e-3))
    return relief, float(edges.strong[lines].mean())


def _ordinary(spectrum: Spectrum, pitch: float, offset: float, best: float) -> tuple[float, float]:
    """Swap a measured pitch for an ordinary one that agrees as well: whole and spanning, spanning, or whole."""
    length = spectrum.length
    near = 0.6 / max(1.0, length / pitch)
    whole = float(round(pitch))
    is_near = abs(whole - pitch) < max(near * pitch, 0.02) and whole >= 2
    if is_near and length % whole == 0 and spectrum.agreement(1 / whole, 0.0) >= SNAP * best:
        return whole, 0.0
    cells = round(length / pitch)
    for count in sorted((cells, cells - 1, cells + 1), key=lambda n: abs(length / max(n, 1) - pitch)):
        if count >= 1 and spectrum.agreement(count / length, 0.0) >= SNAP * best:
            return length / count, 0.0
    if is_near:
        shift = find_offset(spectrum, 1 / whole)
        if spectrum.agreement(1 / whole, shift) >= SNAP * best:
            return whole, float(round(shift) % whole)
    return pitch, offset


def _others(both: Floats, tried: Floats, taken: tuple[float, float]) -> tuple[float, ...]:
    """Pitches of the next best peaks of the comb."""
    inner = np.flatnonzero((both[1:-1] >= both[:-2]) & (both[1:-1] > both[2:])) + 1
    found: list[float] = []
    for peak in inner[np.argsort(-both[inner], kind="stable")]:
        frequency = float(tried[peak])
        if all(abs(math.log(frequency / other)) > 0.04 for other in (*taken, *(1 / pitch for pitch in found))):
            found.append(1 / frequency)
        if len(found) == 3:
            break
    return tuple(found)
