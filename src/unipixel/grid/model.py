"""What a grid is, and what an attempt to find one gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from unipixel.errors import GridMismatch
from unipixel.grid.doubt import measure_doubt
from unipixel.image import RGBA

SURE = 0.9
"""Answers that give the picture back exactly and have at least this confidence call themselves sure."""

Lines = tuple[int, ...]


@dataclass(frozen=True)
class Grid:
    """The pixel grid of a picture.

    Attributes
    ----------
    cell : (float, float)
        Height and width of a native pixel in canvas px.
    offset : (float, float)
        Row and column of the first grid line at or after 0, in canvas px, within ``[0, cell)``. 0 means that
        the picture starts with a whole cell.
    rows, cols : tuple of int
        Cut lines between canvas pixels, rising, from 0 to H (W): cell ``i`` is ``rows[i]:rows[i + 1]``. Cells
        that the border of the picture cuts are cells too.
    """

    cell: tuple[float, float]
    offset: tuple[float, float]
    rows: Lines
    cols: Lines

    def __post_init__(self) -> None:
        for name, lines in (("rows", self.rows), ("cols", self.cols)):
            if len(lines) < 2 or lines[0] != 0 or bool((np.diff(lines) <= 0).any()):
                raise GridMismatch(f"grid {name} must rise from 0 and hold at least one cell, not {lines[:4]}...")

    @property
    def native_size(self) -> tuple[int, int]:
        """``(h, w)`` in native px."""
        return len(self.rows) - 1, len(self.cols) - 1

    @property
    def canvas_size(self) -> tuple[int, int]:
        """``(H, W)`` in canvas px."""
        return self.rows[-1], self.cols[-1]

    @property
    def scale(self) -> int | None:
        """Canvas px per native px where it is one whole number for both axes, else None."""
        height, width = self.cell
        return round(height) if height == width and height == round(height) else None

    @classmethod
    def regular(
        cls,
        cell: float | tuple[float, float],
        canvas_size: tuple[int, int],
        *,
        offset: tuple[float, float] = (0.0, 0.0),
    ) -> Grid:
        """Build a grid of equal cells.

        Parameters
        ----------
        cell : float or (height, width)
            In canvas px, at least 1.
        canvas_size : (H, W)
            In canvas px.
        offset : (row, col)
            Any grid line, in canvas px. Cut lines fall where a nearest-neighbour resize that samples pixel
            centres would put them.

        Raises
        ------
        GridMismatch
            A cell below 1 px, or an empty canvas.
        """
        height, width = (cell, cell) if isinstance(cell, (int, float)) else cell
        if min(height, width) < 1 or not math.isfinite(height + width) or min(canvas_size) < 1:
            raise GridMismatch(
                f"cells of {width:g}x{height:g} px do not fit a canvas {canvas_size[::-1]}: give >= 1 px."
            )
        return cls(
            cell=(float(height), float(width)),
            offset=(float(offset[0] % height), float(offset[1] % width)),
            rows=regular_lines(height, offset[0], canvas_size[0]),
            cols=regular_lines(width, offset[1], canvas_size[1]),
        )

    def with_lines(self, rows: Lines, cols: Lines) -> Grid:
        """Build the grid that cuts the same canvas at other lines.

        Raises
        ------
        GridMismatch
            The lines do not rise from 0 to the sides of this canvas.
        """
        if (rows[-1:], cols[-1:]) != (self.rows[-1:], self.cols[-1:]):
            raise GridMismatch(f"grid lines must end at the sides of the canvas, {self.canvas_size[::-1]} px.")
        if len(rows) == len(self.rows) and len(cols) == len(self.cols):
            return Grid(self.cell, self.offset, rows, cols)
        cell = (rows[-1] / max(1, len(rows) - 1), cols[-1] / max(1, len(cols) - 1))
        return Grid(cell, self.offset, rows, cols)

    @classmethod
    def spanning(cls, native_size: tuple[int, int], canvas_size: tuple[int, int]) -> Grid:
        """Build the grid of ``native_size`` (h, w) equal cells over a whole canvas (H, W).

        Raises
        ------
        GridMismatch
            More native than canvas pixels, or none.
        """
        if not (1 <= native_size[0] <= canvas_size[0] and 1 <= native_size[1] <= canvas_size[1]):
            raise GridMismatch(f"a native size of {native_size[::-1]} does not fit a canvas of {canvas_size[::-1]} px.")
        return cls.regular((canvas_size[0] / native_size[0], canvas_size[1] / native_size[1]), canvas_size)


def regular_lines(pitch: float, offset: float, length: int) -> Lines:
    """Cut lines 0..length of equal cells: the first canvas pixel whose centre lies past each grid line.

    Parameters
    ----------
    pitch, offset : float
        In canvas px.
    length : int
        Canvas px on this axis.
    """
    first = math.floor((0.5 - offset) / pitch) + 1
    last = math.ceil((length + 0.5 - offset) / pitch)
    # 1e-9: lines at exactly half a pixel must not flip with the last bit of the product
    lines = np.ceil(offset + np.arange(first, last + 1) * pitch - 0.5 - 1e-9).astype(int)
    inner = np.unique(lines[(lines > 0) & (lines < length)])
    return (0, *as_lines(inner), length)


def as_lines(lines: npt.NDArray[np.int64]) -> Lines:
    """Cut lines as a `Grid` holds them."""
    return tuple(lines.tolist())


@dataclass(frozen=True)
class Candidate:
    """One size that the native image may have.

    Attributes
    ----------
    native_size : (h, w) in native px
    cell : (height, width) in canvas px
    confidence : float
        0..1, on the same scale as `Recovery.confidence`.
    """

    native_size: tuple[int, int]
    cell: tuple[float, float]
    confidence: float


@dataclass(frozen=True, eq=False)
class Recovery:
    """The answer of :func:`unipixel.grid.recover`.

    Attributes
    ----------
    native : (h, w, 4) uint8 or None
        The native image; None where the picture has no grid. Native art comes back untouched.
    grid : Grid or None
    confidence : float
        0..1: how likely it is that the size is right; for "no grid", that there is none.
    alternatives : tuple of Candidate
        The next best sizes, best first.
    reason : str
        One sentence for a person.
    frame : (H, W, 4) uint8
        The picture that was looked at, without hidden colour; the array that was given where it had none.
    is_exact : bool
        The native image, drawn on the grid, is the picture, pixel for pixel.
    """

    native: RGBA | None
    grid: Grid | None
    confidence: float
    alternatives: tuple[Candidate, ...]
    reason: str
    frame: RGBA = field(repr=False)
    is_exact: bool

    @cached_property
    def doubt(self) -> npt.NDArray[np.float32]:
        """0 where the colour of a native pixel is certain, 1 where it is a guess: ``(h, w)``; zeros without a grid."""
        if self.native is None or self.grid is None or self.grid.scale == 1:
            return np.zeros(self.frame.shape[:2], np.float32)
        if self.is_exact:
            return np.zeros(self.native.shape[:2], np.float32)
        return measure_doubt(self.frame, self.native, self.grid.rows, self.grid.cols)

    @property
    def is_sure(self) -> bool:
        """Whether the answer may be used without a look at it: it is exact, and `SURE`."""
        return self.is_exact and self.confidence >= SURE
