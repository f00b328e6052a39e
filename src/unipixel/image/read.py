"""Read a picture, whatever it comes as, into one array layout."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from unipixel.errors import ImageError
from unipixel.image.limits import MAX_PIXELS
from unipixel.image.pixels import RGBA, hide_hidden

ImageSource: TypeAlias = "str | os.PathLike[str] | bytes | Image.Image | npt.NDArray[np.uint8]"


def load_image(source: ImageSource) -> RGBA:
    """Read a picture into an array.

    EXIF rotation is applied; palettes, grey, 16-bit and CMYK pictures become RGBA. The colour below
    fully transparent pixels is set to black, so that a hidden colour can never leak.

    Parameters
    ----------
    source : path, bytes, PIL image or (H, W, 3|4) uint8 array

    Returns
    -------
    (H, W, 4) uint8, straight alpha, sRGB

    Raises
    ------
    ImageError
        Not a picture, cut short, empty, too large, or an array of another shape.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        return _from_pillow(source, "image")
    name = "image" if isinstance(source, bytes) else os.fspath(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else Path(source)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ImageError(f"{name}: {image.width}x{image.height} pixels are more than UniPixel reads.")
                return _from_pillow(image, name)
    except UnidentifiedImageError:
        raise ImageError(f"{name}: not a picture that can be read. Use PNG, JPEG, WebP, GIF or BMP.") from None
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ImageError(f"{name}: the picture is damaged ({error}).") from None
    except FileNotFoundError:
        raise ImageError(f"{name}: there is no such file.") from None
    except OSError as error:
        raise ImageError(f"{name}: can't be read ({error.strerror or error}).") from None


def _from_array(array: npt.NDArray[np.uint8]) -> RGBA:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] not in (3, 4) or 0 in array.shape:
        raise ImageError(f"an image must be an (H, W, 3) or (H, W, 4) uint8 array, not {array.shape} {array.dtype}.")
    if array.shape[2] == 3:
        return np.dstack([array, np.full(array.shape[:2], 255, np.uint8)])
    return hide_hidden(array.copy())


def _from_pillow(image: Image.Image, name: str) -> RGBA:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith(("I", "F")):
        upright = _sixteen_bit(upright)
    array = np.asarray(upright.convert("RGBA"))
    if 0 in array.shape:
        raise ImageError(f"{name}: the picture has no pixels.")
    return hide_hidden(array.copy())


def _sixteen_bit(image: Image.Image) -> Image.Image:
    values = np.asarray(image).astype(np.float64)
    if image.mode != "F":
        values = values / 257.0
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
