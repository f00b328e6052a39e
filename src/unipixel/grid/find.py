"""Find the pixel grid of any picture and give back the native image."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from unipixel.errors import GridMismatch
from unipixel.grid.cells import CellRule, reproduces, take_nearest, to_native
from unipixel.grid.edges import as_planes
from unipixel.grid.exact import ExactAnswer, find_exact
from unipixel.grid.model import SURE, Candidate, Grid, Recovery
from unipixel.grid.natural import has_lone_pixels, is_native_art
from unipixel.grid.pixels import as_rgba, pack
from unipixel.grid.soft import SoftAnswer, find_soft
from unipixel.image import RGBA

INEXACT_CAP = 0.89
"""Highest confidence of an answer that does not give the picture back pixel for pixel; below `SURE`."""

EVEN_ODDS = -2.2
"""Log evidence (see `believe`) at which a grid and no grid are equally likely."""

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


def recover(
    image: npt.NDArray[np.uint8],
    *,
    scale: float | tuple[float, float] | None = None,
    native_size: tuple[int, int] | None = None,
    offset: tuple[float, float] | None = None,
    cells: CellRule = "auto",
) -> Recovery:
    """Find the grid of a picture of pixel art and give back its native image.

    Parameters
    ----------
    image : (H, W, 3|4) uint8, sRGB, straight alpha
    scale : float or (height, width), optional
        Canvas px per native px, where it is known.
    native_size : (h, w), optional
        Native px, where it is known; the cells then span the whole picture.
    offset : (row, col), optional
        A grid line in canvas px, where it is known; used together with ``scale``.
    cells : {"auto", "nearest", "median", "mode", "mean", "consensus"}
        How a cell becomes one colour; see `to_native`.

    Returns
    -------
    Recovery
        Native art comes back untouched with scale 1; photos and other pictures without a grid as ``native=None``.

    Raises
    ------
    ImageError
        The array is no picture.
    GridMismatch
        What was given does not fit the picture, or contradicts itself.
    """
    rgba = as_rgba(image)
    if scale is not None or native_size is not None or offset is not None:
        return _with_known(rgba, scale, native_size, offset, cells)
    exact = find_exact(pack(rgba))
    if exact is not None and _is_fine_ramp(rgba, exact.grid):
        exact = None
    if exact is not None and exact.confidence >= 0.5:
        return _from_exact(rgba, exact, cells)
    soft = find_soft(rgba)
    belief = believe(soft) if soft is not None else 0.0
    if is_native_art(rgba):
        return _untouched(rgba, 0.95 if belief < 0.5 else 0.6)
    if soft is not None and belief >= 0.5:
        return _from_soft(rgba, soft, belief, cells)
    if is_native_art(rgba, noisy=True):
        return _untouched(rgba, 0.8)
    if exact is not None:
        return _from_exact(rgba, exact, cells)
    return _nothing(rgba, soft, belief)


def _is_fine_ramp(rgba: RGBA, grid: Grid) -> bool:
    """Whether an exact grid of cells below 2 px holds soft edges rather than art.

    Soft edges change over neighbouring pixels, so only lattices this fine can hold them; their native images
    have no pixels that stand alone.
    """
    fine = as_planes(take_nearest(rgba, grid))
    return (grid.cell[1] < 2.0 and not has_lone_pixels(fine)) or (
        grid.cell[0] < 2.0 and not has_lone_pixels(fine.transpose(0, 2, 1))
    )


def believe(soft: SoftAnswer) -> float:
    """Probability 0..1 that the edges of a damaged picture do lie on the grid found.

    Log evidence is the contrast of the comb times its agreement over the floor, times the share of all edges twice:
    the first two fail on textures, the last on tiles that repeat.
    """
    strength, share = 0.0, 0.0
    for axis in (soft.rows, soft.cols):
        strength += 0.5 * math.log(max(axis.contrast, 1e-3) * max(axis.agreement, 1e-3) / axis.floor)
        share += 0.5 * math.log(max(axis.share, 1e-3))
    belief = _logistic(STEEPNESS * (strength + 2 * share - EVEN_ODDS))
    finest = min(soft.rows.pitch, soft.cols.pitch)
    if finest < FINE_CELL:
        needed = FINE_SHARE - SHARE_SLOPE * max(0.0, finest - FINEST_CELL)
        belief = min(belief, _logistic(25 * (math.exp(share) - needed)))
    for axis in (soft.rows, soft.cols):
        if axis.pitch in BLOCK_RELIEF and axis.offset == 0:
            belief = min(belief, _logistic(6 * (axis.relief - BLOCK_RELIEF[axis.pitch])))
    return belief


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


def _from_exact(rgba: RGBA, answer: ExactAnswer, cells: CellRule) -> Recovery:
    native = to_native(rgba, answer.grid, rule=cells)
    unsure = "" if answer.confidence >= SURE else ", but so few lines are drawn that other grids would do so too"
    return Recovery(
        native,
        answer.grid,
        answer.confidence,
        answer.alternatives,
        f"Every pixel lies on a grid of {_cell(answer.grid)} cells: {_size(native)} native pixels give the picture "
        f"back exactly{unsure}.",
        np.zeros(native.shape[:2], np.float32),
    )


def _from_soft(rgba: RGBA, soft: SoftAnswer, belief: float, cells: CellRule) -> Recovery:
    grid = soft.grid
    native = to_native(rgba, grid, rule=cells)
    return Recovery(
        native,
        grid,
        INEXACT_CAP * belief,
        _alternatives(rgba, soft, belief),
        f"The picture is no exact enlargement, but its edges agree on cells of {_cell(grid)} px: {_size(native)} "
        "native pixels; check the size before you rely on it.",
        _doubt(rgba, native, grid),
    )


def _alternatives(rgba: RGBA, soft: SoftAnswer, belief: float) -> tuple[Candidate, ...]:
    sizes = [
        Candidate((max(1, round(rgba.shape[0] / pitch)), max(1, round(rgba.shape[1] / pitch))), (pitch, pitch), 0.0)
        for pitch in soft.others
    ]
    rest = (1 - INEXACT_CAP * belief) / 2
    return tuple(
        Candidate(item.native_size, item.cell, round(rest / 2**place, 4)) for place, item in enumerate(sizes, start=1)
    )


def _doubt(rgba: RGBA, native: RGBA, grid: Grid) -> npt.NDArray[np.float32]:
    """Spread of the colours inside each cell: 1 where it is as large as a step between unlike cells (64 levels)."""
    rows = np.repeat(np.arange(native.shape[0]), np.diff(grid.rows))
    cols = np.repeat(np.arange(native.shape[1]), np.diff(grid.cols))
    off = np.abs(rgba.astype(np.int16) - native[rows[:, None], cols[None, :]]).max(-1).astype(np.float32)
    sums = np.add.reduceat(np.add.reduceat(off, np.array(grid.rows[:-1]), 0), np.array(grid.cols[:-1]), 1)
    area = np.diff(grid.rows)[:, None] * np.diff(grid.cols)[None, :]
    doubt: npt.NDArray[np.float32] = np.clip(sums / area / 64.0, 0, 1).astype(np.float32)
    return doubt


def _untouched(rgba: RGBA, confidence: float) -> Recovery:
    grid = Grid.regular(1, (rgba.shape[0], rgba.shape[1]))
    return Recovery(
        rgba,
        grid,
        confidence,
        (),
        "The picture is native pixel art already: single pixels stand alone all over it.",
        np.zeros(rgba.shape[:2], np.float32),
    )


def _nothing(rgba: RGBA, soft: SoftAnswer | None, belief: float) -> Recovery:
    others: tuple[Candidate, ...] = ()
    if soft is not None:
        others = (Candidate(soft.grid.native_size, soft.grid.cell, INEXACT_CAP * belief),)
        others += _alternatives(rgba, soft, belief)[:2]
    return Recovery(
        None,
        None,
        INEXACT_CAP * (1 - belief),
        others,
        "No pixel grid: the edges of the picture agree on no cell size.",
        np.zeros(rgba.shape[:2], np.float32),
    )


def _with_known(
    rgba: RGBA,
    scale: float | tuple[float, float] | None,
    native_size: tuple[int, int] | None,
    offset: tuple[float, float] | None,
    cells: CellRule,
) -> Recovery:
    canvas = (rgba.shape[0], rgba.shape[1])
    if native_size is not None:
        if scale is not None or offset is not None:
            raise GridMismatch("give the native size alone, or the scale with or without an offset: they may disagree.")
        grid = Grid.spanning(native_size, canvas)
    elif scale is None:
        raise GridMismatch("an offset needs a scale: give both.")
    else:
        grid = Grid.regular(scale, canvas, offset=offset if offset is not None else find_phase(rgba, scale))
    native = to_native(rgba, grid, rule=cells)
    exact = reproduces(take_nearest(rgba, grid), rgba, grid)
    says = "gives the picture back exactly" if exact else "does not give the picture back exactly"
    return Recovery(
        native,
        grid,
        0.99 if exact else INEXACT_CAP,
        (),
        f"The grid that was given, {_cell(grid)} cells, {_size(native)} native pixels, {says}.",
        _doubt(rgba, native, grid),
    )


def find_phase(rgba: RGBA, scale: float | tuple[float, float]) -> tuple[float, float]:
    """Offset (row, col) at which a known cell size agrees best with the steps between pixels.

    Parameters
    ----------
    rgba : (H, W, 4) uint8
    scale : float or (height, width)
    """
    height, width = (scale, scale) if isinstance(scale, (int, float)) else scale
    values = rgba.astype(np.int16)
    by_row = np.abs(np.diff(values, axis=0)).sum((1, 2), dtype=np.int64)
    by_col = np.abs(np.diff(values, axis=1)).sum((0, 2), dtype=np.int64)
    return _phase(by_row, height), _phase(by_col, width)


def _phase(steps: npt.NDArray[np.int64], pitch: float) -> float:
    whole = float(pitch).is_integer()
    tried = np.arange(0, math.ceil(pitch) if whole else pitch, 1.0 if whole else 0.25)
    best, most = 0.0, -1.0
    for offset in tried:
        lines = np.ceil(offset + np.arange(len(steps) // pitch + 2) * pitch - 0.5 - 1e-9).astype(np.int64) - 1
        on = float(steps[lines[(lines >= 0) & (lines < len(steps))]].sum())
        if on > most * (1 + 1e-9):
            best, most = float(offset), on
    return best


def _cell(grid: Grid) -> str:
    height, width = (f"{side:.4g}" for side in grid.cell)
    return f"{width}x{height}"


def _size(native: RGBA) -> str:
    return f"{native.shape[1]}x{native.shape[0]}"
