"""How likely it is that the lattice which the edges agree on best is a pixel grid, and no texture, tile or codec."""

from __future__ import annotations

import math

from unipixel.grid.soft import SoftAnswer

EVEN_ODDS = -2.2
"""Log evidence (see `believe`) at which a grid and no grid are equally likely."""

SQUARE = 0.06
"""Cells whose sides differ by no more than this share count as square."""

SQUARE_ODDS = 1.4
"""Log evidence that square cells bring along: nearly all pixel art has them, and textures have one pitch for each axis.
On 100 resampled photos and textures the strongest square lattice above `FINE_CELL` has -8.7 without it."""

STEEPNESS = 2.5
"""How fast belief grows with the log evidence."""

FINE_CELL = 5.0
"""Canvas px: resampled photos have faint lattices of their own below this, so grids must own more of the edges."""

FINE_SHARE = 0.53
"""Share of the edges at which cells of `FINEST_CELL` px and no grid are equally likely."""

FINEST_CELL = 2.7
"""Canvas px; from here to `FINE_CELL` the share needed falls by `SHARE_SLOPE` for each px."""

SHARE_SLOPE = 0.14
"""See `FINEST_CELL`."""

BLOCK_RELIEF = {8.0: 3.4, 16.0: 2.6}
"""Steps of a JPEG's own blocks reach this many steps inside of them; art on the same lattice has more."""

DRAWN_SHARE, DRAWN_STRONG = 0.8, 0.05
"""Lines that own this share of all edges, and so many strong steps, are drawn: smooth pictures have blocks that own all
edges but are weak, and lively ones strong edges that lie elsewhere."""


def believe(soft: SoftAnswer) -> float:
    """Probability 0..1 that the edges of a damaged picture do lie on the grid found.

    Log evidence is the contrast of the comb times its agreement over the floor, times the share of all edges twice,
    and square cells: the first two fail on textures, the share on tiles that repeat, squareness on bricks.
    """
    strength, share = 0.0, 0.0
    for axis in (soft.rows, soft.cols):
        strength += 0.5 * math.log(max(axis.contrast, 1e-3) * max(axis.agreement, 1e-3) / axis.floor)
        share += 0.5 * math.log(max(axis.share, 1e-3))
    unlike = abs(math.log(soft.rows.pitch / soft.cols.pitch))
    square = SQUARE_ODDS if unlike <= SQUARE else 0.0
    belief = _logistic(STEEPNESS * (strength + 2 * share + square - EVEN_ODDS))
    finest = min(soft.rows.pitch, soft.cols.pitch)
    if finest < FINE_CELL:
        needed = FINE_SHARE - SHARE_SLOPE * max(0.0, finest - FINEST_CELL)
        belief = min(belief, _logistic(25 * (math.exp(share) - needed)))
    for axis in (soft.rows, soft.cols):
        drawn = axis.share >= DRAWN_SHARE and axis.strong >= DRAWN_STRONG
        if axis.pitch in BLOCK_RELIEF and axis.offset == 0 and not drawn:
            belief = min(belief, _logistic(6 * (axis.relief - BLOCK_RELIEF[axis.pitch])))
    return belief


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))
