"""Dithering: mixes of a palette's colours, and the dithers that an artist drew, found and kept."""

from unipixel.dither.authored import find_dither
from unipixel.dither.dither import DITHERS, DitherMethod, dither

__all__ = ["DITHERS", "DitherMethod", "dither", "find_dither"]
