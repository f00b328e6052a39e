"""What every palette format is read into: entries in file order, and from there a palette."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color.palette import MAX_COLORS, Palette
from unipixel.errors import PaletteError

Entries: TypeAlias = npt.NDArray[np.uint8]
"""``(n, 4)`` uint8: RGBA in file order, sRGB, straight alpha."""


def to_entries(rows: list[list[int]]) -> Entries:
    """Rows of three or four numbers from 0 to 255 as entries; three are opaque."""
    return np.array([[*row, 255][:4] for row in rows], np.uint8).reshape(-1, 4)


def opaque_entries(colors: npt.NDArray[np.uint8]) -> Entries:
    """Colours ``(n, 3)`` uint8 as entries."""
    return np.column_stack([colors, np.full(len(colors), 255, np.uint8)])


def to_palette(entries: Entries, name: str, *, too_many: str = "Delete some in the program that made it.") -> Palette:
    """Make a palette of entries: fully transparent ones are left out, translucent ones become opaque.

    Parameters
    ----------
    entries : (n, 4) uint8
    name : str
    too_many : str
        What to do about too many colours; the end of that error.

    Raises
    ------
    PaletteError
        No colour is left, or more than 256.
    """
    shown = entries[entries[:, 3] > 0]
    if len(shown) == 0:
        raise PaletteError(f"{name or 'palette'}: there is no colour in it.")
    if len(shown) > MAX_COLORS:
        raise PaletteError(f"{name or 'palette'}: has {len(shown)} colours, a palette at most {MAX_COLORS}. {too_many}")
    return Palette(shown[:, :3], name)
