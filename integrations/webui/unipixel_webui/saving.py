"""Files of pixel art: what the web UI saved as PNG is written anew as the core writes it, indexed."""

import logging
from pathlib import Path

import numpy as np
from PIL import Image

from .pictures import MARK
from .settings import INDEXED, setting


def register():
    """Be told of every picture that is saved."""
    from modules import script_callbacks

    script_callbacks.on_image_saved(write_indexed)


def write_indexed(saved):
    """Write a file anew, if it is a PNG of pixel art; its notes stay.

    Parameters
    ----------
    saved : ImageSaveParams
        The web UI's: the picture, and the name of its file.
    """
    from unipixel.conversion import encode_natives
    from unipixel.errors import UniPixelError
    from unipixel.files import write_atomic

    art, file = getattr(saved.image, MARK, None), Path(saved.filename)
    if art is None or file.suffix.lower() != ".png" or not setting(INDEXED):
        return
    native = _native(saved.image, art.zoom)
    if native is None:  # another extension drew on it
        return
    try:
        data = encode_natives(
            native[None], palette=art.palette, text=_notes(file), zoom=art.zoom, optimize=art.optimize
        )
        write_atomic(file, data)
    except (UniPixelError, OSError) as error:
        logging.warning("UniPixel left %s as the web UI saved it: %s", file, error)


def _native(picture, zoom):
    from unipixel.grid import upscale
    from unipixel.image import load_image

    pixels = load_image(picture)
    native = np.ascontiguousarray(pixels[::zoom, ::zoom])
    return native if np.array_equal(upscale(native, zoom), pixels) else None


def _notes(file):
    with Image.open(file) as saved:
        return dict(saved.text)
