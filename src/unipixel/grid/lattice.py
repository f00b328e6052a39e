"""Exact lattices of one axis: the regular cut lines that explain every place where neighbours differ.

A nearest-neighbour resize puts its cut lines at ``ceil(start + k * pitch)`` for real ``start`` and ``pitch``. Clean art
differs between neighbouring pixel rows only at such lines, so every lattice that holds all cuts reproduces the
picture exactly; the one to believe is the coarsest. Among several, description length decides: the cuts' places
cost ``log(lines choose cuts)`` nats, the lattice itself a little more the less ordinary it is.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TIE = 1e-6
"""Canvas px: how close to a line a pixel centre may lie and still fall on either side of it."""

LEAST_PITCH = 1.2
"""Canvas px: finer lattices are not looked for."""

MOST_LATTICES = 12
"""Hypotheses kept for each axis."""


HOPELESS = 40.0
"""Nats by which a lattice may be dearer than the best one: beyond, no other axis makes up for it."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """Regular cut lines of one axis that hold every cut seen.

    Attributes
    ----------
    pitch, offset : float
        In canvas px; grid lines lie at ``offset + k * pitch``, with offset in ``[0, pitch)``.
    lines : (cells + 1,) int
        Cut lines from 0 to the length of the axis.
    cost : float
        Nats that the places of the cuts take, given the lattice.
    price : float
        Nats that the lattice itself takes.
    """

    pitch: float
    offset: float
    lines: Ints
    cost: float
    price: float

    @property
    def cells(self) -> int:
        """Native px on this axis."""
        return len(self.lines) - 1


def find_cuts(differs: npt.NDArray[np.bool_]) -> Ints:
    """Cut positions (between canvas px i - 1 and i) from a flag for each pair of neighbouring rows."""
    return np.flatnonzero(differs).astype(np.int64) + 1


def find_lattices(cuts: Ints, length: int) -> list[Lattice]:
    """Every likely lattice that holds all cuts, cheapest first.

    Parameters
    ----------
    cuts : (n,) int
        Rising, within 1..length - 1.
    length : int
        Canvas px on this axis.

    Returns
    -------
    list of Lattice
        The identity (pitch 1) is always among them.
    """
    found = [_identity(cuts, length), *_whole(cuts, length, ())]
    found += _spanning(cuts, length, (), most=min(item.cost + item.price for item in found) + HOPELESS)
    # the cheapest free lattice has as many lines as there are cuts
    if len(cuts) >= 6 and min(item.cost + item.price for item in found) > _free_price(length, len(cuts)):
        found += _free(cuts, length, least=max(item.pitch for item in found))
    return _cheapest(found)


def add_hints(lattices: list[Lattice], cuts: Ints, length: int, hints: tuple[float, ...]) -> list[Lattice]:
    """Add lattices of pitches that something else suggests, such as the other axis, to those of `find_lattices`."""
    found = lattices + _whole(cuts, length, hints)
    return _cheapest(found if len(cuts) else found + _spanning(cuts, length, hints, most=math.inf))


def _cheapest(found: list[Lattice]) -> list[Lattice]:
    """The cheapest lattice of each number of cells, cheapest first; the identity stays among them."""
    best: dict[int, Lattice] = {}
    for lattice in found:
        held = best.get(lattice.cells)
        if held is None or lattice.cost + lattice.price < held.cost + held.price:
            best[lattice.cells] = lattice
    ranked = sorted(best.values(), key=lambda item: (item.cost + item.price, item.cells))
    kept = ranked[:MOST_LATTICES]
    if all(lattice.pitch != 1.0 for lattice in kept):
        kept.append(next(lattice for lattice in found if lattice.pitch == 1.0))
    return kept


def _identity(cuts: Ints, length: int) -> Lattice:
    return Lattice(1.0, 0.0, np.arange(length + 1), _choose(length - 1, len(cuts)), 0.0)


def _whole(cuts: Ints, length: int, hints: tuple[float, ...]) -> list[Lattice]:
    """Whole-number pitches: the divisors of what all distances between cuts have in common."""
    if len(cuts) == 0:
        tried = {round(hint) for hint in hints if hint > 1.5 and abs(hint - round(hint)) < TIE}
        common, origin = 0, 0
    else:
        common, origin = int(np.gcd.reduce(np.diff(cuts))) if len(cuts) > 1 else 0, int(cuts[0])
        tried = _divisors(common) if common else set(_divisors(origin)) | set(_divisors(length - origin))
        tried |= {round(hint) for hint in hints if hint > 1.5 and common % max(1, round(hint)) == 0}
    found = []
    for pitch in sorted(tried):
        if 2 <= pitch <= length:
            offset = origin % pitch
            aligned = offset == 0 or (length - offset) % pitch == 0
            spans = offset == 0 and length % pitch == 0
            price = math.log(64) + (0.0 if spans else 1.0 if aligned else 1.0 + math.log(pitch))
            found.append(_build(cuts, length, float(pitch), float(offset), price))
    return [lattice for lattice in found if lattice is not None]


def _divisors(number: int) -> set[int]:
    small = [i for i in range(1, math.isqrt(number) + 1) if number % i == 0]
    return {*small, *(number // i for i in small)}


def _spanning(cuts: Ints, length: int, hints: tuple[float, ...], most: float) -> list[Lattice]:
    """Whole numbers of cells over the whole axis, resized by pixel centres or by pixel corners, for so many nats."""
    if len(cuts) == 0:
        counts = np.unique([max(1, round(length / hint)) for hint in hints]).astype(np.int64)
    else:
        least, end = max(2, len(cuts) + 1), int(length / LEAST_PITCH) + 1
        # the more cells, the dearer
        end = bisect_right(range(end), most, lo=min(least, end), key=lambda count: _choose(count - 1, len(cuts)))
        counts = np.arange(least, end)
    found = []
    for shift, price in ((0.5, 0.0), (0.0, 1.0)):
        for count in _consistent(cuts, length, counts, shift):
            offset = (0.5 - shift) % (length / count)
            found.append(_build(cuts, length, length / count, offset, math.log(max(2, length)) + 2.0 + price))
    return [lattice for lattice in found if lattice is not None]


def _consistent(cuts: Ints, length: int, counts: Ints, shift: float) -> list[int]:
    """Cell counts whose lattice (grid line k at ``k * pitch - shift``) holds all cuts."""
    # a few cuts rule out nearly every count; the rest see all of them
    for some in (cuts[:: max(1, len(cuts) // 16)], cuts):
        pitch = length / counts
        gap = (some[None, :] + shift - TIE) % pitch[:, None]
        counts = counts[((gap < 1.0) | (gap > pitch[:, None] - 3 * TIE)).all(1)] if len(some) else counts
    ordered = [int(count) for count in counts]
    return ordered[:MOST_LATTICES]


def _free(cuts: Ints, length: int, least: float) -> list[Lattice]:
    """Any real pitch above ``least``, any offset: a crop of a non-integer resize."""
    found = []
    for pitch in _pitches(cuts, length, max(least * 1.005, LEAST_PITCH)):
        span = _narrow(cuts, pitch)
        if span is None:
            continue
        low, high = span
        for real in {low + 0.02 * (high - low), (low + high) / 2, high - 0.02 * (high - low)}:
            room = _room(cuts, np.rint(_index(cuts, pitch)), real)
            offset = (room[0] + room[1]) / 2 + 0.5
            found.append(_build(cuts, length, real, offset % real, _free_price(length, length / real)))
    return [lattice for lattice in found if lattice is not None]


def _free_price(length: int, lines: float) -> float:
    """Nats of a free lattice: about ``length * lines ** 2`` of them differ."""
    return math.log(length) + 2 * math.log(max(2.0, lines)) + 2.0


def _pitches(cuts: Ints, length: int, least: float) -> list[float]:
    """Pitches at which all cuts have nearly the same phase, by the Fourier transform of the cuts."""
    size = 1 << math.ceil(math.log2(8 * length))
    comb = np.zeros(size)
    comb[cuts] = 1.0
    spectrum = np.abs(np.fft.rfft(comb)) / len(cuts)
    first = max(2, math.ceil(size / (length / 3)))
    inner = spectrum[first:-1]
    peaks = np.flatnonzero((inner >= spectrum[first - 1 : -2]) & (inner > spectrum[first + 1 :])) + first
    peaks = peaks[np.argsort(-spectrum[peaks], kind="stable")[:24]]
    tried: list[float] = []
    for peak in peaks:
        for frequency in (peak / size, 1 - peak / size):
            # all cuts within one pixel of a line: no lower coherence than two clumps one pixel apart
            if 1 / frequency >= least and spectrum[peak] > 0.85 * abs(math.cos(math.pi * min(frequency, 0.45))):
                tried.append(float(1 / frequency))
    return tried


def _index(cuts: Ints, pitch: float) -> Floats:
    """Line number of each cut, not rounded, for a pitch near the truth."""
    turn = np.exp(2j * np.pi * cuts / pitch).mean()
    phase = float(np.angle(turn)) / (2 * np.pi) * pitch
    index: Floats = ((cuts - phase) / pitch).astype(np.float64)
    return index


def _narrow(cuts: Ints, pitch: float) -> tuple[float, float] | None:
    """Range of pitches near ``pitch`` for which one offset fits all cuts; None where there is none.

    The spread ``max(c - p k) - min(c - p k)`` is convex in p; it must stay below one pixel.
    """
    index = np.rint(_index(cuts, pitch))
    if (np.diff(index) < 1).any():
        return None

    def spread(real: float) -> float:
        rest = cuts - real * index
        return float(rest.max() - rest.min())

    low, high = pitch * 0.98, pitch * 1.02
    for _ in range(60):
        a, b = low + (high - low) * 0.382, low + (high - low) * 0.618
        low, high = (low, b) if spread(a) <= spread(b) else (a, high)
    best = (low + high) / 2
    if spread(best) >= 1.0 - TIE:
        return None
    return _edge(spread, best, best * 0.98), _edge(spread, best, best * 1.02)


def _edge(spread: Callable[[float], float], inside: float, outside: float) -> float:
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if spread(middle) < 1.0 - TIE else (inside, middle)
    return inside


def _room(cuts: Ints, index: Floats, pitch: float) -> tuple[float, float]:
    rest = cuts - pitch * index
    return float(rest.max()) - 1.0, float(rest.min())


def _build(cuts: Ints, length: int, pitch: float, offset: float, price: float) -> Lattice | None:
    """Lattice with its lines; None where a cut lies on none of them."""
    start = offset - 0.5
    index = np.arange(math.floor(-start / pitch) - 1, math.ceil((length - start) / pitch) + 2)
    real = start + index * pitch
    early = np.ceil(real - TIE).astype(np.int64)
    late = np.floor(real + TIE).astype(np.int64) + 1
    # a line exactly on a pixel centre: resizers disagree, so the picture decides, but for all such lines alike
    is_cut = np.zeros(length + 1, np.bool_)
    is_cut[cuts] = True
    is_tie, first, second = late > early, is_cut[early.clip(0, length)], is_cut[late.clip(0, length)]
    tied = is_tie & second & ~first
    if tied.any() and (is_tie & first).any():
        return None
    lines = np.where(tied, late, early)
    inner = lines[(lines > 0) & (lines < length)]
    inner = inner[np.diff(inner, append=length) > 0]
    if np.count_nonzero(is_cut[inner]) < len(cuts):
        return None
    every = np.concatenate([[0], inner, [length]])
    return Lattice(pitch, offset % pitch, every, _choose(len(inner), len(cuts)), price)


def _choose(total: int, chosen: int) -> float:
    """Natural logarithm of the binomial coefficient."""
    if chosen > total:
        return math.inf
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
