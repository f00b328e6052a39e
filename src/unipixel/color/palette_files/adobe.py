"""Adobe's palettes: swatch exchange ``.ase``, colour table ``.act``, Photoshop swatches ``.aco``.

Layouts: Adobe Photoshop File Formats Specification (``.act``, ``.aco``),
https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/. Swatch exchange has no public specification; its layout
is that of files that Illustrator and Photoshop write.
"""

from __future__ import annotations

import colorsys
import struct
from collections.abc import Sequence

import numpy as np

from unipixel.color.palette import MAX_COLORS, Palette
from unipixel.color.palette_files.bytes_reader import BytesReader
from unipixel.color.palette_files.entries import Entries, opaque_entries, to_entries
from unipixel.errors import PaletteError

SWATCH_EXCHANGE_HEAD = b"ASEF"
_GROUP_START, _GROUP_END, _COLOR = 0xC001, 0xC002, 0x0001
"""Kinds of blocks in a swatch exchange file."""
_GLOBAL = 0
"""Kind of a swatch: global, spot or process; it says nothing about the colour."""

_TABLE_BYTES = 3 * MAX_COLORS
TABLE_SIZES = (_TABLE_BYTES, _TABLE_BYTES + 4)
"""Bytes of a colour table, without and with the number of colours and the transparent one. It has no other mark."""
_NO_COLOR = 0xFFFF
"""The transparent index of a colour table that has none."""

_RGB, _HSB, _GRAY = 0, 1, 8
"""Colour spaces of Photoshop's swatches that need no printer's profile to be shown."""
_SPACES = {2: "CMYK", 7: "Lab", 9: "wide CMYK"}
_GRAY_FULL = 10_000
"""White in a grey swatch of Photoshop."""


def parse_swatch_exchange(data: bytes, name: str) -> Entries:
    """Read ``.ase``: RGB and grey swatches of all groups, one after another.

    Raises
    ------
    PaletteError
        Cut short, or a colour in CMYK or Lab: what it looks like depends on a profile that the file has not.
    """
    reader = BytesReader(data, name, at=len(SWATCH_EXCHANGE_HEAD))
    _, _, blocks = reader.numbers(">HHI")
    rows = []
    for _ in range(blocks):
        kind, length = reader.numbers(">HI")
        body = BytesReader(reader.piece(length), name)
        if kind == _COLOR:
            rows.append(_exchange_color(body))
    return to_entries(rows)


def encode_swatch_exchange(palette: Palette) -> bytes:
    """Encode as ``.ase``: a group with the palette's name, each colour named by its code."""
    colors = [
        _block(_COLOR, _wide(code) + b"RGB " + struct.pack(">fffH", *(color / 255.0), _GLOBAL))
        for code, color in zip(palette.to_hex(), palette.colors, strict=True)
    ]
    blocks = [_block(_GROUP_START, _wide(palette.name or "palette")), *colors, _block(_GROUP_END, b"")]
    return SWATCH_EXCHANGE_HEAD + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)


def parse_color_table(data: bytes, name: str) -> Entries:
    """Read ``.act``: as many of its 256 entries as it says, without the one that it calls transparent.

    A table that gives no number (768 bytes, or 0) is filled up with one colour; that run is read as one colour.

    Raises
    ------
    PaletteError
        It says more than 256.
    """
    table = np.frombuffer(data, np.uint8, _TABLE_BYTES).reshape(-1, 3)
    count, transparent = struct.unpack(">HH", data[_TABLE_BYTES:] or struct.pack(">HH", 0, _NO_COLOR))
    if count > MAX_COLORS:
        raise PaletteError(f"{name}: a colour table of 256 entries that says it has {count}.")
    if count == 0:
        differs = np.flatnonzero((table != table[-1]).any(axis=1))
        count = differs[-1] + 2 if len(differs) else 1
    entries = opaque_entries(table[:count])
    if transparent < count:
        entries[transparent, 3] = 0
    return entries


