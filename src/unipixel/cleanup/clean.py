"""The clean-ups by name, in the order in which they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from unipixel.cleanup.colors import Mask
from unipixel.cleanup.halo import remove_halo
from unipixel.cleanup.jaggies import smooth_jaggies
from unipixel.cleanup.near import merge_near_duplicates
from unipixel.cleanup.orphans import remove_orphans
from unipixel.cleanup.outline import close_outline
from unipixel.errors import ImageError
from unipixel.image import RGBA

_RULES: dict[str, tuple[str, Callable[[RGBA, Mask | None], RGBA]]] = {
    # mixtures must go before they are merged with one another, and colours be one before pixels count as alike;
    # a gap that is closed may double a corner, a corner that is taken out never opens a line
    "halo": ("mixed pixels around a figure become figure or ground", remove_halo),
    "near-duplicates": ("colours that eyes can't tell apart become one", merge_near_duplicates),
    "orphans": ("stray single pixels, near in colour to the patch that they lie in, go", remove_orphans),
    "outline": ("gaps of one pixel in a dark outline are closed", close_outline),
    "jaggies": ("doubled corner pixels of lines go", smooth_jaggies),
}

CLEANUPS: dict[str, str] = {name: told for name, (told, _) in _RULES.items()}
"""Each clean-up's name and what it does in a line, in the order in which they are applied."""


def clean(native: RGBA, names: Iterable[str], *, keep: Mask | None = None) -> RGBA:
    """Apply clean-ups to a native image, in the order of `CLEANUPS` whatever the order of their names.

    Each changes nothing where its flaw is not, gives pixels colours of the picture only, and changes nothing when it is
    applied again.

    Parameters
    ----------
    native : (h, w, 4) uint8
        Straight alpha, without hidden colour.
    names : iterable of str
        Of `CLEANUPS`; none leave the picture as it is.
    keep : (h, w) bool, optional
        Pixels that are not to change, such as dithering that the artist drew.

    Returns
    -------
    (h, w, 4) uint8
        Never the input itself.

    Raises
    ------
    ImageError
        There is no such clean-up, or ``keep`` has another size.
    """
    wanted = set(names)
    if unknown := sorted(wanted - set(CLEANUPS)):
        raise ImageError(f"there is no clean-up {unknown[0]!r}. Choose of {', '.join(CLEANUPS)}.")
    if keep is not None and keep.shape != native.shape[:2]:
        raise ImageError(f"a mask of {keep.shape[::-1]} does not fit a picture of {native.shape[1::-1]} px.")
    cleaned: RGBA = native.copy()
    for name, (_, rule) in _RULES.items():
        if name in wanted:
            cleaned = rule(cleaned, keep)
    return cleaned
