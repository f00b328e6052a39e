"""Bring sources to their natives, and say which may be used unseen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.color import distinct_colors
from unipixel.dataset.look import look_of
from unipixel.dataset.manifest import Cell, Decision, Entry, in_file_order, native_id, read_manifest, write_manifest
from unipixel.errors import GridMismatch, ImageError, WorkspaceError
from unipixel.files import sha256
from unipixel.grid import Recovery, recover
from unipixel.image import RGBA, load_image, save_png
from unipixel.progress import Event, Progress
from unipixel.stages.adding import new_row
from unipixel.stages.engine import Engine
from unipixel.stages.workspace import Workspace

SAVE_EVERY = 5.0
"""Seconds after which the manifest is written, so that a kill loses little work."""
SAVE_SHARE = 0.05
"""Share of the time that may go into writing it: with many thousand rows it is written less often."""

UNSQUARE = 1.4
"""Cells longer than this times their width want a look: a bar laid over the picture off its grid makes such cells. Old
screens showed pixels of up to 1.37."""
SURE_OF_SIZE = 0.95
"""Confidence from which a native that is not exact may be safe."""
SPECKS = 0.01
"""Most pixels of a picture that may be specks."""
SPECKS_IN_CELL = 0.25
"""Most of a cell that specks may cover: the rest says its colour beyond doubt."""


@dataclass(frozen=True)
class Job:
    """One source to bring to its native; travels to other processes and machines."""

    root: Path
    """The workspace."""
    row: Entry
    """Its row as it is known."""
    given: Mapping[str, Any]
    """What a person decided: keywords of :func:`unipixel.grid.recover`."""


def pending_sources(workspace: Workspace) -> tuple[list[Entry], list[Entry]]:
    """Rows of all sources in the order of their files, and of those that are still to be brought to their natives.

    Raises
    ------
    WorkspaceError
        There are no sources.
    """
    files = workspace.source_files()
    if not files:
        raise WorkspaceError(
            f"{workspace.sources}: no pictures. Add some with: unipixel add {workspace.root} PICTURES..."
        )
    known = {(row.source, row.source_sha256): row for row in read_manifest(workspace.manifest)}
    rows = []
    for file in files:
        source, digest = workspace.relative(file), sha256(file)
        rows.append(known.get((source, digest), new_row(source, digest)).as_source())
    return rows, [row for row in rows if not _is_done(workspace, row)]


def recover_sources(workspace: Workspace, engine: Engine, progress: Progress) -> list[Entry]:
    """Bring every source to its native; those that were are not looked at again.

    Returns
    -------
    list of Entry
        One row for each source, in the order of the files.
    """
    rows, left = pending_sources(workspace)
    found = {row.source: row for row in rows}
    progress(Event("native", len(rows) - len(left), len(rows)))
    jobs = [Job(workspace.root, row, given_by_hand(row)) for row in left]
    done, saved_at, cost = len(rows) - len(left), time.monotonic(), 0.0
    for row in engine.run(recover_source, jobs):
        found[row.source] = row
        done += 1
        if time.monotonic() - saved_at > max(SAVE_EVERY, cost / SAVE_SHARE):
            began = time.monotonic()
            save_sources(workspace, list(found.values()))
            saved_at = time.monotonic()
            cost = saved_at - began
        progress(Event("native", done, len(rows), Path(row.source).name))
    save_sources(workspace, list(found.values()))
    return list(found.values())


def recover_source(job: Job) -> Entry:
    """Bring one source to its native and write that; says in its row how it went."""
    row, file = job.row, job.root / job.row.source
    try:
        found = recover(load_image(file), **job.given)
    except (ImageError, GridMismatch) as error:
        return _noted(row, str(error), state="doubtful" if isinstance(error, GridMismatch) else "rejected")
    if found.native is None or found.grid is None:
        return _noted(
            replace(row, confidence=_rounded(found.confidence), grid=None, native_size=(0, 0), look=""),
            found.reason,
            state="doubtful",
        )
    named = replace(
        row,
        id=native_id(found.native),
        grid=Cell(found.grid.cell, found.grid.offset),
        native_size=(found.native.shape[0], found.native.shape[1]),
        look=look_of(found.native),
        confidence=_rounded(found.confidence),
    )
    _save_native(native_file(job.root, named), found.native)
    return _noted(named, found.reason, state="sure" if is_safe(found, lossy=is_lossy(file)) else "doubtful")


def is_safe(found: Recovery, *, lossy: bool = False) -> bool:
    """Whether a native may enter a data set unseen: exact but for specks, of cells that are about square.

    Parameters
    ----------
    found : Recovery
    lossy : bool
        The file's format changes colours, so that none of them is certain, however flat the cells are.
    """
    if lossy or found.grid is None or max(found.grid.cell) > UNSQUARE * min(found.grid.cell):
        return False
    return found.is_sure or (found.confidence >= SURE_OF_SIZE and _has_only_specks(found))


def _has_only_specks(found: Recovery) -> bool:
    """Whether the native gives the picture back but for a few single pixels, everywhere a small part of a cell.

    What covers whole cells (a cursor, a title bar) has a border, and that covers parts of cells, or runs along a line.
    """
    if found.native is None or found.grid is None:
        return False
    rows, cols = (np.diff(lines) for lines in (found.grid.rows, found.grid.cols))
    drawn = found.native.repeat(rows, axis=0).repeat(cols, axis=1)
    specks = (drawn != found.frame).any(axis=2)
    if specks.mean() > SPECKS:
        return False
    in_cells = np.add.reduceat(
        np.add.reduceat(specks, found.grid.rows[:-1], axis=0, dtype=np.int64), found.grid.cols[:-1], axis=1
    )
    if (in_cells > SPECKS_IN_CELL * np.outer(rows, cols)).any():
        return False
    return all(_are_scattered(specks, axis) for axis in (0, 1))


def _are_scattered(specks: npt.NDArray[np.bool_], axis: int) -> bool:
    """Whether no line holds many more specks than chance would put there."""
    on_line = specks.sum(axis=1 - axis)
    usual = specks.sum() / len(on_line)
    return bool((on_line <= usual + 6.0 * np.sqrt(usual + 1.0)).all())


def is_lossy(file: Path) -> bool:
    """Whether a picture's format changes colours: JPEG, and WebP where it is not lossless."""
    with open(file, "rb") as stream:
        head = stream.read(32)
    return head.startswith(b"\xff\xd8") or (head[8:12] == b"WEBP" and b"VP8L" not in head)


