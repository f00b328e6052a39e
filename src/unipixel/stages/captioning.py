"""Write captions: trigger, constants, tags by hand, tags measured from the pixels, and what a tagger proposes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from unipixel.caption import MAX_TOKENS, Caption, Proposal, Tagger, Tagging, canonical_tag, conflicts, measure_tags
from unipixel.dataset.manifest import Entry, read_manifest, write_manifest
from unipixel.errors import CaptionError, WorkspaceError
from unipixel.grid import Grid, to_native
from unipixel.image import RGBA, load_image
from unipixel.progress import Event, Progress, quiet
from unipixel.recipe import Recipe
from unipixel.stages.caption_files import compose_caption, read_caption, write_caption
from unipixel.stages.engine import LOCAL, Engine
from unipixel.stages.preparing import training_file
from unipixel.stages.tagging import finish_edits
from unipixel.stages.workspace import Workspace

IN_VIEW = 0.5
"""Share of a region that must lie in a crop for its tags to hold there; or the share of the crop that it fills."""

CLOSE_UP = "close-up"
"""What a part cut from a picture of several canvases is."""

SAVE_EVERY = 16
"""Images that a tagger has looked at before what it said is written down, so that a kill loses little."""

_BATCH = 8
"""Natives that a tagger is handed at once."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Region:
    """A part of a source, with what a person says of it."""

    box: tuple[float, float, float, float]
    """``(left, top, width, height)`` in px of the source."""
    tags: tuple[str, ...] = ()
    """Hold for every crop in which the box is in view."""
    is_subject: bool = False
    """Whether it is the main subject: its size tells how far away the picture is."""


@dataclass(frozen=True)
class Captioned:
    """What :func:`write_captions` did, or would do."""

    images: int
    """Training images."""
    changed: tuple[tuple[str, str, str], ...]
    """``(file, before, after)`` of each caption that is not what it was."""
    proposed: int
    """Proposals that wait for a person's verdict."""
    too_long: tuple[tuple[str, int], ...]
    """``(file, tokens)`` of captions with more tokens than CLIP reads."""
    flags: tuple[tuple[str, tuple[str, ...]], ...]
    """``(file, flags)`` of images in which a tagger saw text, a signature, a watermark or censoring."""
    ratings: Mapping[str, int]
    """Images of each rating; those that nobody has rated are not counted."""


def write_captions(
    workspace: Workspace,
    *,
    tagger: Tagger | None = None,
    asked: str = "",
    overrides: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    engine: Engine = LOCAL,
    progress: Progress = quiet,
) -> Captioned:
    """Write ``NAME.txt`` beside each training image.

    Tags by hand come from ``sources/NAME.txt`` (comma separated, for the whole picture), from
    ``sources/NAME.regions.json`` (``[{"box": [left, top, width, height], "tags": [...], "subject": true}]``, in px of
    the picture, for parts of it: a crop gets the tags of the regions that are in view), and from :func:`edit_tags`.
    They always win. What is measured but not exact, and all that a tagger says, stays a proposal in ``dataset.jsonl``
    until a person accepts it; what a person has accepted stays, what was rejected is not proposed again.

    Parameters
    ----------
    workspace : Workspace
    tagger : Tagger, optional
        Without one, earlier proposals of taggers stay as they are. Images that it has seen before in the same way are
        not shown to it again; what it said is written down every few images, so that a kill loses little.
    asked : str
        How the tagger was set up (thresholds, looks): images that it saw in another way are shown to it again.
    overrides : mapping, optional
        Recipe values by dotted name.
    dry_run : bool
        Say what would change, and write nothing.
    engine : Engine
        Who looks at the images. On one machine a tagger stays in this process, where it has all cores; on a cluster
        each process that works opens it once.
    progress : Progress

    Raises
    ------
    WorkspaceError
        There are no training images.
    CaptionError
        A sidecar can't be read, or its tags exclude each other.
    """
    recipe = workspace.recipe(overrides)
    if dry_run:
        return _write_captions(workspace, recipe, tagger, asked, engine, progress, dry_run=True)
    finish_edits(workspace)
    with workspace.lock():
        return _write_captions(workspace, recipe, tagger, asked, engine, progress, dry_run=False)


