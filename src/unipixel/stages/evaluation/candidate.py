"""What is evaluated: a LoRA with the recipe that it was trained by and the images that it was trained on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unipixel.errors import RecipeError, WorkspaceError
from unipixel.lora import read_metadata
from unipixel.lora.run_files import CHECKPOINTS
from unipixel.recipe import Recipe, diff_recipes, flatten, list_presets, load_recipe
from unipixel.sampling import Lora, open_lora
from unipixel.stages.drawing_defaults import preset_for, told_recipe, trigger_of
from unipixel.stages.workspace import Run, Workspace

_NAMES = ("name", "title")
_ASKED = ("evaluate.", "sample.")
"""What a workspace decides of a LoRA that was trained in it: how it is evaluated, not how it was trained."""


@dataclass(frozen=True)
class Candidate:
    """A LoRA to evaluate."""

    name: str
    """In reports: the run, with its step where it is a checkpoint; or what the file calls itself, else its name."""
    lora: Lora
    """At the weight of the recipe's samples."""
    step: int | None
    """Steps that were done at a checkpoint; None for a whole training, and where nobody says."""
    recipe: Recipe
    trigger: str
    """Word that calls it; empty where nobody says one."""
    preset: str
    """The preset that its recipe is nearest to."""
    training: tuple[Path, ...] = ()
    """Training images, where the workspace is at hand."""

    @property
    def changes(self) -> dict[str, list[Any]]:
        """What the recipe changes against its preset: ``[the preset's value, its own]`` by dotted name."""
        found = diff_recipes(load_recipe(self.preset), self.recipe)
        return {name: list(pair) for name, pair in found.items() if name not in _NAMES}


def run_candidate(
    workspace: Workspace,
    run: str | None = None,
    *,
    step: int | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Candidate:
    """The LoRA of a run, or of one of its checkpoints.

    Raises
    ------
    WorkspaceError
        There is none; says which there are.
    RecipeError
        As for `load_recipe`.
    """
    place = workspace.run(run)
    file = place.lora if step is None else checkpoints_of(place).get(step, place.root / CHECKPOINTS / f"{step}")
    if not file.exists():
        raise WorkspaceError(_missing(workspace, place, step))
    name = place.name if step is None else f"{place.name} step {step}"
    return _candidate(file, name, step, "unipixel", workspace, overrides)


def file_candidate(
    file: Path, *, base: str, workspace: Workspace | None = None, overrides: Mapping[str, Any] | None = None
) -> Candidate:
    """A LoRA file, by the recipe that it holds; else by the workspace's, else by the preset that suits the base.

    Raises
    ------
    ModelError
        The file is damaged.
    RecipeError
        As for `load_recipe`.
    """
    return _candidate(file, None, None, preset_for(base), workspace, overrides)


def checkpoints_of(run: Run) -> dict[int, Path]:
    """The LoRAs of checkpoints that a training kept, by step."""
    files = sorted((run.root / CHECKPOINTS).glob("*.safetensors"))
    return {int(file.stem): file for file in files if re.fullmatch(r"\d+", file.stem)}


def _candidate(
    file: Path,
    name: str | None,
    step: int | None,
    preset: str,
    workspace: Workspace | None,
    overrides: Mapping[str, Any] | None,
) -> Candidate:
    notes = read_metadata(file)
    own = None if workspace is None else workspace.recipe(overrides)
    recipe, is_known = _recipe(told_recipe(notes), own, preset, dict(overrides or {}))
    lora = open_lora(file, recipe.sample.lora_weight, None if name is None else name.replace(" ", "-"))
    name = name or notes.get("modelspec.title") or file.stem
    trigger = recipe.trigger if is_known or "trigger" in (overrides or {}) else trigger_of([replace(lora, weight=1.0)])
    training = () if workspace is None else tuple(workspace.training_files())
    return Candidate(name, lora, step, recipe, trigger, nearest_preset(flatten(recipe)), training)


def _recipe(
    told: Mapping[str, Any], own: Recipe | None, preset: str, overrides: Mapping[str, Any]
) -> tuple[Recipe, bool]:
    """The recipe to evaluate by, and whether it is the LoRA's or a workspace's own."""
    known = set(flatten(load_recipe(preset))) - set(_NAMES)
    values = {name: value for name, value in told.items() if name in known}
    if values:
        asked = {} if own is None else {name: value for name, value in flatten(own).items() if name.startswith(_ASKED)}
        try:
            recipe = load_recipe(nearest_preset(values), {**values, **asked, **overrides})
        except RecipeError:
            pass  # anyone may have written the file: what it says is not believed
        else:
            return replace(recipe, name=str(told.get("name", recipe.name))), True
    return (load_recipe(preset, overrides), False) if own is None else (own, True)


def nearest_preset(values: Mapping[str, Any]) -> str:
    """The preset that shares most of the values of a flat recipe; the first of equally near ones."""

    def shared(preset: str) -> int:
        own = flatten(load_recipe(preset))
        return sum(json.dumps(own.get(name)) == json.dumps(value) for name, value in values.items())

    return max(list_presets(), key=lambda preset: (shared(preset), preset == "unipixel"))


def _missing(workspace: Workspace, run: Run, step: int | None) -> str:
    if step is None:
        return f"{run.lora}: there is no LoRA yet. Make it with: unipixel train {workspace.root}"
    kept: Sequence[int] = list(checkpoints_of(run))
    there = f"Kept are: {', '.join(map(str, kept))}." if kept else "None was kept: see watch.keep of the recipe."
    return f"{run.root / CHECKPOINTS}: no LoRA of step {step} is kept here. {there}"
