"""Backgrounds that repeat: dither, stripes, tiles and bands of sky go on beyond the border as they were."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import pack, unpack

MAX_PERIOD = 32
"""Longest period that is looked for, in native px: two 16-pixel tiles."""

_AGREE = 0.97
"""Share of the pixels at both borders that must be as the pattern says: a blade of grass may stand in it."""
_WORTH_A_LOOK = 0.9
"""Share that the first two periods must have in common: less can't be a pattern, and a look takes time."""
_LEAST_DEPTH = 4
"""Lines at each border that must repeat, also where the pattern is one line."""


def outward_period(opaque: npt.NDArray[np.uint8], axis: int) -> int:
    """Find the shortest period with which a picture repeats itself at both ends of an axis, in one phase.

    Only what goes on at the other end of the picture as it began at this one is a background; a body that the border
    cuts is none.

    Parameters
    ----------
    opaque : (h, w, 3|4) uint8
    axis : int
        0 to go on upwards and downwards, 1 to the left and the right.

    Returns
    -------
    int
        Native px; 0 where the ends are no pattern.
    """
    lines = _lines(opaque, axis)
    for period in range(1, min(MAX_PERIOD, len(lines) // 4) + 1):
        if (lines[period : 2 * period] == lines[:period]).mean() < _WORTH_A_LOOK:
            continue
        ends = _ends(len(lines), period)
        pattern = _pattern(lines, period, ends)
        if (lines[ends] == pattern[ends % period]).mean() >= _AGREE:
            return period
    return 0


def continue_outward(
    opaque: npt.NDArray[np.uint8], axis: int, before: int, after: int, period: int
) -> npt.NDArray[np.uint8]:
    """Let a picture's pattern go on at both ends of an axis.

    Parameters
    ----------
    opaque : (h, w, 4) uint8
    axis : int
    before, after : int
        Lines to add, in native px.
    period : int
        From :func:`outward_period`, 1 or more.

    Returns
    -------
    (h, w, 4) uint8
        With the added lines; the picture itself is as it was.
    """
    lines = _lines(opaque, axis)
    pattern = _pattern(lines, period, _ends(len(lines), period))
    whole = np.concatenate(
        [
            pattern[np.arange(-before, 0) % period],
            lines,
            pattern[np.arange(len(lines), len(lines) + after) % period],
        ]
    )
    colors = np.dstack([unpack(whole), np.full(whole.shape, 255, np.uint8)])
    grown: npt.NDArray[np.uint8] = np.ascontiguousarray(colors if axis == 0 else colors.swapaxes(0, 1))
    return grown


def _lines(opaque: npt.NDArray[np.uint8], axis: int) -> npt.NDArray[np.int32]:
    codes: npt.NDArray[np.int32] = pack(opaque[..., :3])
    return codes if axis == 0 else codes.T


def _ends(count: int, period: int) -> npt.NDArray[np.int64]:
    """Lines at both ends that are looked at: two periods of each."""
    depth = min(max(2 * period, _LEAST_DEPTH), count // 2)
    return np.concatenate([np.arange(depth), np.arange(count - depth, count)])


def _pattern(lines: npt.NDArray[np.int32], period: int, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """For each phase and place along the line the colour that most of the lines at the ends have."""
    pattern = np.empty((period, lines.shape[1]), lines.dtype)
    for phase in range(period):
        votes = np.sort(lines[ends[ends % period == phase]], axis=0)
        same = (votes[:, None] == votes[None]).sum(axis=1)
        pattern[phase] = np.take_along_axis(votes, same.argmax(axis=0)[None], axis=0)[0]
    return pattern