def _write_captions(
    workspace: Workspace,
    recipe: Recipe,
    tagger: Tagger | None,
    asked: str,
    engine: Engine,
    progress: Progress,
    *,
    dry_run: bool,
) -> Captioned:
    entries = list(read_manifest(workspace.manifest))
    placed = [index for index, entry in enumerate(entries) if entry.canvas]
    if not placed:
        raise WorkspaceError(f"{workspace.root}: no training images. Make them with: unipixel prepare {workspace.root}")
    usual = median(len(entries[index].palette) for index in placed)
    batches = list(_batches(placed, _BATCH))
    look = partial(_look_at, workspace=workspace, recipe=recipe, usual=usual, tagger=tagger, asked=asked)
    run = map if tagger is not None and engine.name == "local" else engine.run
    rows: list[tuple[Entry, Caption, str]] = []
    fresh = 0
    seen = run(look, [[entries[index] for index in batch] for batch in batches])
    for batch, (looked_at, asked_now) in zip(batches, seen, strict=True):
        for index, entry in zip(batch, looked_at, strict=True):
            entries[index] = entry
            caption = compose_caption(recipe, entry)
            rows.append((entry, caption, read_caption(workspace, entry)))
            if not dry_run:
                write_caption(workspace, entry, caption)
            progress(Event("caption", len(rows), len(placed), entry.canvas))
        fresh += asked_now
        if fresh >= SAVE_EVERY and not dry_run:
            write_manifest(workspace.manifest, entries)
            fresh = 0
    if not dry_run:
        write_manifest(workspace.manifest, entries)
    return _summary(workspace, rows)


def _look_at(
    batch: Sequence[Entry], *, workspace: Workspace, recipe: Recipe, usual: float, tagger: Tagger | None, asked: str
) -> tuple[list[Entry], int]:
    """Rows with their tags by hand and measured ones anew, and with what a tagger says; how many it was asked about."""
    natives = [_native(workspace, recipe, entry) for entry in batch]
    looked_at = [_with_tags(workspace, entry, native, usual) for entry, native in zip(batch, natives, strict=True)]
    if tagger is None:
        return looked_at, 0
    unseen = [at for at, entry in enumerate(batch) if not _was_asked(entry, tagger, asked)]
    if unseen:
        for at, said in zip(unseen, tagger.tag([natives[at] for at in unseen]), strict=True):
            looked_at[at] = _with_tagging(looked_at[at], said, tagger, asked)
    return looked_at, len(unseen)


def compare_looks(
    workspace: Workspace, tagger: Any, looks: Sequence[str], *, progress: Progress = quiet
) -> Iterator[tuple[str, dict[str, dict[str, float]]]]:
    """Show each training image to a tagger in several ways; writes nothing.

    Parameters
    ----------
    workspace : Workspace
    tagger : WdTagger
    looks : sequence of str

    Yields
    ------
    (file, scores by tag and look)
    """
    recipe = workspace.recipe()
    entries = [entry for entry in read_manifest(workspace.manifest) if entry.canvas]
    for count, entry in enumerate(entries, start=1):
        yield (
            workspace.relative(training_file(workspace, entry)),
            tagger.compare(_native(workspace, recipe, entry), looks),
        )
        progress(Event("compare", count, len(entries), entry.canvas))


def hand_tags(workspace: Workspace, entry: Entry) -> list[str]:
    """Tags that a person wrote beside the source and that hold for this crop, each once, in their order."""
    source = workspace.root / entry.source
    regions = _read_regions(source.with_name(source.stem + ".regions.json"))
    local = {tag for region in regions for tag in region.tags}
    whole = [tag for tag in _read_tags(source.with_suffix(".txt")) if tag not in local]
    seen = [tag for region in regions if _in_view(region.box, entry) for tag in region.tags]
    return list(dict.fromkeys(canonical_tag(tag) for tag in (*seen, *whole)))


