"""How many native pixels the subject of a picture gets: measured where alpha tells, guessed where it does not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.color import count_colors, distinct_colors, quantize

_Mask = npt.NDArray[np.bool_]

_COLORS = 24
"""Colours to which a busy picture is reduced before its border's colours are taken for the background."""

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
    """Whether a mask or alpha says so; otherwise it is a guess from the border's colours."""


def find_subject(native: npt.NDArray[np.uint8], *, mask: _Mask | None = None) -> Subject | None:
    """Find the main subject.

    In this order of trust: a mask that is given; alpha; else all that does not have a colour of the top, left or right
    border, parts below a quarter of the largest left out. The last is a guess: on busy scenes it is often wrong.

    Parameters
    ----------
    native : (h, w, 4) uint8
    mask : (h, w) bool, optional
        True on the subject.

    Returns
    -------
    Subject or None
        None where nothing, or everything, is subject.
    """
    clear = native[..., 3] < 128
    if mask is None and clear.any() and _is_mostly(_border(clear)):
        mask = ~clear
    certain = mask is not None
    found = mask if mask is not None else _largest_parts(_off_border_colors(native))
    if not found.any() or found.all():
        return None
    rows, cols = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]), int(cols[0]), int(cols[-1])
    touches = [top == 0, left == 0, bottom == found.shape[0] - 1, right == found.shape[1] - 1]
    area = float(found.mean())
    return Subject(top, left, bottom - top + 1, right - left + 1, area, sum(touches), certain)


def _border(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])


def _is_mostly(values: npt.NDArray[np.generic]) -> bool:
    return float(values.astype(np.float64).mean()) > 0.5


def _off_border_colors(native: npt.NDArray[np.uint8]) -> _Mask:
    """Pixels whose colour is not on the top, left or right border; the bottom is often where the subject leaves."""
    index = distinct_colors(native).index if count_colors(native) <= _COLORS else quantize(native, _COLORS)[0]
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
