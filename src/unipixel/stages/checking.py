"""Check a workspace's data set for everything that would spoil a training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unipixel.dataset.checks import (
    Finding,
    check_folders,
    check_length,
    check_natives,
    check_rows,
    faults,
    in_order,
    missing_labels,
    training_images,
)
from unipixel.dataset.checks.captions import read_caption
from unipixel.dataset.manifest import Entry, read_manifest
from unipixel.recipe import Recipe
from unipixel.stages.engine import LOCAL, Engine
from unipixel.stages.preparing import training_file
from unipixel.stages.workspace import Workspace


def check(workspace: Workspace, *, overrides: Mapping[str, Any] | None = None) -> list[Finding]:
    """Check the data set of a workspace.

    Returns
    -------
    list of Finding
        Faults alone; empty where nothing stands against a training. :func:`review` has the notes too.
    """
    return check_against(workspace, workspace.recipe(overrides))


def check_against(workspace: Workspace, recipe: Recipe) -> list[Finding]:
    """Check the data set of a workspace against a recipe at hand; see :func:`check`."""
    return faults(review(workspace, recipe))


def review(workspace: Workspace, recipe: Recipe, *, engine: Engine = LOCAL) -> list[Finding]:
    """Everything that the checks have to say of a data set: faults first, then notes.

    Files are named from the workspace's folder.
    """
    entries = read_manifest(workspace.manifest)
    rows = {training_file(workspace, entry): entry for entry in entries if entry.canvas}
    folders = sorted({workspace.training, *(file.parent.parent for file in rows)})
    findings = check_folders(
        workspace.root,
        folders,
        scale=recipe.scale,
        canvases=recipe.dataset.canvases,
        max_colors=recipe.dataset.max_colors,
        trigger=recipe.trigger,
        constants=recipe.caption.constants,
        rows=rows,
        natives=workspace.natives,
        run=engine.run,
    )
    images = [file for folder in folders for file in training_images(folder)]
    findings += check_rows(workspace.root, rows, images, recipe.policy.sexual)
    findings += _check_labels(workspace, rows, recipe.policy.sexual)
    findings += check_natives(workspace.root, workspace.natives, entries)
    seen = sum(row.repeats for row in rows.values() if row.split == "train")
    findings += check_length(seen, recipe.train.steps, recipe.train.batch_size)
    return in_order(findings)


def _check_labels(workspace: Workspace, rows: Mapping[Path, Entry], policy: str) -> Iterator[Finding]:
    for file in sorted(rows):
        tags, _ = read_caption(file.with_suffix(".txt"))
        for tag in missing_labels(rows[file], tags, policy):
            what = f"rated {tag}, and its caption does not say so, as the policy wants"
            yield Finding(workspace.relative(file), what, "run: unipixel caption")
