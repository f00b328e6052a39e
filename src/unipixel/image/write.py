"""Write pictures: true-colour and indexed PNG, with text chunks, the same bytes every time."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin

from unipixel.errors import ImageError
from unipixel.files import write_atomic
from unipixel.image.png import encode_indexed, optimized


def encode_png(
    image: npt.NDArray[np.uint8],
    *,
    palette: npt.NDArray[np.uint8] | None = None,
    transparent: int | None = None,
    text: Mapping[str, str] | None = None,
    optimize: bool = False,
) -> bytes:
    """Encode a picture as PNG.

    Parameters
    ----------
    image : (H, W, 3|4) uint8, or (H, W) uint8 palette indices where ``palette`` is given
        An opaque RGBA picture is written as RGB.
    palette : (n, 3|4) uint8, optional
        1 to 256 colours, with alpha where it has four columns; their order is kept.
    transparent : int, optional
        Index in the palette that is fully transparent.
    text : mapping, optional
        Text chunks, such as ``{"parameters": "..."}``.
    optimize : bool
        Take about 30 ms more for a native picture and make it as small as ``oxipng -o max`` does (extra ``optimize``).

    Returns
    -------
    bytes
        The same for the same input and libraries.

    Raises
    ------
    ImageError
        The array has another shape, an index has no colour, or a text's key is none of 1 to 79 Latin-1 letters.
    MissingExtra
        ``optimize`` without the extra.
    """
    text = text or {}
    if any(not 1 <= len(key) <= 79 or not key.isprintable() or max(map(ord, key)) > 255 for key in text):
        raise ImageError(f"the keys of a PNG's texts are 1 to 79 Latin-1 letters, not {list(text)}.")
    if palette is not None:
        colors, alpha = palette_alpha(palette, transparent)
        check_picture(image, len(colors))
        data = encode_indexed(image, colors, alpha, text)
    else:
        check_picture(image, None)
        opaque = image.shape[2] == 4 and bool((image[..., 3] == 255).all())
        data = encode_true_color(image[..., :3] if opaque else image, text)
    return optimized(data) if optimize else data


def save_png(
    path: str | os.PathLike[str],
    image: npt.NDArray[np.uint8],
    *,
    palette: npt.NDArray[np.uint8] | None = None,
    transparent: int | None = None,
    text: Mapping[str, str] | None = None,
) -> Path:
    """Write :func:`encode_png` to a file, atomically."""
    return write_atomic(path, encode_png(image, palette=palette, transparent=transparent, text=text))


def palette_alpha(
    palette: npt.NDArray[np.uint8], transparent: int | None
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Colours and alpha of a palette's entries.

    Parameters
    ----------
    palette : (n, 3|4) uint8
    transparent : int, optional
        The entry whose alpha is 0.

    Returns
    -------
    (n, 3) uint8, (n,) uint8

    Raises
    ------
    ImageError
        The palette has another shape, not 1 to 256 entries, or not that one.
    """
    if palette.ndim != 2 or palette.shape[1] not in (3, 4) or not 1 <= len(palette) <= 256:
        raise ImageError(f"a palette is (n, 3) or (n, 4) with 1 to 256 colours, not {palette.shape}.")
    alpha = palette[:, 3].copy() if palette.shape[1] == 4 else np.full(len(palette), 255, np.uint8)
    if transparent is not None:
        if not 0 <= transparent < len(palette):
            raise ImageError(f"transparent index {transparent}: the palette has {len(palette)} colours.")
        alpha[transparent] = 0
    return np.ascontiguousarray(palette[:, :3]), alpha


def check_picture(image: npt.NDArray[np.uint8], colors: int | None) -> None:
    """Refuse what is no picture: ``(H, W)`` indices of so many colours, or without such a number ``(H, W, 3|4)``.

    Raises
    ------
    ImageError
        The shape or an index does not fit.
    """
    if 0 in image.shape or image.dtype != np.uint8:
        raise ImageError(f"a picture has pixels of uint8, not {image.shape} {image.dtype}.")
    if colors is None and (image.ndim != 3 or image.shape[2] not in (3, 4)):
        raise ImageError(f"a picture must be (H, W, 3) or (H, W, 4), not {image.shape}.")
    if colors is not None and (image.ndim != 2 or int(image.max()) >= colors):
        raise ImageError(f"{image.shape} indices do not fit a palette of {colors} colours.")


def encode_true_color(image: npt.NDArray[np.uint8], text: Mapping[str, str]) -> bytes:
    """Encode ``(H, W, 3|4)`` uint8 as PNG with as many channels."""
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_text(key, value) if value.isascii() else info.add_itxt(key, value)
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()
