"""One process at a time in a folder, such as a workspace."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from unipixel.errors import WorkspaceError

LOCK = ".lock"
"""File in the workspace that is held while it is written. The system lets go of it when its process ends, however that
comes, so that a lock never outlives a kill."""

_FAR = 1 << 30
"""Byte that Windows locks: far behind the text, which others may so read."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold a workspace, so that no other process writes to it.

    Raises
    ------
    WorkspaceError
        Another process holds it; says which.
    """
    file = folder / LOCK
    handle = _take(file)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()}: {' '.join(sys.argv[:2])}".encode())
        yield
    finally:
        if os.name == "nt":  # an open file can't be removed there
            os.close(handle)
            with suppress(OSError):
                file.unlink()
        else:
            file.unlink(missing_ok=True)
            os.close(handle)


def is_held(folder: Path) -> bool:
    """Whether a living process holds a folder; what a killed one left behind is no hold."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        if not os.fstat(handle).st_size:  # whoever holds it writes at once; to lock it before would be in their way
            return False
        _lock(handle)
    except OSError:
        return True
    finally:
        os.close(handle)  # which lets go of the lock as well
    return False


def _take(file: Path) -> int:
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            raise WorkspaceError(f"{file.parent}: in use by {_holder(file)}. Wait until it ends, or stop it.") from None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), os.stat(file)):
                return handle
        os.close(handle)  # the last holder removed the file in between: take the next one


def _holder(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip() or "another process"
    except OSError:
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
