"""Find a palette on the shelf by its name or alias."""

from __future__ import annotations

import re
from difflib import get_close_matches

from unipixel.color.palette import Palette
from unipixel.color.shelf.artists import ARTISTS
from unipixel.color.shelf.entry import Entry
from unipixel.color.shelf.hardware import HARDWARE
from unipixel.color.shelf.ours import OURS
from unipixel.errors import PaletteError

_SHELF = {entry.name: entry for entry in (*HARDWARE, *ARTISTS, *OURS)}


def palette_names() -> tuple[str, ...]:
    """Names of the built-in palettes, sorted."""
    return tuple(sorted(_SHELF))


def builtin_palette(name: str) -> Palette:
    """Take a palette from the shelf.

    Parameters
    ----------
    name : str
        A name or an alias; case, spaces and hyphens don't matter.

    Returns
    -------
    Palette
        Named as on the shelf.

    Raises
    ------
    PaletteError
        No palette has this name; the nearest name is in the message.
    """
    entry = shelf_entry(name)
    return Palette.from_hex(entry.codes.split(), entry.name)


def shelf_entry(name: str) -> Entry:
    """All that the shelf knows of a palette: codes, sources, aliases, remark; raises as :func:`builtin_palette`."""
    if not is_on_shelf(name):
        raise PaletteError(f"there is no built-in palette {name!r}. {suggest_name(name)}")
    return _KEYS[_key(name)]


def is_on_shelf(name: str) -> bool:
    """Whether a palette has this name or alias."""
    return _key(name) in _KEYS


def suggest_name(name: str) -> str:
    """A sentence with the nearest name on the shelf, or with all of them where none is near."""
    close = get_close_matches(_key(name), _KEYS, n=1)
    return f"Did you mean {_KEYS[close[0]].name!r}?" if close else f"There are: {', '.join(palette_names())}."


def _key(name: str) -> str:
    return re.sub(r"[\s_-]", "", name.lower())


_KEYS = {_key(word): entry for entry in _SHELF.values() for word in (entry.name, *entry.aliases)}
