"""The part of a frame that has changed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Box(NamedTuple):
    """A part of a picture, in px; right and bottom are not in it."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """View of that part of a picture."""
        return picture[self.top : self.bottom, self.left : self.right]


def box_around(changed: npt.NDArray[np.bool_]) -> Box:
    """Smallest part that holds all changed pixels.

    Parameters
    ----------
    changed : (H, W) bool

    Returns
    -------
    Box
        One pixel at the top left where nothing has changed: formats know no empty frame.
    """
    rows, cols = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        return Box(0, 0, 1, 1)
    return Box(int(cols[0]), int(rows[0]), int(cols[-1]) + 1, int(rows[-1]) + 1)
