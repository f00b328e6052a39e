"""Native to canvas: every native pixel becomes a square block."""

from __future__ import annotations

from unipixel.errors import GridMismatch
from unipixel.image import RGBA


def upscale(native: RGBA, scale: int) -> RGBA:
    """Scale a native image up by nearest neighbour.

    Parameters
    ----------
    native : (h, w, 4) uint8
    scale : int
        Canvas px per native px, at least 1.

    Returns
    -------
    (h * scale, w * scale, 4) uint8

    Raises
    ------
    GridMismatch
        The scale is below 1 or no whole number.
    """
    if scale != int(scale) or scale < 1:
        raise GridMismatch(f"a scale must be a whole number from 1 up, not {scale}.")
    return native.repeat(int(scale), 0).repeat(int(scale), 1)
