"""The distinct colours of a picture, and which pixel has which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_TABLE_FROM = 1 << 17
"""Pictures with more pixels than this are counted through a table of all 2^24 colours instead of by sorting."""


@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct colours of a picture, in ascending order of (red, green, blue)."""

    colors: npt.NDArray[np.uint8]
    """``(n, 3)`` uint8, sRGB."""
    index: npt.NDArray[np.int32]
    """``(H, W)`` int32: row of ``colors`` that each pixel has."""
    counts: npt.NDArray[np.int64]
    """``(n,)`` int64: pixels of each colour."""


def distinct_colors(image: npt.NDArray[np.uint8]) -> Distinct:
    """List the distinct colours of a picture; alpha is left out.

    Parameters
    ----------
    image : (..., 3|4) uint8

    Returns
    -------
    Distinct
        With ``colors[index] == image[..., :3]``.
    """
    codes = pack(image)
    if codes.size <= _TABLE_FROM:
        values, inverse = np.unique(codes, return_inverse=True)
        index = inverse.reshape(codes.shape).astype(np.int32)
    else:
        seen = np.zeros(1 << 24, bool)
        seen[codes] = True
        values = np.flatnonzero(seen).astype(np.int32)
        table = np.empty(1 << 24, np.int32)
        table[values] = np.arange(len(values), dtype=np.int32)
        index = table[codes]
    return Distinct(unpack(values), index, np.bincount(index.ravel(), minlength=len(values)))


def count_colors(image: npt.NDArray[np.uint8]) -> int:
    """Count the distinct colours of a picture; alpha is left out.

    Parameters
    ----------
    image : (..., 3|4) uint8

    Returns
    -------
    int
    """
    codes = pack(image)
    if codes.size <= _TABLE_FROM:
        return len(np.unique(codes))
    seen = np.zeros(1 << 24, bool)
    seen[codes] = True
    return int(np.count_nonzero(seen))


def pack(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Colours ``(..., 3|4)`` uint8 as one number each, ``0xRRGGBB``, ``(...)`` int32."""
    codes = rgb[..., 0].astype(np.int32)
    for channel in (1, 2):
        codes <<= 8
        codes |= rgb[..., channel]
    return codes


def unpack(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """Undo :func:`pack`: ``(...)`` int32 to ``(..., 3)`` uint8."""
    return np.stack([codes >> 16, codes >> 8, codes], axis=-1).astype(np.uint8)
