"""A person's own palette files in a folder, and palettes by a name that can come from anywhere.

Host programs, whose workflows, notes and calls come from strangers too, name palettes here: a name reaches the shelf
and the folder, and no other file.
"""

from __future__ import annotations

from pathlib import Path

from unipixel.color.find import known_palette
from unipixel.color.palette import Palette
from unipixel.color.palette_files import load_palette
from unipixel.color.shelf import builtin_palette


def palette_files(folder: Path | None) -> dict[str, Path]:
    """Files in a folder by name, sorted; none where there is no folder. Those that begin with a dot are hidden."""
    if folder is None or not folder.is_dir():
        return {}
    return {file.name: file for file in sorted(folder.iterdir()) if file.is_file() and file.name[0] != "."}


def choose_palette(text: str, folder: Path | None = None) -> Palette:
    """Choose a palette by the name of a file in the folder, by its name on the shelf, or by its colours.

    Raises
    ------
    PaletteError
        None of these; the nearest name on the shelf is in the message. Or the file holds no palette.
    ImageError
        A damaged picture.
    """
    files = palette_files(folder)
    if text in files:
        return load_palette(files[text])
    known = known_palette(text)
    return builtin_palette(text) if known is None else known
