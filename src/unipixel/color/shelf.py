"""The shelf of built-in palettes: colour values as data, each with its source."""

from __future__ import annotations

from difflib import get_close_matches

from unipixel.color.palette import Palette
from unipixel.errors import PaletteError

_SHELF: dict[str, str] = {
    # Black and white.
    "1-bit": "000000 ffffff",
    # Nintendo Game Boy (DMG-01): the four greens that emulators and palette collections agree on,
    # https://lospec.com/palette-list/nintendo-gameboy-bgb (2018) and https://en.wikipedia.org/wiki/Game_Boy.
    "game-boy": "0f380f 306230 8bac0f 9bbc0f",
    # Nokia 3310's screen, as of the Nokia 3310 Jam, https://lospec.com/palette-list/nokia-3310.
    "nokia-3310": "43523d c7f0d8",
    # PICO-8's sixteen colours in index order, https://www.lexaloffle.com/pico-8.php?page=manual.
    "pico-8": (
        "000000 1d2b53 7e2553 008751 ab5236 5f574f c2c3c7 fff1e8 "
        "ff004d ffa300 ffec27 00e436 29adff 83769c ff77a8 ffccaa"
    ),
    # Our own: near-black violets and greens, drained skin and bone, and one run of blood.
    "horror": (
        "0b0a10 17141f 26202f 3a3142 544a58 75706f 9b9a8a c9c8ae "
        "1b2620 2f3f2c 566138 2a0a12 540f1a 8c1c1f c23a2b 3b4a5c"
    ),
    # Our own: one ramp each of stone, forest, gold, sky and royal red, with skin tones between.
    "fantasy": (
        "14121d 2b2a3d 4a4e63 7b8494 b7c0bf f4f1dd 16302b 23573a 4f8a3c 9cc255 e2e078 "
        "3a2320 6a3d2b a4653a d79a5b f3cf94 8a5a12 d99a1e ffd54a 1f2f66 2f62a8 4fa6d6 "
        "a5e2ea 3a1a4f 74338a b867c0 5a1428 a3283a e0574a f59b7c 7e4a4a c98a78"
    ),
}


def palette_names() -> tuple[str, ...]:
    """Names of the built-in palettes, sorted."""
    return tuple(sorted(_SHELF))


def builtin_palette(name: str) -> Palette:
    """Take a palette from the shelf.

    Raises
    ------
    PaletteError
        No palette has this name; the nearest name is in the message.
    """
    if name not in _SHELF:
        close = get_close_matches(name.lower().replace(" ", "-"), _SHELF, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(palette_names())}."
        raise PaletteError(f"there is no built-in palette {name!r}. {hint}")
    return Palette.from_hex(_SHELF[name].split(), name)
