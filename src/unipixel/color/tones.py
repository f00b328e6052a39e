"""How light, how colourful and how warm a picture is: its distinct colours, weighted by how much of it they cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import distinct_colors
from unipixel.color.oklab import to_oklab

GREY_CHROMA = 0.02
"""OKLab chroma below which a colour counts as grey."""

WARM = (320.0, 110.0)
"""Hues of evening skies in degrees of OKLab, from magenta over red and orange to yellow: many drawn sunsets are more
magenta than orange."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tones:
    """Distinct visible colours of a picture, each ``(n,)``."""

    share: _Floats
    """Share of the visible pixels that each covers; they add up to 1."""
    lightness: _Floats
    """OKLab lightness, 0 (black) to 1 (white)."""
    chroma: _Floats
    """OKLab chroma, 0 (grey) to about 0.32."""
    hue: _Floats
    """Degrees of OKLab, 0 to 360."""

    def light_at(self, quantile: float) -> float:
        """Lightness below which a share of the pixels lies, 0 to 1."""
        order = np.argsort(self.lightness)
        place = int(np.searchsorted(self.share[order].cumsum(), quantile - 1e-9))
        return float(self.lightness[order][min(place, len(order) - 1)])

    @property
    def contrast(self) -> float:
        """Lightness of the lightest twentieth above that of the darkest, 0 to 1."""
        return self.light_at(0.95) - self.light_at(0.05)

    @property
    def mean_chroma(self) -> float:
        """Mean chroma of the pixels."""
        return float((self.share * self.chroma).sum())

    @property
    def color_weight(self) -> _Floats:
        """Share of the pixels times chroma, ``(n,)``; 0 for grey colours: how much each colour tints the picture."""
        return self.share * np.where(self.chroma < GREY_CHROMA, 0.0, self.chroma)

    @property
    def warm_share(self) -> float:
        """Share of :attr:`color_weight` that has a hue of :data:`WARM`, 0 to 1; 0 for a grey picture."""
        weight = self.color_weight
        warm = (self.hue >= WARM[0]) | (self.hue <= WARM[1])
        return float(weight[warm].sum() / weight.sum()) if weight.sum() else 0.0


def tones_of(native: npt.NDArray[np.uint8], where: npt.NDArray[np.bool_] | None = None) -> Tones | None:
    """Tones of the visible pixels, or of some of them; None where there are none.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha
    where : (h, w) bool, optional
    """
    visible = native[..., 3] > 0
    pixels = native[visible if where is None else visible & where]
    if not len(pixels):
        return None
    distinct = distinct_colors(pixels[None])
    lab = to_oklab(distinct.colors).astype(np.float64)
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360.0
    return Tones(distinct.counts / distinct.counts.sum(), lab[:, 0], np.hypot(lab[:, 1], lab[:, 2]), hue)
