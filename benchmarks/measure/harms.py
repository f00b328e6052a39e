"""The damages under which the score must fall: each a function ``(native, strength, rng) -> picture`` at x8.

Strengths go from the least harm to the worst; 0 is none. A harm draws the same random numbers at every strength, so
that more of it is the same harm made worse.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "grid"))

from cases import Pixels
from raster import (
    BICUBIC,
    BILINEAR,
    as_pixels,
    blur,
    displace,
    encode,
    even_lines,
    move_lines,
    paint,
    paint_soft,
    resize,
)

SCALE = 8
"""Canvas px per native px of all pictures."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Harm:
    """One kind of damage.

    Attributes
    ----------
    make : function ``(native, strength, rng) -> picture``
    strengths : from least to worst
    unit : what a strength counts
    """

    make: Callable[[Pixels, float, Rng], Pixels]
    strengths: tuple[float, ...]
    unit: str


def enlarge(native: Pixels) -> Pixels:
    """Perfect art."""
    return native.repeat(SCALE, axis=0).repeat(SCALE, axis=1)


def _lines(native: Pixels) -> tuple[np.ndarray, np.ndarray]:
    return even_lines(native.shape[0], SCALE), even_lines(native.shape[1], SCALE)


def noise(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """Gaussian noise, one value for each px and channel."""
    image = enlarge(native)
    return as_pixels(image + strength * rng.normal(0, 1, image.shape))


def relative_noise(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """The same, measured by the picture's own contrast: the mean difference of unlike neighbours."""
    steps = np.abs(np.diff(native.astype(int), axis=1)).mean(axis=-1)
    return noise(native, strength * float(steps[steps > 0].mean()), rng)


def soft(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """Gaussian blur."""
    return blur(enlarge(native), strength)


def _codec(kind: str, off: int) -> Callable[[Pixels, float, Rng], Pixels]:
    """Build: there and back through a file format whose blocks begin ``off`` px before the picture's cells."""

    def make(native: Pixels, strength: float, rng: Rng) -> Pixels:
        image = np.pad(enlarge(native), ((off, 0), (off, 0), (0, 0)), mode="edge")
        return np.ascontiguousarray(encode(image, kind, quality=round(100 - strength))[off:, off:])

    return make


def _resampled(method: int) -> Callable[[Pixels, float, Rng], Pixels]:
    """Build: the picture made larger, so that cells are no longer 8 px."""

    def make(native: Pixels, strength: float, rng: Rng) -> Pixels:
        image = enlarge(native)
        return resize(image, (image.shape[0] + round(strength), image.shape[1] + round(strength)), method)

    return make


def shift(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """The picture lies whole px off the grid, or parts of one (between px bilinearly)."""
    return displace(enlarge(native), np.full((1, 1), strength), np.full((1, 1), strength))


def partial_shift(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """A share of the picture, from the top, lies half a cell to the right."""
    image = enlarge(native).copy()
    rows = round(len(native) * strength) * SCALE
    image[:rows] = np.roll(image[:rows], SCALE // 2, axis=1)
    return image


def pitch(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """Nearest neighbour at a pitch that is too long: lines drift, up to so many px at the far side."""
    rows, cols = (even_lines(len(side), SCALE) for side in (native, native[0]))
    longer = [lines * (1 + strength / lines[-1]) for lines in (rows, cols)]
    return paint(native, *longer)


def jitter(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """Every line by itself up to so many px off."""
    rows, cols = (move_lines(lines, strength * rng.uniform(-1, 1, len(lines) - 2)) for lines in _lines(native))
    return paint(native, rows, cols)


def mixels(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """A share of the cells is drawn in quarters, in the picture's own colours."""
    height, width = native.shape[:2]
    order = rng.permutation(height * width).reshape(height, width)
    quarters = native.reshape(-1, 3)[rng.integers(0, height * width, (2 * height, 2 * width))]
    hit = (order < strength * height * width).repeat(2, axis=0).repeat(2, axis=1)[..., None]
    fine = np.where(hit, quarters, native.repeat(2, axis=0).repeat(2, axis=1))
    return fine.repeat(SCALE // 2, axis=0).repeat(SCALE // 2, axis=1)


def smooth_edges(native: Pixels, strength: float, rng: Rng) -> Pixels:
    """Anti-aliased borders, so large a share of a cell wide."""
    return paint_soft(native, *_lines(native), strength)


HARMS: dict[str, Harm] = {
    "noise": Harm(noise, (1, 2, 4, 8, 16, 32), "sigma, levels"),
    "noise by contrast": Harm(relative_noise, (0.02, 0.05, 0.1, 0.2, 0.4, 0.8), "sigma, shares of the mean step"),
    "blur": Harm(soft, (0.4, 0.7, 1, 1.5, 2, 3), "sigma, px"),
    "smooth edges": Harm(smooth_edges, (0.2, 0.4, 0.6, 0.8, 1), "share of a cell"),
    "JPEG off the cells": Harm(_codec("JPEG", 3), (5, 10, 20, 40, 60, 80), "100 - quality"),
    "WebP off the cells": Harm(_codec("WEBP", 3), (5, 20, 40, 60, 80), "100 - quality"),
    "bilinear resize": Harm(_resampled(BILINEAR), (1, 2, 4, 6), "px at the far side"),
    "bicubic resize": Harm(_resampled(BICUBIC), (1, 2, 4, 6), "px at the far side"),
    "shift": Harm(shift, (0.1, 0.25, 0.5, 1, 2, 3, 4), "px"),
    "partial shift": Harm(partial_shift, (0.1, 0.2, 0.4, 0.6, 0.8, 1), "share of the picture"),
    "scale drift": Harm(pitch, (1, 2, 4, 6), "px at the far side"),
    "jitter": Harm(jitter, (1, 1.5, 2, 3), "px"),
    "mixels": Harm(mixels, (0.02, 0.05, 0.1, 0.2, 0.5, 1), "share of the cells"),
}
"""What the score must fall under, see docs/explanation/discipline.md."""

ON_THE_CELLS: dict[str, Harm] = {
    "JPEG on the cells": Harm(_codec("JPEG", 0), (5, 10, 20, 40, 60, 80), "100 - quality"),
    "WebP on the cells": Harm(_codec("WEBP", 0), (5, 20, 40, 60, 80), "100 - quality"),
}
"""What the score need not fall under: at x8 a codec's blocks are the cells, which it then leaves flat."""
