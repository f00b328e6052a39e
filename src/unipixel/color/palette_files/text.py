"""Palettes as text: ``.hex``, paint.net ``.txt``, GIMP ``.gpl``, JASC ``.pal``."""

from __future__ import annotations

import re

from unipixel.color.palette import Palette
from unipixel.color.palette_files.entries import Entries, to_entries
from unipixel.errors import PaletteError

GIMP_HEAD, JASC_HEAD = "GIMP Palette", "JASC-PAL"

_HEX = re.compile(r"(#|0x)?([0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE | re.ASCII)


def parse_text(text: str, name: str) -> tuple[Entries, str]:
    """Read any palette text; its first line tells which.

    Returns
    -------
    entries : (n, 4) uint8
        Duplicates are kept.
    name : str
        The given one, or what a GIMP palette calls itself.

    Raises
    ------
    PaletteError
        None of these formats, with the line that does not fit.
    """
    lines = text.splitlines()
    head = lines[0].strip() if lines else ""
    if head == GIMP_HEAD:
        return _parse_gimp(lines[1:], name)
    if head == JASC_HEAD:
        return _parse_jasc(lines[1:], name), name
    return parse_codes(lines, name), name


def parse_codes(lines: list[str], name: str) -> Entries:
    """Read colour codes, separated by line ends, commas or white space.

    ``RRGGBB`` with or without ``#``; ``AARRGGBB`` as paint.net writes it, ``#RRGGBBAA`` as style sheets do. Lines that
    begin with ``;``, ``//`` or ``#`` and a blank are comments.

    Raises
    ------
    PaletteError
        A word that is no colour.
    """
    words = (word for line in lines if not _is_comment(line) for word in re.split(r"[\s,]+", line) if word)
    return to_entries([_code(word, name) for word in words])


def is_code(word: str) -> bool:
    """Whether a word is a colour code."""
    return _HEX.fullmatch(word) is not None


def format_hex(palette: Palette) -> str:
    """``.hex``: one ``rrggbb`` a line."""
    return "".join(code[1:] + "\n" for code in palette.to_hex())


def format_paint_net(palette: Palette) -> str:
    """paint.net ``.txt``: one ``AARRGGBB`` a line, the name as a comment. paint.net itself shows the first 96."""
    return (
        ";paint.net Palette File\n"
        + (f";{_one_line(palette.name)}\n" if palette.name.strip() else "")
        + "".join(f"FF{code[1:].upper()}\n" for code in palette.to_hex())
    )


def format_gimp(palette: Palette) -> str:
    """GIMP ``.gpl``; the name goes with it."""
    rows = "".join(f"{r:3d} {g:3d} {b:3d}\t{r:02x}{g:02x}{b:02x}\n" for r, g, b in palette.colors.tolist())
    return f"{GIMP_HEAD}\nName: {_one_line(palette.name) or 'untitled'}\nColumns: 0\n#\n{rows}"


def format_jasc(palette: Palette) -> str:
    """JASC ``.pal`` (Paint Shop Pro), with its CRLF line ends."""
    rows = "".join(f"{r} {g} {b}\r\n" for r, g, b in palette.colors.tolist())
    return f"{JASC_HEAD}\r\n0100\r\n{len(palette)}\r\n{rows}"


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _is_comment(line: str) -> bool:
    return re.match(r"\s*(;|//|#(\s|$))", line) is not None


def _code(word: str, name: str) -> list[int]:
    match = _HEX.fullmatch(word)
    if match is None:
        raise PaletteError(f"palette {name!r}: {word[:40]!r} is not a colour. Write six digits, such as #ff8800.")
    values = list(bytes.fromhex(match[2]))
    if len(values) == 4 and match[1] != "#":
        return [*values[1:], values[0]]
    return values


def _parse_gimp(lines: list[str], name: str) -> tuple[Entries, str]:
    rows, channels = [], 3
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("Name:"):
            name = stripped.removeprefix("Name:").strip()
        elif stripped.startswith("Channels:"):  # Aseprite's addition; without it a fourth number is the colour's name
            channels = 4 if stripped.removeprefix("Channels:").strip().upper() == "RGBA" else 3
        elif stripped and not stripped.startswith(("#", "Columns:")):
            rows.append(_channels(stripped, channels, name))
    return to_entries(rows), name


def _parse_jasc(lines: list[str], name: str) -> Entries:
    count = lines[1].strip() if len(lines) > 1 else ""
    rows = [_channels(line, min(max(len(line.split()), 3), 4), name) for line in lines[2:] if line.strip()]
    if count != str(len(rows)):
        raise PaletteError(f"palette {name!r}: says {count[:20] or 'no number of'} colours but lists {len(rows)}.")
    return to_entries(rows)


def _channels(line: str, count: int, name: str) -> list[int]:
    parts = line.split()[:count]
    if len(parts) < count or not all(re.fullmatch("[0-9]{1,3}", part) and int(part) <= 255 for part in parts):
        numbers = {3: "three", 4: "four"}[count]
        raise PaletteError(f"palette {name!r}: {line[:60]!r} is not a colour. Write {numbers} numbers from 0 to 255.")
    return [int(part) for part in parts]
