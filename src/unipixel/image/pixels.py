"""The one layout of pictures in memory, and how large one may be."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RGBA: TypeAlias = npt.NDArray[np.uint8]
"""``(H, W, 4)`` uint8, straight alpha, sRGB; axes (row, col, channel)."""

MAX_PIXELS = 178_956_970
"""Pictures with more pixels are refused: a decompression bomb, or a mistake. Pillow's own guard stops there too."""

MAX_SIDE = 131_072
"""Longest side in px. Pillow takes minutes for the few rows of a WebP that says it is millions of pixels wide."""

_OPAQUE = np.uint32(0xFF000000)
"""Alpha 255 in a pixel's four bytes, as one little-endian number."""
_CLEAREST = np.uint32(0xFFFFFFFF)
"""The largest such number."""
_COLOR = np.uint32(0x00FFFFFF)
"""The colour in them."""


def hide_hidden(array: RGBA) -> RGBA:
    """Set the colour below fully transparent pixels to black, so that a hidden colour can never leak.

    Returns
    -------
    (H, W, 4) uint8, C-contiguous
        A copy, or the array itself where there is nothing to hide.
    """
    whole: RGBA = np.ascontiguousarray(array)
    codes: npt.NDArray[np.uint32] = whole.view("<u4")
    if int(codes.min(initial=_CLEAREST)) > _COLOR:
        return whole
    seen: RGBA = np.multiply(codes, codes > _COLOR, dtype="<u4").view(np.uint8)
    return seen


def make_opaque(array: RGBA) -> RGBA:
    """Set alpha to 255: in a copy, or not at all where it is already, as Pillow's decoders mostly leave it."""
    whole: RGBA = np.ascontiguousarray(array)
    codes: npt.NDArray[np.uint32] = whole.view("<u4")
    if int(codes.min(initial=_CLEAREST)) >= _OPAQUE:
        return whole
    opaque: RGBA = np.bitwise_or(codes, _OPAQUE, dtype="<u4").view(np.uint8)
    return opaque


def add_alpha(array: npt.NDArray[np.uint8]) -> RGBA:
    """Give ``(H, W, 3)`` uint8 a fourth channel of 255."""
    opaque: RGBA = np.empty((*array.shape[:2], 4), np.uint8)
    opaque[-1:, -1:, :3], opaque[-1:, -1:, 3] = array[-1:, -1:], 255
    codes: npt.NDArray[np.uint32] = opaque.view("<u4").reshape(-1)[:-1]
    # Each pixel is read with the byte that follows, where alpha goes: half the time of copying channel by channel.
    pixels = np.ndarray(codes.shape, "<u4", np.ascontiguousarray(array), strides=(3,))
    np.bitwise_or(pixels, _OPAQUE, out=codes)
    return opaque
