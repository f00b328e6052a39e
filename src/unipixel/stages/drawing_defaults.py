"""What a drawing takes where nothing is said: from the workspace, else from what the LoRA file says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unipixel.dataset.canvas import Canvas
from unipixel.errors import CanvasError
from unipixel.lora import read_metadata
from unipixel.recipe import Recipe, load_recipe
from unipixel.sampling import SAMPLER_NAMES, Lora
from unipixel.stages.base import DEFAULT_BASE

_PRESETS = {DEFAULT_BASE: "demo"}
"""Preset whose sampling suits a base that is named; every other base takes ``unipixel``."""


@dataclass(frozen=True)
class Defaults:
    """Values of a drawing that need not be said."""

    size: Canvas
    steps: int
    guidance: float
    sampler: str
    negative_prompt: str
    seed: int
    scale: int | None
    """Canvas px per native px; None where neither a workspace nor a LoRA says it."""
    max_colors: int | None
    """Most colours of a native, likewise."""


def defaults_for(base: str, loras: Sequence[Lora], recipe: Recipe | None = None) -> Defaults:
    """Values that need not be said.

    Parameters
    ----------
    base : str
        Base model, as for :func:`~unipixel.stages.base.open_base`.
    loras : sequence of Lora
        Without a recipe, the first that holds the recipe of its training gives its values.
    recipe : Recipe, optional
        That of a workspace; it wins.

    Returns
    -------
    Defaults

    Raises
    ------
    ModelError
        A LoRA file is damaged.
    """
    if recipe is not None:
        return _of_recipe(recipe)
    preset = replace(_of_recipe(load_recipe(preset_for(base))), scale=None, max_colors=None)
    for lora in loras:
        notes = read_metadata(lora.file)
        told = told_recipe(notes)
        if told:
            return _with_notes(preset, told, notes.get("modelspec.resolution", ""))
    return preset


def trigger_of(loras: Sequence[Lora]) -> str:
    """Words that call the LoRAs, as their files state them, in order; those of a LoRA of weight 0 are left out."""
    stated = [read_metadata(lora.file).get("modelspec.trigger_phrase", "") for lora in loras if lora.weight]
    return ", ".join(dict.fromkeys(words.strip() for words in stated if words.strip()))


def _of_recipe(recipe: Recipe) -> Defaults:
    numbers = recipe.sample
    return Defaults(
        size=recipe.dataset.canvases[0],
        steps=numbers.steps,
        guidance=numbers.guidance,
        sampler=numbers.sampler,
        negative_prompt=numbers.negative_prompt,
        seed=numbers.seed,
        scale=recipe.scale,
        max_colors=recipe.dataset.max_colors,
    )


def preset_for(base: str) -> str:
    """Preset whose sampling suits a base, where nothing else is known."""
    return _PRESETS.get(base, "unipixel")


def told_recipe(notes: Mapping[str, str]) -> Mapping[str, Any]:
    """The recipe in a LoRA's notes by dotted name; empty where there is none."""
    try:
        values = json.loads(notes.get("unipixel.recipe", ""))
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _with_notes(defaults: Defaults, told: Mapping[str, Any], resolution: str) -> Defaults:
    """Take over what a LoRA says, as far as it is of the right kind: anyone may have written the file."""

    def number(name: str, otherwise: Any, least: float) -> Any:
        value = told.get(name)
        kind = (int, float) if isinstance(otherwise, float) else int
        return value if isinstance(value, kind) and not isinstance(value, bool) and value >= least else otherwise

    try:
        size = Canvas.parse(resolution)
    except CanvasError:
        size = defaults.size
    sampler, negative = told.get("sample.sampler"), told.get("sample.negative_prompt")
    return replace(
        defaults,
        size=size,
        steps=number("sample.steps", defaults.steps, 1),
        guidance=number("sample.guidance", defaults.guidance, 0),
        scale=number("scale", None, 2),
        max_colors=number("dataset.max_colors", None, 2),
        sampler=sampler if sampler in SAMPLER_NAMES else defaults.sampler,
        negative_prompt=negative if isinstance(negative, str) else defaults.negative_prompt,
    )
