"""Bring natives onto the canvases: offer crops, choose, write the training images, read them back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from unipixel.caption import canonical_tag
from unipixel.color import quantize
from unipixel.dataset.balance import Candidate, Plan, balance, propose_candidates
from unipixel.dataset.by_hand import ByHand, placings, with_placings
from unipixel.dataset.canvas import Canvas
from unipixel.dataset.fit import fit
from unipixel.dataset.groups import choose_validation, group_sources
from unipixel.dataset.manifest import Entry
from unipixel.dataset.survey import DISTANCES
from unipixel.errors import GridMismatch
from unipixel.grid import upscale
from unipixel.image import load_image, save_png
from unipixel.progress import Event, Progress
from unipixel.recipe import Recipe
from unipixel.stages.engine import Engine
from unipixel.stages.recovering import native_file
from unipixel.stages.workspace import Workspace


@dataclass(frozen=True)
class Offer:
    """One native to be put on canvases; travels to other processes and machines."""

    native: Path
    """Its file."""
    name: str
    """Its id."""
    kind: tuple[str, ...]
    """What images are spread by."""
    count: int
    """Windows a canvas at most."""
    canvases: tuple[Canvas, ...]
    scale: int
    background: tuple[int, int, int] | None
    close_up_from: float
    by_hand: tuple[ByHand, ...] = ()
    """Where a person put canvases over it."""


@dataclass(frozen=True)
class Placement:
    """One training image to be written; travels to other processes and machines."""

    native: Path
    """File of its native."""
    target: Path
    """Its own file."""
    row: Entry
    """The row of its source."""
    pick: Candidate
    scale: int
    max_colors: int
    background: tuple[int, int, int] | None


def choose(
    workspace: Workspace, recipe: Recipe, sources: Sequence[Entry], engine: Engine, progress: Progress
) -> tuple[Plan, dict[str, Entry]]:
    """Choose which crop of which native goes on which canvas.

    Returns
    -------
    (Plan, dict)
        The choice, and the row of each native that it may name.
    """
    # Sources with the same native are one: the first by name stands for all.
    natives: dict[str, Entry] = {}
    for row in sources:
        if row.is_usable and row.has_native and row.crops != 0:
            natives.setdefault(row.id, row)
    limits = {name: row.crops or recipe.dataset.crops_per_image for name, row in natives.items()}
    offers = [
        Offer(
            native_file(workspace.root, row),
            name,
            kind_of(workspace, row),
            limits[name],
            recipe.dataset.canvases,
            recipe.scale,
            recipe.dataset.background_color,
            recipe.dataset.close_up_from,
            placings(row),
        )
        for name, row in sorted(natives.items())
    ]
    found: list[Candidate] = []
    for index, candidates in enumerate(engine.run(make_candidates, offers)):
        found += candidates
        progress(Event("fit", index + 1, len(offers), Path(natives[offers[index].name].source).name))
    # Images that validate come on top of those that are wanted for training.
    per_canvas = round(recipe.dataset.images_per_canvas / (1.0 - recipe.dataset.validation_share))
    return balance(found, per_canvas=per_canvas, reuse=limits), natives


def make_candidates(offer: Offer) -> tuple[Candidate, ...]:
    """List the ways of putting one native on the canvases."""
    native = load_image(offer.native)
    found = propose_candidates(
        offer.name,
        native,
        offer.canvases,
        scale=offer.scale,
        count=offer.count,
        background=offer.background,
        close_up_from=offer.close_up_from,
        kind=offer.kind,
    )
    return with_placings(found, native, offer.by_hand, scale=offer.scale, background=offer.background)


def kind_of(workspace: Workspace, row: Entry) -> tuple[str, ...]:
    """What images are spread by: theme, and the distance where the tags by hand beside the source say it.

    Tags that come later have no say, or captions would move images about.
    """
    file = (workspace.root / row.source).with_suffix(".txt")
    text = file.read_text("utf-8", errors="replace") if file.exists() else ""
    tags = {canonical_tag(tag) for tag in text.replace("\n", ",").split(",")}
    return (row.theme, *[tag for tag in DISTANCES if tag in tags][:1])


def write_images(
    workspace: Workspace,
    recipe: Recipe,
    plan: Plan,
    natives: dict[str, Entry],
    engine: Engine,
    progress: Progress,
) -> Iterator[Entry]:
    """Write the images of a plan that are not there yet; gives the row of each."""
    splits = _splits(plan, natives, recipe.dataset.validation_share)
    jobs = []
    trained: Counter[Canvas] = Counter()
    for pick in sorted(plan.chosen, key=lambda pick: (pick.canvas, pick.cost, pick.source, pick.rank)):
        trained[pick.canvas] += pick.source not in splits
        if pick.source not in splits and trained[pick.canvas] > recipe.dataset.images_per_canvas:
            continue  # whole groups validate, so that a canvas may have kept one too many
        row = replace(natives[pick.source], canvas=str(pick.canvas), close_up=pick.close_up, split="train")
        if pick.source in splits:
            row = replace(row, split="validation")
        target = image_file(workspace, row, (pick.window.row, pick.window.col))
        jobs.append(
            Placement(
                native_file(workspace.root, row),
                target,
                row,
                pick,
                recipe.scale,
                recipe.dataset.max_colors,
                recipe.dataset.background_color,
            )
        )
    for index, row in enumerate(engine.run(write_image, jobs)):
        progress(Event("write", index + 1, len(jobs), row.canvas))
        yield row


def image_file(workspace: Workspace, row: Entry, corner: tuple[int, int]) -> Path:
    """Where an image lies: named by its native and its crop, so that the name never changes."""
    folder = workspace.validation if row.split == "validation" else workspace.training
    return folder / row.canvas / f"{row.id}-r{corner[0]}c{corner[1]}.png"


def write_image(job: Placement) -> Entry:
    """Fit, index, scale, write, and read back: what lies on the disk is what was meant."""
    size = job.pick.canvas.native_size(job.scale)
    native, pick = load_image(job.native), job.pick
    placed = fit(native, size, window=pick.window, anchor=pick.anchor, background=job.background)
    indices, palette = quantize(placed.native, job.max_colors)
    wanted = upscale(np.dstack([palette.colors[indices], np.full(indices.shape, 255, np.uint8)]), job.scale)
    if not (job.target.exists() and np.array_equal(load_image(job.target), wanted)):
        save_png(job.target, upscale(indices[..., None], job.scale)[..., 0], palette=palette.colors)
        if not np.array_equal(load_image(job.target), wanted):
            raise GridMismatch(f"{job.target}: what was written does not read back the same. Is the disk sound?")
    return replace(
        job.row,
        transforms=(placed.to_dict(), {"op": "index", "colors": len(palette)}, {"op": "scale", "by": job.scale}),
        palette=palette.to_hex(),
    )


def remove_others(workspace: Workspace, wanted: set[Path]) -> None:
    """Take images that no longer belong out of the view, with their captions."""
    for view in (workspace.training, workspace.validation):
        for file in view.glob("*x*/*.png"):
            if file not in wanted:
                file.with_suffix(".txt").unlink(missing_ok=True)
                file.unlink()
        for folder in [*view.glob("*x*"), view]:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _splits(plan: Plan, natives: dict[str, Entry], share: float) -> set[str]:
    """Natives whose images validate."""
    if share <= 0:
        return set()
    groups = group_sources(list(natives.values()))
    group = {name: groups[row.source] for name, row in natives.items()}
    images = [(group[pick.source], str(pick.canvas), natives[pick.source].theme) for pick in plan.chosen]
    chosen = choose_validation(images, share)
    return {name for name in natives if group[name] in chosen}
