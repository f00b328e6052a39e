"""Palettes as files: text, Adobe's, RIFF, Aseprite's and pictures; read by content, written by name or ending."""

from unipixel.color.palette_files.formats import FORMATS, Format, encode_palette
from unipixel.color.palette_files.picture import palette_from_strip
from unipixel.color.palette_files.read import load_palette, parse_palette
from unipixel.color.palette_files.write import save_palette

__all__ = [
    "FORMATS",
    "Format",
    "encode_palette",
    "load_palette",
    "palette_from_strip",
    "parse_palette",
    "save_palette",
]
