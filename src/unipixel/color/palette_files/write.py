"""Write a palette to a file."""

from __future__ import annotations

import os
from pathlib import Path

from unipixel.color.palette import Palette
from unipixel.color.palette_files.formats import encode_palette, format_of
from unipixel.errors import PaletteError
from unipixel.files import write_atomic


def save_palette(path: str | os.PathLike[str], palette: Palette, *, format: str | None = None) -> Path:
    """Write a palette; the file is whole or absent.

    Parameters
    ----------
    path : path
    palette : Palette
    format : str, optional
        A name in :data:`~unipixel.color.palette_files.FORMATS`; without one the file's ending tells.

    Raises
    ------
    PaletteError
        The ending stands for no format, or there is none of this name.
    """
    file = Path(path)
    try:
        kind = format or format_of(file.suffix)
    except PaletteError as error:
        raise PaletteError(f"{file}: {error}") from None
    return write_atomic(file, encode_palette(palette, kind))
