"""Find the palette that a person means by a word: a name, a list of colours, or a file."""

from __future__ import annotations

import os
import re

from unipixel.color.palette import Palette
from unipixel.color.palette_files import load_palette
from unipixel.color.palette_files.entries import to_palette
from unipixel.color.palette_files.text import is_code, parse_codes
from unipixel.color.shelf import builtin_palette
from unipixel.color.shelf.look_up import is_on_shelf, suggest_name
from unipixel.errors import PaletteError


def find_palette(text: str) -> Palette:
    """Find a palette by what a person writes for it.

    Parameters
    ----------
    text : str
        A name or alias on the shelf, a list of colours such as ``"#0f380f,#306230"``, or a palette file. A file that is
        called as a palette on the shelf is meant by ``./NAME``.

    Raises
    ------
    PaletteError
        None of these; the nearest name on the shelf is in the message.
    ImageError
        A damaged picture.
    """
    if (known := known_palette(text)) is not None:
        return known
    if os.path.isfile(text):
        return load_palette(text)
    raise PaletteError(f"{text[:80]!r} is neither a built-in palette nor a file. {suggest_name(text)}")


def known_palette(text: str) -> Palette | None:
    """The palette that a name on the shelf or a list of colours means; looks at no file. None where it is neither."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if words and all(is_code(word) for word in words):
        return to_palette(parse_codes([",".join(words)], text), "")
    return builtin_palette(text) if is_on_shelf(text) else None
