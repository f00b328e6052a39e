"""What was read from a file, kept for as long as the file stays the same."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeAlias, TypeVar

from unipixel.files import replacing

T = TypeVar("T")
Stamp: TypeAlias = "tuple[int, int, int]"
"""Time of the last change in nanoseconds, bytes, and inode: another one for every file that takes a name's place."""


class Remembered(Generic[T]):
    """Values read from files; each is read again once its file has changed, whoever changed it.

    Parameters
    ----------
    read : callable
        Gives the value of a file, or of one that is not there. What it gives must never be changed.
    most : int
        Files whose values are kept.
    """

    def __init__(self, read: Callable[[Path], T], *, most: int = 4) -> None:
        self._read, self._most = read, most
        self._kept: OrderedDict[str, tuple[Stamp, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, path: str | os.PathLike[str]) -> T:
        """The value of a file as it is now."""
        file = Path(path)
        before = stamp(file)
        with self._lock:
            kept = self._kept.get(os.path.abspath(file))
        if kept is not None and kept[0] == before:
            return kept[1]
        value = self._read(file)
        if before is not None:  # where it was replaced since, no later stamp is this one
            self._keep(file, before, value)
        return value

    def write(self, path: str | os.PathLike[str], data: bytes, value: T) -> Path:
        """Write a file atomically, and keep the value that reading it would give."""
        target = Path(path)
        with replacing(target) as part:
            part.write_bytes(data)
            written = stamp(part)  # of this very file: another process may replace it at once
        if written is not None:
            self._keep(target, written, value)
        return target

    def _keep(self, file: Path, of: Stamp, value: T) -> None:
        with self._lock:
            self._kept[os.path.abspath(file)] = of, value
            self._kept.move_to_end(os.path.abspath(file))
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def stamp(file: Path) -> Stamp | None:
    """What changes whenever a file does; None where there is none."""
    try:
        facts = file.stat()
    except FileNotFoundError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
