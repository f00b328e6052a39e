"""Microsoft RIFF ``.pal``."""

from __future__ import annotations

import struct

import numpy as np

from unipixel.color.palette import Palette
from unipixel.color.palette_files.bytes_reader import BytesReader
from unipixel.color.palette_files.entries import Entries, opaque_entries
from unipixel.errors import PaletteError

_VERSION = 0x0300


def is_riff_palette(data: bytes) -> bool:
    """Whether these bytes are a RIFF palette (not a WebP picture, nor sound)."""
    return data[:4] == b"RIFF" and data[8:12] == b"PAL "


def parse_riff(data: bytes, name: str) -> Entries:
    """Read the ``data`` chunk; the flags beside each colour are left out, so every colour is opaque.

    Raises
    ------
    PaletteError
        Cut short, or without that chunk.
    """
    reader = BytesReader(data, name, at=12)
    while len(reader):
        kind, length = reader.numbers("<4sI")
        body = reader.piece(length)
        if kind == b"data":
            return _parse_colors(BytesReader(body, name))
        reader.piece(min(length % 2, len(reader)))
    raise PaletteError(f"{name}: a RIFF palette without colours.")


def encode_riff(palette: Palette) -> bytes:
    """Encode as RIFF palette."""
    colors = np.column_stack([palette.colors, np.zeros(len(palette), np.uint8)]).tobytes()
    body = struct.pack("<HH", _VERSION, len(palette)) + colors
    chunk = b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"PAL " + chunk


def _parse_colors(reader: BytesReader) -> Entries:
    _, count = reader.numbers("<HH")
    rows = np.frombuffer(reader.piece(4 * count), np.uint8).reshape(count, 4)
    return opaque_entries(rows[:, :3])
