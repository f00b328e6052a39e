"""Whether a picture is native pixel art already: few colours, and single pixels that stand out all over it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.grid.edges import as_planes
from unipixel.grid.pixels import count_colors, pack, thin_rows
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

CLEAR = 0.3
"""A step is clear from this share of the picture's usual step on (weighted by size): ringing stays below."""

BLOCKS = 6
"""The picture is looked at in this many blocks along each axis, so that one caption does not speak for all."""


def is_native_art(rgba: RGBA, *, noisy: bool = False) -> bool:
    """Whether single pixels carry the picture over most of its area, and it is no photo.

    Parameters
    ----------
    rgba : (H, W, 4) uint8
    noisy : bool
        Accept any number of colours, if the lone pixels are far more than a photo has.
    """
    views = [as_planes(thin_rows(view)) for view in (rgba, rgba.transpose(1, 0, 2))]
    if not all(has_lone_pixels(view) for view in views):
        return False
    packed = pack(rgba)
    same = min(float((packed[:, 1:] == packed[:, :-1]).mean()), float((packed[1:] == packed[:-1]).mean()))
    if same >= SAME_SHARE and count_colors(packed, MOST_COLORS) <= MOST_COLORS:
        return True
    if not noisy or same < NOISY_SAME_SHARE or max(packed.shape) > NOISY_SIDE:
        return False
    return all(has_lone_pixels(view, turn=NOISY_TURN_SHARE, lone=NOISY_LONE_SHARE) for view in views)


def has_lone_pixels(planes: npt.NDArray[np.int16], *, turn: float = TURN_SHARE, lone: float = LONE_SHARE) -> bool:
    """Whether single pixels stand out from both their left and right neighbours all over the picture.

    Parameters
    ----------
    planes : (C, H, W) int16
    turn : float
        Share of the pixels between two clear steps that must lie outside their neighbours' range.
    lone : float
        Share of clear steps that must bound such a pixel.
    """
    change = np.diff(planes, axis=2)
    if change.shape[2] < 2:
        return False
    size = np.abs(change).sum(0, dtype=np.int16)
    weight = size.astype(np.float64)
    if not weight.any():
        return False
    step = size > CLEAR * float((weight**2).sum() / weight.sum())
    # a pixel of a ramp lies between its neighbours: only one that both steps turn back from stands alone
    single = step[:, 1:] & step[:, :-1]
    alone = single & ((change[:, :, 1:].astype(np.int32) * change[:, :, :-1]).sum(0) < 0)
    if alone.sum() < turn * single.sum():
        return False
    if alone.sum() < lone * step.sum():
        return False
    busy = lively = 0
    for rows in np.array_split(np.arange(step.shape[0]), min(BLOCKS, step.shape[0])):
        for cols in np.array_split(np.arange(alone.shape[1]), min(BLOCKS, alone.shape[1])):
            block = np.s_[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
            steps = int(step[block].sum())
            busy += steps >= 4
            lively += steps >= 4 and int(alone[block].sum()) > LONE_SHARE / 2 * steps
    return lively > SPREAD * busy
