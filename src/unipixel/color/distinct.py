"""The distinct colours of a picture, and which pixel has which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


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
    # Of pixels beside each other with the same colour only the first takes part: enlarged art has few of them.
    first = _changes(codes.ravel())
    heads = codes.ravel()[first]
    # Colour and place in one number, so that one plain sort brings equal colours together and still knows their places.
    places = len(heads).bit_length()
    ordered = (heads.astype(np.int64) << places) | np.arange(len(heads))
    ordered.sort()
    ordered_colors = ordered >> places
    is_new = _changes(ordered_colors)
    row_of_head = np.empty(len(heads), np.int32)
    row_of_head[ordered & ((1 << places) - 1)] = np.cumsum(is_new, dtype=np.int32) - np.int32(1)
    lengths = np.diff(np.flatnonzero(first), append=codes.size)
    index = np.repeat(row_of_head, lengths).reshape(codes.shape)
    colors = unpack(ordered_colors[is_new].astype(np.int32))
    return Distinct(colors, index, np.bincount(index.ravel(), minlength=len(colors)))


def count_colors(image: npt.NDArray[np.uint8]) -> int:
    """Count the distinct colours of a picture; alpha is left out.

    Parameters
    ----------
    image : (..., 3|4) uint8

    Returns
    -------
    int
    """
    heads = _sorted_heads(pack(image))
    return min(len(heads), 1) + int(np.count_nonzero(heads[1:] != heads[:-1]))


def distinct_codes(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Distinct numbers of an array ``(...)`` int32 in ascending order, ``(n,)`` int32; quicker than ``np.unique``."""
    heads = _sorted_heads(codes)
    return heads[_changes(heads)]


def _sorted_heads(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """All numbers, sorted; of equal ones beside each other only one, where that is worth the way."""
    heads = codes.ravel()
    first = _changes(heads)
    heads = heads[first] if 2 * np.count_nonzero(first) < len(heads) else heads.copy()
    heads.sort()
    return heads


def _changes(values: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.bool_]:
    """Which of ``(n,)`` values differ from the one before them; the first always does."""
    differs = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs


def pack(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Colours ``(..., 3|4)`` uint8 as one number each, ``0xRRGGBB``, ``(...)`` int32."""
    if rgb.shape[-1] == 4 and rgb.flags.c_contiguous:  # four bytes are a number already: ten times as quick
        whole: npt.NDArray[np.int32] = (rgb.view(">u4")[..., 0].astype(np.uint32) >> np.uint32(8)).view(np.int32)
        return whole
    codes = rgb[..., 0].astype(np.int32)
    for channel in (1, 2):
        codes <<= 8
        codes |= rgb[..., channel]
    return codes


def unpack(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """Undo :func:`pack`: ``(...)`` int32 to ``(..., 3)`` uint8."""
    return np.stack([codes >> 16, codes >> 8, codes], axis=-1).astype(np.uint8)
