"""Reduce a picture to a few of its own colours."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import distinct_colors
from unipixel.color.enough import enough_colors
from unipixel.color.groups import choose_colors
from unipixel.color.nearest import nearest_colors
from unipixel.color.oklab import to_oklab
from unipixel.color.others import OTHERS
from unipixel.color.palette import MAX_COLORS, Palette
from unipixel.errors import PaletteError

OURS = "oklab"

METHODS = (OURS, *OTHERS)
"""Names of all ways to choose the colours."""


def quantize(
    image: npt.NDArray[np.uint8], colors: int | Literal["auto"] = 32, *, method: str = OURS
) -> tuple[npt.NDArray[np.uint8], Palette]:
    """Reduce a picture to at most so many of its own colours.

    A picture that has no more colours than that comes back exactly as it was, and the result does when it is reduced
    again. The same picture always gives the same result.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        Pixels with alpha 0 have no say in the choice of colours, but get an index too.
    colors : int or "auto"
        1 to 256; ``"auto"`` keeps what eyes tell apart, see :func:`unipixel.color.enough.enough_colors`.
    method : str
        One of `METHODS`. ``"oklab"``, our own, groups the colours in OKLab so that small accents get a place of their
        own (:func:`unipixel.color.groups.choose_colors`). The others are Pillow's and, with the extra ``imagequant``,
        libimagequant's: each colour they choose is replaced by the nearest one that occurs in the picture.

    Returns
    -------
    indices : (H, W) uint8
        Each pixel's nearest colour in OKLab.
    palette : Palette
        Dark to light; every colour occurs in the picture.

    Raises
    ------
    PaletteError
        ``colors`` is not within 1 to 256, or there is no such method.
    MissingExtra
        The method needs a package that is not installed.
    """
    if colors != "auto" and not 1 <= colors <= MAX_COLORS:
        raise PaletteError(f"can't reduce a picture to {colors} colours. Ask for 1 to {MAX_COLORS}, or auto.")
    if method not in METHODS:
        raise PaletteError(f"no method {method!r} to choose colours. There are: {', '.join(METHODS)}.")
    distinct = distinct_colors(image)
    shown = _shown(image)
    counts = np.bincount(distinct.index[shown], minlength=len(distinct.colors))
    own, counts = distinct.colors[counts > 0], counts[counts > 0]
    chosen = _choose(image, shown, own, counts, enough_colors(own, counts) if colors == "auto" else colors, method)
    if colors == "auto":  # what was chosen may itself hold more than enough, and the next time fewer would be chosen
        while (fewer := enough_colors(chosen, np.ones(len(chosen), np.int64))) < len(chosen):
            chosen = _choose(image, shown, own, counts, fewer, method)
    palette = Palette(chosen[np.argsort(to_oklab(chosen)[:, 0], kind="stable")])
    nearest = nearest_colors(distinct.colors, palette.colors).astype(np.uint8)
    return nearest[distinct.index], palette


def extract(
    image: npt.NDArray[np.uint8], colors: int | Literal["auto"] = 32, *, method: str = OURS, name: str = ""
) -> Palette:
    """Take a palette of at most so many colours from a picture, dark to light; see :func:`quantize`."""
    return Palette(quantize(image, colors, method=method)[1].colors, name)


def _shown(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which pixels have a say: those that are not wholly transparent, or all where there are no others."""
    shown: npt.NDArray[np.bool_] = image[..., 3] > 0 if image.shape[-1] == 4 else np.ones(image.shape[:2], bool)
    return shown if shown.any() else ~shown


def _choose(
    image: npt.NDArray[np.uint8],
    shown: npt.NDArray[np.bool_],
    own: npt.NDArray[np.uint8],
    counts: npt.NDArray[np.int64],
    wanted: int,
    method: str,
) -> npt.NDArray[np.uint8]:
    """At most so many rows of the picture's ``own`` colours."""
    if method == OURS or len(own) <= wanted:
        return choose_colors(own, counts, wanted)
    given = OTHERS[method](image[..., :3], shown, wanted)
    return own[np.unique(nearest_colors(given, own))]
