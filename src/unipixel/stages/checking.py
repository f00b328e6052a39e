"""Check a training folder for everything that would spoil a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unipixel.dataset.check import Finding, check_training_folder
from unipixel.stages.workspace import Workspace


def check(workspace: Workspace, *, overrides: Mapping[str, Any] | None = None) -> list[Finding]:
    """Check the training folder of a workspace.

    Returns
    -------
    list of Finding
        Empty where nothing stands against a training.
    """
    recipe = workspace.recipe(overrides)
    return check_training_folder(
        workspace.training,
        scale=recipe.scale,
        canvases=recipe.dataset.canvases,
        max_colors=recipe.dataset.max_colors,
        trigger=recipe.trigger,
    )
