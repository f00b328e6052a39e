"""Pictures as the grid code reads them: RGBA without hidden colour, one number a pixel."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.errors import ImageError
from unipixel.image import RGBA
from unipixel.image.pixels import add_alpha, hide_hidden

Packed: TypeAlias = npt.NDArray[np.uint32]
"""``(H, W)`` uint32: the four channels of a pixel as one number, to compare pixels at once."""


COLOR = 0x00FFFFFF
"""The bytes of a pixel that hold its colour, as a little-endian number; alpha lies above."""

LINES = 256
"""See `take_lines`."""

WIDE = 8
"""Steps between lines above which whole cells may lie in one: even steps would then meet all cells at the same place,
such as their soft borders, so one line is taken from anywhere in each."""

GOLDEN = (5**0.5 - 1) / 2
"""Its multiples' fractions are spread as evenly as any."""


def as_rgba(image: npt.NDArray[np.uint8]) -> RGBA:
    """Give a picture four channels and turn fully transparent pixels to transparent black.

    Parameters
    ----------
    image : (H, W, 3|4) uint8

    Returns
    -------
    (H, W, 4) uint8, C-contiguous; the input itself where there is nothing to change

    Raises
    ------
    ImageError
        Another shape or type, or no pixels.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4) or 0 in image.shape:
        raise ImageError(f"a picture must be an (H, W, 3) or (H, W, 4) uint8 array, not {image.shape} {image.dtype}.")
    if image.shape[2] == 4 and image.flags.c_contiguous and not _has_hidden_color(image):
        return image
    return add_alpha(image) if image.shape[2] == 3 else hide_hidden(image)


def _has_hidden_color(rgba: RGBA) -> bool:
    if rgba.view("<u4").min() > COLOR:  # nothing is fully transparent, as in nearly every picture
        return False
    return bool(rgba[rgba[..., 3] == 0].any())


def pack(rgba: RGBA) -> Packed:
    """``(..., 4)`` uint8 to ``(...)`` uint32, one number a colour."""
    return np.ascontiguousarray(rgba).view(np.uint32)[..., 0]


def count_colors(packed: Packed, limit: int) -> int:
    """Distinct colours, or ``limit + 1`` where there are more; a thin sample is looked at first."""
    sample = np.unique(packed.ravel()[:: max(1, packed.size // 20_000)])
    if sample.size > limit:
        return limit + 1
    return min(limit + 1, int(np.unique(packed).size))


def take_lines(stack: RGBA, axis: int) -> RGBA:
    """About `LINES` pixel lines of a picture, evenly spread: more do not change what they say about the other axis.

    Parameters
    ----------
    stack : (n, H, W, 4) uint8
        Frames, without hidden colour.
    axis : {0, 1}
        0 for columns, which run along the height; 1 for rows, which run along the width.

    Returns
    -------
    (lines, length, 4) uint8, C-contiguous
        Premultiplied by alpha.
    """
    packed = pack(stack)
    if axis == 0:
        packed = np.concatenate([_thin(frame.T, len(stack) * frame.shape[1]) for frame in packed])
    else:
        packed = _thin(packed.reshape(-1, packed.shape[2]), packed.shape[0] * packed.shape[1])
    lines: RGBA = packed.view(np.uint8).reshape(*packed.shape, 4)
    alpha = lines[..., 3:]
    if not (alpha == 255).all():
        lines[..., :3] = (lines[..., :3].astype(np.uint16) * alpha // 255).astype(np.uint8)
    return lines


def _thin(lines: Packed, total: int) -> Packed:
    """One of every so many lines, for `LINES` of a total, as a copy."""
    step = min(len(lines), max(1, round(total / LINES)))
    some = lines[(len(lines) - 1) % step // 2 :: step]
    if step > WIDE:
        starts = np.arange(0, len(lines) - step + 1, step)
        some = lines[starts + (np.arange(len(starts)) * GOLDEN % 1.0 * step).astype(np.int64)]
    # transposed pictures are copied twice, which is quicker than once across the whole memory
    return np.ascontiguousarray(np.array(some, order="K"))
