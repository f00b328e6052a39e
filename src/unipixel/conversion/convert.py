"""Image in, true pixel art out: find the grid or take the known one, read each cell's colour, index."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette, quantize, snap
from unipixel.errors import GridMismatch, ImageError, NoGridFound
from unipixel.files import write_atomic
from unipixel.grid import CellRule, Grid, recover, to_native, upscale
from unipixel.image import RGBA, ImageSource, encode_png, load_image

OPAQUE = 128
"""Cells with at least this alpha are opaque in an indexed picture, the others transparent."""
INDEXED_COLORS = 256
"""Most entries of an indexed PNG's palette, the transparent one included."""


@dataclass(frozen=True, eq=False)
class Conversion:
    """True pixel art and how it was found."""

    native: RGBA
    """``(h, w, 4)`` uint8, one element per native pixel; colours of the palette where there is one."""
    palette: Palette | None
    """Colours of the indexed picture, or None where there are too many to index."""
    grid: Grid
    """The grid that was taken."""
    confidence: float
    """0 to 1; 1 where the grid was given."""
    reason: str
    """One sentence on the grid."""


def convert(
    image: ImageSource,
    *,
    scale: int | None = None,
    colors: int | None = None,
    palette: Palette | None = None,
    cells: CellRule = "auto",
    force: bool = False,
) -> Conversion:
    """Turn a picture into true pixel art.

    Parameters
    ----------
    image : path, bytes, PIL image or (H, W, 3|4) uint8 array
    scale : int, optional
        Canvas px per native px where it is known, with a first whole cell at the top left: 8 for UniPixel, 16 for Mini
        UniPixel. Not given: the grid is found.
    colors : int, optional
        Most colours of an automatic palette, 1 to 255.
    palette : Palette, optional
        A fixed palette, instead of an automatic one.
    cells : str
        How a cell's colour is read, see :func:`unipixel.grid.to_native`; ``nearest`` is plain division.
    force : bool
        Take the likeliest grid also where it is not sure.

    Returns
    -------
    Conversion

    Raises
    ------
    ImageError
        Not a picture, or both ``colors`` and ``palette`` are given.
    NoGridFound
        No grid, or none that is sure.
    GridMismatch
        The picture is no whole number of cells of ``scale``.
    """
    if colors is not None and palette is not None:
        raise ImageError("give a number of colours or a palette, not both.")
    array = load_image(image)
    native, grid, confidence, reason = _known(array, scale, cells) if scale else _found(array, cells, force)
    shown, chosen = _index(native, colors, palette)
    return Conversion(shown, chosen, grid, confidence, reason)


def save_conversion(
    path: str | os.PathLike[str], conversion: Conversion, *, scale: int = 1, text: Mapping[str, str] | None = None
) -> Path:
    """Write a conversion as PNG, indexed where it has at most 256 colours.

    Parameters
    ----------
    path : path
    conversion : Conversion
    scale : int
        1 for the native picture, more for each native pixel as a square of that many px.
    text : mapping, optional
        Text chunks.
    """
    native = upscale(conversion.native, scale) if scale > 1 else conversion.native
    if conversion.palette is None:
        return write_atomic(path, encode_png(native, text=text))
    indices = snap(native, conversion.palette)
    hidden = native[..., 3] < OPAQUE
    colors = conversion.palette.colors
    if not hidden.any():
        return write_atomic(path, encode_png(indices, palette=colors, text=text))
    indices[hidden] = len(colors)
    table = np.vstack([colors, np.zeros((1, 3), np.uint8)])
    return write_atomic(path, encode_png(indices, palette=table, transparent=len(colors), text=text))


def _known(array: RGBA, scale: int, cells: CellRule) -> tuple[RGBA, Grid, float, str]:
    height, width = array.shape[:2]
    if scale < 1 or height % scale or width % scale:
        raise GridMismatch(
            f"{width}x{height} px is no whole number of {scale} px cells. Leave the scale out, and the grid is found."
        )
    grid = Grid.regular(scale, (height, width))
    return to_native(array, grid, rule=cells), grid, 1.0, f"x{scale} from the top left corner, as given."


def _found(array: RGBA, cells: CellRule, force: bool) -> tuple[RGBA, Grid, float, str]:
    found = recover(array, cells=cells)
    if found.native is None or found.grid is None:
        raise NoGridFound(f"no grid found: {found.reason} Give the scale where you know it, such as --scale 8.")
    if not found.is_sure and not force:
        raise NoGridFound(
            f"the grid is not sure (confidence {found.confidence:.2f}): {found.reason} "
            "Give the scale where you know it, or --force to take it all the same."
        )
    return found.native, found.grid, found.confidence, found.reason


def _index(native: RGBA, colors: int | None, palette: Palette | None) -> tuple[RGBA, Palette | None]:
    """Colours of a palette for every cell, alpha of 0 or 255; a picture that needs no palette stays as it is."""
    flat = native.copy()
    alpha: npt.NDArray[np.bool_] = native[..., 3] >= OPAQUE
    room = INDEXED_COLORS - (0 if alpha.all() else 1)
    if palette is None:
        count = len(np.unique(native[alpha][:, :3], axis=0)) if alpha.any() else 1
        if colors is None and (count > room or _is_translucent(native)):
            return flat, None
        indices, palette = quantize(native, min(colors or count, room))
    else:
        indices = snap(native, palette)
    flat[..., :3] = palette.colors[indices]
    flat[..., 3] = np.where(alpha, 255, 0)
    flat[~alpha] = 0
    return flat, palette


def _is_translucent(native: RGBA) -> bool:
    return bool(((native[..., 3] > 0) & (native[..., 3] < 255)).any())
