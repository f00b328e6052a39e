"""A native image as colour numbers, and how far apart two of its colours look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color import distinct_colors, to_oklab
from unipixel.grid.pixels import pack
from unipixel.image import RGBA

Index: TypeAlias = npt.NDArray[np.int32]
"""``(h, w)`` int32: row of `Colors.table` that each pixel has."""

Mask: TypeAlias = npt.NDArray[np.bool_]
"""``(h, w)`` bool."""

NOTICEABLE = 0.02
"""Least distance in `appearance` that eyes notice: the classic 2.3 units of CIELAB, which for greys are 2.3 / 116."""

_K1, _K2 = 0.206, 0.03
"""Constants of Ottosson's toe, https://bottosson.github.io/posts/colorpicker/#intermission---a-new-lightness-estimate-for-oklab"""


@dataclass(frozen=True, eq=False)
class Colors:
    """The distinct colours of a native image, alpha included, and which pixel has which."""

    table: npt.NDArray[np.uint8]
    """``(n, 4)`` uint8. Everything fully transparent is one colour."""
    index: Index
    """``(h, w)`` int32; ``draw(index)`` is the picture."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """``(n,)`` int64: pixels of each colour."""
        return np.bincount(self.index.ravel(), minlength=len(self.table))

    @property
    def is_clear(self) -> npt.NDArray[np.bool_]:
        """``(n,)`` bool: colours that are fully transparent."""
        return np.asarray(self.table[:, 3] == 0)

    def draw(self, index: npt.NDArray[np.integer]) -> RGBA:
        """Give the picture ``(h, w, 4)`` of colour numbers ``(h, w)``."""
        drawn: RGBA = self.table[index]
        return drawn


def number_colors(native: RGBA) -> Colors:
    """Number the distinct colours of a native image ``(h, w, 4)`` without hidden colour."""
    alpha = native[..., 3]
    clear = alpha == 0
    if ((alpha == 255) | clear).all():  # quicker than sorting whole pixels
        distinct = distinct_colors(native)
        table = np.full((len(distinct.colors), 4), 255, np.uint8)
        table[:, :3] = distinct.colors
        if not clear.any():
            return Colors(table, distinct.index)
        if distinct.counts[0] == np.count_nonzero(clear):  # black is the first colour, and all of it is hidden
            table[0, 3] = 0
            return Colors(table, distinct.index)
        return Colors(
            np.vstack([table, np.zeros((1, 4), np.uint8)]), np.where(clear, np.int32(len(table)), distinct.index)
        )
    values, inverse = np.unique(pack(native), return_inverse=True)
    return Colors(values.view(np.uint8).reshape(-1, 4), inverse.reshape(alpha.shape).astype(np.int32))


def appearance(colors: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Points whose distances say how different colours look; alpha is left out.

    OKLab, drawn together towards black by Ottosson's toe: without it #000000 and #010101, which no screen shows apart,
    are three times `NOTICEABLE` away from one another.

    Parameters
    ----------
    colors : (..., 3|4) uint8, sRGB

    Returns
    -------
    (..., 3) float64
    """
    lab = to_oklab(colors).astype(np.float64)
    light = lab[..., :1]
    k3 = (1 + _K1) / (1 + _K2)
    bent = k3 * light - _K1
    toe = 0.5 * (bent + np.sqrt(bent * bent + 4 * _K2 * k3 * light))
    points: npt.NDArray[np.float64] = lab * np.divide(toe, light, out=np.zeros_like(light), where=light > 0)
    return points


def distances(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Lengths between points ``(..., 3)``, which broadcast."""
    lengths: npt.NDArray[np.float64] = np.sqrt(((first - second) ** 2).sum(-1))
    return lengths
