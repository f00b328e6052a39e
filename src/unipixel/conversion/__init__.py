"""Convert: any image to true pixel art."""

from unipixel.conversion.convert import Conversion, convert, save_conversion

__all__ = ["Conversion", "convert", "save_conversion"]
