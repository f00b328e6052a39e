"""Damaged pictures: the grid that the edges agree on, after JPEG, smooth resizing, blur, noise or a model's hand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from unipixel.grid.comb import (
    Spectrum,
    contrast,
    find_offset,
    frequencies,
    refine,
    signed_share,
    teeth,
    to_spectrum,
)
from unipixel.grid.drift import drifting_lines, find_drift
from unipixel.grid.edges import Edges, Steps, find_edges
from unipixel.grid.gain import gain_share, information
from unipixel.grid.model import Grid, Lines, regular_lines

Floats = npt.NDArray[np.float64]

MOST_CELL = 72.0
"""Canvas px: larger cells are not looked for in damaged pictures."""

TOP = 0.5
"""Highest frequency tried. Steps lie between whole pixels, so f and 1 - f look the same: cells of 1.6 px as 2.67."""

LEAST_CELLS = 7
"""Native px that each axis must hold: fewer lines agree with some lattice by chance."""

PEAKS = 4
"""Maxima of the comb of both axes that are looked into; each axis adds its own highest."""

COARSER = 12
"""Lattices up to so many times as coarse as a maximum of the comb are looked into as well."""

FAINT = 1.5
"""Strength of the first tooth of a coarser lattice, in the spectrum's floors, from which on it is looked into."""

REACH = 0.03
"""Share of a frequency within which its best value is sought on each axis."""

SAME = 0.01
"""Lattices whose frequencies differ by no more than this share are the same."""

ANISOTROPIC = 1.2
"""Cells of unlike sides must say this many times as much about the edges as square ones."""

ALIKE, OTHERS = 0.04, 3
"""Other answers must differ by this share in a frequency; so many are named."""

SNAP = 0.97
"""Share of agreement that an ordinary pitch (whole, or spanning the canvas) must keep to be preferred."""

MIDDLE = 0.6
"""Canvas px: cells whose middles start and end within this of a grid that spans the picture span it."""

SLIVER = 0.3
"""Border cells below this share of a cell are measuring error, not art."""


@dataclass(frozen=True, eq=False)
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
    odd : float
        Strength of the first and third tooth of the comb over that of the second and fourth.
    gain : float
        0..1: what the lattice says about the edges, in shares of the most that a lattice of its pitch can.
    length : int
        Canvas px on this axis.
    drift : (length,) float or None
        Canvas px by which the lines are off the regular lattice; None for a regular one.
    """

    pitch: float
    offset: float
    agreement: float
    contrast: float
    floor: float
    share: float
    relief: float
    strong: float
    odd: float
    gain: float
    length: int
    drift: Floats | None = None

    @property
    def lines(self) -> Lines:
        """Cut lines without slivers at the border, but no fewer cells than the length holds."""
        if self.drift is None:
            lines, least = list(regular_lines(self.pitch, self.offset, self.length)), round(self.length / self.pitch)
        else:
            lines, least = list(drifting_lines(self.drift, self.pitch, self.offset)), 1
        border = {1: lines[1] - lines[0], -2: lines[-1] - lines[-2]}
        for line in sorted(border, key=lambda line: (border[line], line)):
            if len(lines) > max(2, least + 1) and border[line] < SLIVER * self.pitch:
                del lines[line]
        return tuple(lines)


@dataclass(frozen=True)
class SoftAnswer:
    """The best grid of a damaged picture, before anyone has decided to believe it.

    Attributes
    ----------
    rows, cols : Axis
    others : tuple of (height, width)
        Cells of the next best grids, in canvas px.
    flat : float
        0..1: share of the edges that are straight ramps; see `unipixel.grid.edges.Edges`.
    """

    rows: Axis
    cols: Axis
    others: tuple[tuple[float, float], ...] = ()
    flat: float = 0.0

    @cached_property
    def grid(self) -> Grid:
        """The grid with its cut lines."""
        return Grid(
            (self.rows.pitch, self.cols.pitch), (self.rows.offset, self.cols.offset), self.rows.lines, self.cols.lines
        )


def find_soft(steps: tuple[Steps, Steps], *, kinks: bool = False) -> SoftAnswer | None:
    """Find the grid that the edges of all frames of a stack agree on best.

    Parameters
    ----------
    steps : pair of (lines, length + 1) int16
        Of some of its columns and rows: `unipixel.grid.edges.find_steps` of `unipixel.grid.pixels.take_lines`.
    kinks : bool
        The steps are `unipixel.grid.edges.find_kinks`: the middles of the cells of a linear enlargement.

    Returns
    -------
    SoftAnswer or None
        None where the picture is too small or has no edges at all.
    """
    height, width = (axis.shape[1] - 1 for axis in steps)
    largest = min(MOST_CELL, min(height, width) / LEAST_CELLS)
    if largest <= 2.0:
        return None
    edges = find_edges(steps[0]), find_edges(steps[1])
    if min(edge.total for edge in edges) <= 0:
        return None
    spectra = to_spectrum(edges[0]), to_spectrum(edges[1])
    tried = frequencies(max(height, width), 1 / largest, TOP)
    # the finer the cells, the fewer teeth below the top frequency, and the less a high contrast tells
    trust = 1 / (1 + tried)
    by_axis = [trust * contrast(spectrum, tried) for spectrum in spectra]
    both = (by_axis[0] + by_axis[1]) / 2
    peaks = [_peaks(values, tried, count) for values, count in ((both, PEAKS), (by_axis[0], 1), (by_axis[1], 1))]
    lattices = _multiples(spectra, np.concatenate(peaks), 1 / largest)
    gains = [[information(edge, 1 / pair[axis]) for pair in lattices] for axis, edge in enumerate(edges)]
    best = int(np.argmax(np.sum(gains, 0)))
    alone = [int(np.argmax(gain)) for gain in gains]
    if gains[0][alone[0]] + gains[1][alone[1]] > ANISOTROPIC * (gains[0][best] + gains[1][best]):
        low, wide = lattices[alone[0]][0], lattices[alone[1]][1]
    else:
        low, wide = lattices[best]
    others = _others(lattices, np.sum(gains, 0), (low, wide))
    axes = _axis(spectra[0], edges[0], low), _axis(spectra[1], edges[1], wide)
    rows, cols = (_from_middles(axis) for axis in axes) if kinks else axes
    return SoftAnswer(rows, cols, others, min(edges[0].flat, edges[1].flat))


def _from_middles(axis: Axis) -> Axis:
    """Turn the lattice of the cells' middles, which lie at half pixels, into that of the lines between them."""
    cells = max(1, round(axis.length / axis.pitch))
    offset = (axis.offset + 0.5 + axis.pitch / 2) % axis.pitch
    off = min(offset, axis.pitch - offset)
    if off < MIDDLE and abs(axis.length / cells - axis.pitch) * cells < MIDDLE:
        return replace(axis, pitch=axis.length / cells, offset=0.0)
    return replace(axis, offset=offset)


