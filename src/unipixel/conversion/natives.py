"""From frames to natives: one grid for all of them, each cell one colour, nothing that flickers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from unipixel.conversion.options import Options
from unipixel.conversion.parts import read_parts
from unipixel.errors import GridMismatch, NoGridFound, OptionError
from unipixel.grid import Grid, Recovery, recover_frames, to_native
from unipixel.image import RGBA

AT_ONCE = 1 << 25
"""Canvas px of all frames together that are looked at at once (about 0.5 GB of memory); of more frames a few are chosen
for the grid, and the others are read one after the other."""


@dataclass(frozen=True, eq=False)
class Natives:
    """Natives of frames and the grid they share."""

    frames: RGBA
    """``(n, h, w, 4)`` uint8."""
    found: Recovery
    """The finder's answer for the first frame that it looked at."""

    @property
    def grid(self) -> Grid:
        """The grid of each frame."""
        assert self.found.grid is not None  # refused before
        return self.found.grid


def read_natives(pictures: Iterable[RGBA], options: Options) -> Natives:
    """Find the grid that frames share and take the natives off it.

    Parameters
    ----------
    pictures : iterable of (H, W, 4) uint8
        At least one, all of one size; asked for a second time where there are too many to hold.
    options : Options

    Raises
    ------
    NoGridFound
        No grid, or none that is likely enough.
    GridMismatch
        The grid that was given does not fit.
    """
    few, is_all = _spread(pictures)
    found = _recover(few, options)
    first = found[0]
    if is_all:
        natives: Iterable[RGBA] = [answer.native for answer in found if answer.native is not None]
    elif first.grid is None or first.grid.scale == 1:
        natives = pictures
    else:
        natives = (to_native(picture, first.grid, rule=options.cells) for picture in pictures)
    return Natives(np.stack(list(natives)), first)


def _spread(pictures: Iterable[RGBA]) -> tuple[list[RGBA], bool]:
    """As many pictures as are looked at at once, evenly spread, and whether they are all."""
    few: list[RGBA] = []
    every = 1
    for place, picture in enumerate(pictures):
        if len(few) >= max(2, AT_ONCE // picture[..., 0].size):
            few, every = few[::2], 2 * every
        if place % every == 0:
            few.append(picture)
    return few, every == 1


def _recover(frames: Sequence[RGBA], options: Options) -> tuple[Recovery, ...]:
    scale = options.known_scale
    if options.native_size is not None:
        return recover_frames(frames, native_size=options.native_size, cells=options.cells)
    if scale is not None:
        offset = options.offset
        if options.preset != "auto":
            _require_whole_cells(frames[0], int(scale), options.preset)
            offset = (0.0, 0.0)
        return recover_frames(frames, scale=scale, offset=offset, cells=options.cells)
    found = recover_frames(frames, cells=options.cells)
    if options.parts:
        if len(frames) > 1:
            raise OptionError("--parts is for one picture; frames share one grid.")
        found = (read_parts(found[0], options),)
    return found if _is_likely(found[0], options) else _next_best(frames, found[0], options)


def _is_likely(found: Recovery, options: Options) -> bool:
    return found.grid is not None and found.confidence >= options.min_confidence


def _next_best(frames: Sequence[RGBA], found: Recovery, options: Options) -> tuple[Recovery, ...]:
    """Where the finder names no grid but a guess is likely enough for this person, take the guess."""
    guess = found.alternatives[0] if found.grid is None and found.alternatives else None
    if guess is not None and guess.confidence >= options.min_confidence:
        return recover_frames(frames, scale=guess.cell, cells=options.cells)
    raise NoGridFound(_refusal(found))


def _refusal(found: Recovery) -> str:
    """Why there is no native, and the ways out."""
    sizes = [f"{item.native_size[1]}x{item.native_size[0]} ({item.confidence:.2f})" for item in found.alternatives]
    ways = "Give --scale or --native-size where you know it"
    if found.grid is None:
        guess = f", or --min-confidence 0 to take the best guess, {sizes[0]}" if sizes else ""
        return f"no grid found: {found.reason} {ways}{guess}."
    height, width = found.grid.native_size
    others = f"; next best: {', '.join(sizes)}" if sizes else ""
    return (
        f"the grid is doubtful: {width}x{height} native px has a confidence of {found.confidence:.2f}{others}. "
        f"{ways}, or --min-confidence 0 to take it all the same."
    )


def _require_whole_cells(frame: RGBA, scale: int, preset: str) -> None:
    height, width = frame.shape[:2]
    if height % scale or width % scale:
        raise GridMismatch(
            f"{width}x{height} px is no whole number of {scale} px cells, as pictures for the preset {preset} are: "
            "it was resized or cropped. Take --preset auto, which finds the grid."
        )
