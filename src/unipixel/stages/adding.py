"""Copy pictures into a workspace's sources, with the tags that lie beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unipixel.errors import ImageError, WorkspaceError
from unipixel.files import sha256, write_atomic
from unipixel.image import load_image
from unipixel.progress import Event, Progress, quiet
from unipixel.stages.workspace import IMAGE_SUFFIXES, Workspace

SIDECARS = (".txt", ".regions.json")
"""Endings of the files beside a picture that are copied with it: tags of the whole picture, tags of parts of it."""


@dataclass(frozen=True)
class Added:
    """What :func:`add` did."""

    added: int
    """Pictures that were copied."""
    known: int
    """Pictures that were there already, byte for byte."""
    problems: tuple[str, ...]
    """Pictures that were left out, with the reason."""


def add(workspace: Workspace, places: Sequence[Path], *, progress: Progress = quiet) -> Added:
    """Copy pictures into ``sources/``.

    A picture keeps its name; where another picture has it already, the first digits of its hash are put behind it.
    Nothing that is there is ever written again, so that a source and its tags by hand are safe.

    Parameters
    ----------
    workspace : Workspace
    places : sequence of Path
        Pictures, or folders of them (searched with their subfolders).
    progress : Progress
        Told after each picture.

    Returns
    -------
    Added

    Raises
    ------
    WorkspaceError
        A place does not exist, or holds no picture.
    """
    files = [file for place in places for file in _pictures(place)]
    known = {sha256(file): file for file in workspace.source_files()}
    added, problems = 0, []
    for index, file in enumerate(files):
        try:
            load_image(file)
            digest = sha256(file)
            if digest not in known:
                known[digest] = _copy(workspace, file, digest)
                added += 1
        except ImageError as error:
            problems.append(str(error))
        progress(Event("add", index + 1, len(files), file.name))
    return Added(added, len(files) - added - len(problems), tuple(problems))


def _pictures(place: Path) -> list[Path]:
    if not place.exists():
        raise WorkspaceError(f"{place}: there is no such file or folder.")
    if place.is_file():
        return [place]
    files = sorted(file for file in place.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise WorkspaceError(
            f"{place}: no pictures in this folder. Known endings: {', '.join(sorted(IMAGE_SUFFIXES))}."
        )
    return files


def _copy(workspace: Workspace, file: Path, digest: str) -> Path:
    taken = {source.stem for source in workspace.source_files()}
    stem = file.stem if file.stem not in taken else f"{file.stem}-{digest[:8]}"
    # Sidecars first: a picture that is there has its tags there too, also after a kill in between.
    for ending in SIDECARS:
        sidecar = file.with_name(file.stem + ending)
        if sidecar.exists():
            write_atomic(workspace.sources / (stem + ending), sidecar.read_bytes())
    return write_atomic(workspace.sources / (stem + file.suffix.lower()), file.read_bytes())
