"""The one layout of pictures in memory."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RGBA: TypeAlias = npt.NDArray[np.uint8]
"""``(H, W, 4)`` uint8, straight alpha, sRGB; axes (row, col, channel)."""


def hide_hidden(array: RGBA) -> RGBA:
    """Set the colour below fully transparent pixels to black, in place, so that a hidden colour can never leak."""
    hidden = array[..., 3] == 0
    if hidden.any():
        array[hidden] = 0
    return array
