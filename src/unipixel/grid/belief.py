"""How likely it is that the lattice which the edges agree on best is a pixel grid, and no texture, tile or codec."""

from __future__ import annotations

import math

from unipixel.grid.soft import Axis, SoftAnswer

STRENGTH, SHARE, SIZE, EVEN = 1.6, 2.8, 2.2, 1.0
"""Log odds of a grid for each unit of log evidence (see `believe`), and what they must outweigh. Fitted by logistic
regression to 1,310 damaged pictures with a grid and 203 without, of 60 kinds of damage, and rounded; halves fitted
apart separate the other half as well (areas under the curve .9997 and 1.0)."""

SQUARE = 0.06
"""Cells whose sides differ by no more than this share count as square."""

UNLIKE = 3.5
"""Log odds against cells that are not square: nearly all pixel art has square ones, and textures one pitch an axis."""

TRUST, TRUST_GAIN, DRIFT = 1.4, 3.2, 2.6
"""Log odds that the size is right: by regression on 1,322 damaged pictures whose grid was believed, of which 19 had
another size. The first is 1 lower than fitted: pictures of image models are few among these, and harder."""

FEW_CELLS, FEW = 17, 4.0
"""With fewer cells than this on an axis chance does more: these log odds against, times the ratio's logarithm."""

FINE_CELL, FINE_SHARE = 4.0, 0.615
"""Below this many canvas px enlarged photos have lattices of their own, so grids must own that share of the edges."""

BLOCK_RELIEF = {8.0: 3.4, 16.0: 2.6}
"""Steps of a JPEG's own blocks reach this many steps inside of them; art on the same lattice has more."""

ODD = 0.8
"""A JPEG's lines 16 px apart are those of its chroma; its luma has blocks of 8 px, which make every other tooth of that
comb stronger. In art the odd teeth have at least this share of the even ones' strength."""

DRAWN_SHARE, DRAWN_STRONG = 0.8, 0.05
"""Lines that own this share of all edges, and so many strong steps, are drawn: smooth pictures have blocks that own all
edges but are weak, and lively ones strong edges that lie elsewhere."""


def believe(soft: SoftAnswer) -> float:
    """Probability 0..1 that the edges of a damaged picture do lie on the grid found.

    Log evidence is the contrast of the comb times its agreement over the floor, the share of all edges, and the cell
    (or the number of cells, if that is less): textures and resampled photos fail the first two, tiles that repeat the
    second; chance finds fine lattices first.
    """
    strength = share = size = 0.0
    for axis in (soft.rows, soft.cols):
        strength += 0.5 * math.log(max(axis.contrast, 1e-3) * max(axis.agreement, 1e-3) / axis.floor)
        share += 0.5 * math.log(max(axis.share, 1e-3))
        size += 0.5 * math.log(min(axis.pitch, axis.length / axis.pitch))
    odds = STRENGTH * strength + SHARE * share + SIZE * size - EVEN
    if abs(math.log(soft.rows.pitch / soft.cols.pitch)) > SQUARE:
        odds -= UNLIKE
    cells = min(axis.length / axis.pitch for axis in (soft.rows, soft.cols))
    belief = _logistic(odds - FEW * math.log(max(1.0, FEW_CELLS / cells)))
    finest = min(soft.rows.pitch, soft.cols.pitch)
    if finest < FINE_CELL:
        belief = min(belief, _logistic(25 * (math.exp(share) - FINE_SHARE)))
    for axis in (soft.rows, soft.cols):
        if axis.pitch in BLOCK_RELIEF and axis.offset == 0 and not _is_drawn(axis):
            belief = min(belief, _logistic(6 * (axis.relief - BLOCK_RELIEF[axis.pitch])))
    return belief


def trust_size(soft: SoftAnswer) -> float:
    """Probability 0..1 that the number of cells is right, if there is a grid at all.

    Lines that are where a lattice has them say nearly all that lines could; those of a model's hand say less, and cells
    counted along a drift may be one off.
    """
    axes = (soft.rows, soft.cols)
    drifts = any(axis.drift is not None for axis in axes)
    return _logistic(TRUST + TRUST_GAIN * min(axis.gain for axis in axes) - DRIFT * drifts)


def _is_drawn(axis: Axis) -> bool:
    """Whether lines where a JPEG's blocks would be are more than that."""
    if axis.pitch == 16 and axis.odd > ODD:
        return True
    return axis.share >= DRAWN_SHARE and axis.strong >= DRAWN_STRONG


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))
