"""Report what the data set has and lacks, and plan it even."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unipixel.dataset.look import find_near
from unipixel.dataset.manifest import Entry, read_manifest, sources_of, write_manifest
from unipixel.dataset.survey import UNKNOWN, Survey, describe, survey
from unipixel.errors import WorkspaceError
from unipixel.progress import Progress, quiet
from unipixel.recipe import Recipe
from unipixel.stages.engine import LOCAL, Engine
from unipixel.stages.placing import choose
from unipixel.stages.preparing import prepare_locked
from unipixel.stages.recovering import save_sources
from unipixel.stages.workspace import Workspace

MOST_CROPS = 4
"""Images that a plan cuts from one source at most."""
ALIKE = 2
"""Bits of their looks by which two images of a data set differ at most for a plan to leave one out."""


@dataclass(frozen=True)
class Crop:
    """Cut more images from a source."""

    source: str
    images: int
    """Images of it then."""


@dataclass(frozen=True)
class LeaveOut:
    """Make no image of a source, though its native is fine."""

    source: str
    like: str
    """The source that shows nearly the same."""


@dataclass(frozen=True)
class Repeat:
    """Show an image more often."""

    id: str
    source: str
    canvas: str
    window: tuple[int, int, int, int]
    repeats: int


@dataclass(frozen=True)
class Wanted:
    """Pictures that no crop can give."""

    images: int
    theme: str
    """``?`` where the sources have no themes."""
    light: str
    """The rarest light of that theme so far; ``?`` where no tags say it."""
    canvas: str
    native_size: str
    """WIDTHxHEIGHT in native px."""

    def __str__(self) -> str:
        what = " ".join(word for word in (self.light, self.theme) if word != UNKNOWN) or "any"
        return f"{self.images} more of {what} at {self.native_size} (canvas {self.canvas})"


@dataclass(frozen=True)
class BalancePlan:
    """What would make the data set even."""

    wanted_per_canvas: int
    per_canvas: int
    """Images for each canvas once the plan is applied."""
    crop: tuple[Crop, ...]
    leave_out: tuple[LeaveOut, ...]
    repeat: tuple[Repeat, ...]
    """For the images as they are now; worked out anew once the plan is applied."""
    still_wanted: tuple[Wanted, ...]


@dataclass(frozen=True)
class Balance:
    """A report, and the plan that follows from it."""

    survey: Survey
    plan: BalancePlan


def plan_balance(
    workspace: Workspace,
    *,
    overrides: Mapping[str, Any] | None = None,
    apply: bool = False,
    engine: Engine = LOCAL,
    progress: Progress = quiet,
) -> Balance:
    """Report what the data set shows how often, and plan what to crop, leave out, repeat and look for.

    Parameters
    ----------
    workspace : Workspace
        Prepared.
    overrides : mapping, optional
        Recipe values by dotted name.
    apply : bool
        Note the plan in ``dataset.jsonl`` and prepare again; the report is of the data set after that.
    engine : Engine
    progress : Progress

    Raises
    ------
    WorkspaceError
        Nothing was prepared yet; or another process holds the workspace.
    """
    recipe = workspace.recipe(overrides)
    if not any(row.is_usable for row in read_manifest(workspace.manifest)):
        raise WorkspaceError(f"{workspace.root}: no natives yet. Make them with: unipixel prepare {workspace.root}")
    if not apply:
        return _balance(workspace, recipe, engine, progress)
    with workspace.lock():
        plan = _balance(workspace, recipe, engine, progress).plan
        _note(workspace, plan)
        prepare_locked(workspace, recipe, engine, progress)
        rows = read_manifest(workspace.manifest)
        repeats = {_place(step): step.repeats for step in _repeats(rows, recipe)}
        write_manifest(
            workspace.manifest,
            [replace(row, repeats=repeats.get((row.id, row.canvas, row.window), 1)) for row in rows],
        )
        return Balance(survey(read_manifest(workspace.manifest)), plan)


def _balance(workspace: Workspace, recipe: Recipe, engine: Engine, progress: Progress) -> Balance:
    rows = read_manifest(workspace.manifest)
    left_out = _near_doubles(rows)
    named = {step.source for step in left_out}
    sources = [
        replace(row, crops=0 if row.source in named else MOST_CROPS if row.crops is None else row.crops)
        for row in sources_of(rows).values()
    ]
    plan, natives = choose(workspace, recipe, sources, engine, progress)
    usual = recipe.dataset.crops_per_image
    crops = [Crop(natives[name].source, count) for name, count in plan.uses.items() if count > usual]
    lacking = {str(canvas): max(0, plan.wanted - plan.per_canvas) for canvas in recipe.dataset.canvases}
    return Balance(
        survey(rows),
        BalancePlan(
            plan.wanted,
            plan.per_canvas,
            tuple(sorted(crops, key=lambda step: step.source)),
            left_out,
            _repeats(rows, recipe),
            tuple(_still_wanted(rows, lacking, recipe)),
        ),
    )


def _note(workspace: Workspace, plan: BalancePlan) -> None:
    """Write the steps of a plan into the rows of the sources, with their history."""
    wanted = {step.source: step.images for step in plan.crop} | {step.source: 0 for step in plan.leave_out}
    sources = sources_of(read_manifest(workspace.manifest))
    for source, images in wanted.items():
        row = sources[source]
        if row.crops != images:
            sources[source] = replace(row, crops=images, history=(*row.history, {"op": "balance", "crops": images}))
    save_sources(workspace, list(sources.values()))


def _near_doubles(rows: Sequence[Entry]) -> tuple[LeaveOut, ...]:
    """Of images that look nearly the same, all but the first by name."""
    placed = [row for row in sources_of(rows).values() if any(row.id == other.id for other in rows if other.canvas)]
    found: dict[str, LeaveOut] = {}
    for one, two, bits, mirrored in find_near([row.look for row in placed], within=ALIKE):
        first, second = placed[one], placed[two]
        if bits <= ALIKE and not mirrored and first.id != second.id and first.source not in found:
            found.setdefault(second.source, LeaveOut(second.source, first.source))
    return tuple(found.values())


def _repeats(rows: Sequence[Entry], recipe: Recipe) -> tuple[Repeat, ...]:
    """Which images to show more often so that each canvas weighs what is wanted: of the rarest themes first."""
    images = [row for row in rows if row.canvas and row.split == "train"]
    themes = Counter(row.theme for row in images)
    steps = []
    for canvas in recipe.dataset.canvases:
        here = sorted(
            (row for row in images if row.canvas == str(canvas)),
            key=lambda row: (themes[row.theme], row.source, row.window),
        )
        lacking = recipe.dataset.images_per_canvas - len(here)
        for place, row in enumerate(here):
            more = lacking // len(here) + (place < lacking % len(here)) if lacking > 0 else 0
            if more:
                steps.append(Repeat(row.id, row.source, row.canvas, row.window, 1 + more))
    return tuple(steps)


def _place(step: Repeat) -> tuple[str, str, tuple[int, int, int, int]]:
    return step.id, step.canvas, step.window


def _still_wanted(rows: Sequence[Entry], lacking: Mapping[str, int], recipe: Recipe) -> list[Wanted]:
    """Share what each canvas lacks out to the themes that have least there."""
    facts = [describe(row) for row in rows if row.canvas]
    themes = sorted({fact["theme"] for fact in facts} - {UNKNOWN}) or [UNKNOWN]
    wanted = []
    for canvas in recipe.dataset.canvases:
        have = Counter(fact["theme"] for fact in facts if fact["canvas"] == str(canvas))
        added: Counter[str] = Counter()
        for _ in range(lacking[str(canvas)]):
            rarest = min(themes, key=lambda theme: (have[theme] + added[theme], theme))
            added[rarest] += 1
        height, width = canvas.native_size(recipe.scale)
        wanted += [
            Wanted(count, theme, _rarest_light(facts, theme), str(canvas), f"{width}x{height}")
            for theme, count in sorted(added.items())
        ]
    return wanted


def _rarest_light(facts: Sequence[Mapping[str, str]], theme: str) -> str:
    lights = sorted({fact["light"] for fact in facts} - {UNKNOWN})
    have = Counter(fact["light"] for fact in facts if fact["theme"] == theme)
    return min(lights, key=lambda light: (have[light], light), default=UNKNOWN)
