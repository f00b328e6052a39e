"""The figures of each picture of an evaluation, taken on all cores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.caption import find_subject
from unipixel.evaluation import Nearest, find_nearest, measure_discipline, measure_palette
from unipixel.image import load_image
from unipixel.parallel import in_order
from unipixel.progress import Event, Progress, quiet

_AT_ONCE = 16
"""Natives of one size that a worker compares with the training images at once."""


@dataclass(frozen=True)
class Picture:
    """A picture to measure."""

    file: Path
    """The raw picture."""
    native: Path
    scale: int


def measure_pictures(
    pictures: Sequence[Picture], *, workers: int | None = None, progress: Progress = quiet
) -> list[dict[str, Any]]:
    """Measure grid discipline, subject and palette of each picture.

    Returns
    -------
    list of dict
        All fields of `Discipline`, those of `PaletteFigures`, and ``subject``: height of the subject's bounding box in
        native px, or None where it can't be told from the rest.
    """
    rows = []
    for row in in_order(_measure, pictures, workers=workers):
        rows.append(row)
        progress(Event("measure", len(rows), len(pictures), pictures[len(rows) - 1].file.name))
    return rows


@dataclass(frozen=True)
class Training:
    """The training images as a measure of what is near."""

    files: tuple[Path, ...]
    scale: int
    distances: tuple[float, ...]
    """Of each to its nearest one of another source: two cuts of one picture are always near."""


def measure_training(
    files: Sequence[Path], scale: int, *, workers: int | None = None, progress: Progress = quiet
) -> Training:
    """Find how near training images of different sources are to one another."""
    found = _compare(files, True, tuple(files), scale, workers, "training", progress)
    return Training(tuple(files), scale, tuple(each.distance for each in found if each is not None))


def nearest_training(
    natives: Sequence[Path], training: Training, *, workers: int | None = None, progress: Progress = quiet
) -> list[Nearest | None]:
    """Find the nearest training image of each native; see `find_nearest`."""
    return _compare(natives, False, training.files, training.scale, workers, "likeness", progress)


@dataclass(frozen=True)
class _Comparison:
    files: tuple[Path, ...]
    """Natives, or training images where they are compared among themselves."""
    first: int
    """Place of the first of them among the training images, where they are."""
    among: bool
    known: tuple[Path, ...]
    scale: int


def _measure(picture: Picture) -> dict[str, Any]:
    native = load_image(picture.native)
    subject = find_subject(native)
    return {
        **measure_discipline(load_image(picture.file), picture.scale).to_dict(),
        "subject": None if subject is None else subject.height,
        **asdict(measure_palette(native)),
    }


def _compare(
    files: Sequence[Path],
    among: bool,
    known: tuple[Path, ...],
    scale: int,
    workers: int | None,
    stage: str,
    progress: Progress,
) -> list[Nearest | None]:
    jobs = [_Comparison(tuple(part), first, among, known, scale) for first, part in _parts(files)]
    found: list[Nearest | None] = []
    for part in in_order(_find, jobs, workers=workers):
        found += part
        progress(Event(stage, len(found), len(files)))
    return found


def _parts(files: Sequence[Path]) -> list[tuple[int, Sequence[Path]]]:
    return [(start, files[start : start + _AT_ONCE]) for start in range(0, len(files), _AT_ONCE)]


def _find(job: _Comparison) -> list[Nearest | None]:
    known = _natives(job.known, job.scale)
    if job.among:
        sources = [_source(file) for file in job.known]
        places = range(job.first, job.first + len(job.files))
        apart = [{other for other, source in enumerate(sources) if source == sources[place]} for place in places]
        return find_nearest([known[place] for place in places], known, apart=apart)
    return find_nearest([load_image(file) for file in job.files], known)


def _source(file: Path) -> str:
    """The native that a training image was cut from, by its name; see `unipixel.stages.placing`."""
    return re.sub(r"-r\d+c\d+$", "", file.stem)


@lru_cache(maxsize=1)
def _natives(files: tuple[Path, ...], scale: int) -> tuple[npt.NDArray[np.uint8], ...]:
    """Natives of training images, which lie on their grid; read once a worker."""
    return tuple(np.ascontiguousarray(load_image(file)[::scale, ::scale]) for file in files)
