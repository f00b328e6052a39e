"""Check a training folder for everything that would spoil a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unipixel.dataset.check import Finding, check_training_folder
from unipixel.recipe import Recipe
from unipixel.stages.workspace import Workspace


def check(workspace: Workspace, *, overrides: Mapping[str, Any] | None = None) -> list[Finding]:
    """Check the training folder of a workspace.

    Returns
    -------
    list of Finding
        Empty where nothing stands against a training.
    """
    return check_against(workspace, workspace.recipe(overrides))


def check_against(workspace: Workspace, recipe: Recipe) -> list[Finding]:
    """Check the training folder of a workspace against a recipe at hand; see :func:`check`."""
    return check_training_folder(
        workspace.training,
        scale=recipe.scale,
        canvases=recipe.dataset.canvases,
        max_colors=recipe.dataset.max_colors,
        trigger=recipe.trigger,
    )
