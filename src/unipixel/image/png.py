"""Indexed PNG: the palette in its order, the fewest bits a pixel, small at once; smaller still with oxipng."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from unipixel.extras import need

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3
"""Colour type of the header."""
_NO_FILTER = 0
"""Rows as they are: neighbouring indices are no neighbouring colours, so differences gain nothing. On 31 natives of
game art, trying every filter and strategy of zlib made the files 1 % smaller at fifteen times the time."""
_MEMORY = 9
"""Most memory that zlib takes to remember repetitions."""
_EFFORT = 6
"""What ``oxipng`` calls ``-o max``."""


def encode_indexed(
    indices: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8], text: Mapping[str, str]
) -> bytes:
    """Encode an indexed PNG.

    Parameters
    ----------
    indices : (H, W) uint8
    colors : (n, 3) uint8
        1 to 256; kept in their order, also those that are not used.
    alpha : (n,) uint8
        Of each colour.
    text : mapping
        Text chunks.

    Returns
    -------
    bytes
    """
    parts = [
        *indexed_head(indices.shape, colors, alpha),
        *(text_chunk(key, value) for key, value in text.items()),
        chunk(b"IDAT", indexed_body(indices, len(colors))),
        chunk(b"IEND", b""),
    ]
    return b"".join(parts)


def indexed_head(
    shape: tuple[int, ...], colors: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8]
) -> tuple[bytes, ...]:
    """Signature and the chunks that say size and palette, for pictures of ``(height, width)``."""
    clear = np.flatnonzero(alpha < 255)
    header = struct.pack(">IIBBBBB", shape[1], shape[0], _bits(len(colors)), _INDEXED, 0, 0, 0)
    transparency = chunk(b"tRNS", alpha[: clear[-1] + 1].tobytes()) if len(clear) else b""
    return _SIGNATURE, chunk(b"IHDR", header), chunk(b"PLTE", colors.tobytes()), transparency


def indexed_body(indices: npt.NDArray[np.uint8], colors: int) -> bytes:
    """Rows of indices of so many colours, compressed."""
    rows = np.insert(_packed(indices, _bits(colors)), 0, _NO_FILTER, axis=1)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, _MEMORY)
    return squeeze.compress(rows.tobytes()) + squeeze.flush()


def chunks_of(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each chunk of a whole PNG."""
    at = len(_SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += length + 12


def optimized(data: bytes) -> bytes:
    """Compress a PNG as small as ``oxipng -o max`` does; pixels, palette, its order and texts stay as they are.

    Parameters
    ----------
    data : bytes
        A PNG.

    Returns
    -------
    bytes

    Raises
    ------
    MissingExtra
        ``pyoxipng`` is not installed.
    """
    oxipng = need("oxipng", extra="optimize", purpose="optimising a PNG")
    smaller: bytes = oxipng.optimize_from_memory(
        data, level=_EFFORT, palette_reduction=False, color_type_reduction=False, grayscale_reduction=False
    )
    return smaller


def _packed(indices: npt.NDArray[np.uint8], bits: int) -> npt.NDArray[np.uint8]:
    """Indices with several to a byte, the left one in the upper bits; each row begins a new byte."""
    each = 8 // bits
    height, width = indices.shape
    padded = np.zeros((height, -(-width // each) * each), np.uint8)
    padded[:, :width] = indices
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    packed: npt.NDArray[np.uint8] = np.bitwise_or.reduce(padded.reshape(height, -1, each) << shifts, axis=2)
    return packed


def _bits(colors: int) -> int:
    return next(bits for bits in (1, 2, 4, 8) if colors <= 1 << bits)


def text_chunk(key: str, value: str) -> bytes:
    """A text chunk: ``tEXt`` where ASCII will do, else ``iTXt``."""
    if value.isascii():
        return chunk(b"tEXt", key.encode("latin-1") + b"\0" + value.encode("ascii"))
    return chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + value.encode("utf-8"))


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
