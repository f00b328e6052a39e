"""Bring sources to their natives, and natives onto the canvases: fit, index, scale, verify."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from unipixel.color import quantize
from unipixel.dataset.balance import Candidate, balance, propose_candidates
from unipixel.dataset.fit import fit
from unipixel.dataset.manifest import Cell, Entry, native_id, read_manifest, write_manifest
from unipixel.errors import GridMismatch, ImageError, WorkspaceError
from unipixel.files import sha256
from unipixel.grid import recover, upscale
from unipixel.image import RGBA, load_image, save_png
from unipixel.progress import Event, Progress, quiet
from unipixel.recipe import Recipe
from unipixel.stages.workspace import Workspace

USABLE = frozenset({"sure", "decided"})
"""States of a native that may be trained on: sure by measurement, or decided by a person."""
SAVE_EVERY = 16
"""Sources after which the manifest is written, so that a kill loses little."""


@dataclass(frozen=True)
class Prepared:
    """What :func:`prepare` did."""

    sure: int
    """Sources whose native is sure, or was decided by a person."""
    doubtful: int
    """Sources whose native wants a person's look."""
    none: int
    """Sources without a grid."""
    canvases: dict[str, int]
    """Training images of each canvas, by ``WIDTHxHEIGHT``."""
    notes: tuple[str, ...]
    """What a person should know, such as fewer images than wanted."""


def prepare(
    workspace: Workspace, *, overrides: Mapping[str, Any] | None = None, progress: Progress = quiet
) -> Prepared:
    """Recover natives, balance them over the canvases and write the training images.

    Sources that were recovered before are not looked at again, and what a person decided in ``dataset.jsonl`` stays.
    The training folder is made to hold just what the data set says; captions of images that stay are kept.

    Parameters
    ----------
    workspace : Workspace
    overrides : mapping, optional
        Recipe values by dotted name.
    progress : Progress
        Told after each source and each training image.

    Returns
    -------
    Prepared

    Raises
    ------
    WorkspaceError
        No sources, or none with a native that may be used.
    GridMismatch
        A training image is not what was meant to be written; can't happen short of a damaged disk.
    """
    recipe = workspace.recipe(overrides)
    sources = _recover_all(workspace, progress)
    usable = [entry for entry in sources if entry.state in USABLE]
    if not usable:
        raise WorkspaceError(
            f"{workspace.root}: none of {len(sources)} sources has a native that is sure. "
            f"Look at them with: unipixel detect {workspace.sources}/* "
            f'and set "state" to "decided" in {workspace.manifest} where one is right.'
        )
    natives = {entry.id: load_image(_native_file(workspace, entry)) for entry in usable}
    chosen, notes = _choose(natives, recipe)
    rows = [_write_image(workspace, recipe, _of(usable, pick.source), natives[pick.source], pick) for pick in chosen]
    for index, row in enumerate(rows):
        progress(Event("fit", index + 1, len(rows), row.canvas))
    kept = [_keep_tags(row, read_manifest(workspace.manifest)) for row in rows]
    unused = [entry for entry in sources if entry.id not in {row.id for row in rows} or entry.state not in USABLE]
    write_manifest(workspace.manifest, [*kept, *unused])
    _remove_others(workspace, rows)
    counts = {str(canvas): sum(row.canvas == str(canvas) for row in rows) for canvas in recipe.dataset.canvases}
    none = sum(entry.native_size == (0, 0) for entry in sources)
    return Prepared(len(usable), len(sources) - len(usable) - none, none, counts, tuple(notes))


def training_file(workspace: Workspace, entry: Entry) -> Path:
    """Where the training image of an entry lies: named by its native and its crop, so that the name never changes."""
    window = entry.transforms[0]["window"]
    return workspace.training / entry.canvas / f"{entry.id}-r{window[0]}c{window[1]}.png"


def read_sources(workspace: Workspace) -> list[dict[str, Any]]:
    """One row for each source: its native, grid, confidence and state (``sure``, ``doubtful`` or ``none``)."""
    entries = {entry.source: entry for entry in reversed(read_manifest(workspace.manifest))}
    return [_source_row(workspace, entries[source]) for source in sorted(entries)]


def read_natives(workspace: Workspace) -> dict[str, tuple[Path | None, str]]:
    """File of the native (None where there is none) and state of each source, by its name without ending."""
    return {
        Path(row["source"]).stem: (workspace.root / row["native"] if row["native"] else None, row["state"])
        for row in read_sources(workspace)
    }


# --- sources to natives ---------------------------------------------------------------------------------------------


def _recover_all(workspace: Workspace, progress: Progress) -> list[Entry]:
    files = workspace.source_files()
    if not files:
        raise WorkspaceError(
            f"{workspace.sources}: no pictures. Add some with: unipixel add {workspace.root} PICTURES..."
        )
    earlier = read_manifest(workspace.manifest)
    known = {(entry.source, entry.source_sha256): entry for entry in reversed(earlier)}
    done: dict[Path, Entry] = {}
    for file in files:
        entry = known.get((workspace.relative(file), sha256(file)))
        if entry and (entry.native_size == (0, 0) or _native_file(workspace, entry).exists()):
            done[file] = replace(entry, transforms=(), canvas="", palette=(), tags=())
    left = [file for file in files if file not in done]
    progress(Event("native", len(done), len(files)))
    for file, entry in zip(left, _in_parallel(workspace, left), strict=True):
        done[file] = entry
        if len(done) % SAVE_EVERY == 0:
            _save_so_far(workspace, earlier, done)
        progress(Event("native", len(done), len(files), file.name))
    return [done[file] for file in files]