def _peaks(values: Floats, tried: Floats, count: int) -> Floats:
    """Frequencies of the highest maxima."""
    padded = np.concatenate([[-np.inf], values, [-np.inf]])
    tops = np.flatnonzero((values >= padded[:-2]) & (values > padded[2:]))
    return tried[tops[np.argsort(-values[tops], kind="stable")[:count]]]


def _multiples(spectra: tuple[Spectrum, Spectrum], peaks: Floats, least: float) -> list[tuple[float, float]]:
    """Frequencies (row, column) of the peaks and of lattices 2, 3, ... times as coarse, each once."""
    found: list[tuple[float, float]] = []
    for peak in peaks:
        low, wide = (refine(spectrum, float(peak), REACH) for spectrum in spectra)
        for divisor in range(1, COARSER + 1):
            pair = low / divisor, wide / divisor
            if min(pair) < least and divisor > 1:
                break
            if divisor > 1 and not _has_first_tooth(spectra, pair):
                continue
            if all(abs(pair[0] / old[0] - 1) + abs(pair[1] / old[1] - 1) > SAME for old in found):
                found.append(pair)
    return found


def _axis(spectrum: Spectrum, edges: Edges, frequency: float) -> Axis:
    frequency = refine(spectrum, frequency, REACH)
    offset = find_offset(spectrum, frequency)
    best = spectrum.agreement(frequency, offset)
    pitch, offset = _ordinary(spectrum, 1 / frequency, offset, best)
    drift = find_drift(edges, pitch, offset)
    at = np.array([1 / pitch])
    strength = spectrum.at(np.arange(1, 5) / pitch)
    return Axis(
        pitch,
        offset,
        float(teeth(spectrum, at)[0]),
        float(contrast(spectrum, at)[0]),
        spectrum.floor,
        signed_share(edges, pitch, offset),
        *_relief(edges, pitch, offset),
        float(strength[[0, 2]].sum() / max(float(strength[[1, 3]].sum()), 1e-9)),
        gain_share(edges, pitch, drift),
        spectrum.length,
        drift,
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


def _has_first_tooth(spectra: tuple[Spectrum, Spectrum], pair: tuple[float, float]) -> bool:
    """Whether a lattice coarser than a maximum of the comb shows at its own frequency at all."""
    shares = [
        float(spectrum.at(np.array([frequency]))[0]) / spectrum.floor
        for spectrum, frequency in zip(spectra, pair, strict=True)
    ]
    return sum(shares) > 2 * FAINT


def _others(
    lattices: list[tuple[float, float]], gains: Floats, taken: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    """Pitches (row, column) of the next best lattices."""
    found = [taken]
    for place in np.argsort(-gains, kind="stable"):
        pair = lattices[place]
        if all(max(abs(math.log(pair[axis] / other[axis])) for axis in (0, 1)) > ALIKE for other in found):
            found.append(pair)
    return tuple((1 / low, 1 / wide) for low, wide in found[1 : 1 + OTHERS])
