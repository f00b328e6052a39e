"""What the light of a picture does to its palette: four figures of a native, and which of them a word should move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from unipixel.color.tones import tones_of

Statistic = Literal["lightness", "warmth", "chroma", "contrast"]
Direction = Literal["lower", "higher"]


@dataclass(frozen=True)
class PaletteFigures:
    """Light and colour of a native: the figures that :mod:`unipixel.caption.measured` tells light by."""

    lightness: float
    """Median OKLab lightness of the pixels, 0 (black) to 1 (white)."""
    warmth: float
    """Share of all chroma that has the hue of an evening sky, 0 to 1; see `unipixel.color.tones.WARM`."""
    chroma: float
    """Mean OKLab chroma of the pixels, 0 (grey) to about 0.32."""
    contrast: float
    """Lightness of the lightest twentieth of the pixels above that of the darkest, 0 to 1."""


@dataclass(frozen=True)
class Effect:
    """What a word for the light should do to a picture."""

    statistic: Statistic
    """Field of :class:`PaletteFigures`."""
    expected: Direction
    """Which way, against the same picture without the word."""


LIGHT_EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "day": Effect("lightness", "higher"),
        "sunlight": Effect("lightness", "higher"),
        "night": Effect("lightness", "lower"),
        "dark": Effect("lightness", "lower"),
        "moonlight": Effect("lightness", "lower"),
        "sunset": Effect("warmth", "higher"),
        "sunrise": Effect("warmth", "higher"),
        "fog": Effect("contrast", "lower"),
        "foggy": Effect("contrast", "lower"),
        "high contrast": Effect("contrast", "higher"),
        "backlighting": Effect("contrast", "higher"),
    }
)
"""What is expected of each word, by the rule that proposes it as a tag: night and dark are pictures of low median
lightness, fog has little contrast, a sunset a warm sky, backlighting a dark subject before what is light."""


def measure_palette(native: npt.NDArray[np.uint8]) -> PaletteFigures:
    """Measure light and colour of a native.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha
        Fully transparent pixels are left out; all figures are 0 where nothing else is there.
    """
    tones = tones_of(native)
    if tones is None:
        return PaletteFigures(0.0, 0.0, 0.0, 0.0)
    return PaletteFigures(tones.light_at(0.5), tones.warm_share, tones.mean_chroma, tones.contrast)
