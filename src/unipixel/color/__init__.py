"""Colour: OKLab, palettes and their files, nearest colours, and reduction to a few of a picture's own colours."""

from unipixel.color.distinct import Distinct, count_colors, distinct_colors
from unipixel.color.oklab import distance, to_oklab, to_srgb
from unipixel.color.palette import Palette, nearest_colors, snap
from unipixel.color.palette_files import load_palette, palette_from_strip, parse_palette, save_palette
from unipixel.color.quantize import extract, quantize
from unipixel.color.shelf import builtin_palette, palette_names

__all__ = [
    "Distinct",
    "Palette",
    "builtin_palette",
    "count_colors",
    "distance",
    "distinct_colors",
    "extract",
    "load_palette",
    "nearest_colors",
    "palette_from_strip",
    "palette_names",
    "parse_palette",
    "quantize",
    "save_palette",
    "snap",
    "to_oklab",
    "to_srgb",
]
