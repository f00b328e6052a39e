"""Find the pixel grid of any picture, or of frames that share one, and give back the native image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.errors import GridMismatch
from unipixel.grid.belief import BLOCK_RELIEF, believe, trust_size
from unipixel.grid.cells import CellRule, read_cells, reproduces, take_nearest
from unipixel.grid.edges import Steps, find_kinks, find_steps
from unipixel.grid.exact import ExactAnswer, find_exact, is_nearly_exact
from unipixel.grid.known import Scale, known_grid
from unipixel.grid.model import SURE, Candidate, Grid, Recovery
from unipixel.grid.natural import has_lone_pixels, is_native_art
from unipixel.grid.pixels import as_rgba, pack, take_lines
from unipixel.grid.soft import SoftAnswer, find_soft
from unipixel.image import RGBA

NO_GRID = 0.95
"""Highest confidence that a picture has no grid: some lie too deep to be found."""

KNOWN = 0.99
"""Confidence in a grid that was given."""

RAMPS = 0.45
"""Where this share of the edges are straight ramps, the picture may be a linear enlargement."""

LEAST_BENT = 4.5
"""Canvas px: smaller cells of a linear enlargement are not told from those of a photo's grain."""

Region = tuple[int, int, int, int]


def recover(
    image: npt.NDArray[np.uint8],
    *,
    scale: Scale | None = None,
    native_size: tuple[int, int] | None = None,
    offset: tuple[float, float] | None = None,
    region: Region | None = None,
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
    region : (top, left, bottom, right), optional
        Canvas px, the last two exclusive: look for the grid here alone, and lay it over the whole picture.
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
    return recover_frames([image], scale=scale, native_size=native_size, offset=offset, region=region, cells=cells)[0]


def recover_frames(
    images: Sequence[npt.NDArray[np.uint8]],
    *,
    scale: Scale | None = None,
    native_size: tuple[int, int] | None = None,
    offset: tuple[float, float] | None = None,
    region: Region | None = None,
    cells: CellRule = "auto",
) -> tuple[Recovery, ...]:
    """Find the one grid that frames share, such as those of an animation or a sprite sheet's.

    The frames vote together: a cut in any of them is a cut of all. Cells that differ by noise alone get one colour
    over all frames, so that nothing flickers.

    Parameters
    ----------
    images : sequence of (H, W, 3|4) uint8
        At least one, all of one size.
    scale, native_size, offset, region, cells
        As for `recover`.

    Returns
    -------
    tuple of Recovery
        One for each frame, with the same grid.

    Raises
    ------
    ImageError
        An array is no picture.
    GridMismatch
        The frames differ in size, there are none, or what was given does not fit them.
    """
    frames = [as_rgba(image) for image in images]
    if len({frame.shape for frame in frames}) != 1:
        raise GridMismatch("frames must be at least one and all of one size: cut or pad them first.")
    stack = np.stack(frames) if len(frames) > 1 else frames[0][None]
    if scale is not None or native_size is not None or offset is not None:
        if region is not None:
            raise GridMismatch("a region is for finding the grid; leave it out where scale or native size is known.")
        finding = _given(stack, known_grid(stack, scale, native_size, offset))
    else:
        finding = _find(stack) if region is None else _find_in(stack, region)
    return _answer(stack, finding, cells)


@dataclass(frozen=True)
class _Finding:
    """Everything about an answer but its colours."""

    grid: Grid | None
    confidence: float
    alternatives: tuple[Candidate, ...]
    reason: str
    is_exact: bool


def _find(stack: RGBA) -> _Finding:
    """Decide on the grid of a stack ``(n, H, W, 4)``."""
    exact = find_exact(pack(stack))
    if exact is not None and _is_fine_ramp(stack, exact.grid):
        exact = None
    if exact is not None and exact.confidence >= 0.5:
        return _from_exact(exact)
    lines = take_lines(stack, 0), take_lines(stack, 1)
    steps = find_steps(lines[0]), find_steps(lines[1])
    soft, belief = _find_soft(stack, lines, steps)
    if is_native_art(stack, lines, steps):
        return _untouched(stack, 0.6 if belief >= 0.5 or is_nearly_exact(pack(stack)) else 0.95)
    if soft is not None and belief >= 0.5:
        return _from_soft(soft, belief)
    if is_native_art(stack, lines, steps, noisy=True):
        return _untouched(stack, 0.8)
    if exact is not None:
        return _from_exact(exact)
    return _nothing(soft, belief)


def _find_soft(stack: RGBA, lines: tuple[RGBA, RGBA], steps: tuple[Steps, Steps]) -> tuple[SoftAnswer | None, float]:
    """The grid that the edges of a damaged picture agree on, or, if none, its kinks; and the belief in it."""
    soft = find_soft(steps)
    belief = believe(soft) if soft is not None else 0.0
    if soft is not None and belief >= 0.5 and soft.flat < RAMPS:
        return soft, belief
    bent = find_soft((find_kinks(lines[0]), find_kinks(lines[1])), kinks=True)
    # enlarged photos bend as well: only single pixels make it art
    if bent is None or min(bent.grid.cell) < LEAST_BENT or _is_of_blocks(bent) or not _has_lone_cells(stack, bent.grid):
        return soft, belief
    bent_belief = believe(bent)
    return (bent, bent_belief) if bent_belief >= 0.5 else (soft, belief)


def _is_of_blocks(bent: SoftAnswer) -> bool:
    """Whether the kinks are where a JPEG's blocks meet: half a block from the lines between such kinks."""
    axes = (bent.rows, bent.cols)
    return any(axis.pitch in BLOCK_RELIEF and abs(axis.offset % 8 - 4) <= 1 for axis in axes)


def _has_lone_cells(stack: RGBA, grid: Grid) -> bool:
    native = np.stack([take_nearest(frame, grid) for frame in stack])
    return all(_has_lone(native, axis) for axis in (0, 1))


def _has_lone(stack: RGBA, axis: int) -> bool:
    lines = take_lines(stack, axis)
    return has_lone_pixels(lines, find_steps(lines))


def _find_in(stack: RGBA, region: Region) -> _Finding:
    """Find the grid of a part, and lay it over the whole."""
    top, left, bottom, right = region
    height, width = stack.shape[1:3]
    if not (0 <= top < bottom <= height and 0 <= left < right <= width):
        raise GridMismatch(f"the region {region} (top, left, bottom, right) does not lie in {width}x{height} px.")
    found = _find(np.ascontiguousarray(stack[:, top:bottom, left:right]))
    if found.grid is None:
        return found
    (row, col), cell = found.grid.offset, found.grid.cell
    grid = Grid.regular(cell, (height, width), offset=(top + row, left + col))
    is_exact = all(reproduces(take_nearest(frame, grid), frame, grid) for frame in stack)
    says = "exactly" if is_exact else "but not exactly"
    reason = f"In the region: {found.reason} Laid over the whole, it gives the picture back {says}."
    return _Finding(grid, found.confidence, (), reason, is_exact)


def _answer(stack: RGBA, finding: _Finding, cells: CellRule) -> tuple[Recovery, ...]:
    """Read the colours of all frames, and say what the grid does to them."""
    grid = finding.grid
    if grid is None:
        natives: Sequence[RGBA | None] = [None] * len(stack)
    elif grid.scale == 1:
        natives = [frame.copy() for frame in stack]
    else:
        is_known = finding.is_exact and cells == "auto"  # that the nearest colours are right
        natives = read_cells(list(stack), grid, "nearest" if is_known else cells)
    return tuple(
        Recovery(
            native, grid, finding.confidence, finding.alternatives, finding.reason, frame, is_exact=finding.is_exact
        )
        for frame, native in zip(stack, natives, strict=True)
    )


def _given(stack: RGBA, grid: Grid) -> _Finding:
    is_exact = all(reproduces(take_nearest(frame, grid), frame, grid) for frame in stack)
    says = "gives the picture back exactly" if is_exact else "does not give the picture back exactly"
    reason = f"The grid that was given, {_cell(grid)} cells, {_size(grid)} native pixels, {says}."
    return _Finding(grid, KNOWN, (), reason, is_exact)


def _is_fine_ramp(stack: RGBA, grid: Grid) -> bool:
    """Whether an exact grid of cells below 2 px holds soft edges rather than art.

    Soft edges change over neighbouring pixels, so only lattices this fine can hold them; their native images
    have no pixels that stand alone.
    """
    if min(grid.cell) >= 2.0:
        return False
    native = np.stack([take_nearest(frame, grid) for frame in stack])
    return any(grid.cell[axis] < 2.0 and not _has_lone(native, axis) for axis in (0, 1))


def _from_exact(answer: ExactAnswer) -> _Finding:
    unsure = "" if answer.confidence >= SURE else ", but so few lines are drawn that other grids would do so too"
    return _Finding(
        answer.grid,
        answer.confidence,
        answer.alternatives,
        f"Every pixel lies on a grid of {_cell(answer.grid)} cells: {_size(answer.grid)} native pixels give the "
        f"picture back exactly{unsure}.",
        is_exact=True,
    )


def _from_soft(soft: SoftAnswer, belief: float) -> _Finding:
    return _Finding(
        soft.grid,
        belief * trust_size(soft),
        _alternatives(soft, belief),
        f"The picture is no exact enlargement, but its edges agree on cells of {_cell(soft.grid)} px: "
        f"{_size(soft.grid)} native pixels; check the size before you rely on it.",
        is_exact=False,
    )


def _untouched(stack: RGBA, confidence: float) -> _Finding:
    return _Finding(
        Grid.regular(1, (stack.shape[1], stack.shape[2])),
        confidence,
        (),
        "The picture is native pixel art already: single pixels stand alone all over it.",
        is_exact=True,
    )


def _nothing(soft: SoftAnswer | None, belief: float) -> _Finding:
    others: tuple[Candidate, ...] = ()
    if soft is not None:
        others = (Candidate(soft.grid.native_size, soft.grid.cell, belief * trust_size(soft)),)
        others += _alternatives(soft, belief)[:2]
    reason = "No pixel grid: the edges of the picture agree on no cell size."
    return _Finding(None, NO_GRID * (1 - belief), others, reason, is_exact=False)


def _alternatives(soft: SoftAnswer, belief: float) -> tuple[Candidate, ...]:
    height, width = soft.grid.canvas_size
    rest = (1 - belief * trust_size(soft)) / 2
    return tuple(
        Candidate((max(1, round(height / pitch[0])), max(1, round(width / pitch[1]))), pitch, round(rest / 2**place, 4))
        for place, pitch in enumerate(soft.others, start=1)
    )


def _cell(grid: Grid) -> str:
    height, width = (f"{side:.4g}" for side in grid.cell)
    return f"{width}x{height}"


def _size(grid: Grid) -> str:
    height, width = grid.native_size
    return f"{width}x{height}"
