"""Read a picture, whatever it comes as, into one array layout."""

from __future__ import annotations

import io
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from unipixel.errors import ImageError, UniPixelError
from unipixel.image.aseprite import decode_aseprite
from unipixel.image.kind import HEAD_BYTES, Format, detect_format
from unipixel.image.pixels import MAX_PIXELS, MAX_SIDE, RGBA, add_alpha, hide_hidden, make_opaque
from unipixel.image.profile import to_srgb

ImageSource: TypeAlias = "str | os.PathLike[str] | bytes | Image.Image | npt.NDArray[np.uint8]"

_ORIENTATION = 0x0112
"""EXIF: how the camera was held."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright again, by the value of that tag."""
_PROGRAMS = ("EPS", "WMF")
"""Formats that Pillow hands to another program to draw: they are no pictures of pixels."""


def load_image(source: ImageSource) -> RGBA:
    """Read a picture into an array.

    EXIF rotation is applied; palettes, grey, 16-bit and CMYK pictures become RGBA, and colours of another profile
    sRGB. Of 16 bits per channel, grey is rounded; in colour Pillow keeps the upper eight, at most one level less. The
    colour below fully transparent pixels is set to black, so that a hidden colour can never leak. Of an animation, the
    first frame is read.

    Parameters
    ----------
    source : path, bytes, PIL image or (H, W, 3|4) uint8 array
        A file is known by its content, not by its name.

    Returns
    -------
    (H, W, 4) uint8, straight alpha, sRGB; the caller's own

    Raises
    ------
    ImageError
        Not a picture, cut short, empty, too large, or an array of another shape.
    """
    picture = _read(source)
    return picture if picture.flags.writeable and picture is not source else picture.copy()


def _read(source: ImageSource) -> RGBA:
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        return to_rgba(source, "image")
    name = name_of(source)
    if sniff(source) == "aseprite":
        with about(name):
            return decode_aseprite(source if isinstance(source, bytes) else Path(source).read_bytes()).frame(0)
    with opened(source) as image:
        return to_rgba(image, name)


def require_picture(source: str | os.PathLike[str] | bytes) -> None:
    """Make sure that a file is a whole picture, with as little work as that takes: a PNG has check sums.

    Raises
    ------
    ImageError
        As :func:`load_image`.
    """
    if sniff(source) != "aseprite":
        with opened(source) as image:
            if image.format == "PNG":
                image.verify()
                return
    load_image(source)


def sniff(source: str | os.PathLike[str] | bytes) -> Format:
    """Format of a file or of bytes, by content.

    Raises
    ------
    ImageError
        No such file, no file at all (a folder, a pipe), not to be opened, or empty.
    """
    name = name_of(source)
    if isinstance(source, bytes):
        head = source[:HEAD_BYTES]
    else:
        try:
            if not stat.S_ISREG(os.stat(source).st_mode):
                raise ImageError(f"{name}: is {'a folder' if Path(source).is_dir() else 'no ordinary file'}.")
            with open(source, "rb") as file:
                head = file.read(HEAD_BYTES)
        except FileNotFoundError:
            raise ImageError(f"{name}: there is no such file.") from None
        except (OSError, ValueError) as error:
            raise ImageError(f"{name}: can't be read ({getattr(error, 'strerror', None) or error}).") from None
    if not head:
        raise ImageError(f"{name}: is empty, not a picture.")
    return detect_format(head)


def name_of(source: str | os.PathLike[str] | bytes) -> str:
    """What a sentence calls a source."""
    return "image" if isinstance(source, bytes) else os.fspath(source)


@contextmanager
def opened(source: str | os.PathLike[str] | bytes) -> Iterator[Image.Image]:
    """Open a picture with Pillow; no pixel is decoded yet.

    Raises
    ------
    ImageError
        Not a picture, damaged at its beginning, or too large.
    """
    name = name_of(source)
    with decoding(name):
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else Path(source))
    with image:
        if image.format in _PROGRAMS:
            raise ImageError(f"{name}: {image.format} is a drawing, not a picture of pixels. Export it as PNG.")
        if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
            raise ImageError(f"{name}: {image.width}x{image.height} pixels are more than UniPixel reads.")
        yield image


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Turn whatever a decoder stumbles over into one sentence. Holds nothing that yields: warnings are for all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UniPixelError:
        raise
    except UnidentifiedImageError:
        raise ImageError(f"{name}: not a picture that can be read. Use PNG, JPEG, WebP, GIF or BMP.") from None
    except (Image.DecompressionBombError, MemoryError):
        raise ImageError(f"{name}: has more pixels than UniPixel reads.") from None
    except Exception as error:  # a damaged file makes Pillow's decoders raise almost any class
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ImageError(f"{name}: damaged, cut short, or of a kind that can't be read ({reason}).") from None


@contextmanager
def about(name: str) -> Iterator[None]:
    """Put a file's name before the sentence of an error."""
    try:
        yield
    except ImageError as error:
        raise ImageError(f"{name}: {error}") from None


def to_rgba(image: Image.Image, name: str) -> RGBA:
    """Pixels of an opened picture: upright, in sRGB; may be read-only, which saves a copy.

    Raises
    ------
    ImageError
        With the name that is given.
    """
    with decoding(name):
        image.load()
        if 0 in image.size:
            raise ImageError(f"{name}: the picture has no pixels.")
        turn = _TURNS.get(_orientation(image))
        with about(name):
            image = to_srgb(image)
        return _pixels(image if turn is None else image.transpose(turn))


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":  # Pillow turns these itself, and of old leaves the tag in place
        return 1
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF: Pillow raises anything, struct.error to SyntaxError; notes don't spoil a picture
        return 1


def _from_array(array: npt.NDArray[np.uint8]) -> RGBA:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] not in (3, 4) or 0 in array.shape:
        raise ImageError(f"an image must be an (H, W, 3) or (H, W, 4) uint8 array, not {array.shape} {array.dtype}.")
    if array.shape[2] == 3:
        return add_alpha(array)
    return hide_hidden(array)


def _pixels(image: Image.Image) -> RGBA:
    if image.mode == "RGB" and "transparency" not in image.info:
        # Pillow keeps four bytes for each pixel: taking them as they are is a third of the time of convert("RGBA").
        shape = (image.height, image.width, 4)
        return make_opaque(np.frombuffer(image.tobytes("raw", "RGBX"), np.uint8).reshape(shape))
    if image.mode.startswith(("I", "F")):
        return _from_deep_grey(image)
    return hide_hidden(np.asarray(image if image.mode == "RGBA" else image.convert("RGBA")))


def _from_deep_grey(image: Image.Image) -> RGBA:
    values = np.asarray(image).astype(np.float64)
    levels = np.clip(np.rint(values if image.mode == "F" else values / 257.0), 0, 255).astype(np.uint8)
    clear = image.info.get("transparency")
    alpha = np.where(values == clear, 0, 255) if isinstance(clear, int) else np.full(values.shape, 255)
    return hide_hidden(np.dstack([levels, levels, levels, alpha.astype(np.uint8)]))
