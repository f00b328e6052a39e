"""Palettes as JSON: the shelf, and files that are sent."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from unipixel.color import Palette, builtin_palette, palette_names, parse_palette, shelf_entry


def list_palettes() -> list[dict[str, Any]]:
    """All built-in palettes, by name."""
    return [show_palette(name) for name in palette_names()]


def show_palette(name: str) -> dict[str, Any]:
    """One built-in palette.

    Raises
    ------
    PaletteError
        None of this name or alias.
    """
    entry = shelf_entry(name)
    about = {"aliases": list(entry.aliases), "remark": entry.remark, "home": entry.home, "sources": list(entry.sources)}
    return {**_row(builtin_palette(name)), **about}


def read_palette(data: bytes, file_name: str) -> dict[str, Any]:
    """The palette in a file that was sent: a strip, ``.gpl``, ``.hex``, ``.pal``, ``.ase``, any picture.

    Raises
    ------
    PaletteError, ImageError
        There is none in it.
    """
    return _row(parse_palette(data, PurePath(file_name).stem))


def _row(palette: Palette) -> dict[str, Any]:
    return {"name": palette.name, "colors": list(palette.to_hex())}
