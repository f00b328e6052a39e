"""Sprite sheets of a known layout: each frame has the same grid, which need not run on from one frame to the next."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from unipixel.errors import GridMismatch
from unipixel.grid.cells import CellRule
from unipixel.grid.find import recover_frames
from unipixel.grid.known import Scale
from unipixel.grid.model import Grid, Lines, Recovery
from unipixel.grid.pixels import as_rgba
from unipixel.image import RGBA


def split_sheet(image: npt.NDArray[np.uint8], layout: tuple[int, int]) -> list[RGBA]:
    """Cut a sheet into its frames, row by row.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
    layout : (rows, columns)
        How many frames there are below and beside one another; all have one size.

    Returns
    -------
    list of (H / rows, W / columns, 4) uint8

    Raises
    ------
    GridMismatch
        The sheet can't be cut into so many frames of one size.
    ImageError
        The array is no picture.
    """
    rgba = as_rgba(image)
    (height, width), (rows, cols) = rgba.shape[:2], layout
    if rows < 1 or cols < 1 or height % rows or width % cols:
        raise GridMismatch(f"{width}x{height} px can't be cut into {cols}x{rows} frames of one size: crop it first.")
    frames = rgba.reshape(rows, height // rows, cols, width // cols, 4).transpose(0, 2, 1, 3, 4)
    return list(np.ascontiguousarray(frames.reshape(-1, height // rows, width // cols, 4)))


def recover_sheet(
    image: npt.NDArray[np.uint8],
    layout: tuple[int, int],
    *,
    scale: Scale | None = None,
    native_size: tuple[int, int] | None = None,
    offset: tuple[float, float] | None = None,
    cells: CellRule = "auto",
) -> Recovery:
    """Find the grid that the frames of a sprite sheet share, and give back the native sheet.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
    layout : (rows, columns)
        How many frames there are below and beside one another.
    scale, native_size, offset, cells
        Of one frame; see `unipixel.grid.recover`.

    Returns
    -------
    Recovery
        Of the whole sheet. ``grid.offset`` is that of the first frame; ``grid.rows`` and ``grid.cols`` hold the lines
        of all frames, among them the borders between them.

    Raises
    ------
    GridMismatch, ImageError
        See `split_sheet` and `unipixel.grid.recover_frames`.
    """
    frames = split_sheet(image, layout)
    found = recover_frames(frames, scale=scale, native_size=native_size, offset=offset, cells=cells)
    first, sheet = found[0], as_rgba(image)
    if first.grid is None:
        return Recovery(None, None, first.confidence, first.alternatives, first.reason, sheet, is_exact=False)
    grid = Grid(
        first.grid.cell, first.grid.offset, _repeat(first.grid.rows, layout[0]), _repeat(first.grid.cols, layout[1])
    )
    natives = np.stack([answer.native for answer in found if answer.native is not None])
    height, width = first.grid.native_size
    native = natives.reshape(*layout, height, width, 4).transpose(0, 2, 1, 3, 4).reshape(*grid.native_size, 4)
    reason = f"In each of {len(frames)} frames: {first.reason}"
    return Recovery(np.ascontiguousarray(native), grid, first.confidence, (), reason, sheet, is_exact=first.is_exact)


def _repeat(lines: Lines, count: int) -> Lines:
    """The lines of frames side by side."""
    steps = [high - low for low, high in pairwise(lines)] * count
    return (0, *(int(line) for line in np.cumsum(steps)))
