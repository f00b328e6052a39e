"""Which pitch do the edges of a damaged picture share? A comb on the spectrum of their positions.

Edges on a lattice of frequency f (lines per canvas px) have coherence at f, 2f, 3f, ... and none between. A comb that
rewards the teeth and punishes the gaps between them has its maximum at the true pitch: half the pitch has
coherent gaps missing below it, twice the pitch has incoherent teeth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.grid.edges import BINS, Edges

Floats = npt.NDArray[np.float64]

TEETH = 4
"""Harmonics that the comb looks at."""

TOP_FREQUENCY = 0.6
"""Lines per canvas px above which a spectrum of pixel edges tells nothing."""

LOW_TEETH = 0.2
"""Teeth below this share of the tallest are no grid's."""

GAPS = (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4, 1 / 5, 2 / 5, 3 / 5, 4 / 5)
"""Places between two teeth at which a lattice two to five times as coarse would show."""


@dataclass(frozen=True)
class Spectrum:
    """Fourier transform of the edge positions of one axis.

    Attributes
    ----------
    step : float
        Frequency step, lines per canvas px.
    wave : (n,) complex
        Normalised so that perfect agreement has modulus 1.
    strength : (n,) float
        Modulus of ``wave``.
    floor : float
        Typical strength where there is no lattice.
    length : int
        Canvas px on this axis.
    """

    step: float
    wave: npt.NDArray[np.complex128]
    strength: Floats
    floor: float
    length: int

    def at(self, frequency: Floats) -> Floats:
        """Strength at any frequencies, 0..1."""
        index = frequency / self.step
        low = np.minimum(index.astype(np.int64), len(self.strength) - 2)
        before, after = self.strength[low], self.strength[low + 1]
        between: Floats = before + (after - before) * (index - low)
        return between

    def signed(self, frequency: float, offset: Floats) -> Floats:
        """Weighted mean of the teeth with their phases: agreement with lattices of these offsets, -1..1."""
        total, weights = np.zeros(len(offset)), 0.0
        # a delta far from position 0 turns fast from bin to bin: take the turn out before interpolating
        centre = self.length / 2
        for tooth in _teeth_below(frequency):
            index = tooth * frequency / self.step
            low = min(int(index), len(self.wave) - 2)
            pair = self.wave[low : low + 2] * np.exp(2j * np.pi * np.array([low, low + 1]) * self.step * centre)
            value = pair[0] + (pair[1] - pair[0]) * (index - low)
            total += (value * np.exp(2j * np.pi * tooth * frequency * (offset - centre))).real / tooth
            weights += 1 / tooth
        return total / weights

    def agreement(self, frequency: float, offset: float) -> float:
        """`signed` for one lattice."""
        return float(self.signed(frequency, np.array([offset]))[0])


def to_spectrum(edges: Edges) -> Spectrum:
    """Transform edge positions; see `Spectrum`."""
    size = 1 << math.ceil(math.log2(len(edges.mass) * 4))
    wave = np.fft.rfft(edges.mass, size) / max(edges.total, 1e-9)
    step = BINS / size
    wave = wave[: math.ceil(TOP_FREQUENCY * 1.5 / step)]
    strength = np.abs(wave)
    first = min(len(strength) - 2, math.ceil(1 / 64 / step))
    return Spectrum(step, wave, strength, float(np.median(strength[first:])) + 1e-6, edges.length)


def teeth(spectrum: Spectrum, frequency: Floats, shift: float = 0.0) -> Floats:
    """Mean strength at ``(k + shift) * frequency`` for the teeth k, the first the heaviest; frequencies must rise."""
    total, weights = np.zeros_like(frequency), np.zeros_like(frequency)
    for tooth in range(1, TEETH + 1):
        below = int(np.searchsorted(frequency, TOP_FREQUENCY / (tooth + shift)))
        total[:below] += spectrum.at((tooth + shift) * frequency[:below]) / tooth
        weights[:below] += 1 / tooth
    return total / np.maximum(weights, 1e-9)


def contrast(spectrum: Spectrum, frequency: Floats) -> Floats:
    """Teeth minus the strongest kind of gap: positive only near the true pitch of a grid; frequencies must rise."""
    above = teeth(spectrum, frequency)
    tall = above >= LOW_TEETH * above.max()
    # the gaps of low teeth are not looked at: they are no maxima whatever these are
    above[~tall] -= 1.0
    above[tall] -= np.max([teeth(spectrum, frequency[tall], shift) for shift in GAPS], axis=0)
    return above


def frequencies(length: int, least: float, most: float) -> Floats:
    """Frequencies to try: several for each width of a spectral line."""
    return np.arange(least, most, 0.2 / length)


def refine(spectrum: Spectrum, frequency: float, reach: float) -> float:
    """Best frequency, in lines per canvas px, within a share ``reach`` of the given one."""
    width = max(reach * frequency, 0.5 / spectrum.length)
    tried = frequency + np.linspace(-width, width, 2 * max(8, math.ceil(width * spectrum.length / 0.04)) + 1)
    return float(tried[int(np.argmax(teeth(spectrum, tried)))])


def find_offset(spectrum: Spectrum, frequency: float) -> float:
    """Offset in ``[0, pitch)`` at which a lattice of this frequency agrees best with the edges."""
    pitch = 1 / frequency
    tried = np.arange(0.0, pitch, min(0.25, pitch / 16))
    return float(tried[int(np.argmax(spectrum.signed(frequency, tried)))])


def signed_share(edges: Edges, pitch: float, offset: float) -> float:
    """Agreement, -1..1, of all edges by their plain weight with one lattice; see `Spectrum.signed`."""
    turn = np.exp(2j * np.pi / pitch * (np.arange(len(edges.raw)) / BINS - offset))
    wave, total, weights = np.ones_like(turn), 0.0, 0.0
    for tooth in _teeth_below(1 / pitch):
        wave *= turn
        total += float((edges.raw @ wave).real) / tooth
        weights += 1 / tooth
    return total / weights / max(float(edges.raw.sum()), 1e-9)


def _teeth_below(frequency: float) -> list[int]:
    """The teeth of a comb that a spectrum of pixel edges can tell; the first one always."""
    return [tooth for tooth in range(1, TEETH + 1) if tooth == 1 or tooth * frequency < TOP_FREQUENCY]
