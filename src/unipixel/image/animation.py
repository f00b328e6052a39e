"""Write animations: GIF, APNG and lossless WebP from indexed or true-colour frames, with exact pixels and times."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from PIL import Image

from unipixel.errors import ImageError
from unipixel.image.apng import encode_apng
from unipixel.image.gif import encode_gif
from unipixel.image.metadata import to_comment, to_exif
from unipixel.image.write import check_picture, palette_alpha

AnimationFormat: TypeAlias = Literal["gif", "apng", "webp"]
"""What animations are written as."""

_GIF_UNIT = 10
"""Milliseconds: GIF counts hundredths of a second."""
_GIF_SHORTEST = 2
"""Hundredths: browsers show shorter ones as a tenth of a second. Less is written only where it was asked for."""

_WEBP_EFFORT, _WEBP_METHOD = 80, 4
"""How hard lossless WebP tries, 0 to 100 and 0 to 6: the pixels are the same with any."""


def encode_animation(
    frames: Iterable[npt.NDArray[np.uint8]],
    durations: Sequence[float] | float,
    *,
    format: AnimationFormat,
    palette: npt.NDArray[np.uint8] | None = None,
    transparent: int | None = None,
    loop: int = 0,
    text: Mapping[str, str] | None = None,
) -> bytes:
    """Encode frames as an animation; no frame is dropped or blended, and no palette reordered.

    Times are rounded to whole milliseconds, for GIF to hundredths of a second. What rounding adds or takes is carried
    to the next frame, so that the whole plays as long as it should.

    Parameters
    ----------
    frames : iterable of (H, W) uint8 indices where ``palette`` is given, else of (H, W, 3|4) uint8
        At least one, all of one layout. For GIF and APNG they are taken one at a time; WebP holds all of them.
    durations : sequence of float, or float
        Milliseconds of each frame, or of all.
    format : str
        ``gif``, ``apng`` or ``webp`` (lossless).
    palette : (n, 3|4) uint8, optional
        1 to 256 colours, with alpha where it has four columns.
    transparent : int, optional
        Index in the palette that is fully transparent.
    loop : int
        Times that the animation plays; 0 is for ever.
    text : mapping, optional
        Notes such as ``{"parameters": "..."}``: text chunks in APNG, EXIF in WebP, a comment in GIF.

    Returns
    -------
    bytes

    Raises
    ------
    ImageError
        No frame, frames that differ in layout, too few durations, or what the format can't hold: a GIF has 256 colours
        a frame and no half transparent one.
    """
    if format not in get_args(AnimationFormat):
        raise ImageError(f"animations are written as {', '.join(get_args(AnimationFormat))}, not {format!r}.")
    text = text or {}
    colors, alpha = (None, None) if palette is None else palette_alpha(palette, transparent)
    timed = _timed(frames, durations, format, None if colors is None else len(colors))
    if format == "gif":
        clear, merged = (None, None) if alpha is None else _clear_index(alpha)
        frames_of_one_clear = timed if merged is None else ((merged[picture], delay) for picture, delay in timed)
        return encode_gif(frames_of_one_clear, colors, clear, loop=loop, comment=to_comment(text))
    if format == "apng":
        return encode_apng(timed, colors, alpha, loop=loop, text=text)
    return _encode_webp(timed, colors, alpha, loop=loop, exif=to_exif(text))


def _timed(
    frames: Iterable[npt.NDArray[np.uint8]], durations: Sequence[float] | float, format: str, colors: int | None
) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Frames that have been checked, with their times in the format's units."""
    unit = _GIF_UNIT if format == "gif" else 1
    layout: tuple[int, ...] | None = None
    asked, given = 0.0, 0
    for index, picture in enumerate(frames):
        layout = layout or picture.shape
        check_picture(picture, colors)
        if picture.shape != layout:
            raise ImageError(f"frame {index + 1} is {picture.shape}, the first one {layout}. All must have one size.")
        if isinstance(durations, Sequence) and index >= len(durations):
            raise ImageError(f"{len(durations)} durations for more frames. Give one for each.")
        duration = durations[index] if isinstance(durations, Sequence) else durations
        asked += duration / unit
        least = _GIF_SHORTEST if format == "gif" and duration >= 1.5 * _GIF_UNIT else 1
        time = max(round(asked) - given, least)
        given += time
        yield picture, time
    if layout is None:
        raise ImageError("an animation needs at least one frame.")


def _clear_index(alpha: npt.NDArray[np.uint8]) -> tuple[int | None, npt.NDArray[np.uint8] | None]:
    """The one entry that a GIF shows as transparent, and where there are more of them, which entry each becomes."""
    if ((alpha > 0) & (alpha < 255)).any():
        raise ImageError("a GIF has no half transparent colours. Use APNG or WebP, or make alpha 0 or 255 first.")
    clear = np.flatnonzero(alpha == 0)
    if not len(clear):
        return None, None
    entries = np.arange(len(alpha), dtype=np.uint8)
    return int(clear[0]), np.where(alpha == 0, clear[0], entries).astype(np.uint8) if len(clear) > 1 else None


def _encode_webp(
    frames: Iterable[tuple[npt.NDArray[np.uint8], int]],
    colors: npt.NDArray[np.uint8] | None,
    alpha: npt.NDArray[np.uint8] | None,
    *,
    loop: int,
    exif: bytes,
) -> bytes:
    table = None if colors is None or alpha is None else np.column_stack([colors, alpha])
    times: list[int] = []
    pictures: list[Image.Image] = []
    for picture, time in frames:
        times.append(time)
        pictures.append(Image.fromarray(picture if table is None else table[picture]))
    options: dict[str, Any] = {"exif": exif} if exif else {}
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "WEBP", save_all=True, append_images=pictures[1:], duration=times, loop=loop,
        lossless=True, exact=True, quality=_WEBP_EFFORT, method=_WEBP_METHOD, **options,
    )  # fmt: skip
    return buffer.getvalue()
