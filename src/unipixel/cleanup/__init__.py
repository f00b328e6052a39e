"""Clean-up of a native image, each part by name and off by default; background and alpha."""

from unipixel.cleanup.alpha import binarize_alpha, majority_alpha, with_alpha
from unipixel.cleanup.background import remove_background
from unipixel.cleanup.clean import CLEANUPS, clean

__all__ = ["CLEANUPS", "binarize_alpha", "clean", "majority_alpha", "remove_background", "with_alpha"]