def _save_so_far(workspace: Workspace, earlier: Sequence[Entry], done: Mapping[Path, Entry]) -> None:
    """Rows of training images stay until they are made anew; sources recovered since are put behind them."""
    there = {(entry.source, entry.source_sha256) for entry in earlier}
    fresh = [entry for entry in done.values() if (entry.source, entry.source_sha256) not in there]
    write_manifest(workspace.manifest, [*earlier, *fresh])


def _in_parallel(workspace: Workspace, files: Sequence[Path]) -> Iterator[Entry]:
    """Recover on all cores; results come in the order of the files, whatever the number of cores."""
    workers = min(len(files), os.cpu_count() or 1)
    if workers < 2:
        yield from (_recover_one(workspace, file) for file in files)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    try:
        yield from pool.map(_recover_one, [workspace] * len(files), files)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _recover_one(workspace: Workspace, file: Path) -> Entry:
    digest = sha256(file)
    source = workspace.relative(file)
    try:
        found = recover(load_image(file))
    except ImageError as error:
        return Entry(digest[:12], source, digest, state="rejected", history=({"op": "recover", "reason": str(error)},))
    history = ({"op": "recover", "reason": found.reason},)
    if found.native is None or found.grid is None:
        return Entry(digest[:12], source, digest, confidence=_rounded(found.confidence), history=history)
    entry = Entry(
        id=native_id(found.native),
        source=source,
        source_sha256=digest,
        grid=Cell(found.grid.cell, found.grid.offset),
        native_size=(found.native.shape[0], found.native.shape[1]),
        confidence=_rounded(found.confidence),
        state="sure" if found.is_sure else "doubtful",
        history=history,
    )
    save_png(_native_file(workspace, entry), found.native)
    return entry


def _rounded(confidence: float) -> float:
    return round(float(confidence), 6)


def _native_file(workspace: Workspace, entry: Entry) -> Path:
    return workspace.natives / f"{entry.id}.png"


def _source_row(workspace: Workspace, entry: Entry) -> dict[str, Any]:
    image = load_image(workspace.root / entry.source)
    none = entry.native_size == (0, 0)
    return {
        "name": Path(entry.source).name,
        "source": entry.source,
        "native": None if none else workspace.relative(_native_file(workspace, entry)),
        "source_size": f"{image.shape[1]}x{image.shape[0]}",
        "native_size": "" if none else f"{entry.native_size[1]}x{entry.native_size[0]}",
        "cell": list(entry.grid.cell) if entry.grid else [],
        "confidence": entry.confidence,
        "state": "none" if none else "sure" if entry.state in USABLE else "doubtful",
        "reason": next((str(step["reason"]) for step in entry.history if step.get("op") == "recover"), ""),
    }


# --- natives to training images ---------------------------------------------------------------------------------------


def _choose(natives: Mapping[str, RGBA], recipe: Recipe) -> tuple[list[Candidate], list[str]]:
    """Which crop of which native goes on which canvas; no two with the same pixels."""
    candidates: list[Candidate] = []
    shown: set[str] = set()
    canvases, crops = recipe.dataset.canvases, recipe.dataset.crops_per_image
    for name, native in sorted(natives.items()):
        for candidate in propose_candidates(name, native, canvases, scale=recipe.scale, count=crops):
            pixels = native_id(_fitted(native, candidate, recipe.scale))
            if pixels not in shown:
                shown.add(pixels)
                candidates.append(candidate)
    plan = balance(candidates, per_canvas=recipe.dataset.images_per_canvas, reuse=crops)
    if plan.per_canvas < plan.wanted:
        note = (
            f"{plan.per_canvas} images for each canvas instead of {plan.wanted}: "
            "more sources, or dataset.crops_per_image, would help."
        )
        return list(plan.chosen), [note]
    return list(plan.chosen), []


def _fitted(native: RGBA, pick: Candidate, scale: int) -> RGBA:
    return fit(native, pick.canvas.native_size(scale), window=pick.window).native


def _write_image(workspace: Workspace, recipe: Recipe, entry: Entry, native: RGBA, pick: Candidate) -> Entry:
    """Fit, index, scale, write, and read back: what lies on the disk is what was meant."""
    placed = fit(native, pick.canvas.native_size(recipe.scale), window=pick.window)
    indices, palette = quantize(placed.native, recipe.dataset.max_colors)
    row = replace(
        entry,
        transforms=(placed.to_dict(), {"op": "index", "colors": len(palette)}, {"op": "scale", "by": recipe.scale}),
        canvas=str(pick.canvas),
        palette=palette.to_hex(),
    )
    file = training_file(workspace, row)
    wanted = upscale(np.dstack([palette.colors[indices], np.full(indices.shape, 255, np.uint8)]), recipe.scale)
    if not (file.exists() and np.array_equal(load_image(file), wanted)):
        save_png(file, upscale(indices[..., None], recipe.scale)[..., 0], palette=palette.colors)
        if not np.array_equal(load_image(file), wanted):
            raise GridMismatch(f"{file}: what was written does not read back the same. Is the disk sound?")
    return row


def _of(entries: Sequence[Entry], name: str) -> Entry:
    return next(entry for entry in entries if entry.id == name)


def _keep_tags(row: Entry, earlier: Sequence[Entry]) -> Entry:
    same = [
        entry for entry in earlier if (entry.id, entry.canvas, entry.transforms) == (row.id, row.canvas, row.transforms)
    ]
    return replace(row, tags=same[0].tags) if same else row


def _remove_others(workspace: Workspace, rows: Sequence[Entry]) -> None:
    """Take images that no longer belong out of the view, with their captions."""
    wanted = {training_file(workspace, row) for row in rows}
    for file in workspace.training_files():
        if file not in wanted:
            file.with_suffix(".txt").unlink(missing_ok=True)
            file.unlink()
    for folder in sorted(workspace.training.glob("*x*")):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
