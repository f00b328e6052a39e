"""What a conversion gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from unipixel.color import Palette
from unipixel.conversion.edits import Cell, settle
from unipixel.conversion.indexed import Indexed
from unipixel.errors import GridMismatch
from unipixel.evaluation import Quality, measure_quality
from unipixel.grid import Candidate, Grid, Recovery
from unipixel.image import RGBA


@dataclass(frozen=True, eq=False)
class Conversion:
    """True pixel art and how it was found."""

    frames: RGBA
    """``(n, h, w, 4)`` uint8, one element per native pixel; one frame for a still picture."""
    durations: tuple[float, ...]
    """Milliseconds of each frame; empty for a still picture or a sheet."""
    loop: int
    """How often an animation runs; 0 for ever."""
    layout: tuple[int, int] | None
    """``(rows, columns)`` of the frames of a sprite sheet."""
    palette: Palette | None
    """The palette that was asked for, or made; None where none was."""
    indexed: Indexed | None
    """The frames as indices of one table, or None where they have more than 256 colours."""
    recovery: Recovery = field(repr=False)
    """The grid finder's answer, with its alternatives and :attr:`~unipixel.grid.Recovery.doubt`."""
    metadata: Mapping[str, str]
    """What the source says of its making: prompt, seed, workflow."""
    painted: tuple[Cell, ...] = field(default=(), repr=False)
    """Native pixels whose colour a person chose."""

    @property
    def native(self) -> RGBA:
        """``(h, w, 4)`` uint8: the picture, the first frame of an animation, or the whole sheet."""
        return self.frames[0] if self.layout is None else join_sheet(self.frames, self.layout)

    @property
    def colors(self) -> Palette | None:
        """The palette, or else the opaque colours; None where there are none, or more than a palette holds."""
        if self.palette is not None or self.indexed is None:
            return self.palette
        table = self.indexed.table
        opaque = table[table[:, 3] == 255, :3]
        return Palette(opaque, "native") if len(opaque) else None

    @property
    def grid(self) -> Grid:
        """The grid that was taken, of each frame."""
        assert self.recovery.grid is not None  # a conversion without one is refused
        return self.recovery.grid

    @property
    def confidence(self) -> float:
        """0 to 1: how likely it is that the native size is right."""
        return self.recovery.confidence

    @property
    def alternatives(self) -> tuple[Candidate, ...]:
        """The next best sizes, best first."""
        return self.recovery.alternatives

    @cached_property
    def report(self) -> Quality:
        """What can be said of the result without knowing what was meant, and a verdict in words."""
        return measure_quality(
            self.frames[0],
            confidence=self.confidence,
            doubt=settle(self.recovery.doubt[None], [cell for cell in self.painted if cell[0] == 0])[0],
            frames=self.frames if self.durations else None,
        )

    @property
    def reason(self) -> str:
        """One sentence on the grid."""
        return self.recovery.reason


def join_sheet(frames: RGBA, layout: tuple[int, int]) -> RGBA:
    """Lay frames ``(rows * columns, h, w, ...)`` out as a sheet ``(rows * h, columns * w, ...)``, row by row."""
    rows, cols = layout
    count, height, width, *rest = frames.shape
    if count != rows * cols:
        raise GridMismatch(f"{count} frames don't fill a sheet of {cols}x{rows}.")
    laid = frames.reshape(rows, cols, height, width, *rest).swapaxes(1, 2)
    return np.ascontiguousarray(laid.reshape(rows * height, cols * width, *rest))
