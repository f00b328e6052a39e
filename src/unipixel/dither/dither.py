"""One call for every way of dithering."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette, snap
from unipixel.dither.authored import keep_authored
from unipixel.dither.diffuse import diffuse
from unipixel.dither.kernels import KERNELS
from unipixel.dither.ordered import mix_pattern, threshold_pairs
from unipixel.errors import PaletteError

DitherMethod: TypeAlias = Literal[
    "none",
    "bayer-2",
    "bayer-4",
    "bayer-8",
    "bayer-16",
    "blue-noise",
    "checker",
    "lines",
    "pattern",
    "floyd-steinberg",
    "false-floyd-steinberg",
    "atkinson",
    "jarvis-judice-ninke",
    "stucki",
    "burkes",
    "sierra",
    "sierra-two-row",
    "sierra-lite",
]

DITHERS: dict[DitherMethod, str] = {
    "none": "each pixel the nearest colour",
    "bayer-2": "ordered, 2x2: few even shades, like hand-drawn dithers",
    "bayer-4": "ordered, 4x4: the classic cross-hatch of old games",
    "bayer-8": "ordered, 8x8: smooth ramps, a fine weave",
    "bayer-16": "ordered, 16x16: the smoothest ramps, for large areas",
    "blue-noise": "ordered without a visible pattern: even grain",
    "checker": "plain colours and checkerboards of two, nothing between",
    "lines": "plain colours and rows of two in turn, nothing between",
    "pattern": "ordered, 4x4, of as many colours as it takes: for palettes of few hues",
    "floyd-steinberg": "error diffusion: true to fine shades, for photographs",
    "false-floyd-steinberg": "error diffusion with the smallest kernel: coarse",
    "atkinson": "error diffusion of three quarters: more contrast, clean lights and darks",
    "jarvis-judice-ninke": "error diffusion over three rows: smooth, a little soft",
    "stucki": "error diffusion over three rows: smooth, a little crisper",
    "burkes": "error diffusion over two rows: Stucki's, shortened",
    "sierra": "error diffusion over three rows: between Stucki's and Floyd-Steinberg's",
    "sierra-two-row": "error diffusion over two rows: Sierra's, shortened",
    "sierra-lite": "error diffusion with a small kernel: close to Floyd-Steinberg's",
}
"""Every method with one line on what it looks like, for help texts."""


def dither(
    image: npt.NDArray[np.uint8],
    palette: Palette,
    *,
    method: DitherMethod = "floyd-steinberg",
    strength: float = 1.0,
    serpentine: bool = True,
    keep: Literal["authored"] | npt.NDArray[np.bool_] | None = "authored",
) -> npt.NDArray[np.uint8]:
    """Show a picture in the colours of a palette, mixing them where none fits.

    Light adds up, so mixes are of linear light: from a distance a dithered area has the light of the colour that it
    stands for. (Atkinson's kernel drops a quarter of each error on purpose. Ordered methods mix neighbouring colours
    alone, and keep the light where the colour lies between two.) Which colour is nearest is asked in OKLab. Ordered
    methods look at a pixel's colour and place only, so that what does not change in an animation does not flicker.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        Native art: a dither is one of native pixels. Pixels with alpha 0 take no part; they get some index.
    palette : Palette
    method : str
        One of :data:`DITHERS`.
    strength : float
        0 is the same as ``none``, 1 all of it; between, only the middle of each ramp is dithered.
    serpentine : bool
        Error diffusion walks every other row from right to left, which breaks up its worms.
    keep : "authored", (H, W) bool, or None
        Areas that get plain nearest colours. ``"authored"``: the dithers that the artist drew, as
        :func:`~unipixel.dither.find_dither` finds them; their two colours stay two where the palette has a pair that
        serves as well. This holds for every method, ``none`` too.

    Returns
    -------
    (H, W) uint8
        Index of each pixel's colour; ``palette.colors[indices]`` is the picture. No random numbers.

    Raises
    ------
    PaletteError
        There is no such method, the strength is not within 0 to 1, or ``keep`` has another shape than the image.
    """
    if method not in DITHERS:
        raise PaletteError(f"there is no dithering {method!r}. Choose one of {', '.join(DITHERS)}.")
    if not 0 <= strength <= 1:
        raise PaletteError(f"a dithering strength of {strength} is not within 0 to 1. Give 0 for none, 1 for all.")
    plain, kept = _plain(image, palette, keep)
    if method == "none" or strength == 0 or len(palette) == 1:
        return plain
    if image.shape[2] == 4:
        kept = kept | (image[..., 3] == 0)
    return np.where(kept, plain, _dithered(image, palette, method, strength, serpentine, kept))


def _plain(
    image: npt.NDArray[np.uint8], palette: Palette, keep: Literal["authored"] | npt.NDArray[np.bool_] | None
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Nearest colours and where to keep them."""
    shape = image.shape[:2]
    if keep is None:
        return snap(image, palette), np.zeros(shape, bool)
    if isinstance(keep, str):
        return keep_authored(image, palette)
    if keep.shape != shape:
        raise PaletteError(f"the mask to keep has the shape {keep.shape}, the image {shape}. Give one of the image's.")
    return snap(image, palette), keep.astype(bool)


def _dithered(
    image: npt.NDArray[np.uint8],
    palette: Palette,
    method: DitherMethod,
    strength: float,
    serpentine: bool,
    still: npt.NDArray[np.bool_],
) -> npt.NDArray[np.uint8]:
    if method in KERNELS:
        return diffuse(image, palette, KERNELS[method], strength=strength, serpentine=serpentine, still=still)
    if method == "pattern":
        return mix_pattern(image, palette, strength=strength)
    return threshold_pairs(image, palette, method, strength=strength)
