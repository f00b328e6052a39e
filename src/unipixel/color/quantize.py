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
    image: npt.NDArray[np.uint8],
    colors: int | Literal["auto"] = 32,
    *,
    method: str = OURS,
    keep: Palette | None = None,
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
    keep : Palette, optional
        Colours that the palette has in any case. They count among ``colors``, and the rest is chosen for what they do
        not show; ``"auto"`` takes as many as without them, or as many as they are.

    Returns
    -------
    indices : (H, W) uint8
        Each pixel's nearest colour in OKLab.
    palette : Palette
        Dark to light; every colour occurs in the picture, or is kept.

    Raises
    ------
    PaletteError
        ``colors`` is not within 1 to 256 or less than are kept, or there is no such method.
    MissingExtra
        The method needs a package that is not installed.
    """
    if colors != "auto" and not 1 <= colors <= MAX_COLORS:
        raise PaletteError(f"can't reduce a picture to {colors} colours. Ask for 1 to {MAX_COLORS}, or auto.")
    if method not in METHODS:
        raise PaletteError(f"no method {method!r} to choose colours. There are: {', '.join(METHODS)}.")
    kept = np.empty((0, 3), np.uint8) if keep is None else np.unique(keep.colors, axis=0)
    if colors != "auto" and len(kept) > colors:
        raise PaletteError(f"{len(kept)} colours to keep are more than the {colors} that are wanted: ask for more.")
    distinct = distinct_colors(image)
    shown = _shown(image)
    counts = np.bincount(distinct.index[shown], minlength=len(distinct.colors))
    own, counts = distinct.colors[counts > 0], counts[counts > 0]
    wanted = max(enough_colors(own, counts), len(kept)) if colors == "auto" else colors
    chosen = _choose(image, shown, own, counts, wanted, method, kept)
    if colors == "auto":  # what was chosen may itself hold more than enough, and the next time fewer would be chosen
        while (fewer := max(enough_colors(chosen, np.ones(len(chosen), np.int64)), len(kept))) < len(chosen):
            chosen = _choose(image, shown, own, counts, fewer, method, kept)
    palette = Palette(chosen[np.argsort(to_oklab(chosen)[:, 0], kind="stable")])
    nearest = nearest_colors(distinct.colors, palette.colors).astype(np.uint8)
    return nearest[distinct.index], palette


def extract(
    image: npt.NDArray[np.uint8],
    colors: int | Literal["auto"] = 32,
    *,
    method: str = OURS,
    keep: Palette | None = None,
    name: str = "",
) -> Palette:
    """Take a palette of at most so many colours from a picture, dark to light; see :func:`quantize`."""
    return Palette(quantize(image, colors, method=method, keep=keep)[1].colors, name)


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
    kept: npt.NDArray[np.uint8],
) -> npt.NDArray[np.uint8]:
    """At most so many colours: those that are kept, and rows of the picture's ``own``."""
    if method == OURS or len(own) <= wanted:
        return choose_colors(own, counts, wanted, kept)
    given = OTHERS[method](image[..., :3], shown, wanted)
    found = own[np.unique(nearest_colors(given, own))]
    for color in kept:  # each takes the place of what it stands for best
        found = np.delete(found, nearest_colors(color[None], found), axis=0) if len(found) else found
    return np.concatenate([kept, found])
