"""Watch a folder, such as that of a web UI's results, and convert what lands in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from unipixel.conversion.batch import Converted, convert_job, pictures_in, plan_jobs
from unipixel.conversion.options import Options
from unipixel.errors import ImageError

PAUSE = 1.0
"""Seconds between two looks. A file is taken once it was the same in two of them: whoever writes it has finished."""


class Looks:
    """What lands in a folder, look by look; a file is taken when it was the same in two looks.

    Parameters
    ----------
    place : Path
        The folder that is watched, with all in it.
    results : Path, optional
        A folder that is left out, since what is made of the pictures goes there.

    Raises
    ------
    ImageError
        There is no such folder.
    """

    def __init__(self, place: Path, results: Path | None = None) -> None:
        if not place.is_dir():
            raise ImageError(f"{place}: no folder to watch.")
        self._place, self._results = place, results
        self._seen: dict[Path, tuple[int, int]] = {}
        self._done: dict[Path, tuple[int, int]] = {}

    def pass_over(self) -> None:
        """Take what is there now for taken: only what lands or changes from now on will be."""
        self._seen = self._done = self._now()

    def look(self) -> list[tuple[Path, bool]]:
        """Look once: files that are to be taken, by name, and whether each was taken before and has changed."""
        now = self._now()
        ready = [file for file, state in sorted(now.items()) if self._seen.get(file) == state != self._done.get(file)]
        taken = [(file, file in self._done) for file in ready]
        self._done = self._done | {file: now[file] for file in ready}
        self._seen = now
        return taken

    def _now(self) -> dict[Path, tuple[int, int]]:
        return {file: _state(file) for file in pictures_in(self._place, self._results)}


def watch_folder(
    place: Path,
    folder: Path,
    options: Options,
    *,
    format: str | None = None,
    force: bool = False,
    pause: float = PAUSE,
) -> Iterator[Converted | None]:
    """Convert the pictures of a folder, and each new or changed one from then on; for ever.

    Parameters
    ----------
    place : Path
        The folder that is watched, with all in it.
    folder : Path
        Gets the results, laid out as there.
    options : Options
    format : str, optional
        Ending of the results.
    force : bool
        Replace results that were there before; a source that changes while it is watched is always done again.
    pause : float
        Seconds between two looks.

    Yields
    ------
    Converted or None
        None after each look, so that whoever watches can stop.

    Raises
    ------
    ImageError
        There is no such folder.
    """
    looks = Looks(place, folder)
    while True:
        ready = looks.look()
        jobs = {job.source: job for job in plan_jobs([place], folder, format=format)} if ready else {}
        for file, is_again in ready:
            yield convert_job(jobs[file], options=options, force=force or is_again)
        yield None
        time.sleep(pause)


def _state(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except OSError:  # gone between two looks
        return (-1, 0)
    return about.st_size, about.st_mtime_ns
