"""Whether a picture is native pixel art already: few colours, and single pixels that stand out all over it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.grid.edges import Steps
from unipixel.grid.pixels import count_colors, pack
from unipixel.image import RGBA

MOST_COLORS = 256
"""Art may always have this many colours."""

SAME_SHARE = 0.2
"""Share of neighbouring pixels that have the very same colour, in art with few colours; grey photos stay below."""

NOISY_SAME_SHARE = 0.15
"""The same for art with noise drawn in, which must also pass `NOISY_TURN_SHARE`; noise alone has none."""

NOISY_SIDE = 512
"""Canvas px: larger pictures with that much grain are paintings, not native art."""

NOISY_LONE_SHARE = 0.2
"""As `LONE_SHARE`, for the same art."""

NOISY_TURN_SHARE = 0.7
"""As `TURN_SHARE`; photos stay below."""

SPREAD = 0.25
"""Share of the blocks with steps that must hold lone pixels."""

LONE_SHARE = 0.05
"""Share of clear steps that bound one lone pixel, which any enlargement would have stretched."""

TURN_SHARE = 0.4
"""Share of the pixels between two clear steps that both steps turn back from; on soft edges nearly none do."""

MOST_SINGLE = 40_000
"""Pixels between two clear steps that are looked at: more are thinned out."""

CLEAR = 0.3
"""A step is clear from this share of the picture's usual step on (weighted by size): ringing stays below."""

BLOCKS = 6
"""The picture is looked at in this many blocks along each axis, so that one caption does not speak for all."""


def is_native_art(stack: RGBA, lines: tuple[RGBA, RGBA], steps: tuple[Steps, Steps], *, noisy: bool = False) -> bool:
    """Whether single pixels carry the picture over most of its area, and it is no photo.

    Parameters
    ----------
    stack : (n, H, W, 4) uint8
    lines : pair of (lines, length, 4) uint8
        Some of its columns and rows: `unipixel.grid.pixels.take_lines`.
    steps : pair of (lines, length + 1) int16
        Theirs: `unipixel.grid.edges.find_steps`.
    noisy : bool
        Accept any number of colours, if the lone pixels are far more than a photo has.
    """
    if not all(map(has_lone_pixels, lines, steps)):
        return False
    packed = pack(stack)
    same = min(float((packed[:, :, 1:] == packed[:, :, :-1]).mean()), float((packed[:, 1:] == packed[:, :-1]).mean()))
    if same >= SAME_SHARE and count_colors(packed, MOST_COLORS) <= MOST_COLORS:
        return True
    if not noisy or same < NOISY_SAME_SHARE or max(packed.shape[1:]) > NOISY_SIDE:
        return False
    much = {"turn": NOISY_TURN_SHARE, "lone": NOISY_LONE_SHARE}
    return all(has_lone_pixels(axis, step, **much) for axis, step in zip(lines, steps, strict=True))


def has_lone_pixels(lines: RGBA, steps: Steps, *, turn: float = TURN_SHARE, lone: float = LONE_SHARE) -> bool:
    """Whether single pixels stand out from both their neighbours on the line, all over the picture.

    Parameters
    ----------
    lines : (n, length, 4) uint8
        Premultiplied by alpha; see `unipixel.grid.pixels.take_lines`.
    steps : (n, length + 1) int16
        See `unipixel.grid.edges.find_steps`.
    turn : float
        Share of the pixels between two clear steps that must lie outside their neighbours' range.
    lone : float
        Share of clear steps that must bound such a pixel.
    """
    if lines.shape[1] < 3:
        return False
    size = steps[:, 1:-1]
    counts = np.bincount(size.ravel()).astype(np.float64)
    levels = np.arange(len(counts))
    if len(counts) == 1:
        return False
    step = size > CLEAR * float(counts @ levels**2 / (counts @ levels))
    single = np.flatnonzero(step[:, 1:] & step[:, :-1])
    every = len(single) // MOST_SINGLE + 1
    line, at = np.divmod(single[::every], lines.shape[1] - 2)
    packed, start = pack(lines).ravel(), line * lines.shape[1] + at
    before, here, after = (packed[start + move].view(np.uint8).reshape(-1, 4).astype(np.int32) for move in (0, 1, 2))
    # a pixel of a ramp lies between its neighbours: only one that both steps turn back from stands alone
    alone = ((here - before) * (after - here)) @ np.ones(4, np.int32) < 0
    count = np.count_nonzero(alone)
    if count < turn * alone.size or every * count < lone * np.count_nonzero(step):
        return False
    return _is_everywhere(step, line[alone], at[alone], every)


def _is_everywhere(
    step: npt.NDArray[np.bool_], line: npt.NDArray[np.int64], at: npt.NDArray[np.int64], every: int
) -> bool:
    """Whether enough of the picture's blocks hold lone pixels, of which every so manieth is given."""
    tall, wide = (np.arange(side) * min(BLOCKS, side) // side for side in (step.shape[0], step.shape[1] - 1))
    steps = np.zeros((BLOCKS, BLOCKS), np.int64)
    for row in range(BLOCKS):
        steps[row] = np.bincount(wide, step[tall == row, :-1].sum(0), BLOCKS)
    lone = every * np.bincount(tall[line] * BLOCKS + wide[at], minlength=BLOCKS**2).reshape(BLOCKS, BLOCKS)
    busy = steps >= 4
    return bool((busy & (lone > LONE_SHARE / 2 * steps)).sum() > SPREAD * busy.sum())