def encode_color_table(palette: Palette) -> bytes:
    """Encode as ``.act`` with its number of colours; the rest of the 256 entries is black."""
    table = palette.colors.tobytes().ljust(_TABLE_BYTES, b"\0")
    return table + struct.pack(">HH", len(palette), _NO_COLOR)


def is_photoshop_swatches(data: bytes) -> bool:
    """Whether these bytes begin as ``.aco``: version 1 or 2, and no colour table of that length."""
    return data[:2] in (b"\0\1", b"\0\2") and (len(data) not in TABLE_SIZES or _fills(data))


def parse_photoshop_swatches(data: bytes, name: str) -> Entries:
    """Read ``.aco``: RGB, HSB and grey swatches. What follows version 1 repeats it with names.

    Raises
    ------
    PaletteError
        Cut short, or a colour in CMYK or Lab: what it looks like depends on a profile that the file has not.
    """
    reader = BytesReader(data, name)
    version, count = reader.numbers(">HH")
    return to_entries([_photoshop_color(reader, version) for _ in range(count)])


def encode_photoshop_swatches(palette: Palette) -> bytes:
    """Encode as ``.aco``: version 1, then version 2 with each colour's code as its name."""
    colors = [struct.pack(">HHHHH", _RGB, *(257 * color.astype(int)), 0) for color in palette.colors]
    named = [color + b"\0\0" + _wide(code) for color, code in zip(colors, palette.to_hex(), strict=True)]
    parts = (struct.pack(">HH", version, len(palette)) + b"".join(rows) for version, rows in ((1, colors), (2, named)))
    return b"".join(parts)


def _exchange_color(body: BytesReader) -> list[int]:
    (length,) = body.numbers(">H")
    body.piece(2 * length)
    model = body.piece(4)
    if model == b"RGB ":
        return _to_bytes(body.numbers(">fff"), body.name)
    if model.lower() == b"gray":
        return _to_bytes(body.numbers(">f") * 3, body.name)
    raise _wrong_space(body.name, model.decode("ascii", "replace").strip())


def _photoshop_color(reader: BytesReader, version: int) -> list[int]:
    space, *values, _ = reader.numbers(">HHHHH")
    if version == 2:
        _, length = reader.numbers(">HH")
        reader.piece(2 * length)
    if space == _RGB:
        return _to_bytes([value / 65535 for value in values], reader.name)
    if space == _HSB:
        return _to_bytes(colorsys.hsv_to_rgb(*(value / 65535 for value in values)), reader.name)
    if space == _GRAY:
        return _to_bytes([values[0] / _GRAY_FULL] * 3, reader.name)
    raise _wrong_space(reader.name, _SPACES.get(space, f"a colour book (space {space})"))


def _fills(data: bytes) -> bool:
    """Whether Photoshop's swatches fill the bytes to the last."""
    reader = BytesReader(data, "")
    try:
        while len(reader):
            version, count = reader.numbers(">HH")
            for _ in range(count):
                reader.piece(10)
                if version == 2:
                    _, length = reader.numbers(">HH")
                    reader.piece(2 * length)
    except PaletteError:
        return False
    return True


def _to_bytes(values: Sequence[float], name: str) -> list[int]:
    if not np.isfinite(values).all():
        raise PaletteError(f"{name}: the palette is damaged (a colour is not a number).")
    return [int(value) for value in np.rint(np.clip(values, 0.0, 1.0) * 255.0)]


def _wrong_space(name: str, space: str) -> PaletteError:
    return PaletteError(f"{name}: has a colour in {space}; only RGB and grey can be read. Convert its swatches to RGB.")


def _block(kind: int, body: bytes) -> bytes:
    return struct.pack(">HI", kind, len(body)) + body


def _wide(text: str) -> bytes:
    """Text as Adobe stores it: its length in 16-bit units, the text, a zero."""
    data = text.encode("utf-16-be", "replace")[: 2 * 0xFFFE] + b"\0\0"
    return struct.pack(">H", len(data) // 2) + data
