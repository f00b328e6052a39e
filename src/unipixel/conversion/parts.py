"""Sheets of sprites that were drawn apart: each read on a grid of its own, and laid where it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from unipixel.conversion.options import Options
from unipixel.grid import Box, Recovery, find_boxes, recover
from unipixel.image import RGBA

ALIKE = 0.05
"""Cells that differ by no more than this share are of one size: their natives fit on one sheet."""


@dataclass(frozen=True, eq=False)
class _Sprite:
    """A part of the picture, and what the finder said of it alone."""

    box: Box
    own: Recovery
    native: RGBA

    @property
    def area(self) -> int:
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    @property
    def cell(self) -> tuple[float, float]:
        assert self.own.grid is not None
        return self.own.grid.cell


def read_parts(found: Recovery, options: Options) -> Recovery:
    """Read the native of a picture whose sprites have grids of their own.

    Parameters
    ----------
    found : Recovery
        Of the whole picture.
    options : Options

    Returns
    -------
    Recovery
        On the grid of the largest sprite; each other one with cells of that size is read on its own grid, and lies at
        its place rounded to whole native pixels. Those with cells of another size lie as that grid shows them. What was
        given, where there are not two sprites.
    """
    sprites = [sprite for box in find_boxes(found.frame) if (sprite := _read(box, found.frame, options)) is not None]
    if len(sprites) < 2:
        return found
    largest = max(sprites, key=lambda sprite: sprite.area)
    top, left = largest.box[:2]
    assert largest.own.grid is not None
    offset = (top + largest.own.grid.offset[0], left + largest.own.grid.offset[1])
    whole = recover(found.frame, scale=largest.cell, offset=offset, cells=options.cells)
    assert whole.native is not None
    native = whole.native.copy()
    alike = [sprite for sprite in sprites if _is_alike(sprite, largest)]
    for sprite in alike:
        _lay(native, sprite, whole)
    reason = (
        f"{len(alike)} of {len(sprites)} sprites have cells of about {largest.cell[1]:.4g}x{largest.cell[0]:.4g} px, "
        "each on a grid of its own."
    )
    confidence = min(sprite.own.confidence for sprite in alike)
    return replace(whole, native=native, confidence=confidence, reason=reason, is_exact=False)


def _read(box: Box, frame: RGBA, options: Options) -> _Sprite | None:
    top, left, bottom, right = box
    own = recover(np.ascontiguousarray(frame[top:bottom, left:right]), cells=options.cells)
    if own.native is None or own.confidence < options.min_confidence:
        return None
    return _Sprite(box, own, own.native)


def _is_alike(sprite: _Sprite, largest: _Sprite) -> bool:
    return all(abs(own / other - 1) <= ALIKE for own, other in zip(sprite.cell, largest.cell, strict=True))


def _lay(native: RGBA, sprite: _Sprite, whole: Recovery) -> None:
    """Put a sprite's own native over what the whole's grid made of it."""
    assert whole.grid is not None
    row, col = (
        int(np.abs(np.array(lines[:-1]) - place).argmin())
        for lines, place in ((whole.grid.rows, sprite.box[0]), (whole.grid.cols, sprite.box[1]))
    )
    part = native[row : row + len(sprite.native), col : col + sprite.native.shape[1]]
    part[:] = sprite.native[: part.shape[0], : part.shape[1]]
