"""The stage prepare: sources to natives, natives to training images, all of it in ``dataset.jsonl``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unipixel.caption import Proposal
from unipixel.dataset.balance import Plan
from unipixel.dataset.manifest import Entry, in_file_order, read_manifest, sources_of, write_manifest
from unipixel.errors import WorkspaceError
from unipixel.image import load_image
from unipixel.progress import Progress, quiet
from unipixel.recipe import Recipe
from unipixel.stages.engine import LOCAL, Engine
from unipixel.stages.placing import choose, image_file, remove_others, write_images
from unipixel.stages.recovering import native_file, pending_sources, recover_sources
from unipixel.stages.workspace import Workspace


@dataclass(frozen=True)
class Prepared:
    """What :func:`prepare` did."""

    sure: int
    """Sources whose native is sure, or was decided by a person."""
    doubtful: int
    """Sources whose native wants a person's look."""
    none: int
    """Sources without a native: no grid, or no picture."""
    canvases: dict[str, int]
    """Images of each canvas, by ``WIDTHxHEIGHT``."""
    validation: int
    """Images among them that are kept from the training."""
    pending: int
    """Sources that were not looked at: in a dry run alone."""
    notes: tuple[str, ...]
    """What a person should know, such as fewer images than wanted."""


def prepare(
    workspace: Workspace,
    *,
    overrides: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    engine: Engine = LOCAL,
    progress: Progress = quiet,
) -> Prepared:
    """Recover natives, balance them over the canvases and write the training images.

    Sources that were recovered before are not looked at again, and what a person decided stays. The training folder is
    made to hold just what the data set says; captions of images that stay are kept.

    Parameters
    ----------
    workspace : Workspace
    overrides : mapping, optional
        Recipe values by dotted name.
    dry_run : bool
        Say what would be done with the natives that are there, and write nothing.
    engine : Engine
    progress : Progress
        Told after each source and each training image.

    Returns
    -------
    Prepared

    Raises
    ------
    WorkspaceError
        No sources, or none with a native that may be used; or another process holds the workspace.
    GridMismatch
        A training image is not what was meant to be written; can't happen short of a damaged disk.
    """
    recipe = workspace.recipe(overrides)
    if dry_run:
        sources, pending = pending_sources(workspace)
        plan, _ = choose(workspace, recipe, [row for row in sources if row not in pending], engine, progress)
        counts = {str(canvas): plan.per_canvas for canvas in recipe.dataset.canvases}
        return _summary(sources, counts, 0, len(pending), _notes(plan))
    with workspace.lock():
        return prepare_locked(workspace, recipe, engine, progress)


def prepare_locked(workspace: Workspace, recipe: Recipe, engine: Engine, progress: Progress) -> Prepared:
    """Prepare in a workspace that is held already; see :func:`prepare`."""
    earlier = read_manifest(workspace.manifest)
    sources = recover_sources(workspace, engine, progress)
    if not any(row.is_usable for row in sources):
        raise WorkspaceError(
            f"{workspace.root}: none of {len(sources)} sources has a native that is sure. "
            f"Look at them with: unipixel decide {workspace.root}"
        )
    plan, natives = choose(workspace, recipe, sources, engine, progress)
    known = {_place(row): row for row in earlier if row.transforms}
    rows = [
        _with_tags(row, known.get(_place(row)))
        for row in write_images(workspace, recipe, plan, natives, engine, progress)
    ]
    write_manifest(workspace.manifest, in_file_order([*rows, *_off_canvas(sources, rows, earlier)]))
    remove_others(workspace, {training_file(workspace, row) for row in rows})
    counts = {str(canvas): sum(row.canvas == str(canvas) for row in rows) for canvas in recipe.dataset.canvases}
    gone = len({row.source for row in earlier} - {row.source for row in sources})
    notes = _notes(plan) + ([f"{gone} sources are gone from sources/, and with them their rows."] if gone else [])
    return _summary(sources, counts, sum(row.split == "validation" for row in rows), 0, notes)


