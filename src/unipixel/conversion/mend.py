"""Natives on a grid whose lines a person moved: only the cells that are cut otherwise are read anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color import distance, nearest_colors
from unipixel.color.enough import NEAR
from unipixel.conversion.natives import Natives
from unipixel.grid import CellRule, to_native
from unipixel.grid.cells import reproduces
from unipixel.grid.find import KNOWN
from unipixel.grid.model import Lines
from unipixel.image import RGBA

Places: TypeAlias = npt.NDArray[np.int64]


def mend(natives: Natives, pictures: Iterable[RGBA], lines: tuple[Lines, Lines], rule: CellRule) -> Natives:
    """Read natives again where the lines of their grid have moved.

    Parameters
    ----------
    natives : Natives
        As they were read.
    pictures : iterable of (H, W, 4) uint8
        What they were read from.
    lines : (rows, columns)
        Cut lines in canvas px, each rising from 0 to the side of a picture.
    rule : CellRule
        How cells that are new are read. Where they come out within what eyes tell apart of a colour that was there,
        they take that: noise makes no new colours.

    Returns
    -------
    Natives
        Every cell that has the same borders as before has the same colour as before.

    Raises
    ------
    GridMismatch
        The lines don't rise from 0 to the sides of the picture.
    """
    before = natives.grid
    grid = before.with_lines(*lines)
    if grid == before:
        return natives
    frames = np.stack([to_native(picture, grid, rule=rule) for picture in pictures])
    frames = _without_new_noise(frames, natives.frames)
    rows, columns = _same_cells(before.rows, grid.rows), _same_cells(before.cols, grid.cols)
    every = np.arange(len(frames))
    frames[np.ix_(every, rows[1], columns[1])] = natives.frames[np.ix_(every, rows[0], columns[0])]
    found = replace(
        natives.found,
        native=frames[0],
        grid=grid,
        confidence=KNOWN,
        reason=f"Lines were moved by hand: {grid.native_size[1]}x{grid.native_size[0]} native pixels.",
        is_exact=reproduces(frames[0], natives.found.frame, grid),
    )
    return Natives(frames, found)


def _same_cells(before: Lines, after: Lines) -> tuple[Places, Places]:
    """Cells of one axis that have the same borders in both: their places before, and after."""
    places = {borders: place for place, borders in enumerate(pairwise(before))}
    pairs = [(places[borders], place) for place, borders in enumerate(pairwise(after)) if borders in places]
    old, new = np.array(pairs, np.int64).reshape(-1, 2).T
    return old, new


def _without_new_noise(frames: RGBA, before: RGBA) -> RGBA:
    known = np.unique(before[before[..., 3] == 255], axis=0)
    if not len(known):
        return frames
    flat = frames.reshape(-1, 4)
    near = known[nearest_colors(flat[:, :3], known[:, :3])]
    is_known = (distance(flat, near) < NEAR) & (flat[:, 3] == 255)
    return np.where(is_known[:, None], near, flat).reshape(frames.shape)
