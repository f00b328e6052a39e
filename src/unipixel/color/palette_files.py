"""Palettes as files: ``.hex``, GIMP ``.gpl``, JASC ``.pal``, and colour strips; recognised by content, order kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import pack, unpack
from unipixel.color.palette import MAX_COLORS, Palette
from unipixel.errors import PaletteError
from unipixel.files import write_atomic
from unipixel.image import encode_png, load_image


def load_palette(path: str | os.PathLike[str]) -> Palette:
    """Read a palette file; its kind is told by its content, not by its name.

    Parameters
    ----------
    path : path
        ``.hex`` (one ``RRGGBB`` a line), ``.gpl`` (GIMP), ``.pal`` (JASC), or a picture: its colours in reading order.

    Returns
    -------
    Palette
        Named after the file, or as a ``.gpl`` file says.

    Raises
    ------
    PaletteError
        No such file, no palette in it, or more than 256 colours.
    ImageError
        A damaged picture.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise PaletteError(f"{file}: the palette can't be read ({error.strerror or error}).") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return palette_from_strip(load_image(data), file.stem)
    return parse_palette(text, file.stem)


def save_palette(path: str | os.PathLike[str], palette: Palette) -> Path:
    """Write a palette in the format that the file's ending names.

    Raises
    ------
    PaletteError
        The ending is none of ``.hex``, ``.gpl``, ``.pal``, ``.png``.
    """
    file = Path(path)
    ending = file.suffix.lower()
    if ending == ".png":
        return write_atomic(file, encode_png(palette.colors[None]))
    if ending not in _FORMATTERS:
        raise PaletteError(f"{file}: palettes are written as .hex, .gpl, .pal or .png, not {ending!r}.")
    return write_atomic(file, _FORMATTERS[ending](palette))


def palette_from_strip(image: npt.NDArray[np.uint8], name: str = "") -> Palette:
    """Read a colour strip, or any picture: its colours in the order in which they first appear, row by row.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        Pixels with alpha 0 are left out. A 16x1 strip and one with 8x8 blocks give the same palette.
    name : str

    Raises
    ------
    PaletteError
        More than 256 colours, or none.
    """
    shown = image[image[..., 3] > 0] if image.shape[2] == 4 else image.reshape(-1, 3)
    codes, first = np.unique(pack(shown), return_index=True)
    if not 1 <= len(codes) <= MAX_COLORS:
        raise PaletteError(
            f"{name or 'image'}: has {len(codes)} colours, a palette 1 to {MAX_COLORS}. "
            "Use a colour strip, or reduce the picture first."
        )
    return Palette(unpack(codes[np.argsort(first)]), name)


def parse_palette(text: str, name: str = "") -> Palette:
    """Read a ``.hex``, ``.gpl`` or JASC ``.pal`` text.

    Raises
    ------
    PaletteError
        None of these, with the line that does not fit.
    """
    lines = text.splitlines()
    head = lines[0].strip() if lines else ""
    if head == "GIMP Palette":
        return _parse_gpl(lines[1:], name)
    if head == "JASC-PAL":
        return _parse_jasc(lines, name)
    return Palette.from_hex((line for line in lines if line.strip() and not line.lstrip().startswith(";")), name)


def format_hex(palette: Palette) -> str:
    """Format as ``.hex``: one ``rrggbb`` a line."""
    return "".join(code[1:] + "\n" for code in palette.to_hex())


def format_gpl(palette: Palette) -> str:
    """Format as GIMP palette; the name goes with it."""
    rows = "".join(f"{r:3d} {g:3d} {b:3d}\t{r:02x}{g:02x}{b:02x}\n" for r, g, b in palette.colors.tolist())
    return f"GIMP Palette\nName: {' '.join(palette.name.split()) or 'untitled'}\nColumns: 0\n#\n{rows}"


def format_jasc(palette: Palette) -> str:
    """Format as JASC ``.pal`` (Paint Shop Pro), with its CRLF line ends."""
    rows = "".join(f"{r} {g} {b}\r\n" for r, g, b in palette.colors.tolist())
    return f"JASC-PAL\r\n0100\r\n{len(palette)}\r\n{rows}"


_FORMATTERS: dict[str, Callable[[Palette], str]] = {".hex": format_hex, ".gpl": format_gpl, ".pal": format_jasc}


def _parse_gpl(lines: list[str], name: str) -> Palette:
    rows = []
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("Name:"):
            name = stripped.removeprefix("Name:").strip()
        elif stripped and not stripped.startswith(("#", "Columns:")):
            rows.append(_channels(stripped, name))
    return Palette(np.array(rows, np.uint8).reshape(-1, 3), name)


def _parse_jasc(lines: list[str], name: str) -> Palette:
    rows = [_channels(line, name) for line in lines[3:] if line.strip()]
    count = lines[2].strip() if len(lines) > 2 else ""
    if count != str(len(rows)):
        raise PaletteError(f"palette {name!r}: says {count or 'no number of'} colours but lists {len(rows)}.")
    return Palette(np.array(rows, np.uint8).reshape(-1, 3), name)


def _channels(line: str, name: str) -> list[int]:
    parts = line.split()[:3]
    if len(parts) < 3 or not all(part.isascii() and part.isdigit() and int(part) <= 255 for part in parts):
        raise PaletteError(f"palette {name!r}: {line!r} is not a colour. Write three numbers from 0 to 255.")
    return [int(part) for part in parts]
