"""Say of a workspace's pictures where they come from and whether they may be trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from unipixel.dataset.manifest import Entry, Provenance, read_manifest, write_manifest
from unipixel.dataset.provenance import matches, provenance_problems, read_declaration, with_fields
from unipixel.errors import DatasetError, WorkspaceError
from unipixel.stages.workspace import Workspace


def set_provenance(
    workspace: Workspace, values: Mapping[str, str], patterns: Sequence[str] = (), *, dry_run: bool = False
) -> list[str]:
    """Set fields of the provenance of pictures; what changed is noted in each row's history.

    Parameters
    ----------
    workspace : Workspace
    values : mapping
        Fields of :class:`~unipixel.dataset.Provenance` by name.
    patterns : sequence of str
        Shell patterns for paths in ``sources/`` or for file names; all pictures without one.
    dry_run : bool
        Change nothing.

    Returns
    -------
    list of str
        Sources of which something changed, sorted.

    Raises
    ------
    DatasetError
        A value can't be used; all problems at once.
    WorkspaceError
        No picture was prepared yet, or a pattern fits none.
    """
    problems = provenance_problems(values)
    if problems:
        raise DatasetError("The provenance can't be set.", problems)
    names = {entry.source: _name(workspace, entry) for entry in _entries(workspace)}
    idle = [pattern for pattern in patterns if not any(matches(name, pattern) for name in names.values())]
    if idle:
        raise WorkspaceError(
            f"{workspace.sources}: no picture fits {', '.join(map(repr, idle))}. "
            f"See their names with: unipixel licence {workspace.root}"
        )

    def changed(entry: Entry) -> Provenance:
        chosen = not patterns or any(matches(names[entry.source], pattern) for pattern in patterns)
        return with_fields(entry.provenance, values) if chosen else entry.provenance

    return _apply(workspace, changed, dry_run)


def declare_provenance(workspace: Workspace, file: Path, *, dry_run: bool = False) -> list[str]:
    """Take the provenance of pictures from a ``sources.toml``; what it does not say stays as it is.

    Returns
    -------
    list of str
        Sources of which something changed, sorted.

    Raises
    ------
    DatasetError
        The file can't be used; all problems at once.
    WorkspaceError
        No picture was prepared yet.
    """
    declaration = read_declaration(file)
    unsaid = asdict(Provenance())

    def changed(entry: Entry) -> Provenance:
        said = asdict(declaration.of(_name(workspace, entry)))
        return with_fields(entry.provenance, {name: said[name] for name in said if said[name] != unsaid[name]})

    return _apply(workspace, changed, dry_run)


def list_provenance(workspace: Workspace) -> list[dict[str, Any]]:
    """One row for each source: its path, the fields of its provenance, and how many training images came from it.

    Raises
    ------
    WorkspaceError
        No picture was prepared yet.
    """
    rows: dict[str, dict[str, Any]] = {}
    for entry in _entries(workspace):
        row = rows.setdefault(entry.source, {"source": entry.source, **asdict(entry.provenance), "images": 0})
        row["images"] += bool(entry.canvas)
    return [rows[source] for source in sorted(rows)]


def _apply(workspace: Workspace, changed: Callable[[Entry], Provenance], dry_run: bool) -> list[str]:
    with nullcontext() if dry_run else workspace.lock():
        entries = _entries(workspace)
        after = [_noted(entry, changed(entry)) for entry in entries]
        touched = {entry.source for entry, new in zip(entries, after, strict=True) if entry != new}
        if touched and not dry_run:
            write_manifest(workspace.manifest, after)
    return sorted(touched)


def _noted(entry: Entry, provenance: Provenance) -> Entry:
    was, now = asdict(entry.provenance), asdict(provenance)
    names = [name for name in now if was[name] != now[name]]
    if not names:
        return entry
    step = {"op": "provenance", "was": {name: was[name] for name in names}, "now": {name: now[name] for name in names}}
    return replace(entry, provenance=provenance, history=(*entry.history, step))


def _entries(workspace: Workspace) -> tuple[Entry, ...]:
    entries = read_manifest(workspace.manifest)
    if not entries:
        raise WorkspaceError(
            f"{workspace.root}: no picture is known yet. Run: unipixel add {workspace.root} PICTURES..."
        )
    return entries


def _name(workspace: Workspace, entry: Entry) -> str:
    return entry.source.removeprefix(workspace.relative(workspace.sources) + "/")