def _batches(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _native(workspace: Workspace, recipe: Recipe, entry: Entry) -> RGBA:
    image = load_image(training_file(workspace, entry))
    return to_native(image, Grid.regular(recipe.scale, (image.shape[0], image.shape[1])), rule="nearest")


# --- tags -------------------------------------------------------------------------------------------------------------


def _with_tags(workspace: Workspace, entry: Entry, native: RGBA, usual: float) -> Entry:
    """Tags by hand and measured tags anew; verdicts, and what taggers said, as they were."""
    hand = _by_hand(entry, hand_tags(workspace, entry))
    found = measure_tags(native, box=_subject_box(workspace, entry), usual_colors=usual)
    measured = _judged(_with_distance(found, entry, [tag.name for tag in hand]), entry, "measured")
    machine = [tag for tag in entry.tags if tag.origin == "machine"]
    return replace(entry, tags=(*hand, *measured, *machine))


def _with_distance(found: Sequence[Proposal], entry: Entry, hand: Sequence[str]) -> list[Proposal]:
    """A part cut from a picture of several canvases is a close-up, unless a person says otherwise."""
    if not entry.close_up or conflicts([*hand, CLOSE_UP]):
        return list(found)
    close_up = Proposal(CLOSE_UP, "measured", reason="a part of a picture of several canvases")
    return [close_up, *(tag for tag in found if tag.name != CLOSE_UP and not conflicts([tag.name, CLOSE_UP]))]


def _by_hand(entry: Entry, sidecar: Sequence[str]) -> list[Proposal]:
    """Tags by hand in the order in which they came: those that were typed in, and those that lie beside the source."""
    beside = f"{Path(entry.source).stem}.txt"
    kept = [
        tag
        for tag in entry.tags
        if tag.origin == "hand" and (tag.by != beside or tag.state == "rejected" or tag.name in sidecar)
    ]
    names = {tag.name for tag in kept}
    return [*kept, *(Proposal(name, "hand", by=beside) for name in sidecar if name not in names)]


def _judged(found: Sequence[Proposal], entry: Entry, origin: str, by: str = "") -> list[Proposal]:
    """New proposals with the verdicts on earlier ones; what a person has judged stays even if it is not found again."""
    earlier = {tag.name: tag for tag in entry.tags if tag.origin == origin}
    tags = [_with_verdict(tag, earlier.get(tag.name)) for tag in found]
    names = {tag.name for tag in tags}
    others = [
        tag
        for tag in earlier.values()
        if tag.name not in names and (_was_judged(tag) or (origin == "machine" and tag.by != by))
    ]
    return [*tags, *others]


def _with_verdict(tag: Proposal, before: Proposal | None) -> Proposal:
    return replace(tag, state=before.state) if before is not None and _was_judged(before) else tag


def _was_judged(tag: Proposal) -> bool:
    """Whether a person said so: what is measured exactly has the score 1 and accepts itself."""
    return tag.state == "rejected" or (tag.state == "accepted" and tag.score < 1.0)


def _was_asked(entry: Entry, tagger: Tagger, asked: str) -> bool:
    return any(
        step.get("op") == "tag" and (step.get("by"), step.get("asked")) == (tagger.name, asked)
        for step in entry.history
    )


def _with_tagging(entry: Entry, tagging: Tagging, tagger: Tagger, asked: str) -> Entry:
    """Tags of a tagger as proposals; rating and flags apart, in the row's history, one step for each tagger."""
    others = [tag for tag in entry.tags if tag.origin != "machine"]
    machine = _judged(tagging.tags, entry, "machine", tagger.name)
    step = {
        "op": "tag",
        "by": tagger.name,
        "asked": asked,
        "rating": tagging.rating,
        "ratings": dict(tagging.ratings),
        "flags": dict(tagging.flags),
    }
    machine_ratings = {past.get("rating") for past in entry.history if past.get("op") == "tag"}
    by_hand = entry.rating and entry.rating not in machine_ratings
    history = [past for past in entry.history if (past.get("op"), past.get("by")) != ("tag", tagger.name)]
    rating = entry.rating if by_hand or not tagging.rating else tagging.rating
    return replace(entry, tags=(*others, *machine), rating=rating, history=(*history, step))


def _summary(workspace: Workspace, rows: Sequence[tuple[Entry, Caption, str]]) -> Captioned:
    files = [workspace.relative(training_file(workspace, entry)) for entry, _, _ in rows]
    changed = [(file, before, str(caption)) for file, (_, caption, before) in zip(files, rows, strict=True)]
    flags = [(file, _flags(entry)) for file, (entry, _, _) in zip(files, rows, strict=True)]
    return Captioned(
        images=len(rows),
        changed=tuple(row for row in changed if row[1] != row[2]),
        proposed=sum(tag.state == "proposed" for entry, _, _ in rows for tag in entry.tags),
        too_long=tuple(
            (file, caption.tokens)
            for file, (_, caption, _) in zip(files, rows, strict=True)
            if caption.tokens > MAX_TOKENS
        ),
        flags=tuple(row for row in flags if row[1]),
        ratings=dict(sorted(Counter(entry.rating for entry, _, _ in rows if entry.rating).items())),
    )


def _flags(entry: Entry) -> tuple[str, ...]:
    return tuple(sorted({flag for step in entry.history if step.get("op") == "tag" for flag in step.get("flags", ())}))


# --- what lies beside the sources -------------------------------------------------------------------------------------


def _read_tags(file: Path) -> list[str]:
    if not file.exists():
        return []
    try:
        return [tag.strip() for tag in file.read_text("utf-8").replace("\n", ",").split(",") if tag.strip()]
    except UnicodeDecodeError:
        raise CaptionError(f"{file}: not UTF-8 text. Save it as UTF-8.") from None


def _read_regions(file: Path) -> list[Region]:
    if not file.exists():
        return []
    try:
        return [_region(row) for row in json.loads(file.read_text("utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise CaptionError(
            f'{file}: not a list of {{"box": [left, top, width, height], "tags": [...]}} ({error}).'
        ) from None


def _region(row: Mapping[str, Any]) -> Region:
    left, top, width, height = (float(value) for value in row["box"])
    is_subject = bool(row.get("subject", False))
    tags = tuple(str(tag) for tag in (row.get("tags", ()) if is_subject else row["tags"]))
    return Region((left, top, width, height), tags, is_subject)


def _subject_box(workspace: Workspace, entry: Entry) -> Box | None:
    """The box that a person drew around the main subject, in native px of the training image; None out of view."""
    source = workspace.root / entry.source
    regions = _read_regions(source.with_name(source.stem + ".regions.json"))
    drawn = [region.box for region in regions if region.is_subject and _in_view(region.box, entry)]
    if not drawn:
        return None
    row, col, height, width = entry.transforms[0]["window"]
    top, left, bottom, right = _native_box(drawn[0], entry)
    inside = (max(top, row), max(left, col), min(bottom, row + height), min(right, col + width))
    pad = entry.transforms[0]["pad"]
    first_row, first_col = round(inside[0] - row) + pad[0], round(inside[1] - col) + pad[3]
    return first_row, first_col, max(1, round(inside[2] - inside[0])), max(1, round(inside[3] - inside[1]))


def _in_view(box: Sequence[float], entry: Entry) -> bool:
    """Whether a box in px of the source is in the crop, counted in native px."""
    row, col, height, width = entry.transforms[0]["window"]
    top, left, bottom, right = _native_box(box, entry)
    inside = max(0.0, min(right, col + width) - max(left, col)) * max(0.0, min(bottom, row + height) - max(top, row))
    region = max(1e-9, (right - left) * (bottom - top))
    return bool(inside >= IN_VIEW * min(region, height * width))


def _native_box(box: Sequence[float], entry: Entry) -> tuple[float, float, float, float]:
    """``(top, left, bottom, right)`` in native px of a box in px of the source."""
    top, left = _to_native(box[1], entry, 0), _to_native(box[0], entry, 1)
    return top, left, _to_native(box[1] + box[3], entry, 0), _to_native(box[0] + box[2], entry, 1)


def _to_native(position: float, entry: Entry, axis: int) -> float:
    """Native px of a position in source px along an axis; a cut cell at the border counts as one."""
    if entry.grid is None:
        return position
    cell, offset = entry.grid.cell[axis], entry.grid.offset[axis]
    return (position - offset) / cell + (1.0 if offset > 0 else 0.0)
