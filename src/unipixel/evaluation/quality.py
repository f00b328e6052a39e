"""Quality of true pixel art without a ground truth: what is good, what is off, and which option mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import Colors, appearance, distances, number_colors
from unipixel.cleanup.near import find_targets
from unipixel.cleanup.orphans import Looks, find_stray
from unipixel.cleanup.ring import find_lone
from unipixel.errors import ImageError
from unipixel.evaluation.blocks import find_block_size
from unipixel.image import RGBA

DOUBTFUL = 0.5
"""Doubt from which the colour of a native pixel is a guess, see `unipixel.grid.Recovery.doubt`."""

COMPARED = 256
"""Colours that are compared with one another, the most frequent first: what an indexed picture holds."""

SMALL_STEP = 0.05
"""Change of a pixel's looks between frames up to which it may be flicker of a shade; motion mostly steps farther."""

CERTAIN, GUESS = 0.9, 0.5
"""Confidence from which a grid is called certain, and below which it is called a guess."""

MANY_DOUBTFUL = 0.05
"""Share of doubtful pixels that is worth a word: PNG and WebP natives at the right grid have up to 0.01, JPEG 0.04."""

MANY_ALIKE, ALIKE_SHARE = 8, 0.25
"""Near-duplicates, and their share of the colours, that are worth a word. Of clean art with at most 64 colours 90 %
has fewer, of natives read from JPEG or WebP 19 %."""

MANY_STRAY = 0.005
"""Share of stray pixels that is worth a word: 3 % of clean art has more, and a third of what is read from JPEG."""

MUCH_FLICKER = 0.01
"""Share of flickering pixels that is worth a word."""


@dataclass(frozen=True)
class Quality:
    """What can be said of a native image, or an animation's, without the picture that was meant."""

    native_size: tuple[int, int]
    """``(h, w)`` in native px."""

    confidence: float | None
    """0 to 1: how likely it is that the grid is right; None where nobody said."""

    colors: int
    """Distinct colours with their alpha, everything fully transparent left out; of the first frame. At least 0."""

    near_duplicates: int
    """Colours among the `COMPARED` most frequent that look like a more frequent one, 0 to 255.

    Less than `unipixel.cleanup.colors.NOTICEABLE` apart: so many the clean-up ``near-duplicates`` takes away.
    """

    orphans: int
    """Visible pixels none of whose eight neighbours has their colour, 0 to h * w. Textures and details have many."""

    orphan_share: float
    """Orphans as a share of the visible pixels, 0 to 1."""

    stray_pixels: int
    """Orphans that look like noise, 0 to h * w: those that the clean-up ``orphans`` takes away first."""

    translucent: int
    """Pixels that are neither opaque nor fully transparent, 0 to h * w. 0 in most true pixel art."""

    block_size: int
    """Native px on a side of the squares that the native is drawn in, 1 to 8; 1 where each pixel stands for itself.

    Above 1 its grid is too fine, or the art was drawn so. See `unipixel.evaluation.blocks`.
    """

    doubtful_share: float | None
    """Share of native pixels whose colour is a guess, 0 to 1; None where nobody said.

    Their canvas pixels lie half of `unipixel.grid.doubt.WORST` and more from that colour: mixels, or a wrong grid.
    """

    flicker: float | None
    """Share of pixels that go to a shade at most `SMALL_STEP` away and come back in the frame after, 0 to 1.

    The mean over all runs of three frames, of pixels visible in all three; None below three frames. Motion steps
    farther, and a fade does not come back.
    """

    verdict: str
    """One or two sentences for a person: what is good, or what is off and which option mends it."""

    def to_dict(self) -> dict[str, object]:
        """All fields as JSON types; ``native_size`` as a list (h, w)."""
        return {**asdict(self), "native_size": list(self.native_size)}


def measure_quality(
    native: RGBA,
    *,
    confidence: float | None = None,
    doubt: npt.NDArray[np.floating] | None = None,
    frames: RGBA | None = None,
) -> Quality:
    """Measure what shows the quality of a native image by itself.

    Parameters
    ----------
    native : (h, w, 4) uint8
        Straight alpha, without hidden colour.
    confidence : float, optional
        0 to 1: the grid's, such as `unipixel.grid.Recovery.confidence`; 1 where it was given.
    doubt : (h, w) float, optional
        0 to 1, such as `unipixel.grid.Recovery.doubt`.
    frames : (n, h, w, 4) uint8, optional
        All natives of an animation, to measure flicker.

    Returns
    -------
    Quality

    Raises
    ------
    ImageError
        Not an ``(h, w, 4)`` uint8 array, or doubt or frames of another size.
    """
    _require_measurable(native, doubt, frames)
    numbered = number_colors(native)
    visible = native[..., 3] > 0
    lone = find_lone(numbered.index) & visible
    looks = Looks(appearance(numbered.table), numbered.table[:, 3] == 255)
    stray, _ = find_stray(numbered.index, np.flatnonzero(lone), looks)
    figures = Quality(
        native_size=(native.shape[0], native.shape[1]),
        confidence=confidence,
        colors=int(np.count_nonzero(~numbered.is_clear)),
        near_duplicates=_count_near_duplicates(numbered),
        orphans=int(np.count_nonzero(lone)),
        orphan_share=int(np.count_nonzero(lone)) / max(1, int(np.count_nonzero(visible))),
        stray_pixels=int(np.count_nonzero(stray)),
        translucent=int(np.count_nonzero(visible & (native[..., 3] < 255))),
        block_size=find_block_size(_count_edges(numbered.index)),
        doubtful_share=None if doubt is None else float((doubt >= DOUBTFUL).mean()),
        flicker=None if frames is None or len(frames) < 3 else _measure_flicker(frames),
        verdict="",
    )
    return replace(figures, verdict=_judge(figures, int(np.count_nonzero(visible))))