def _save_native(file: Path, native: RGBA) -> None:
    """Write a native: indexed where it is opaque and has few colours, as pixel art is."""
    distinct = distinct_colors(native)
    if len(distinct.colors) <= 256 and bool((native[..., 3] == 255).all()):
        save_png(file, distinct.index.astype(np.uint8), palette=distinct.colors)
    else:
        save_png(file, native)


def given_by_hand(row: Entry) -> dict[str, Any]:
    """Keywords for :func:`unipixel.grid.recover` that a person decided on; empty where nobody did."""
    for step in reversed(row.history):
        if step.get("op") == "decide":
            return {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in step.items()
                if name in ("native_size", "scale", "offset")
            }
    return {}


def native_file(root: Path, row: Entry) -> Path:
    """Where the native of a row lies."""
    return root / "natives" / f"{row.id}.png"


def save_sources(workspace: Workspace, sources: Sequence[Entry]) -> None:
    """Write what is known of sources into all of their rows; a source's images stay as they are."""
    left = {row.source: row for row in sources}
    rows, seen = [], set()
    for row in read_manifest(workspace.manifest):
        source = left.get(row.source)
        if source is None:
            continue  # its file is gone
        if row.transforms and (row.source_sha256, row.id) == (source.source_sha256, source.id):
            rows.append(_with_source(row, source))
        elif row.source not in seen:
            rows.append(source)
        seen.add(row.source)
    rows += [row for row in sources if row.source not in seen]
    write_manifest(workspace.manifest, in_file_order(rows))


def _with_source(image: Entry, source: Entry) -> Entry:
    return replace(
        source,
        transforms=image.transforms,
        canvas=image.canvas,
        palette=image.palette,
        close_up=image.close_up,
        split=image.split,
        repeats=image.repeats,
        rating=image.rating,
        tags=image.tags,
        history=(*source.history, *image.own_history),
    )


def _is_done(workspace: Workspace, row: Entry) -> bool:
    if row.state == "new":
        return False
    if not row.has_native:
        return True
    return bool(row.look) and native_file(workspace.root, row).exists()


def _noted(row: Entry, reason: str, *, state: Decision) -> Entry:
    """Say what the grid finder said, once; a person's decision stands."""
    others = tuple(step for step in row.history if step.get("op") != "recover")
    kept = row.state if row.state in ("decided", "rejected") and state != "rejected" else state
    return replace(row, state=kept, history=({"op": "recover", "reason": reason}, *others))


def _rounded(confidence: float) -> float:
    return float(np.round(confidence, 6))
