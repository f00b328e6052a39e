"""Grids that a person knows something about: the scale, the native size, a line of it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from unipixel.errors import GridMismatch
from unipixel.grid.model import Grid
from unipixel.image import RGBA

Scale = float | tuple[float, float]
"""Canvas px per native px, or ``(height, width)`` where they differ."""

FINE = 1 / 16
"""Canvas px between the offsets tried where cells are no whole number of pixels."""


def known_grid(
    stack: RGBA, scale: Scale | None, native_size: tuple[int, int] | None, offset: tuple[float, float] | None
) -> Grid:
    """Grid of one frame of a stack, from what is known of it; see `unipixel.grid.recover_frames`.

    Parameters
    ----------
    stack : (n, H, W, 4) uint8
    scale : float or (height, width), optional
    native_size : (h, w), optional
    offset : (row, col), optional

    Raises
    ------
    GridMismatch
        It does not fit the picture, or contradicts itself.
    """
    canvas = (stack.shape[1], stack.shape[2])
    if native_size is not None:
        if scale is not None or offset is not None:
            raise GridMismatch("give the native size alone, or the scale with or without an offset: they may disagree.")
        return Grid.spanning(native_size, canvas)
    if scale is None:
        raise GridMismatch("an offset needs a scale: give both.")
    return Grid.regular(scale, canvas, offset=offset if offset is not None else find_phase(stack, scale))


def find_phase(stack: RGBA, scale: Scale) -> tuple[float, float]:
    """Offset (row, col) at which a known cell size agrees best with the steps between pixels.

    Parameters
    ----------
    stack : (n, H, W, 4) uint8
    scale : float or (height, width)
    """
    height, width = (scale, scale) if isinstance(scale, (int, float)) else scale
    values = stack.astype(np.int16)
    by_row = np.abs(np.diff(values, axis=1)).sum((0, 2, 3), dtype=np.int64)
    by_col = np.abs(np.diff(values, axis=2)).sum((0, 1, 3), dtype=np.int64)
    return _phase(by_row, height), _phase(by_col, width)


def _phase(steps: npt.NDArray[np.int64], pitch: float) -> float:
    """Offset whose lines hold most of the steps; of a range of such offsets, the middle."""
    whole = float(pitch).is_integer()
    tried = np.arange(0, math.ceil(pitch) if whole else pitch, 1.0 if whole else FINE)
    on = []
    for offset in tried:
        lines = np.ceil(offset + np.arange(len(steps) // pitch + 2) * pitch - 0.5 - 1e-9).astype(np.int64) - 1
        on.append(int(steps[lines[(lines >= 0) & (lines < len(steps))]].sum()))
    most = int(np.argmax(on))
    if whole:
        return float(tried[most])
    end = next((place for place in range(most, len(on)) if on[place] < on[most]), len(on))
    return float(tried[most] + tried[end - 1]) / 2
