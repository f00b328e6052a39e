"""Write captions: trigger, constants, tags by hand, tags measured from the pixels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from unipixel.caption import Proposal, compose, measure_tags
from unipixel.dataset.manifest import Entry, read_manifest, write_manifest
from unipixel.errors import CaptionError, WorkspaceError
from unipixel.files import write_atomic
from unipixel.grid import Grid, to_native
from unipixel.image import load_image
from unipixel.progress import Event, Progress, quiet
from unipixel.recipe import Recipe
from unipixel.stages.preparing import training_file
from unipixel.stages.workspace import Workspace

IN_VIEW = 0.5
"""Share of a region that must lie in a crop for its tags to hold there; or the share of the crop that it fills."""


def write_captions(
    workspace: Workspace, *, overrides: Mapping[str, Any] | None = None, progress: Progress = quiet
) -> int:
    """Write ``NAME.txt`` beside each training image; returns how many.

    Tags by hand come from ``sources/NAME.txt`` (comma separated, for the whole picture) and from
    ``sources/NAME.regions.json`` (``[{"box": [left, top, width, height], "tags": [...]}]``, in px of the picture, for
    parts of it): a crop gets the tags of the regions that are in view. Measured tags that are not exact stay proposals
    in ``dataset.jsonl``; one that a person has rejected there is not proposed again.

    Raises
    ------
    WorkspaceError
        There are no training images.
    CaptionError
        A sidecar can't be read, or its tags exclude each other.
    """
    recipe = workspace.recipe(overrides)
    entries = list(read_manifest(workspace.manifest))
    placed = [index for index, entry in enumerate(entries) if entry.canvas]
    if not placed:
        raise WorkspaceError(f"{workspace.root}: no training images. Make them with: unipixel prepare {workspace.root}")
    for count, index in enumerate(placed):
        entries[index] = _caption(workspace, recipe, entries[index])
        progress(Event("caption", count + 1, len(placed), entries[index].canvas))
    write_manifest(workspace.manifest, entries)
    return len(placed)


def _caption(workspace: Workspace, recipe: Recipe, entry: Entry) -> Entry:
    file = training_file(workspace, entry)
    image = load_image(file)
    native = to_native(image, Grid.regular(recipe.scale, (image.shape[0], image.shape[1])), rule="nearest")
    hand = hand_tags(workspace, entry)
    judged = {tag.name: tag for tag in entry.tags if tag.origin != "hand"}
    # A person's verdict on an earlier proposal stands.
    measured = [_judged(tag, judged) for tag in measure_tags(native)]
    try:
        caption = compose(recipe.trigger, constants=recipe.caption.constants, hand=hand, proposals=measured)
    except CaptionError as error:
        raise CaptionError(f"{entry.source}: {error} Mend the text file beside it.") from None
    target = file.with_suffix(".txt")
    text = str(caption) + "\n"
    if not (target.exists() and target.read_text("utf-8") == text):
        write_atomic(target, text)
    return replace(entry, tags=(*(Proposal(tag, "hand") for tag in hand), *measured))


def _judged(tag: Proposal, earlier: Mapping[str, Proposal]) -> Proposal:
    before = earlier.get(tag.name)
    return replace(tag, state=before.state) if before and before.state != "proposed" else tag


def hand_tags(workspace: Workspace, entry: Entry) -> list[str]:
    """Tags that a person wrote beside the source and that hold for this crop, each once, in their order."""
    source = workspace.root / entry.source
    regions = _read_regions(source.with_name(source.stem + ".regions.json"))
    local = {tag for _, tags in regions for tag in tags}
    whole = [tag for tag in _read_tags(source.with_suffix(".txt")) if tag not in local]
    seen = [tag for box, tags in regions if _in_view(box, entry) for tag in tags]
    return list(dict.fromkeys([*seen, *whole]))


def _read_tags(file: Path) -> list[str]:
    if not file.exists():
        return []
    try:
        return [tag.strip() for tag in file.read_text("utf-8").replace("\n", ",").split(",") if tag.strip()]
    except UnicodeDecodeError:
        raise CaptionError(f"{file}: not UTF-8 text. Save it as UTF-8.") from None


def _read_regions(file: Path) -> list[tuple[Sequence[float], list[str]]]:
    if not file.exists():
        return []
    try:
        return [
            ([float(value) for value in row["box"]], [str(tag) for tag in row["tags"]])
            for row in json.loads(file.read_text("utf-8"))
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise CaptionError(
            f'{file}: not a list of {{"box": [left, top, width, height], "tags": [...]}} ({error}).'
        ) from None


def _in_view(box: Sequence[float], entry: Entry) -> bool:
    """Whether a box in px of the source is in the crop, counted in native px."""
    row, col, height, width = entry.transforms[0]["window"]
    left, top = _to_native(box[0], entry, 1), _to_native(box[1], entry, 0)
    right, bottom = _to_native(box[0] + box[2], entry, 1), _to_native(box[1] + box[3], entry, 0)
    inside = max(0.0, min(right, col + width) - max(left, col)) * max(0.0, min(bottom, row + height) - max(top, row))
    region = max(1e-9, (right - left) * (bottom - top))
    return bool(inside >= IN_VIEW * min(region, height * width))


def _to_native(position: float, entry: Entry, axis: int) -> float:
    """Native px of a position in source px along an axis; a cut cell at the border counts as one."""
    if entry.grid is None:
        return position
    cell, offset = entry.grid.cell[axis], entry.grid.offset[axis]
    return (position - offset) / cell + (1.0 if offset > 0 else 0.0)
