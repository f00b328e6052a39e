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
    if not place.is_dir():
        raise ImageError(f"{place}: no folder to watch.")
    seen: dict[Path, tuple[int, int]] = {}
    done: dict[Path, tuple[int, int]] = {}
    while True:
        now = {file: _state(file) for file in pictures_in(place, folder)}
        ready = [file for file, state in sorted(now.items()) if seen.get(file) == state != done.get(file)]
        jobs = {job.source: job for job in plan_jobs([place], folder, format=format)} if ready else {}
        for file in ready:
            again = force or file in done
            done[file] = now[file]
            yield convert_job(jobs[file], options=options, force=again)
        seen = now
        yield None
        time.sleep(pause)


def _state(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except OSError:  # gone between two looks
        return (-1, 0)
    return about.st_size, about.st_mtime_ns
