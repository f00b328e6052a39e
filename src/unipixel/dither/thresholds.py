"""Threshold matrices: at which share of the lighter colour a pixel turns to it, by its position alone."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Thresholds = npt.NDArray[np.float64]
"""``(n, m)`` float64 between 0 and 1, to be repeated over the picture."""

THRESHOLDS = ("bayer-2", "bayer-4", "bayer-8", "bayer-16", "blue-noise", "checker", "lines")
"""Names of the matrices."""

_DRAWN = {"checker": [[0, 1], [1, 0]], "lines": [[0], [1]]}
"""Ranks of those that are drawn, not computed."""

_Item = TypeVar("_Item", bound=np.generic)


def bayer(side: int) -> npt.NDArray[np.int64]:
    """Bayer's matrix: ranks from 0 to side^2 - 1, each as far from the last ones as can be.

    B. Bayer, "An optimum method for two-level rendition of continuous-tone pictures", ICC 1973.

    Parameters
    ----------
    side : int
        A power of two.

    Returns
    -------
    (side, side) int64
    """
    ranks = np.zeros((1, 1), np.int64)
    while len(ranks) < side:
        ranks = np.block([[4 * ranks, 4 * ranks + 2], [4 * ranks + 3, 4 * ranks + 1]])
    return ranks


@lru_cache
def blue_noise() -> npt.NDArray[np.uint16]:
    """Ranks without a visible order, ``(64, 64)`` uint16, made by ``scripts/blue_noise.py``."""
    with files("unipixel.dither").joinpath("blue_noise.npy").open("rb") as file:
        ranks: npt.NDArray[np.uint16] = np.load(file)
    ranks.setflags(write=False)
    return ranks


def thresholds(name: str) -> Thresholds:
    """Make a matrix of :data:`THRESHOLDS`; n ranks become ``(rank + 1/2) / n``, so that 0 and 1 are never reached."""
    if name == "blue-noise":
        ranks = blue_noise().astype(np.int64)
    else:
        ranks = np.array(_DRAWN[name]) if name in _DRAWN else bayer(int(name.removeprefix("bayer-")))
    made: Thresholds = (ranks + 0.5) / (ranks.max() + 1)
    return made


def tiled(matrix: npt.NDArray[_Item], shape: tuple[int, ...]) -> npt.NDArray[_Item]:
    """Repeat a matrix over a picture of a shape, from the top left corner."""
    rows, columns = (np.arange(length) % side for length, side in zip(shape, matrix.shape, strict=True))
    return matrix[np.ix_(rows, columns)]
