"""One question of the benchmark: a picture, and the native image that it was made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

VERSION = "1"
"""Part of every seed: a change of what a case means gets a new one."""

Pixels = npt.NDArray[np.uint8]
Lines = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Case:
    """A damaged picture and its truth.

    Attributes
    ----------
    image : (H, W, 3) uint8
        The picture that a tool gets.
    native : (h, w, 3) uint8 or None
        The truth, border cells that are cut included; None for a picture without a grid.
    rows, cols : (h + 1,), (w + 1,) float
        Borders of the cells in canvas px, from 0 to H and W; empty without a grid.
    scored : (h, w) bool
        Cells whose colour counts: wholly visible, and nothing lies over them.
    least : (h, w)
        Cells that are wholly visible; sizes from here to the native's are right, as border cells may be kept or not.
    """

    image: Pixels
    native: Pixels | None
    rows: Lines
    cols: Lines
    scored: npt.NDArray[np.bool_]
    least: tuple[int, int]

    @property
    def cell(self) -> tuple[float, float]:
        """Median height and width of a cell in canvas px; zeros without a grid."""
        if self.native is None:
            return 0.0, 0.0
        return float(np.median(np.diff(self.rows))), float(np.median(np.diff(self.cols)))


def whole_case(image: Pixels, native: Pixels, rows: Lines, cols: Lines) -> Case:
    """Build a case of which every cell is visible and counts."""
    size = (native.shape[0], native.shape[1])
    return Case(image, native, np.asarray(rows, float), np.asarray(cols, float), np.ones(size, bool), size)


def native_case(native: Pixels) -> Case:
    """Build the case of native art as it is."""
    return whole_case(native, native, np.arange(native.shape[0] + 1.0), np.arange(native.shape[1] + 1.0))


def gridless_case(image: Pixels) -> Case:
    """Build the case of a picture without a grid."""
    return Case(image, None, np.empty(0), np.empty(0), np.empty((0, 0), bool), (0, 0))


def rng_for(*parts: str) -> np.random.Generator:
    """Random numbers that follow from names alone: sha256 of ``version|part|part``."""
    digest = hashlib.sha256("|".join((VERSION, *parts)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
