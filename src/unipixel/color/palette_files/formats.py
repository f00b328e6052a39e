"""The formats that palettes are written in, by name and by file ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unipixel.color.palette import Palette
from unipixel.color.palette_files.adobe import (
    encode_color_table,
    encode_photoshop_swatches,
    encode_swatch_exchange,
)
from unipixel.color.palette_files.picture import encode_aseprite_palette, encode_strip
from unipixel.color.palette_files.riff import encode_riff
from unipixel.color.palette_files.text import format_gimp, format_hex, format_jasc, format_paint_net
from unipixel.errors import PaletteError


@dataclass(frozen=True)
class Format:
    """One way to write a palette."""

    title: str
    """What a person calls it."""
    endings: tuple[str, ...]
    """File endings that stand for it, the usual one first."""
    encode: Callable[[Palette], bytes | str]
    """Writes it; text becomes UTF-8."""


FORMATS: dict[str, Format] = {
    "hex": Format("one rrggbb a line", (".hex",), format_hex),
    "gpl": Format("GIMP, Aseprite, Inkscape, Krita", (".gpl",), format_gimp),
    "jasc": Format("JASC Paint Shop Pro", (".pal",), format_jasc),
    "riff": Format("Microsoft RIFF", (), encode_riff),
    "ase": Format("Adobe swatch exchange", (".ase",), encode_swatch_exchange),
    "act": Format("Adobe colour table", (".act",), encode_color_table),
    "aco": Format("Photoshop swatches", (".aco",), encode_photoshop_swatches),
    "txt": Format("paint.net", (".txt",), format_paint_net),
    "aseprite": Format("Aseprite sprite with this palette", (".aseprite",), encode_aseprite_palette),
    "png": Format("colour strip, indexed", (".png",), lambda palette: encode_strip(palette, "png")),
    "gif": Format("colour strip, indexed", (".gif",), lambda palette: encode_strip(palette, "gif")),
    "webp": Format("colour strip", (".webp",), lambda palette: encode_strip(palette, "webp")),
}
"""Every format that palettes are written in. All of them are read too."""

_BY_ENDING = {ending: name for name, entry in FORMATS.items() for ending in entry.endings}


def encode_palette(palette: Palette, format: str) -> bytes:
    """Encode a palette.

    Parameters
    ----------
    palette : Palette
        Order and duplicates are kept in every format but WebP, where a picture can't tell duplicates.
    format : str
        A name in :data:`FORMATS`.

    Raises
    ------
    PaletteError
        No such format.
    """
    if format not in FORMATS:
        raise PaletteError(f"there is no palette format {format!r}. There are: {', '.join(FORMATS)}.")
    encoded = FORMATS[format].encode(palette)
    return encoded.encode("utf-8", "replace") if isinstance(encoded, str) else encoded


def format_of(ending: str) -> str:
    """Name of the format that a file ending stands for.

    Raises
    ------
    PaletteError
        It stands for none.
    """
    if ending.lower() not in _BY_ENDING:
        raise PaletteError(
            f"no palette format has the ending {ending!r}. Use one of {', '.join(_BY_ENDING)}, or name a format."
        )
    return _BY_ENDING[ending.lower()]
