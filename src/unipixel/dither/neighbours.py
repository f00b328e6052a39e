"""Colours of a palette that may be mixed: those with no third colour between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette, to_oklab


def natural_neighbours(palette: Palette) -> npt.NDArray[np.bool_]:
    """Which pairs of colours have no other colour between them: the Gabriel graph of the palette in OKLab.

    A third colour lies between two where it is in the ball whose diameter is the two. So black and white are mixed
    where there is nothing else, but not where there is a grey: dithers of colours far apart are noise to the eye.

    Parameters
    ----------
    palette : Palette

    Returns
    -------
    (k, k) bool
        Symmetric; no colour is its own neighbour, nor that of a colour equal to it.
    """
    lab = to_oklab(palette.colors).astype(np.float64)
    squares = ((lab[:, None] - lab) ** 2).sum(axis=-1)
    neighbours = np.empty(squares.shape, bool)
    for row, away in enumerate(squares):
        # Thales: seen from within the ball the angle is obtuse. Ends themselves give equality, rounding a little less.
        neighbours[row] = (away[:, None] <= away + squares + 1e-9).all(axis=1)
    both: npt.NDArray[np.bool_] = neighbours & neighbours.T & (squares > 0)
    return both
