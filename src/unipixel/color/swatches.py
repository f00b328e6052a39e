"""Draw a palette as swatches."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color.palette import Palette


def draw_swatches(palette: Palette, *, size: int = 32, columns: int = 16) -> npt.NDArray[np.uint8]:
    """Draw a palette as square swatches in reading order.

    Parameters
    ----------
    palette : Palette
    size : int
        Px of a swatch's side, 1 or more.
    columns : int
        Most swatches in a row, 1 or more.

    Returns
    -------
    (H, W, 4) uint8
        What is left of the last row is transparent, so that the picture reads back as this palette.
    """
    width = min(columns, len(palette))
    height = -(-len(palette) // width)
    cells = np.zeros((height * width, 4), np.uint8)
    cells[: len(palette), :3] = palette.colors
    cells[: len(palette), 3] = 255
    return cells.reshape(height, width, 4).repeat(size, axis=0).repeat(size, axis=1)
