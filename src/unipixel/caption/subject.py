"""How many native pixels the subject of a picture gets: measured where alpha or a person tells, else a guess."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from unipixel.color import count_colors, distinct_colors, quantize

_Mask = npt.NDArray[np.bool_]
Trust = Literal["certain", "guessed", "unknown"]
"""``certain`` by a person's mark or alpha, ``guessed`` where two looks at the colours agree, else ``unknown``."""

Box = tuple[int, int, int, int]
"""``(row, col, height, width)`` in native px."""

COLORS = (24, 12)
"""Colours to which a busy picture is reduced before its border's colours are taken for the background. A guess counts
only where both answers agree."""

AGREEMENT = 0.7
"""Intersection over union from which two guesses agree."""

_PART = 0.25
"""Parts of the subject smaller than this share of its largest part are left out as specks."""


@dataclass(frozen=True)
class Subject:
    """Where the main subject is and how large, in native pixels."""

    row: int
    """First row of the bounding box."""
    col: int
    """First column of the bounding box."""
    height: int
    """Height of the bounding box in native px: the recipe's pixel density of the subject."""
    width: int
    """Width of the bounding box in native px."""
    area: float
    """Share of the picture that the subject covers, 0 to 1."""
    borders: int
    """How many of the picture's four sides the bounding box touches."""
    is_certain: bool
    """Whether a person's mark, or alpha, says so; otherwise it is a guess from the border's colours."""


def find_subject(native: npt.NDArray[np.uint8], *, mask: _Mask | None = None, box: Box | None = None) -> Subject | None:
    """Find the main subject, or None where none can be told from the rest; see :func:`subject_mask`."""
    return describe_subject(*subject_mask(native, mask=mask, box=box))


def describe_subject(found: _Mask, trust: Trust) -> Subject | None:
    """Say where a mask of :func:`subject_mask` is and how large; None where it is empty or full."""
    if not found.any() or found.all():
        return None
    rows, cols = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]), int(cols[0]), int(cols[-1])
    touches = [top == 0, left == 0, bottom == found.shape[0] - 1, right == found.shape[1] - 1]
    return Subject(top, left, bottom - top + 1, right - left + 1, float(found.mean()), sum(touches), trust == "certain")


def subject_mask(
    native: npt.NDArray[np.uint8], *, mask: _Mask | None = None, box: Box | None = None
) -> tuple[_Mask, Trust]:
    """Mark the main subject.

    In this order of trust: a mask or box that a person gave (in a box, what alpha shows of it); alpha; else all that
    does not have a colour of the top, left or right border, parts below a quarter of the largest left out. The last is
    a guess, and taken only where fine and coarse colours agree on it. Of 60 sprites on 128x128 each, such guesses put
    96 % into the right size class on a dithered sky, 95 % on a flat ground, but 80 % on tiles, where a third of the
    scenes stayed unknown: a proposal, never more.

    Parameters
    ----------
    native : (h, w, 4) uint8
    mask : (h, w) bool, optional
        True on the subject.
    box : (row, col, height, width), optional

    Returns
    -------
    mask : (h, w) bool
        Empty where there is nothing but background, or nothing can be said.
    trust : {"certain", "guessed", "unknown"}
    """
    clear = native[..., 3] < 128
    if mask is not None:
        return mask, "certain"
    if box is not None:
        row, col, height, width = box
        inside = np.zeros(native.shape[:2], bool)
        inside[max(0, row) : max(0, row + height), max(0, col) : max(0, col + width)] = True
        return (inside & ~clear if (inside & ~clear).any() else inside), "certain"
    if clear.any() and _is_mostly(_border(clear)):
        return ~clear, "certain"
    fine, coarse = (_largest_parts(_off_border_colors(native, colors)) for colors in COLORS)
    if (fine & coarse).sum() >= AGREEMENT * (fine | coarse).sum():
        return fine, "guessed"
    return np.zeros_like(fine), "unknown"


def _border(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])


def _is_mostly(values: npt.NDArray[np.generic]) -> bool:
    return float(values.astype(np.float64).mean()) > 0.5


def _off_border_colors(native: npt.NDArray[np.uint8], colors: int) -> _Mask:
    """Pixels whose colour is not on the top, left or right border; the bottom is often where the subject leaves."""
    index = distinct_colors(native).index if count_colors(native) <= colors else quantize(native, colors)[0]
    background = np.concatenate([index[0], index[:, 0], index[:, -1]])
    return ~np.isin(index, background)


def _largest_parts(mask: _Mask) -> _Mask:
    parts = _connected_parts(mask)
    kept = np.zeros_like(mask)
    largest = max((len(part) for part in parts), default=0)
    for part in parts:
        if len(part) >= _PART * largest:
            kept[tuple(np.array(part).T)] = True
    return kept


def _connected_parts(mask: _Mask) -> list[list[tuple[int, int]]]:
    """List the (row, col) of pixels that hang together by their sides, part by part."""
    left = {(int(row), int(col)) for row, col in np.argwhere(mask)}
    parts = []
    for seed in sorted(left):
        if seed not in left:
            continue
        left.discard(seed)
        part, queue = [], deque([seed])
        while queue:
            row, col = queue.popleft()
            part.append((row, col))
            for near in ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)):
                if near in left:
                    left.discard(near)
                    queue.append(near)
        parts.append(part)
    return parts
