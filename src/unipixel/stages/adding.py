"""Copy pictures into a workspace's sources, with the tags that lie beside them, and note where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from unipixel.dataset.manifest import Entry, Provenance, in_file_order, read_manifest, write_manifest
from unipixel.dataset.provenance import provenance_problems, read_declaration, with_fields
from unipixel.errors import DatasetError, ImageError, WorkspaceError
from unipixel.files import sha256, write_atomic
from unipixel.image import require_picture
from unipixel.progress import Event, Progress, quiet
from unipixel.stages.engine import LOCAL, Engine
from unipixel.stages.workspace import IMAGE_SUFFIXES, Workspace

SIDECARS = (".txt", ".regions.json")
"""Endings of the files beside a picture that are copied with it: tags of the whole picture, tags of parts of it."""

DECLARATION = "sources.toml"
"""A file beside pictures that says where they come from."""

NOTHING_SAID = Provenance()
"""Where a picture comes from, as long as nobody says it."""


@dataclass(frozen=True)
class Added:
    """What :func:`add` did."""

    added: int
    """Pictures that were copied."""
    known: int
    """Pictures that were there already, byte for byte."""
    problems: tuple[str, ...]
    """Pictures that were left out, with the reason."""


def add(
    workspace: Workspace,
    places: Sequence[Path],
    *,
    provenance: Provenance = NOTHING_SAID,
    theme: str | None = None,
    dry_run: bool = False,
    engine: Engine = LOCAL,
    progress: Progress = quiet,
) -> Added:
    """Copy pictures into ``sources/`` and give each a row in ``dataset.jsonl``.

    A picture keeps its name; where another picture has it already, the first digits of its hash are put behind it.
    No file that is there is ever written again, so that a source and its tags by hand are safe. What is said of
    pictures that are there already is noted in their rows. A ``sources.toml`` beside pictures says where they come from
    too (see :func:`unipixel.dataset.provenance.read_declaration`); what is given here wins.

    Parameters
    ----------
    workspace : Workspace
    places : sequence of Path
        Pictures, or folders of them (searched with their subfolders).
    provenance : Provenance
        Where all of these pictures come from; empty fields say nothing.
    theme : str, optional
        Theme of all of them; by default the name of the subfolder that a picture lies in.
    dry_run : bool
        Say what would be done, and do nothing.
    engine : Engine
    progress : Progress
        Told after each picture.

    Returns
    -------
    Added

    Raises
    ------
    WorkspaceError
        A place does not exist, or holds no picture; or another process holds the workspace.
    DatasetError
        What is said of where they come from can't be used, here or in a ``sources.toml``.
    """
    if problems := provenance_problems(_said(provenance)):
        raise DatasetError("The pictures can't be added.", problems)
    files = [pair for place in places for pair in _pictures(place)]
    if dry_run:
        return _add(_Sources(workspace, dry_run=True), files, provenance, theme, engine, progress)
    with workspace.lock():
        sources = _Sources(workspace)
        result = _add(sources, files, provenance, theme, engine, progress)
        sources.write_rows()
    return result


def _add(
    sources: _Sources,
    files: Sequence[tuple[Path, str]],
    provenance: Provenance,
    theme: str | None,
    engine: Engine,
    progress: Progress,
) -> Added:
    added, problems = 0, []
    declared = {folder: read_declaration(folder / DECLARATION) for folder in {file.parent for file, _ in files}
                if (folder / DECLARATION).is_file()}  # fmt: skip
    looked_at = engine.run(_look_at, [file for file, _ in files])
    for index, ((file, folder), (digest, problem)) in enumerate(zip(files, looked_at, strict=True)):
        if problem:
            problems.append(problem)
        else:
            added += sources.take(file, digest)
            said = _said(declared[file.parent].of(file.name)) if file.parent in declared else {}
            sources.note(digest, {**said, **_said(provenance)}, theme if theme is not None else folder)
        progress(Event("add", index + 1, len(files), file.name))
    return Added(added, len(files) - added - len(problems), tuple(problems))


def _said(provenance: Provenance) -> dict[str, str]:
    """The fields that say something."""
    unsaid = asdict(NOTHING_SAID)
    return {name: value for name, value in asdict(provenance).items() if value != unsaid[name]}


def _look_at(file: Path) -> tuple[str, str]:
    """Hash of a picture, and why it can't be used: empty where it can."""
    try:
        require_picture(file)
    except ImageError as error:
        return "", str(error)
    return sha256(file), ""


class _Sources:
    """The files in ``sources/`` by their hashes, and their rows."""

    def __init__(self, workspace: Workspace, *, dry_run: bool = False) -> None:
        self._workspace, self._dry_run = workspace, dry_run
        files = workspace.source_files()
        self._paths = {sha256(file): workspace.relative(file) for file in files}
        self._stems = {file.stem for file in files}
        self._rows = list(read_manifest(workspace.manifest))
        self._of_source: dict[str, list[int]] = {}
        for place, row in enumerate(self._rows):
            self._of_source.setdefault(row.source, []).append(place)

    def take(self, file: Path, digest: str) -> bool:
        """Copy a picture with its sidecars; says whether it was new."""
        if digest in self._paths:
            return False
        stem = file.stem if file.stem not in self._stems else f"{file.stem}-{digest[:8]}"
        target = self._workspace.sources / (stem + file.suffix.lower())
        if not self._dry_run:
            # Sidecars first: a picture that is there has its tags there too, also after a kill in between.
            for ending in SIDECARS:
                sidecar = file.with_name(file.stem + ending)
                if sidecar.exists():
                    write_atomic(target.with_name(stem + ending), sidecar.read_bytes())
            write_atomic(target, file.read_bytes())
        self._stems.add(stem)
        self._paths[digest] = self._workspace.relative(target)
        return True

    def note(self, digest: str, said: Mapping[str, str], theme: str) -> None:
        """Say in the rows of a picture where it comes from; what is not said stays as it was."""
        source = self._paths[digest]
        if source not in self._of_source:
            self._of_source[source] = [len(self._rows)]
            self._rows.append(new_row(source, digest))
        for place in self._of_source[source]:
            row = self._rows[place]
            self._rows[place] = replace(
                row, provenance=with_fields(row.provenance, said), theme=theme if theme else row.theme
            )

    def write_rows(self) -> None:
        """Write ``dataset.jsonl``."""
        write_manifest(self._workspace.manifest, in_file_order(self._rows))


def new_row(source: str, digest: str) -> Entry:
    """The row of a picture that was not looked at yet: named by its file until it has a native."""
    return Entry(digest[:12], source, digest, state="new")


def _pictures(place: Path) -> Iterator[tuple[Path, str]]:
    """Pictures of a place, each with the name of the subfolder that it lies in, if any."""
    if not place.exists():
        raise WorkspaceError(f"{place}: there is no such file or folder.")
    if place.is_file():
        yield place, ""
        return
    files = sorted(file for file in place.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise WorkspaceError(
            f"{place}: no pictures in this folder. Known endings: {', '.join(sorted(IMAGE_SUFFIXES))}."
        )
    for file in files:
        parts = file.relative_to(place).parts
        yield file, parts[0] if len(parts) > 1 else ""
