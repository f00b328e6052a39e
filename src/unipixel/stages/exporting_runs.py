"""Export a whole run: a workspace's data set with another trainer's own configuration of the training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.checkpoint import recognise
from unipixel.checkpoint.folder import read_config
from unipixel.errors import ExportError, WorkspaceError
from unipixel.export import RUN_EXPORTERS, Preview, RunPlan
from unipixel.progress import Progress, quiet
from unipixel.recipe import Recipe
from unipixel.stages.base import DEFAULT_BASE
from unipixel.stages.exporting import Exported, collect, deliver, seen_as
from unipixel.stages.training import preview_prompts, settings_of, usage_hint
from unipixel.stages.workspace import Workspace

PREDICTIONS = ("epsilon", "v_prediction")
"""What a base may predict."""


def export_run(
    workspace: Workspace,
    to: str,
    folder: Path,
    *,
    base: str,
    prediction_type: str = "auto",
    run: str | None = None,
    root: str | None = None,
    allow_unlicensed: bool = False,
    hard_links: bool = False,
    force: bool = False,
    dry_run: bool = False,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress = quiet,
) -> Exported:
    """Write the data set of a workspace and the same run for another trainer.

    All is as for :func:`unipixel.stages.exporting.export`; the folder holds the trainer's configuration too.

    Parameters
    ----------
    workspace : Workspace
    to : str
        One of :data:`unipixel.export.RUN_EXPORTERS`.
    folder : Path
        Absent, empty, or an earlier export.
    base : str
        The SDXL model to train: a ``.safetensors`` file, a diffusers folder, or a name on the Hub. Written as it is
        given; a path that is there is written whole, unless ``root`` says that the trainer is elsewhere.
    prediction_type : {"auto", "epsilon", "v_prediction"}
        What the base's UNet predicts; ``auto`` believes a model that is there, and takes epsilon for one that is not.
        For ``v_prediction``, the last training timestep is taken for pure noise, as such models have it.
    run : str, optional
        Name of the run and of the LoRA; that of the workspace's folder by default.
    root : str, optional
        Path of the folder as the trainer will see it.
    allow_unlicensed, hard_links, force, dry_run : bool
        As for :func:`~unipixel.stages.exporting.export`.
    overrides : mapping, optional
        Recipe values by dotted name.
    progress : Progress
        Told after each file.

    Returns
    -------
    Exported

    Raises
    ------
    DatasetError
        The check finds faults.
    ExportError
        Images that may not be trained on, a folder that is not ours to write, the embedded base, which no other
        trainer knows, or no whole batch where a trainer needs one.
    WorkspaceError
        There are no training images, no such trainer, or no such prediction type.
    """
    if to not in RUN_EXPORTERS:
        raise WorkspaceError(f"no run can be written for {to!r}. Choose one of: {', '.join(RUN_EXPORTERS)}.")
    if prediction_type not in ("auto", *PREDICTIONS):
        raise WorkspaceError(f"no prediction type {prediction_type!r}. Choose one of: auto, {', '.join(PREDICTIONS)}.")
    if base == DEFAULT_BASE:
        raise ExportError(
            f"{to} can't train the embedded model {DEFAULT_BASE!r}. Name an SDXL model: --base FILE.safetensors"
        )
    predicted, zero_terminal_snr = _prediction(Path(base), prediction_type)
    recipe, place, exporter = workspace.recipe(overrides), seen_as(folder, root), RUN_EXPORTERS[to]
    plan = plan_run(
        recipe,
        name=workspace.run(run).name,
        base=base if root is not None or not Path(base).exists() else Path(base).absolute().as_posix(),
        prediction_type=predicted,
        zero_terminal_snr=zero_terminal_snr,
        output=f"../{folder.absolute().name}-output" if place == "." else f"{place.rstrip('/')}-output",
    )
    collection = collect(workspace, recipe, place, allow_unlicensed=allow_unlicensed, showing=plan.showing)
    return deliver(
        workspace,
        collection,
        folder,
        facts={"to": to, "run": plan.name},
        title=exporter.line,
        files={**exporter.files(plan, collection), **exporter.data.files(collection)},
        notes=exporter.settings(plan, collection),
        hard_links=hard_links,
        force=force,
        dry_run=dry_run,
        progress=progress,
    )


def _prediction(base: Path, stated: str) -> tuple[str, bool]:
    """What a base predicts, and whether its last timestep is pure noise."""
    if stated != "auto":
        return stated, stated == "v_prediction"
    if base.is_dir():
        scheduler = read_config(base / "scheduler" / "scheduler_config.json")
        return scheduler.get("prediction_type", "epsilon"), bool(scheduler.get("rescale_betas_zero_snr"))
    if base.is_file():
        found = recognise(base)
        return found.prediction_type, found.zero_terminal_snr
    return "epsilon", False


def plan_run(
    recipe: Recipe, *, name: str, base: str, prediction_type: str, zero_terminal_snr: bool, output: str
) -> RunPlan:
    """The training that a recipe asks for.

    Parameters
    ----------
    recipe : Recipe
    name, base, prediction_type, zero_terminal_snr, output
        See :class:`unipixel.export.RunPlan`.
    """
    canvases, seed = recipe.dataset.canvases, recipe.sample.seed
    sizes = [(canvas.width, canvas.height) for canvas in canvases]
    prompts = enumerate(preview_prompts(recipe))
    return RunPlan(
        name=name,
        base=base,
        prediction_type=prediction_type,
        zero_terminal_snr=zero_terminal_snr,
        settings=settings_of(recipe),
        precision=recipe.train.precision,
        base_precision=recipe.train.base_precision,
        gradient_checkpointing=recipe.train.gradient_checkpointing,
        compile=recipe.train.compile,
        checkpoint_every=recipe.train.checkpoint_every,
        keep=recipe.watch.keep,
        previews=[Preview(prompt, *sizes[index % len(sizes)], seed + index) for index, prompt in prompts],
        preview_steps=recipe.watch.preview_steps,
        negative_prompt=recipe.sample.negative_prompt,
        guidance=recipe.sample.guidance,
        usage_hint=usage_hint(recipe),
        output=output,
    )
