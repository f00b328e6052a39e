"""Read a palette file of any format; its kind is told by its content, never by its name."""

from __future__ import annotations

import os
from pathlib import Path

from unipixel.color.palette import Palette
from unipixel.color.palette_files.adobe import (
    SWATCH_EXCHANGE_HEAD,
    TABLE_SIZES,
    is_photoshop_swatches,
    parse_color_table,
    parse_photoshop_swatches,
    parse_swatch_exchange,
)
from unipixel.color.palette_files.entries import to_palette
from unipixel.color.palette_files.picture import parse_picture
from unipixel.color.palette_files.riff import is_riff_palette, parse_riff
from unipixel.color.palette_files.text import GIMP_HEAD, JASC_HEAD, parse_text
from unipixel.errors import ImageError, PaletteError
from unipixel.image.aseprite import decode_aseprite_palette, is_aseprite


def load_palette(path: str | os.PathLike[str]) -> Palette:
    """Read a palette file of any format that :func:`parse_palette` knows.

    Returns
    -------
    Palette
        Named after the file, or as a ``.gpl`` file says.

    Raises
    ------
    PaletteError
        No such file, no palette in it, cut short, or more than 256 colours.
    ImageError
        A damaged picture or sprite.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise PaletteError(f"{file}: the palette can't be read ({error.strerror or error}).") from None
    return parse_palette(data, file.stem)


def parse_palette(data: bytes, name: str = "") -> Palette:
    """Read a palette from the bytes of a file, whatever its format.

    Texts: ``.hex``, paint.net ``.txt``, GIMP ``.gpl`` (with alpha as Aseprite writes it too), JASC ``.pal`` (with alpha
    too). Binary: RIFF ``.pal``, Adobe ``.ase``, ``.act`` and ``.aco``, Aseprite sprites. Pictures: an indexed one's
    table, else the colours in the order in which they first appear. Order is kept, duplicates too. Fully transparent
    entries are left out, translucent ones become opaque.

    Raises
    ------
    PaletteError
        No palette, cut short, a colour that is none, or more than 256.
    ImageError
        A damaged picture or sprite.
    """
    label = name or "palette"
    text = _as_text(data)
    if text is not None:
        return _parse_text(text, data, name, label)
    if is_riff_palette(data):
        return to_palette(parse_riff(data, label), name)
    if data.startswith(SWATCH_EXCHANGE_HEAD):
        return to_palette(parse_swatch_exchange(data, label), name)
    if is_aseprite(data):
        return to_palette(decode_aseprite_palette(data), name)
    if is_photoshop_swatches(data):
        return to_palette(parse_photoshop_swatches(data, label), name)
    try:
        return parse_picture(data, name)
    except ImageError as error:
        if len(data) in TABLE_SIZES:  # it has no mark, so whatever else it might be comes first
            return to_palette(parse_color_table(data, label), name)
        raise ImageError(f"{label}: no palette file, and {error}") from None


def _parse_text(text: str, data: bytes, name: str, label: str) -> Palette:
    try:
        entries, title = parse_text(text, label)
    except PaletteError:
        if len(data) in TABLE_SIZES:
            return to_palette(parse_color_table(data, label), name)
        raise
    return to_palette(entries, name if title == label else title)


def _as_text(data: bytes) -> str | None:
    """The text that these bytes are: UTF-8, or one of the formats that say so in whatever 8-bit code."""
    if data.startswith((GIMP_HEAD.encode(), JASC_HEAD.encode())):
        return data.decode("utf-8", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if any(ord(letter) < 32 and letter not in "\t\n\r\f\v" for letter in text) else text
