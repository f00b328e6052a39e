"""Colours of a palette for natives: fixed or automatic, plain or dithered; one palette for all frames."""

from __future__ import annotations

import os

import numpy as np

from unipixel.color import Palette, find_palette, quantize
from unipixel.conversion.options import Options
from unipixel.dither import dither
from unipixel.image import RGBA


def recolor(frames: RGBA, options: Options) -> tuple[RGBA, Palette | None]:
    """Give frames the colours that the options ask for.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
        Natives. Alpha stays as it is; fully transparent pixels have no say.
    options : Options

    Returns
    -------
    frames : (n, h, w, 4) uint8
    palette : Palette or None
        None where no palette was asked for: the frames come back as they were.
    """
    indices = None
    if options.palette is not None:
        palette = as_palette(options.palette)
    elif options.colors is not None:
        tall = frames.reshape(-1, *frames.shape[2:])
        keep = None if options.keep is None else as_palette(options.keep)
        indices, palette = quantize(tall, options.colors, method=options.quantizer, keep=keep)
    else:
        return frames, None
    if indices is None or options.dither != "none":
        indices = np.concatenate([_dither(frame, palette, options) for frame in frames])
    shown = frames.copy()
    shown[..., :3] = palette.colors[indices].reshape(*frames.shape[:3], 3)
    shown[frames[..., 3] == 0] = 0
    return shown, palette


def as_palette(palette: Palette | str | os.PathLike[str]) -> Palette:
    """A palette, whatever stands for it: a name, colours, or a file."""
    return palette if isinstance(palette, Palette) else find_palette(os.fspath(palette))


def _dither(frame: RGBA, palette: Palette, options: Options) -> RGBA:
    """Indices ``(h, w)`` uint8; without dithering too, a dither that the artist drew stays one."""
    return dither(
        frame, palette, method=options.dither, strength=options.dither_strength, serpentine=options.serpentine
    )
