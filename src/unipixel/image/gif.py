"""Animated GIF: one palette for all frames in its order, exact pixels, no frame dropped."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin, Image

from unipixel.errors import ImageError
from unipixel.image.changes import Box, box_around

_KEEP, _CLEAR = 1, 2
"""What becomes of a frame when the next one comes: it stays, or its place is cleared."""
_BLOCK = 255
"""Most bytes of a block of data."""


def encode_gif(
    frames: Iterable[tuple[npt.NDArray[np.uint8], int]],
    colors: npt.NDArray[np.uint8] | None,
    transparent: int | None,
    *,
    loop: int,
    comment: str,
) -> bytes:
    """Encode an animated GIF.

    Parameters
    ----------
    frames : iterable of ((H, W) uint8 indices, or (H, W, 3|4) uint8 without ``colors``, and hundredths of a second)
        All of one size. In true colour each frame has a table of its own, of at most 256 colours.
    colors : (n, 3) uint8 or None
        1 to 256, in the order that is kept.
    transparent : int or None
        Index that is transparent.
    loop : int
        Times that the animation plays; 0 is for ever.
    comment : str

    Returns
    -------
    bytes

    Raises
    ------
    ImageError
        A frame has more colours than a table holds, or is translucent.
    """
    parts: list[bytes] = []
    canvas: npt.NDArray[np.uint8] | None = None
    for picture, delay, following in _with_next(frames):
        if not parts:
            parts = [_head(picture.shape, colors, transparent), _loop_block(loop), _comment_block(comment)]
        if colors is None:
            indices, table, clear = _with_table(picture)
            parts += _frame(indices, (0, 0), table, clear, delay, _CLEAR)
            continue
        vanishing = np.zeros(picture.shape, np.bool_)
        if transparent is not None and following is not None:
            vanishing = (picture != transparent) & (following == transparent)
        changed = np.ones(picture.shape, np.bool_) if canvas is None else (canvas != picture) | vanishing
        box, disposal = box_around(changed), _CLEAR if vanishing.any() else _KEEP
        parts += _frame(box.of(picture), (box.left, box.top), None, transparent, delay, disposal)
        canvas = _disposed(picture, box, transparent) if disposal == _CLEAR else picture
    return b"".join([*parts, b";"])


def _with_next(
    frames: Iterable[tuple[npt.NDArray[np.uint8], int]],
) -> Iterator[tuple[npt.NDArray[np.uint8], int, npt.NDArray[np.uint8] | None]]:
    """Each frame with its delay and the frame that follows: what vanishes there, this one must clear."""
    held: tuple[npt.NDArray[np.uint8], int] | None = None
    for frame in frames:
        if held is not None:
            yield *held, frame[0]
        held = frame
    if held is not None:
        yield *held, None


def _disposed(picture: npt.NDArray[np.uint8], box: Box, transparent: int | None) -> npt.NDArray[np.uint8]:
    canvas: npt.NDArray[np.uint8] = picture.copy()
    box.of(canvas)[...] = transparent or 0
    return canvas


def _head(shape: tuple[int, ...], colors: npt.NDArray[np.uint8] | None, transparent: int | None) -> bytes:
    height, width = shape[:2]
    if max(width, height) > 0xFFFF:
        raise ImageError(f"{width}x{height}: a side of a GIF is at most 65535 px. Use APNG.")
    if colors is None:
        return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x70, 0, 0)
    size = max(len(colors) - 1, 1).bit_length()
    table = colors.tobytes().ljust(3 << size, b"\0")
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF0 | (size - 1), transparent or 0, 0) + table


def _loop_block(loop: int) -> bytes:
    """How often it is repeated after the first time; nothing for a single time."""
    if loop == 1:
        return b""
    return b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", min(max(loop - 1, 0), 0xFFFF)) + b"\0"


def _comment_block(comment: str) -> bytes:
    raw = comment.encode("utf-8")
    blocks = [raw[at : at + _BLOCK] for at in range(0, len(raw), _BLOCK)]
    return b"!\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0" if blocks else b""


def _frame(
    indices: npt.NDArray[np.uint8],
    offset: tuple[int, int],
    table: npt.NDArray[np.uint8] | None,
    transparent: int | None,
    delay: int,
    disposal: int,
) -> list[bytes]:
    flags = disposal << 2 | (transparent is not None)
    control = b"!\xf9\x04" + struct.pack("<BHB", flags, min(delay, 0xFFFF), transparent or 0) + b"\0"
    image = Image.fromarray(np.ascontiguousarray(indices))
    image.putpalette(b"\0\0\0" if table is None else table.tobytes())
    return [control, *GifImagePlugin.getdata(image, offset, include_color_table=table is not None)]


def _with_table(picture: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], int | None]:
    """Indices, colours and transparent index of a true-colour frame."""
    codes = picture.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1, 0][: picture.shape[2]], np.uint32)
    if picture.shape[2] == 4:
        if ((picture[..., 3] > 0) & (picture[..., 3] < 255)).any():
            raise ImageError("a GIF has no half transparent colours. Use APNG or WebP, or make alpha 0 or 255 first.")
        codes[picture[..., 3] == 0] = 1 << 24
    found, indices = np.unique(codes, return_inverse=True)
    if len(found) > 256:
        raise ImageError(f"a frame has {len(found)} colours, a GIF holds 256. Give a palette, or use APNG or WebP.")
    table = np.stack([found >> 16, found >> 8, found], axis=1).astype(np.uint8)
    transparent = len(found) - 1 if found[-1] == 1 << 24 else None
    return indices.reshape(codes.shape).astype(np.uint8), table, transparent
