"""The form of a new training: what is changed most of the recipe, and what a training with that will take."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from unipixel.errors import OptionError
from unipixel.recipe import Recipe, flatten
from unipixel.recipe.fields import recipe_fields
from unipixel.stages.planning import plan_work
from unipixel.stages.runs import list_runs
from unipixel.web.jobs.verbs import write_words
from unipixel.web.studio import Studio

OFTEN = ("train.steps", "train.learning_rate", "lora.rank", "train.batch_size", "train.seed")
"""Shown at once."""
SELDOM = (
    "lora.alpha",
    "lora.targets",
    "train.optimizer",
    "train.schedule",
    "train.warmup_steps",
    "train.accumulation",
    "train.text_encoder_learning_rate",
    "train.caption_dropout",
    "train.min_snr_gamma",
    "train.precision",
    "train.base_precision",
    "train.gradient_checkpointing",
    "train.checkpoint_every",
    "watch.previews",
    "watch.preview_steps",
    "watch.patience",
    "watch.keep",
)
"""Folded away."""


def show_form(studio: Studio) -> dict[str, Any]:
    """Fields with their helps and the workspace's values, and a name that no run has yet."""
    workspace = studio.workspace
    values, known = flatten(workspace.recipe()), recipe_fields()
    fields = [
        {
            "name": name,
            "help": known[name].help,
            "kind": known[name].kind,
            "choices": list(known[name].choices),
            "value": values[name],
            "often": name in OFTEN,
        }
        for name in (*OFTEN, *SELDOM)
    ]
    return {"run": _free_name(workspace.run().name, {run.name for run in list_runs(workspace)}), "fields": fields}


def show_values(recipe: Recipe) -> list[dict[str, Any]]:
    """The same values of a recipe, with their helps."""
    values, known = flatten(recipe), recipe_fields()
    return [{"name": name, "value": values[name], "help": known[name].help} for name in (*OFTEN, *SELDOM)]


def plan(studio: Studio, options: Mapping[str, Any]) -> dict[str, Any]:
    """What can be said at once of a training with these options of the verb, and its command."""
    words = write_words(studio, "train", options)
    name = options.get("run")
    return {
        "lines": plan_work(studio.workspace, _overrides(options)),
        "command": shlex.join(["unipixel", "train", ".", *words]),
        "is_taken": name in [run.name for run in list_runs(studio.workspace)],
    }


def plan_for_memory(studio: Studio, options: Mapping[str, Any]) -> dict[str, Any]:
    """Memory that a training with these options will take; without lines while that is being worked out."""
    write_words(studio, "train", options)  # refuses a model outside the studio's fences
    studio.workspace.recipe(_overrides(options))  # says at once what can't be
    lines = studio.planner.ask(options.get("base", "micro"), _overrides(options))
    return {"lines": lines or [], "is_known": lines is not None}


def _overrides(options: Mapping[str, Any]) -> Mapping[str, Any]:
    overrides = options.get("set", {})
    if not isinstance(overrides, Mapping):
        raise OptionError("set must be an object with a value for each name of the recipe.")
    return overrides


def _free_name(name: str, taken: set[str]) -> str:
    number = 1
    while (free := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return free
