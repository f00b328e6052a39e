"""What a person mends by hand: where the grid's lines lie, and the colours of single native pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette
from unipixel.errors import GridMismatch
from unipixel.grid.model import Lines
from unipixel.image import RGBA

CLEAR = "transparent"
"""The colour that leaves a native pixel empty."""

Cell: TypeAlias = tuple[int, int, int, str]
"""Frame, row and column of a native pixel, all from 0, and its colour as ``#rrggbb``, or `CLEAR`."""


@dataclass(frozen=True)
class Edits:
    """Edits of one picture. They come on top of what its options make of it.

    Raises
    ------
    PaletteError
        The colour of a cell is none.
    """

    lines: tuple[Lines, Lines] | None = None
    """Cut lines of the rows and of the columns in canvas px, each from 0 to the side of a frame; None leaves the grid
    as it was found."""
    cells: tuple[Cell, ...] = ()
    """Painted one after the other, once all colours are chosen: a colour that the palette has not is added to it."""

    def __post_init__(self) -> None:
        for code in {color for _, _, _, color in self.cells}:
            _rgba(code)


def paint(frames: RGBA, cells: Sequence[Cell]) -> RGBA:
    """Give native pixels the colours that a person chose.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
    cells : sequence of Cell

    Returns
    -------
    (n, h, w, 4) uint8
        The input itself where there is nothing to paint.

    Raises
    ------
    GridMismatch
        There is no such native pixel.
    """
    if not cells:
        return frames
    painted: RGBA = frames.copy()
    colors: Mapping[str, list[int]] = {code: _rgba(code) for code in {cell[3] for cell in cells}}
    painted[_places(cells, frames.shape)] = [colors[cell[3]] for cell in cells]
    return painted


def settle(doubt: npt.NDArray[np.float32], cells: Sequence[Cell]) -> npt.NDArray[np.float32]:
    """Doubt ``(n, h, w)`` without that of pixels that a person painted: they are meant."""
    if not cells:
        return doubt
    left: npt.NDArray[np.float32] = doubt.copy()
    left[_places(cells, doubt.shape)] = 0
    return left


def _places(cells: Sequence[Cell], shape: tuple[int, ...]) -> tuple[npt.NDArray[np.int64], ...]:
    """Index arrays of frames, rows and columns; of a place that is named twice only the last counts, as in numpy."""
    places = np.array([cell[:3] for cell in cells], np.int64).T
    outside = (places < 0) | (places >= np.array(shape[:3])[:, None])
    if outside.any():
        frame, row, column = places[:, outside.any(axis=0).argmax()]
        raise GridMismatch(
            f"there is no native pixel in row {row}, column {column} of frame {frame}: "
            f"there are {shape[0]} frames of {shape[2]}x{shape[1]}, counted from 0."
        )
    return tuple(places)


def _rgba(code: str) -> list[int]:
    return [0, 0, 0, 0] if code == CLEAR else [*Palette.from_hex([code], "edits").colors[0].tolist(), 255]
