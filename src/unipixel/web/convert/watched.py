"""A folder that the studio watches: pictures that land in it come to the page, which converts them like others."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from unipixel.conversion import Looks
from unipixel.errors import ImageError

LARGEST = 64 << 20
"""Bytes of a file that is taken: as of one that is sent."""

PAUSE = 1.0
"""Seconds between two looks at the folder, however many pages ask."""


class Watched:
    """Pictures that landed in a folder since the start, in the order in which they came.

    Parameters
    ----------
    folder : Path
        Only what lies in it, and in folders below, is ever read.
    clock : callable
        Seconds that only grow.

    Raises
    ------
    ImageError
        There is no such folder.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder.resolve()
        self._clock, self._last = clock, clock()
        self._looks = Looks(self.folder)
        self._looks.pass_over()
        self._arrived: list[Path] = []
        self._lock = Lock()

    def arrived(self, after: int = 0) -> list[tuple[int, str]]:
        """Number, from 1 on, and name within the folder of each picture that came after that number."""
        with self._lock:
            if self._clock() - self._last >= PAUSE:
                self._last = self._clock()
                self._arrived += [file for file, _ in self._looks.look() if self._is_taken(file)]
            numbered = list(enumerate(self._arrived, 1))
        return [(number, file.relative_to(self.folder).as_posix()) for number, file in numbered[max(0, after) :]]

    def read(self, number: int) -> bytes:
        """Bytes of a picture that came.

        Raises
        ------
        ImageError
            None has this number, or it is gone again.
        """
        if not 1 <= number <= len(self._arrived) or not self._is_taken(file := self._arrived[number - 1]):
            raise ImageError(f"no picture {number} has landed in the folder that is watched, or it is gone again.")
        return file.read_bytes()

    def _is_taken(self, file: Path) -> bool:
        """Whether a file may be read: it lies in the folder, whatever links say, and is no larger than what is sent."""
        place = file.resolve()
        return place.is_relative_to(self.folder) and place.is_file() and place.stat().st_size <= LARGEST
