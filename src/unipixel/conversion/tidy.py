"""The clean-ups that the options name, in the order in which they help each other: alpha, background, then pixels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from unipixel.cleanup import binarize_alpha, clean, majority_alpha, remove_background, with_alpha
from unipixel.conversion.options import Options
from unipixel.dither import find_dither
from unipixel.grid import Grid
from unipixel.image import RGBA


def tidy(frames: RGBA, pictures: Iterable[RGBA], grid: Grid, options: Options) -> RGBA:
    """Clean natives up as far as the options ask.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
        Natives.
    pictures : iterable of (H, W, 4) uint8
        What they were taken from.
    grid : Grid
        Of each picture.
    options : Options
    """
    if options.alpha == "threshold":
        frames = np.stack([binarize_alpha(frame, options.alpha_threshold) for frame in frames])
    elif options.alpha == "majority":
        frames = np.stack(
            [with_alpha(frame, majority_alpha(picture, grid)) for frame, picture in zip(frames, pictures, strict=True)]
        )
    if options.background is not None:
        how, tolerance = options.background, options.background_tolerance
        frames = np.stack([remove_background(frame, how, tolerance=tolerance) for frame in frames])
    if options.clean:
        # a dither that the artist drew is no dirt
        frames = np.stack([clean(frame, options.clean, keep=find_dither(frame)) for frame in frames])
    return frames
