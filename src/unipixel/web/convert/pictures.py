"""Pictures that were sent to the studio, by the hash of their content, and what was made of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette
from unipixel.conversion import (
    Conversion,
    Edits,
    Options,
    Taken,
    finish,
    pool_palette,
    recut,
    repaint,
    settle,
    take_natives,
    without_palette,
)
from unipixel.errors import GridError, ImageError
from unipixel.files import sha256
from unipixel.grid import Recovery, recover
from unipixel.image import Frames, open_frames
from unipixel.web.memory import Memory

UPLOADS, WORK = 512 << 20, 512 << 20
"""Bytes that opened pictures, and what was made of them, may take."""

GRID_OPTIONS = tuple(each.name for each in fields(Options) if each.metadata["group"] == "grid")
"""Options that the first half of a conversion heeds."""

NO_EDITS = Edits()


class PictureGone(ImageError):
    """A picture is not, or no longer, in the server's memory: send it again."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it was sent."""

    id: str
    """SHA-256 of its bytes."""
    frames: Frames
    """Opened: a still picture is decoded already, so that another grid needs no decoding."""


class Pictures:
    """Keeps pictures and the halves of their conversions, so that a change of an option needs no new upload."""

    def __init__(self, uploads: int = UPLOADS, work: int = WORK) -> None:
        self._uploads, self._work = Memory(uploads), Memory(work)

    def add(self, data: bytes) -> Picture:
        """Take a picture in.

        Raises
        ------
        ImageError
            Not a picture, or a damaged one.
        """
        frames = open_frames(data)
        picture = Picture(sha256(data), frames)
        self._uploads.put(picture.id, picture, len(data) + 4 * frames.size[0] * frames.size[1])
        return picture

    def get(self, id: str) -> Picture:
        """A picture that was sent before.

        Raises
        ------
        PictureGone
            It is not there.
        """
        picture: Picture | None = self._uploads.get(id)
        if picture is None:
            raise PictureGone(f"there is no picture {id[:12]} in memory, or no longer: send it again.")
        return picture

    def detect(self, id: str) -> Recovery:
        """What the grid finder says of the picture, or of an animation's first frame."""
        key = (id, "detect")
        found: Recovery | None = self._work.get(key)
        if found is None:
            found = recover(next(iter(self.get(id).frames)))
            self._work.put(key, found, _cost(found))
        return found

    def convert(self, id: str, options: Options, edits: Edits = NO_EDITS) -> Conversion:
        """Convert a picture: only the part that the options or edits change is done again."""
        plain = replace(options, zoom=1, optimize=False)  # they are for files
        key = (id, plain, edits.lines, "made")
        made: Conversion | None = self._work.get(key)
        if made is None:
            made = finish(self._recut(id, options, edits), plain)
            self._work.put(key, made, 3 * made.frames.nbytes)  # colours, indices, and what the report needs
        return repaint(made, edits)

    def share(self, items: Iterable[tuple[str, Options, Edits]], options: Options) -> Palette:
        """Take one palette from all of these pictures; those that can't be converted have no say.

        Parameters
        ----------
        items : iterable of (id, Options, Edits)
            Each picture, and how its natives are read: palettes in its options have no say.
        options : Options
            How the palette is taken.

        Raises
        ------
        PictureGone
            One is not there.
        ImageError
            None of them can be converted.
        """
        natives = []
        for id, own, edits in items:
            self.get(id)
            with suppress(GridError):
                frames = self.convert(id, without_palette(own), edits).frames
                natives.append(frames.reshape(-1, *frames.shape[2:]))
        if not natives:
            raise ImageError("none of the pictures can be converted, so there is no palette for them to share.")
        return pool_palette(natives, options)

    def doubt(self, id: str, options: Options, edits: Edits = NO_EDITS) -> npt.NDArray[np.float32]:
        """``(n, h, w)``: how far the colour of each native pixel of the conversion is a guess, 0 to 1."""
        return settle(self._recut(id, options, edits).doubt, edits.cells)

    def _recut(self, id: str, options: Options, edits: Edits) -> Taken:
        taken = self._take(id, options)
        if edits.lines is None:
            return taken
        key = (id, _grid_options(options), edits.lines, "cut")
        cut: Taken | None = self._work.get(key)
        if cut is None:
            cut = recut(taken, options, edits)
            self._work.put(key, cut, cut.natives.frames.nbytes)  # the picture is that of what was taken
        return cut

    def _take(self, id: str, options: Options) -> Taken:
        key = (id, _grid_options(options), "taken")
        taken: Taken | None = self._work.get(key)
        if taken is None:
            taken = take_natives(self.get(id).frames, key[1])
            self._work.put(key, taken, 5 * taken.natives.frames.nbytes // 4 + _cost(taken.natives.found))
        return taken


def _grid_options(options: Options) -> Options:
    return Options(**{name: getattr(options, name) for name in GRID_OPTIONS})


def _cost(found: Recovery) -> int:
    """Bytes, mostly those of the picture that was looked at."""
    arrays: list[Any] = [found.frame, found.native]
    return sum(array.nbytes for array in arrays if array is not None)
