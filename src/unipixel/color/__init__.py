"""Colour: OKLab, palettes and their files, nearest colours, and reduction to a few of a picture's own colours."""

from unipixel.color.arrange import PaletteOrder, reduce_palette, sort_palette
from unipixel.color.distinct import Distinct, count_colors, distinct_colors
from unipixel.color.find import find_palette, known_palette
from unipixel.color.folder import choose_palette, palette_files
from unipixel.color.nearest import nearest_colors, nearest_lab, snap
from unipixel.color.oklab import distance, to_oklab, to_srgb
from unipixel.color.palette import Palette
from unipixel.color.palette_files import (
    encode_palette,
    load_palette,
    palette_from_strip,
    parse_palette,
    save_palette,
)
from unipixel.color.pool import pool_pixels
from unipixel.color.quantize import METHODS, extract, quantize
from unipixel.color.shelf import builtin_palette, palette_names, shelf_entry
from unipixel.color.swatches import draw_swatches

__all__ = [
    "METHODS",
    "Distinct",
    "Palette",
    "PaletteOrder",
    "builtin_palette",
    "choose_palette",
    "count_colors",
    "distance",
    "distinct_colors",
    "draw_swatches",
    "encode_palette",
    "extract",
    "find_palette",
    "known_palette",
    "load_palette",
    "nearest_colors",
    "nearest_lab",
    "palette_files",
    "palette_from_strip",
    "palette_names",
    "parse_palette",
    "pool_pixels",
    "quantize",
    "reduce_palette",
    "save_palette",
    "shelf_entry",
    "snap",
    "sort_palette",
    "to_oklab",
    "to_srgb",
]
