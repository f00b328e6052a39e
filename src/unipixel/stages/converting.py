"""Convert the samples of a run."""

from __future__ import annotations

from typing import Any

from unipixel.conversion import Options, convert_with, save_conversion
from unipixel.errors import WorkspaceError
from unipixel.progress import Event, Progress, quiet
from unipixel.stages.samples import plan_samples
from unipixel.stages.workspace import Workspace


def convert_samples(
    workspace: Workspace,
    *,
    run: str | None = None,
    overrides: dict[str, Any] | None = None,
    progress: Progress = quiet,
) -> int:
    """Convert the samples that were drawn with the LoRA: divide by the scale, index; returns how many.

    Raises
    ------
    WorkspaceError
        A sample is missing.
    """
    recipe, place = workspace.recipe(overrides), workspace.run(run)
    plan = plan_samples(recipe)
    options = Options(scale=recipe.scale, offset=(0.0, 0.0), colors=recipe.dataset.max_colors)
    for index, sample in enumerate(plan):
        source = sample.file(place, "with")
        if not source.exists():
            raise WorkspaceError(f"{source}: this sample is missing. Draw it with: unipixel sample {workspace.root}")
        save_conversion(sample.pixel_file(place), convert_with(source, options), force=True)
        progress(Event("convert", index + 1, len(plan), source.name))
    return len(plan)
