"""Conversions as files: indexed PNG, sprite sheets, animations, Aseprite files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette
from unipixel.conversion.indexed import Indexed, index_frames
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
    made = conversion
    art = _Art(made.frames, made.indexed, made.durations, made.loop, made.layout, made.metadata)
    return _encode(art, format, zoom=zoom, optimize=optimize)


def encode_natives(
    frames: Frames,
    format: str = ".png",
    *,
    palette: Palette | None = None,
    durations: Sequence[float] = (),
    loop: int = 0,
    text: Mapping[str, str] | None = None,
    zoom: int = 1,
    optimize: bool = False,
) -> bytes:
    """Encode natives, wherever they come from, as :func:`encode_conversion` encodes those of a conversion.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
        Without hidden colour; one for a still picture.
    format : str
        Of :data:`FORMATS`.
    palette : Palette, optional
        Its colours come first in the file, in their order, used or not.
    durations : sequence of float
        Milliseconds of each frame; empty for a still picture.
    loop : int
        How often an animation runs; 0 for ever.
    text : mapping, optional
        Notes such as prompt and workflow.
    zoom, optimize
        As for :func:`save_conversion`.
    """
    art = _Art(frames, index_frames(frames, palette), tuple(durations), loop, None, text or {})
    return _encode(art, format, zoom=zoom, optimize=optimize)


def encode_stills(
    frames: Frames,
    *,
    palette: Palette | None = None,
    text: Mapping[str, str] | None = None,
    zoom: int = 1,
    optimize: bool = False,
) -> list[bytes]:
    """Encode natives as a PNG each, as :func:`encode_natives` does; all with one table, where 256 colours do."""
    whole = index_frames(frames, palette)
    files = []
    for place, frame in enumerate(frames):
        if whole is None:
            indexed = index_frames(frame[None], palette)
        else:
            indexed = Indexed(whole.indices[place : place + 1], whole.table)
        files.append(_png(_Art(frame[None], indexed, (), 0, None, text or {}), zoom, optimize))
    return files


@dataclass(frozen=True, eq=False)
class _Art:
    """What is written of a conversion; fields as there."""

    frames: Frames
    indexed: Indexed | None
    durations: tuple[float, ...]
    loop: int
    layout: tuple[int, int] | None
    metadata: Mapping[str, str]


def _encode(art: _Art, format: str, *, zoom: int, optimize: bool) -> bytes:
    if format == ".png" and (len(art.frames) == 1 or art.layout is not None):
        return _png(art, zoom, optimize)
    return FORMATS[format](art, zoom)


def _enlarge(frames: Frames, zoom: int) -> Frames:
    return frames.repeat(zoom, axis=1).repeat(zoom, axis=2) if zoom > 1 else frames


def _png(made: _Art, zoom: int, optimize: bool) -> bytes:
    pixels, table, _ = _content(made)
    whole = pixels if made.layout is None else join_sheet(pixels, made.layout)[None]
    return encode_png(_enlarge(whole, zoom)[0], palette=table, text=made.metadata, optimize=optimize)


def _animation(kind: AnimationFormat, made: _Art, zoom: int) -> bytes:
    pixels, table, _ = _content(made)
    durations = made.durations or STILL_MS
    return encode_animation(
        _enlarge(pixels, zoom), durations, format=kind, palette=table, loop=made.loop, text=made.metadata
    )


def _aseprite(made: _Art, zoom: int) -> bytes:
    pixels, table, transparent = _content(made)
    durations = made.durations or STILL_MS
    return encode_aseprite(
        pixels, palette=table, durations=durations, transparent=transparent, text=to_comment(made.metadata, MOST_TEXT)
    )


def _content(made: _Art) -> tuple[Frames, npt.NDArray[np.uint8] | None, int | None]:
    """Frames as indices with their table, or as colours without one."""
    if made.indexed is None:
        return made.frames, None, None
    return made.indexed.indices, made.indexed.table, made.indexed.transparent


FORMATS: Mapping[str, Callable[[_Art, int], bytes]] = {
    ".png": partial(_animation, "apng"),
    ".apng": partial(_animation, "apng"),
    ".gif": partial(_animation, "gif"),
    ".webp": partial(_animation, "webp"),
    ".aseprite": _aseprite,
}
"""How animations are written, by ending; a still PNG is no animation."""
