"""Parts of a picture that have grids of their own: sheets of sprites that were drawn apart, halves that do not meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.grid.belief import believe
from unipixel.grid.edges import FLOOR, Edges, find_edges, find_steps
from unipixel.grid.gain import information_of
from unipixel.grid.model import Grid, Lines, Recovery
from unipixel.grid.pixels import take_lines
from unipixel.grid.soft import Axis, find_soft
from unipixel.image import RGBA

Box = tuple[int, int, int, int]
"""Top, left, bottom, right; the last two exclusive."""

GUTTER = 2
"""Cells: emptier rows or columns than this part two things."""

LEAST_SIDE = 10
"""Cells: smaller things do not show a grid of their own."""

SQUARE = 4
"""Canvas px: a picture whose grid nobody knows is cut along squares of this side."""

APART, LEAST_NATS = 2.0, 0.3
"""A part's own lines must say so many times as much about its edges as those of the whole, and so many nats."""


@dataclass(frozen=True)
class Part:
    """A part of a picture whose grid is not that of the whole.

    Attributes
    ----------
    region : (top, left, bottom, right) in canvas px, the last two exclusive
    cell : (height, width) in canvas px
    offset : (row, col)
        A grid line of the part, in canvas px of the whole picture, within ``[0, cell)``.
    """

    region: Box
    cell: tuple[float, float]
    offset: tuple[float, float]


def find_parts(found: Recovery) -> tuple[Part, ...]:
    """Look for parts of a picture whose lines are not those of the grid that was found.

    The picture is cut where empty rows and columns part its things, or into quarters where there are none, and the grid
    of each piece is sought on its own. To get such a part's native image, cut it out and recover it alone.

    Parameters
    ----------
    found : Recovery
        What `unipixel.grid.recover` said of the picture.

    Returns
    -------
    tuple of Part
        Empty where one grid fits all pieces that show any, or gives the picture back exactly, or there is none.
    """
    frame, grid = found.frame, found.grid
    if grid is None or grid.scale == 1 or found.is_sure:
        return ()
    parts = []
    for box in _pieces(frame, grid):
        top, left, bottom, right = box
        piece = np.ascontiguousarray(frame[None, top:bottom, left:right])
        steps = find_steps(take_lines(piece, 0)), find_steps(take_lines(piece, 1))
        soft = find_soft(steps)
        if soft is None or believe(soft) < 0.5:
            continue
        axes = ((soft.rows, grid.rows, top, steps[0]), (soft.cols, grid.cols, left, steps[1]))
        if any(_is_apart(axis, lines, start, find_edges(step)) for axis, lines, start, step in axes):
            row, col = soft.rows.offset + top, soft.cols.offset + left
            cell = (soft.rows.pitch, soft.cols.pitch)
            parts.append(Part(box, cell, (row % cell[0], col % cell[1])))
    return tuple(parts)


def find_boxes(frame: RGBA) -> tuple[Box, ...]:
    """Boxes around the things of a picture that empty rows and columns part, such as the sprites of a sheet.

    Parameters
    ----------
    frame : (H, W, 4) uint8
        Without hidden colour.

    Returns
    -------
    tuple of (top, left, bottom, right)
        In canvas px, to whole squares of `SQUARE`; row by row. Things below `LEAST_SIDE` squares are left out.
    """
    grid = Grid.regular(SQUARE, frame.shape[:2])
    busy = _busy_cells(frame, grid)
    boxes = [box for box in _cut(busy, (0, 0, *busy.shape)) if _is_large(box)]
    return tuple(_to_canvas(box, grid) for box in boxes)


def _is_apart(axis: Axis, lines: Lines, start: int, edges: Edges) -> bool:
    """Whether a piece's own lines say much more about its edges than those of the whole, shifted by its start."""
    own = information_of(edges, np.array(axis.lines, dtype=np.float64))
    return own > LEAST_NATS and own > APART * information_of(edges, np.array(lines, dtype=np.float64) - start)


def _pieces(frame: RGBA, grid: Grid) -> list[Box]:
    """Boxes in canvas px around things that empty cells part, or the quarters of the picture."""
    busy = _busy_cells(frame, grid)
    boxes = [box for box in _cut(busy, (0, 0, *busy.shape)) if _is_large(box)]
    if len(boxes) < 2:
        tall, wide = busy.shape[0] // 2, busy.shape[1] // 2
        quarters = [(y, x, y + tall, x + wide) for y in (0, tall) for x in (0, wide)]
        boxes = [box for box in quarters if _is_large(box)]
    return [_to_canvas(box, grid) for box in boxes]


def _to_canvas(box: Box, grid: Grid) -> Box:
    top, left, bottom, right = box
    return grid.rows[top], grid.cols[left], grid.rows[bottom], grid.cols[right]


def _is_large(box: Box) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) >= LEAST_SIDE


def _busy_cells(frame: RGBA, grid: Grid) -> npt.NDArray[np.bool_]:
    """Cells ``(h, w)`` that hold steps."""
    across = find_steps(frame)[:, 1:]
    down = find_steps(np.ascontiguousarray(frame.transpose(1, 0, 2)))[:, 1:].T
    most = np.maximum.reduceat(np.maximum(across, down), _starts(grid.rows), 0)
    busy: npt.NDArray[np.bool_] = np.maximum.reduceat(most, _starts(grid.cols), 1) > 2 * FLOOR
    return busy


def _starts(lines: Lines) -> npt.NDArray[np.int64]:
    return np.array(lines[:-1], dtype=np.int64)


def _cut(busy: npt.NDArray[np.bool_], box: Box) -> list[Box]:
    """Cut a box at its gutters, and the pieces again along the other axis, until there are none (an X-Y cut)."""
    top, left, bottom, right = box
    part = busy[top:bottom, left:right]
    rows, cols = _runs(np.logical_or.reduce(part, 1)), _runs(np.logical_or.reduce(part, 0))
    if not rows:
        return []
    if len(rows) == len(cols) == 1:
        return [(top + rows[0][0], left + cols[0][0], top + rows[0][1], left + cols[0][1])]
    return [
        piece
        for low, high in rows
        for start, end in cols
        for piece in _cut(busy, (top + low, left + start, top + high, left + end))
    ]


def _runs(busy: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches between gutters: (start, end)."""
    places = np.flatnonzero(busy)
    if not places.size:
        return []
    breaks = np.flatnonzero(np.diff(places) > GUTTER)
    starts = places[np.concatenate([[0], breaks + 1])]
    ends = places[np.concatenate([breaks, [len(places) - 1]])] + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
