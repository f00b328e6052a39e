"""Error diffusion in linear light: what a pixel's colour lacks, its neighbours make up for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette
from unipixel.color.distinct import distinct_colors
from unipixel.color.light import BINS, HIGH, LOW, NearestLight, nearest_light
from unipixel.color.oklab import LUMINANCE, to_linear
from unipixel.dither.kernels import Kernel

_STEPS = 12
"""Steps towards the nearest light that a palette can show; on average .01 of OKLab from it."""
_GAIN = 1e-5
"""A step that brings the square of what is missing down by less is not taken."""

_Light = npt.NDArray[np.float64]


def diffuse(
    image: npt.NDArray[np.uint8],
    palette: Palette,
    kernel: Kernel,
    *,
    strength: float,
    serpentine: bool,
    still: npt.NDArray[np.bool_],
) -> npt.NDArray[np.uint8]:
    """Dither by error diffusion.

    Each pixel gets the colour nearest in OKLab to its own light plus what its neighbours owe. At 128x128 with 16
    colours that takes .06 s, at 512x512 .7 s on one core; at most so much, since natives are small.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
    palette : Palette
    kernel : Kernel
    strength : float
        Share of the error that is passed on, 0 to 1.
    serpentine : bool
        Walk every other row from right to left.
    still : (H, W) bool
        Pixels that take no error and give none; their index is 0.

    Returns
    -------
    (H, W) uint8
    """
    height, width = still.shape
    nearest = nearest_light(palette)
    scale = strength / kernel.divisor
    ahead = (kernel.ahead[0] * scale, kernel.ahead[1] * scale)
    # Two columns on each side and rows below take what leaves the picture.
    light = np.zeros((height + len(kernel.below), width + 4, 3))
    distinct = distinct_colors(image)
    light[:height, 2:-2] = _reachable(to_linear(distinct.colors), to_linear(palette.colors))[distinct.index]
    indices = np.zeros((height, width), np.uint8)
    for y in range(height):
        way = -1 if serpentine and y % 2 else 1
        row = light[y, 2:-2][::way]
        chosen, errors = _walk(row, still[y, ::way].tolist(), nearest, ahead)
        indices[y, ::way] = chosen
        for down, parts in enumerate(kernel.below, 1):
            for column, part in enumerate(parts[::way]):
                if part:
                    light[y + down, column : column + width] += errors[::way] * (part * scale)
    return indices


def _reachable(light: _Light, colors: _Light) -> _Light:
    """Bring light ``(n, 3)`` to the nearest that mixes of the palette's ``(k, 3)`` can show: into its convex hull.

    Beyond that, error would pile up without end: greys can't make up for missing red. Red, green and blue are weighed
    as for brightness, so that this is what is kept best. (Frank-Wolfe: step by step towards the colour that lies
    farthest in the direction of what is missing.)
    """
    weights = np.sqrt(LUMINANCE)
    goals, corners = light * weights, colors * weights
    mixed = np.repeat(corners.mean(axis=0)[None], len(goals), axis=0)
    moving = np.arange(len(goals))
    for _ in range(_STEPS):
        missing = goals[moving] - mixed[moving]
        ways = corners[(missing @ corners.T).argmax(axis=1)] - mixed[moving]
        gains = (missing * ways).sum(axis=1)
        is_worth = gains > _GAIN
        moving, ways, gains = moving[is_worth], ways[is_worth], gains[is_worth]
        mixed[moving] += np.minimum(gains / (ways * ways).sum(axis=1), 1.0)[:, None] * ways
    missing = goals - mixed
    # Beyond every colour in the direction of what is missing: certainly outside. All others stay as they are.
    is_outside = (missing @ corners.T).max(axis=1) < (missing * goals).sum(axis=1)
    reached: _Light = np.where(is_outside[:, None], mixed / weights, light)
    return reached


def _walk(
    row: _Light, still: list[bool], nearest: NearestLight, ahead: tuple[float, float]
) -> tuple[list[int], _Light]:
    """Walk one row: the colours chosen, ``(W,)``, and their errors, ``(W, 3)``.

    Within a row each pixel waits for the one before it, so this is plain Python, one pixel after the other; what goes
    to the rows below is left to numpy. Red, green and blue are spelled out for speed.
    """
    only, measure, colors = nearest.only, nearest.measure, nearest.light
    reds, greens, blues = nearest.steps
    one, two = ahead
    chosen: list[int] = []
    errors: list[tuple[float, float, float]] = []
    red1 = green1 = blue1 = red2 = green2 = blue2 = 0.0
    for (red, green, blue), is_still in zip(row.tolist(), still, strict=True):
        red0 = green0 = blue0 = 0.0
        index = 0
        if not is_still:
            if two:
                red += one * red1 + two * red2
                green += one * green1 + two * green2
                blue += one * blue1 + two * blue2
            else:
                red += one * red1
                green += one * green1
                blue += one * blue1
            if not (LOW <= red <= HIGH and LOW <= green <= HIGH and LOW <= blue <= HIGH):
                red, green, blue = (min(max(part, LOW), HIGH) for part in (red, green, blue))
            cell = reds[int((red - LOW) * BINS)] + greens[int((green - LOW) * BINS)] + blues[int((blue - LOW) * BINS)]
            index = only[cell]
            if index < 0:
                index = measure(cell, red, green, blue)
            red0, green0, blue0 = colors[index]
            red0, green0, blue0 = red - red0, green - green0, blue - blue0
        chosen.append(index)
        errors.append((red0, green0, blue0))
        if two:
            red2, green2, blue2 = red1, green1, blue1
        red1, green1, blue1 = red0, green0, blue0
    return chosen, np.array(errors)
