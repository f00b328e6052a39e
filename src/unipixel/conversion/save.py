"""Conversions as files: indexed PNG, sprite sheets, animations, Aseprite files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.conversion.model import Conversion, join_sheet
from unipixel.errors import ImageError
from unipixel.files import write_atomic
from unipixel.image import STILL_MS, AnimationFormat, encode_animation, encode_aseprite, encode_png
from unipixel.image.metadata import to_comment

MOST_TEXT = 65535
"""Bytes of a text that an Aseprite file holds."""

Frames: TypeAlias = npt.NDArray[np.uint8]


def save_conversion(
    path: str | os.PathLike[str], conversion: Conversion, *, zoom: int = 1, optimize: bool = False, force: bool = False
) -> Path:
    """Write a conversion; indexed, with its palette in order, where it has at most 256 colours.

    Parameters
    ----------
    path : path
        The ending names the format: ``.png`` (a still picture or a whole sheet; an animation becomes an animated PNG),
        ``.apng``, ``.gif``, ``.webp`` or ``.aseprite``.
    conversion : Conversion
    zoom : int
        Px of a native pixel in the file. Aseprite files are always native.
    optimize : bool
        Recompress a PNG with oxipng, as small as it makes it; needs the extra ``optimize``.
    force : bool
        Replace a file that is there.

    Raises
    ------
    ImageError
        No such format, or a file is there.
    MissingExtra
        To optimize, without the extra.
    """
    file = Path(path)
    if file.suffix.lower() not in FORMATS:
        raise ImageError(f"{file}: results are written as {', '.join(FORMATS)}, not as {file.suffix or 'no ending'!r}.")
    if file.exists() and not force:
        raise ImageError(f"{file} is there already. Give --force to replace it.")
    return write_atomic(file, encode_conversion(conversion, file.suffix.lower(), zoom=zoom, optimize=optimize))


def encode_conversion(conversion: Conversion, format: str = ".png", *, zoom: int = 1, optimize: bool = False) -> bytes:
    """Encode a conversion as :func:`save_conversion` does, for a format of :data:`FORMATS`."""
    if format == ".png" and (len(conversion.frames) == 1 or conversion.layout is not None):
        return _png(conversion, zoom, optimize)
    return FORMATS[format](conversion, zoom)


def _enlarge(frames: Frames, zoom: int) -> Frames:
    return frames.repeat(zoom, axis=1).repeat(zoom, axis=2) if zoom > 1 else frames


def _png(made: Conversion, zoom: int, optimize: bool) -> bytes:
    pixels, table, _ = _content(made)
    whole = pixels if made.layout is None else join_sheet(pixels, made.layout)[None]
    return encode_png(_enlarge(whole, zoom)[0], palette=table, text=made.metadata, optimize=optimize)


def _animation(kind: AnimationFormat, made: Conversion, zoom: int) -> bytes:
    pixels, table, _ = _content(made)
    durations = made.durations or STILL_MS
    return encode_animation(
        _enlarge(pixels, zoom), durations, format=kind, palette=table, loop=made.loop, text=made.metadata
    )


def _aseprite(made: Conversion, zoom: int) -> bytes:
    pixels, table, transparent = _content(made)
    durations = made.durations or STILL_MS
    return encode_aseprite(
        pixels, palette=table, durations=durations, transparent=transparent, text=to_comment(made.metadata, MOST_TEXT)
    )


def _content(made: Conversion) -> tuple[Frames, npt.NDArray[np.uint8] | None, int | None]:
    """Frames as indices with their table, or as colours without one."""
    if made.indexed is None:
        return made.frames, None, None
    return made.indexed.indices, made.indexed.table, made.indexed.transparent


FORMATS: Mapping[str, Callable[[Conversion, int], bytes]] = {
    ".png": partial(_animation, "apng"),
    ".apng": partial(_animation, "apng"),
    ".gif": partial(_animation, "gif"),
    ".webp": partial(_animation, "webp"),
    ".aseprite": _aseprite,
}
"""How animations are written, by ending; a still PNG is no animation."""