def training_file(workspace: Workspace, entry: Entry) -> Path:
    """Where the image of a row lies, in the training or the validation folder."""
    return image_file(workspace, entry, entry.window[:2])


def read_sources(workspace: Workspace) -> list[dict[str, Any]]:
    """One row for each source: its native, grid, confidence and state (``sure``, ``doubtful`` or ``none``)."""
    return [_source_row(workspace, entry) for entry in sources_of(read_manifest(workspace.manifest)).values()]


def read_natives(workspace: Workspace) -> dict[str, tuple[Path | None, str]]:
    """File of the native (None where there is none) and state of each source, by its name without ending."""
    return {
        Path(row["source"]).stem: (workspace.root / row["native"] if row["native"] else None, row["state"])
        for row in read_sources(workspace)
    }


def _summary(
    sources: Sequence[Entry], counts: dict[str, int], validation: int, pending: int, notes: Sequence[str]
) -> Prepared:
    looked_at = [row for row in sources if row.state != "new"]
    sure = sum(row.is_usable for row in looked_at)
    none = sum(not row.has_native for row in looked_at if not row.is_usable)
    return Prepared(sure, len(looked_at) - sure - none, none, counts, validation, pending, tuple(notes))


def _notes(plan: Plan) -> list[str]:
    if plan.per_canvas >= plan.wanted:
        return []
    return [
        f"{plan.per_canvas} images for each canvas instead of {plan.wanted}: "
        "more sources would help, or a plan: unipixel balance."
    ]


def _place(row: Entry) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """What makes an image the same one: native, window and canvas."""
    return row.id, row.window, tuple(row.transforms[0]["canvas"])


def _with_tags(row: Entry, before: Entry | None) -> Entry:
    """What was said of an image stays with it."""
    if before is None:
        return row
    history = (*row.history, *before.own_history)
    return replace(row, tags=before.tags, rating=before.rating, repeats=before.repeats, history=history)


def _off_canvas(sources: Sequence[Entry], rows: Sequence[Entry], earlier: Sequence[Entry]) -> list[Entry]:
    """Rows of sources without an image, and of images that lost their place but that a person has judged."""
    placed = {_place(row) for row in rows}
    kept = {row.source: row for row in sources}
    judged = []
    for row in earlier:
        source = kept.get(row.source)
        if row.transforms and source and source.id == row.id and _place(row) not in placed and _is_judged(row):
            history = (*source.history, *row.own_history)
            judged.append(replace(row, state=source.state, history=history, canvas="", split="train"))
    shown = {row.source for row in rows} | {row.source for row in judged}
    return [*judged, *(row for row in sources if row.source not in shown)]


def _is_judged(row: Entry) -> bool:
    """Whether a person has said something of this image that is written nowhere else."""
    beside = f"{Path(row.source).stem}.txt"
    for tag in row.tags:
        if tag.origin == "hand" and tag.by != beside:
            return True
        if tag.origin in ("measured", "machine") and (tag.state == "rejected" or _was_accepted(tag)):
            return True
    return False


def _was_accepted(tag: Proposal) -> bool:
    """Whether a person accepted it: what is measured exactly has the score 1 and accepts itself."""
    return tag.state == "accepted" and tag.score < 1


def _source_row(workspace: Workspace, entry: Entry) -> dict[str, Any]:
    image = load_image(workspace.root / entry.source)
    return {
        "name": Path(entry.source).name,
        "source": entry.source,
        "native": workspace.relative(native_file(workspace.root, entry)) if entry.has_native else None,
        "source_size": f"{image.shape[1]}x{image.shape[0]}",
        "native_size": f"{entry.native_size[1]}x{entry.native_size[0]}" if entry.has_native else "",
        "cell": list(entry.grid.cell) if entry.grid else [],
        "confidence": entry.confidence,
        "state": "none" if not entry.has_native else "sure" if entry.is_usable else "doubtful",
        "reason": next((str(step["reason"]) for step in entry.history if step.get("op") == "recover"), ""),
    }
