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


def encode_png(
    image: npt.NDArray[np.uint8],
    *,
    palette: npt.NDArray[np.uint8] | None = None,
    transparent: int | None = None,
    text: Mapping[str, str] | None = None,
) -> bytes:
    """Encode a picture as PNG.

    Parameters
    ----------
    image : (H, W, 3|4) uint8, or (H, W) uint8 palette indices where ``palette`` is given
        An opaque RGBA picture is written as RGB.
    palette : (n, 3) uint8, optional
        1 to 256 colours; their order is kept.
    transparent : int, optional
        Index in the palette that is fully transparent.
    text : mapping, optional
        Text chunks, such as ``{"parameters": "..."}``.

    Returns
    -------
    bytes

    Raises
    ------
    ImageError
        The array has another shape, or an index has no colour.
    """
    info = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        info.add_text(key, value) if value.isascii() else info.add_itxt(key, value)
    buffer = io.BytesIO()
    extra = {} if transparent is None else {"transparency": transparent}
    _to_pillow(image, palette).save(buffer, "PNG", pnginfo=info, optimize=palette is not None, **extra)
    return buffer.getvalue()


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


def read_text(path: str | os.PathLike[str]) -> dict[str, str]:
    """Text chunks of a PNG file; empty for other formats."""
    with Image.open(path) as image:
        return {key: value for key, value in image.info.items() if isinstance(value, str)}


def _to_pillow(image: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8] | None) -> Image.Image:
    if palette is not None:
        if image.ndim != 2 or not 1 <= len(palette) <= 256 or int(image.max(initial=0)) >= len(palette):
            raise ImageError(f"{image.shape} indices do not fit a palette of {len(palette)} colours.")
        indexed = Image.fromarray(image)
        indexed.putpalette(palette.tobytes())
        return indexed
    if image.ndim != 3 or image.shape[2] not in (3, 4):
        raise ImageError(f"a picture must be (H, W, 3) or (H, W, 4), not {image.shape}.")
    opaque = image.shape[2] == 4 and bool((image[..., 3] == 255).all())
    return Image.fromarray(image[..., :3].copy() if opaque else image)
