"""Pictures inside the page: cut or reduced without a lie, encoded small, shown at whole-number zoom.

No picture is resampled. What is too large is shown as a window, 1:1, and its caption says so; what lies exactly on the
grid is stored at native size and zoomed by the browser, which gives the same pixels.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, features

from unipixel.errors import UniPixelError
from unipixel.image import RGBA, encode_png, load_image
from unipixel.report.html import Html, tag

ROUNDINGS = (1, 3, 5, 9)
"""Colour steps that :func:`encode_all` tries in turn; a step of ``s`` moves no channel by more than ``s // 2`` of 255.

Odd, so that the error is the same up and down. Rounding touches no neighbour: unlike a lossy codec with its 8x8 blocks,
it can neither make nor move an edge, and edges are what the page is about.
"""

_PROBE = 8


@dataclass(frozen=True)
class Picture:
    """A picture as it stands in the page."""

    uri: str
    """Data URI."""
    width: int
    """Stored px."""
    height: int
    """Stored px."""


def read(root: Path, path: str | None) -> RGBA | None:
    """Picture at ``root / path``; ``None`` where there is none, or where it can't be read."""
    if not path:
        return None
    try:
        return load_image(root / path)
    except (UniPixelError, OSError, ValueError):
        return None


def exact_native(image: RGBA, scale: int) -> RGBA | None:
    """Native of a picture whose cells are all flat, first cell at the top left; ``None`` for every other picture.

    Parameters
    ----------
    image : (H, W, 4) uint8
    scale : int
        Canvas px per native px.

    Returns
    -------
    (H / scale, W / scale, 4) uint8 or None
    """
    if scale < 1 or image.shape[0] % scale or image.shape[1] % scale:
        return None
    native = np.ascontiguousarray(image[::scale, ::scale])
    scaled = native.repeat(scale, axis=0).repeat(scale, axis=1)
    return native if np.array_equal(scaled, image) else None


def window(image: RGBA, height: int, width: int, *, step: int = 1) -> RGBA:
    """Cut the middle out of a picture, on multiples of ``step`` px, so that a grid keeps its phase.

    Parameters
    ----------
    image : (H, W, 4) uint8
    height, width : int
        Most px to keep; what is smaller is kept whole.
    step : int
        Canvas px per native px, or 1.
    """
    rows, cols = _middle(image.shape[0], height, step), _middle(image.shape[1], width, step)
    return np.ascontiguousarray(image[rows, cols])


def encode(image: RGBA, *, rounding: int = 1) -> bytes:
    """Encode a picture as the smallest of indexed PNG and lossless WebP.

    Parameters
    ----------
    image : (H, W, 4) uint8
    rounding : int
        Odd step to which channel values are rounded; 1 keeps them exactly.
    """
    rounded = _round(image, rounding)
    flat, index = np.unique(rounded.reshape(-1, 4).view("<u4").ravel(), return_inverse=True)
    if flat.size <= 256 and bool((rounded[..., 3] == 255).all()):
        palette = flat.view(np.uint8).reshape(-1, 4)[:, :3]
        return encode_png(index.reshape(rounded.shape[:2]).astype(np.uint8), palette=np.ascontiguousarray(palette))
    if not features.check("webp"):  # pragma: no cover - every Pillow wheel has it; distributions may leave it out
        return encode_png(rounded)
    opaque = bool((rounded[..., 3] == 255).all())
    buffer = io.BytesIO()
    picture = Image.fromarray(rounded[..., :3].copy() if opaque else rounded)
    picture.save(buffer, "WEBP", lossless=True, quality=20, method=1, exact=True)
    return buffer.getvalue()


def encode_all(images: Sequence[RGBA], budget: int) -> tuple[list[bytes], int]:
    """Encode pictures alike, with the finest of :data:`ROUNDINGS` that fits them into a budget.

    Parameters
    ----------
    images : sequence of (H, W, 4) uint8
    budget : int
        Bytes for all of them. Kept approximately: it is judged on every eighth picture, and no step is coarser than
        the last.

    Returns
    -------
    (list of bytes, int)
        Files in order, and the step that was taken.
    """
    chosen = ROUNDINGS[-1]
    for step in ROUNDINGS:
        probe = images[::_PROBE]
        pixels = sum(image.shape[0] * image.shape[1] for image in images)
        seen = sum(image.shape[0] * image.shape[1] for image in probe)
        if not probe or sum(len(encode(image, rounding=step)) for image in probe) * pixels <= budget * seen:
            chosen = step
            break
    return [encode(image, rounding=chosen) for image in images], chosen


def to_picture(image: RGBA, data: bytes | None = None) -> Picture:
    """Make the data URI of a picture, or of a file that :func:`encode` made of it."""
    file = encode(image) if data is None else data
    kind = "png" if file.startswith(b"\x89PNG") else "webp"
    uri = f"data:image/{kind};base64,{base64.b64encode(file).decode('ascii')}"
    return Picture(uri, int(image.shape[1]), int(image.shape[0]))


def show(
    picture: Picture | None, alt: str, caption: object = None, *, zoom: int = 1, cell: float | None = None
) -> Html:
    """One figure at whole-number zoom, with a grid overlay where a cell size is given.

    Parameters
    ----------
    picture : Picture or None
        ``None`` shows a box that says so.
    alt : str
        What is to be seen, in words.
    caption : text or markup, optional
    zoom : int
        CSS px per stored px.
    cell : float, optional
        Stored px per cell, for the overlay that the page's switch turns on.
    """
    body = box(picture, alt, zoom=zoom, cell=cell)
    return tag("figure", body, tag("figcaption", caption) if caption else None, style=size_style(picture, zoom, cell))


def box(picture: Picture | None, alt: str, *more: object, zoom: int = 1, cell: float | None = None) -> Html:
    """The picture of a figure alone, with ``more`` over it; takes its size from :func:`size_style` of what it is in."""
    if picture is None:
        return tag("div", "no picture", more, class_="px none", role="img", aria_label=f"{alt}: no picture")
    sizes = {"width": picture.width * zoom, "height": picture.height * zoom}
    image = tag("img", src=picture.uri, alt=alt, **sizes)
    return tag("div", image, more, class_="px grid" if cell else "px")


def size_style(picture: Picture | None, zoom: int, cell: float | None) -> str | None:
    """Width, zoom and cell of a picture as the style sheet reads them."""
    if picture is None:
        return None
    return f"--w:{picture.width};--z:{zoom}" + (f";--c:{cell:g}" if cell else "")


def _middle(length: int, most: int, step: int) -> slice:
    if length <= most:
        return slice(0, length)
    kept = max(step, most // step * step)
    start = (length - kept) // 2 // step * step
    return slice(start, start + kept)


def _round(image: RGBA, step: int) -> RGBA:
    if step == 1:
        return np.ascontiguousarray(image)
    rounded = image.copy()
    half = (image[..., :3].astype(np.int32) + step // 2) // step * step
    rounded[..., :3] = np.minimum(half, 255)
    return np.ascontiguousarray(rounded)
