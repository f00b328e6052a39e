"""What a training will take, before anything is loaded: steps, epochs, and memory on cards of several sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from unipixel.recipe import Recipe
from unipixel.stages.base import DEFAULT_BASE, base_path, need_torch
from unipixel.stages.training import missing_images, ready_files, settings_of
from unipixel.stages.workspace import Workspace


def plan_training(
    workspace: Workspace, *, base: str = DEFAULT_BASE, overrides: Mapping[str, Any] | None = None
) -> list[str]:
    """Say what a training of a workspace will take.

    Parameters
    ----------
    workspace : Workspace
    base : str
        Base model; its configuration is read, not its weights.
    overrides : mapping, optional
        Recipe values by dotted name.

    Returns
    -------
    list of str
        A line each, without line ends.

    Raises
    ------
    DatasetError
        The training folder has a fault that would spoil the training.
    ModelError
        The base model can't be used.
    WorkspaceError
        There are no training images.
    """
    ready_files(workspace, overrides)
    return [*plan_work(workspace, overrides), *plan_memory(workspace, base=base, overrides=overrides)]


def plan_work(workspace: Workspace, overrides: Mapping[str, Any] | None = None) -> list[str]:
    """The part of :func:`plan_training` that is known at once: images, steps, epochs, checkpoints.

    Raises
    ------
    RecipeError
        A value that can't be.
    WorkspaceError
        There are no training images.
    """
    recipe = workspace.recipe(overrides)
    files = workspace.training_files()
    if not files:
        raise missing_images(workspace)
    canvases = Counter(file.parent.name for file in files)
    validation = len(list(workspace.validation.glob("*x*/*.png")))
    return _work_lines(recipe, canvases, validation)


def _work_lines(recipe: Recipe, canvases: Mapping[str, int], validation: int) -> list[str]:
    settings, images = settings_of(recipe), sum(canvases.values())
    shown = settings.steps * settings.pictures_per_step
    buckets = ", ".join(f"{count} of {size}" for size, count in sorted(canvases.items()))
    checkpoints = -(-settings.steps // recipe.train.checkpoint_every)
    previews = f"{recipe.watch.previews} previews each" if recipe.watch.previews else "no previews"
    return [
        f"{images} images ({buckets}), {validation} for validation",
        f"{settings.steps} steps of {settings.pictures_per_step} images: {shown} shown, {shown / images:.1f} epochs",
        f"{checkpoints} checkpoints, {previews}",
    ]


def plan_memory(
    workspace: Workspace, *, base: str = DEFAULT_BASE, overrides: Mapping[str, Any] | None = None
) -> list[str]:
    """The part of :func:`plan_training` on memory, which takes seconds the first time a base is asked for.

    Raises
    ------
    ModelError
        The base model can't be used.
    MissingExtra
        Without torch.
    """
    need_torch("the memory plan")
    from unipixel.diffusion.memory_plan import MemorySettings
    from unipixel.diffusion.memory_text import memory_lines

    recipe = workspace.recipe(overrides)
    precision = recipe.train.precision
    wished = MemorySettings(
        training=settings_of(recipe),
        canvases=[(canvas.width, canvas.height) for canvas in recipe.dataset.canvases],
        dtype="bfloat16" if precision == "auto" else precision,
        base_precision=recipe.train.base_precision,
        gradient_checkpointing=recipe.train.gradient_checkpointing,
    )
    lines: list[str] = memory_lines(_shapes(base), wished)
    return lines


@lru_cache(maxsize=4)
def _shapes(base: str) -> Any:
    """Shapes of a base, kept: each is traced once."""
    from unipixel.diffusion.traced_step import Shapes

    return Shapes.of(base_path(base))
