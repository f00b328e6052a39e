"""Pictures that were sent to the studio, by the hash of their content, and what was made of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from unipixel.conversion import Conversion, Options, Taken, finish, take_natives
from unipixel.errors import ImageError
from unipixel.files import sha256
from unipixel.grid import Recovery, recover
from unipixel.image import Frames, open_frames
from unipixel.web.memory import Memory

UPLOADS, WORK = 512 << 20, 512 << 20
"""Bytes that opened pictures, and what was made of them, may take."""

GRID_OPTIONS = tuple(each.name for each in fields(Options) if each.metadata["group"] == "grid")
"""Options that the first half of a conversion heeds."""


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

    def convert(self, id: str, options: Options) -> Conversion:
        """Convert a picture: only the half that the options change is done again."""
        plain = replace(options, zoom=1, optimize=False)  # they are for files
        key = (id, plain)
        made: Conversion | None = self._work.get(key)
        if made is None:
            made = finish(self._take(id, options), plain)
            self._work.put(key, made, 3 * made.frames.nbytes)  # colours, indices, and what the report needs
        return made

    def _take(self, id: str, options: Options) -> Taken:
        grid = Options(**{name: getattr(options, name) for name in GRID_OPTIONS})
        taken: Taken | None = self._work.get((id, grid, "taken"))
        if taken is None:
            taken = take_natives(self.get(id).frames, grid)
            self._work.put((id, grid, "taken"), taken, taken.natives.frames.nbytes + _cost(taken.natives.found))
        return taken


def _cost(found: Recovery) -> int:
    """Bytes, mostly those of the picture that was looked at."""
    arrays: list[Any] = [found.frame, found.native]
    return sum(array.nbytes for array in arrays if array is not None)
