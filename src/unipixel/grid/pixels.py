"""Pictures as the grid code reads them: RGBA without hidden colour, one number a pixel."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.errors import ImageError
from unipixel.image import RGBA

Packed: TypeAlias = npt.NDArray[np.uint32]
"""``(H, W)`` uint32: the four channels of a pixel as one number, to compare pixels at once."""


LINES = 360
"""See `thin_rows`."""


def as_rgba(image: npt.NDArray[np.uint8]) -> RGBA:
    """Give a picture four channels and turn fully transparent pixels to transparent black.

    Parameters
    ----------
    image : (H, W, 3|4) uint8

    Returns
    -------
    (H, W, 4) uint8, C-contiguous; never the input itself

    Raises
    ------
    ImageError
        Another shape or type, or no pixels.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4) or 0 in image.shape:
        raise ImageError(f"a picture must be an (H, W, 3) or (H, W, 4) uint8 array, not {image.shape} {image.dtype}.")
    rgba = np.full((*image.shape[:2], 4), 255, np.uint8)
    rgba[..., : image.shape[2]] = image
    if image.shape[2] == 4:
        rgba[rgba[..., 3] == 0] = 0
    return rgba


def pack(rgba: RGBA) -> Packed:
    """``(..., 4)`` uint8 to ``(...)`` uint32, one number a colour."""
    return np.ascontiguousarray(rgba).view(np.uint32)[..., 0]


def count_colors(packed: Packed, limit: int) -> int:
    """Distinct colours, or ``limit + 1`` where there are more; a thin sample is looked at first."""
    sample = np.unique(packed.ravel()[:: max(1, packed.size // 20_000)])
    if sample.size > limit:
        return limit + 1
    return min(limit + 1, int(np.unique(packed).size))


def thin_rows(rgba: RGBA) -> RGBA:
    """About `LINES` rows of a picture, evenly spread: more do not change what its rows say about columns."""
    step = max(1, round(len(rgba) / LINES))
    return rgba[(step - 1) // 2 :: step]
