"""The web UI's pictures, which are Pillow's, to natives and back."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

MARK = "unipixel_art"
"""Attribute of a picture that is pixel art; the picture's copies don't have it."""


@dataclass(frozen=True)
class Art:
    """What a picture's file needs to know besides its pixels."""

    zoom: int
    palette: Any
    optimize: bool


@dataclass(frozen=True)
class Converted:
    """A native, and how it is shown."""

    native: Any
    """``(h, w, 4)`` uint8."""
    palette: Any
    options: Any

    @property
    def shown(self):
        """The picture, enlarged as the options say."""
        return self._picture(self.options.zoom)

    @property
    def at_native_size(self):
        """The picture at true resolution."""
        return self._picture(1)

    def _picture(self, zoom):
        from unipixel.grid import upscale

        opaque = self.native[..., 3].min() == 255
        pixels = upscale(self.native, zoom)
        picture = Image.fromarray(pixels[..., :3].copy() if opaque else pixels)
        setattr(picture, MARK, Art(zoom, self.palette, self.options.optimize))
        return picture


def convert_picture(picture, given):
    """Convert one picture.

    Parameters
    ----------
    picture : PIL image
    given : mapping
        Option to value.

    Raises
    ------
    UniPixelError
        The options or the picture won't do; in the words of the panel.
    """
    from unipixel.conversion import convert_with, in_form_words
    from unipixel.errors import OptionError, UniPixelError

    from .asked import read_asked

    try:
        options = read_asked(given)
        made = convert_with(picture, options)
    except UniPixelError as error:
        raise OptionError(in_form_words(str(error))) from error
    return Converted(made.native, made.palette, options)