def _require_measurable(native: RGBA, doubt: npt.NDArray[np.floating] | None, frames: RGBA | None) -> None:
    if native.dtype != np.uint8 or native.ndim != 3 or native.shape[2] != 4 or 0 in native.shape:
        raise ImageError(f"a native must be an (h, w, 4) uint8 array, not {native.shape} {native.dtype}.")
    if doubt is not None and doubt.shape != native.shape[:2]:
        raise ImageError(f"doubts of {doubt.shape[::-1]} pixels do not belong to a native of {native.shape[1::-1]}.")
    if frames is not None and frames.shape[1:] != native.shape:
        raise ImageError(f"frames of shape {frames.shape} do not belong to a native of shape {native.shape}.")


def _count_near_duplicates(colors: Colors) -> int:
    counts = colors.counts
    rows = np.argsort(-counts, kind="stable")[:COMPARED]
    return int(np.count_nonzero(find_targets(colors.table[rows], counts[rows]) != np.arange(len(rows))))


def _count_edges(index: npt.NDArray[np.int32]) -> list[npt.NDArray[np.int64]]:
    """Pairs of unlike neighbours at each line, for rows and for columns."""
    return [np.count_nonzero(plane[1:] != plane[:-1], axis=1) for plane in (index, index.T)]


def _measure_flicker(frames: RGBA) -> float:
    flickering = total = 0
    points = [appearance(frame) for frame in frames[:2]]
    for first, second, third in zip(frames, frames[1:], frames[2:], strict=False):
        points = [*points[-2:], appearance(third)]
        away, apart = distances(points[0], points[1]), distances(points[0], points[2])
        seen = (first[..., 3] > 0) & (second[..., 3] > 0) & (third[..., 3] > 0)
        flickering += np.count_nonzero(seen & (away > 0) & (away <= SMALL_STEP) & (apart < away))
        total += np.count_nonzero(seen)
    return flickering / max(1, total)


def _judge(found: Quality, visible: int) -> str:
    """Size and colours, and the two gravest faults, or praise."""
    if not visible:
        return "Nothing is visible: all pixels are transparent."
    height, width = found.native_size
    what = f"{width}x{height}, {'1 colour' if found.colors == 1 else f'{found.colors} colours'}"
    faults = [*_faults_of_grid(found), *_faults_of_colors(found, visible)]
    if faults:
        return f"{what}. {' '.join(faults[:2])}"
    return f"{what}: looks clean{'' if found.confidence is None else ', grid certain'}."


def _faults_of_grid(found: Quality) -> Iterator[str]:
    height, width = found.native_size
    if found.confidence is not None and found.confidence < CERTAIN:
        word = "a guess" if found.confidence < GUESS else "likely, not certain"
        yield f"The grid is {word} (confidence {found.confidence:.2f}): give --scale or --native-size if you know it."
    if (size := found.block_size) > 1:
        smaller = f"{-(-width // size)}x{-(-height // size)}"
        yield f"All is drawn in blocks of {size}x{size} pixels: if each is meant as one, try --native-size {smaller}."
    if found.doubtful_share is not None and found.doubtful_share > MANY_DOUBTFUL:
        share = f"{found.doubtful_share:.0%}"
        yield f"The colour of {share} of the pixels is a guess: the grid may be off; try --offset or --native-size."


def _faults_of_colors(found: Quality, visible: int) -> Iterator[str]:
    if found.colors > COMPARED:
        yield f"{found.colors} colours are more than a palette holds: try --colors auto."
    elif found.near_duplicates > max(MANY_ALIKE, ALIKE_SHARE * found.colors):
        yield f"{found.near_duplicates} near-duplicate colours: try --colors auto or --clean near-duplicates."
    if found.flicker is not None and found.flicker > MUCH_FLICKER:
        yield f"{found.flicker:.0%} of the pixels flicker between frames: try --colors auto or --palette."
    if found.stray_pixels > max(1, MANY_STRAY * visible):
        yield f"{found.stray_pixels} stray pixels: try --clean orphans."
    if found.translucent:
        pixels = "pixel is" if found.translucent == 1 else "pixels are"
        yield f"{found.translucent} {pixels} translucent: try --alpha or --clean halo."
