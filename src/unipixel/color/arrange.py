"""Sort a palette, or reduce it to a few of its own colours."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import pack
from unipixel.color.oklab import to_oklab
from unipixel.color.palette import Palette
from unipixel.color.quantize import extract
from unipixel.errors import PaletteError

PaletteOrder: TypeAlias = Literal["lightness", "hue", "chroma", "ramp"]
"""What palettes are sorted by."""

_GREY_CHROMA = 0.03
"""OKLab chroma below which a colour has no hue to speak of: (100, 100, 100) to (100, 100, 112) looks grey."""

_RAMPS = 12
"""Hue families of a colour wheel: red, orange, yellow, ... of 30 degrees each."""

_FIRST_HUE = 15.0
"""Degrees where the first family begins, so that sRGB's red (29 degrees in OKLab) lies in its middle."""


def sort_palette(palette: Palette, by: PaletteOrder = "ramp", *, reverse: bool = False) -> Palette:
    """Sort a palette in OKLab.

    Parameters
    ----------
    palette : Palette
    by : {"lightness", "hue", "chroma", "ramp"}
        ``lightness`` from dark to light; ``hue`` greys first, then from red around the wheel; ``chroma`` from grey to
        vivid; ``ramp`` greys from dark to light, then each hue family from dark to light.
    reverse : bool

    Returns
    -------
    Palette
        The same colours, duplicates included; of equal rank in the order they had.

    Raises
    ------
    PaletteError
        No such order.
    """
    if by not in get_args(PaletteOrder):
        raise PaletteError(f"can't sort a palette by {by!r}. Sort by one of {', '.join(get_args(PaletteOrder))}.")
    lightness, chroma, hue = _lch(palette.colors)
    family = np.where(chroma < _GREY_CHROMA, -1.0, hue // (360.0 / _RAMPS))
    hue = np.where(family < 0, -1.0, hue)
    keys = {
        "lightness": (chroma, lightness),
        "hue": (lightness, hue),
        "chroma": (lightness, chroma),
        "ramp": (lightness, family),
    }[by]
    order = np.lexsort(keys)
    return Palette(palette.colors[order[::-1] if reverse else order], palette.name)


def reduce_palette(palette: Palette, colors: int) -> Palette:
    """Reduce a palette to at most so many of its own colours: those that stand for the others best.

    Returns
    -------
    Palette
        In the order they had; duplicates are left out.

    Raises
    ------
    PaletteError
        ``colors`` is not within 1 to 256.
    """
    kept = pack(extract(palette.colors[None], colors).colors)
    codes = pack(palette.colors)
    first = np.zeros(len(codes), bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return Palette(palette.colors[first & np.isin(codes, kept)], palette.name)


def _lch(colors: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float64], ...]:
    """OKLab lightness, chroma, and hue in degrees from :data:`_FIRST_HUE`."""
    lab = to_oklab(colors).astype(np.float64)
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) - _FIRST_HUE
    return lab[:, 0], np.hypot(lab[:, 1], lab[:, 2]), hue % 360.0
