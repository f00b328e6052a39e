"""Train the LoRA of a workspace's data set."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from unipixel.errors import DatasetError, WorkspaceError
from unipixel.files import sha256, write_atomic
from unipixel.image import load_image
from unipixel.lora import TrainingSettings, describe
from unipixel.lora.run_files import STATE_FILE
from unipixel.progress import Progress, quiet
from unipixel.recipe import Recipe, dump_recipe, flatten
from unipixel.stages.base import DEFAULT_BASE, need_torch, open_base
from unipixel.stages.checking import check
from unipixel.stages.lock import hold
from unipixel.stages.workspace import Run, Workspace

if TYPE_CHECKING:
    from unipixel.diffusion.training import Processes, Watch

PACKAGES = ("unipixel-kit", "torch", "diffusers", "transformers", "peft", "safetensors", "numpy", "pillow")
"""Packages whose versions are written down, since results depend on them."""


def train(
    workspace: Workspace,
    *,
    run: str | None = None,
    base: str = DEFAULT_BASE,
    overrides: Mapping[str, Any] | None = None,
    initial: Path | None = None,
    device: str = "auto",
    prediction_type: str = "auto",
    allow_hub: bool = False,
    log_to: Sequence[str] = (),
    progress: Progress = quiet,
) -> Path:
    """Train, or go on with a training that was stopped.

    Parameters
    ----------
    workspace : Workspace
    run : str, optional
        Name of the run; that of the workspace's folder by default.
    base : str
        A diffusers folder, an SDXL checkpoint in one ``.safetensors`` file, or ``micro`` for the embedded model.
    overrides : mapping, optional
        Recipe values by dotted name.
    initial : Path, optional
        LoRA to begin with, in any format; the same rank and modules.
    device : str
        ``auto`` takes a GPU where there is one.
    prediction_type, allow_hub
        See :func:`unipixel.stages.base.open_base`.
    log_to : sequence of str
        ``tensorboard`` and ``wandb``.
    progress : Progress
        Told after each step.

    Returns
    -------
    Path
        The LoRA in kohya's format.

    Raises
    ------
    DatasetError
        The training folder has a fault that would spoil the training.
    ModelError
        The base model can't be used.
    Diverged
        The loss left the finite numbers.
    WorkspaceError
        There are no training images, the run was begun with other numbers, or another process trains it.
    """
    recipe, place = workspace.recipe(overrides), workspace.run(run)
    files = ready_files(workspace, overrides)
    need_torch("training")
    from unipixel.diffusion.heap import keep_freed_memory
    from unipixel.diffusion.training import join_processes, train_lora

    keep_freed_memory()
    processes = join_processes(device)
    loaded = open_base(
        base,
        device=processes.device or device,
        prediction_type=prediction_type,
        allow_hub=allow_hub,
        precision=recipe.train.precision,
        base_precision=recipe.train.base_precision,
    )
    facts = _facts(recipe, files, loaded.name, loaded.hash, str(loaded.device))
    with _held(place, processes):
        if processes.is_main:
            _begin(place, recipe, facts)
        train_lora(
            loaded,
            Pictures(files),
            [_caption(file) for file in files],
            settings_of(recipe),
            names=[workspace.relative(file) for file in files],
            out=place.root,
            cache=workspace.cache,
            watch=_watch(workspace, recipe),
            initial=initial,
            metadata=_metadata(place, recipe, facts),
            gradient_checkpointing=recipe.train.gradient_checkpointing,
            compile_with="inductor" if recipe.train.compile else "",
            checkpoint_every=recipe.train.checkpoint_every,
            processes=processes,
            log_to=log_to,
            progress=progress,
        )
        if processes.is_main:
            write_atomic(place.facts_file, _json({**facts, "lora_sha256": sha256(place.lora)}))
    return place.lora


@contextmanager
def _held(run: Run, processes: Processes) -> Iterator[None]:
    """Hold a run's folder, so that no second training mixes with this one; by the first of several processes."""
    if not processes.is_main:
        yield
        return
    run.root.mkdir(parents=True, exist_ok=True)
    with hold(run.root):
        yield


class Pictures(Sequence[npt.NDArray[np.uint8]]):
    """Pictures that are read when they are asked for, so that no data set is too large for the memory."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, place: Any) -> Any:
        return load_image(self._files[place])


def ready_files(workspace: Workspace, overrides: Mapping[str, Any] | None) -> list[Path]:
    """Training images, once the check finds nothing against them."""
    files = workspace.training_files()
    if not files:
        raise missing_images(workspace)
    findings = check(workspace, overrides=overrides)
    if findings:
        raise DatasetError(
            f"{workspace.training}: not trained, since the data set has faults.", [str(finding) for finding in findings]
        )
    return files


def missing_images(workspace: Workspace) -> WorkspaceError:
    """What to say where there is nothing to train on."""
    return WorkspaceError(
        f"{workspace.training}: no training images. Make them with: unipixel prepare {workspace.root}"
    )


def _caption(file: Path) -> str:
    return file.with_suffix(".txt").read_text("utf-8").strip()


def _watch(workspace: Workspace, recipe: Recipe) -> Watch:
    """What the recipe wants to be looked at."""
    from unipixel.diffusion.training import Watch

    files = sorted(workspace.validation.glob("*x*/*.png"))
    canvases = [(canvas.width, canvas.height) for canvas in recipe.dataset.canvases]
    return Watch(
        images=Pictures(files),
        captions=[_caption(file) for file in files],
        prompts=preview_prompts(recipe),
        sizes=canvases,
        negative_prompt=recipe.sample.negative_prompt,
        steps=recipe.watch.preview_steps,
        guidance=recipe.sample.guidance,
        sampler=recipe.sample.sampler,
        seed=recipe.sample.seed,
        patience=recipe.watch.patience,
        keep=recipe.watch.keep,
    )


def preview_prompts(recipe: Recipe) -> list[str]:
    """Whole prompts of the samples at each checkpoint; the recipe's take turns."""
    words, prompts = [recipe.trigger, *recipe.caption.constants], recipe.sample.prompts
    return [", ".join([*words, prompts[index % len(prompts)]]) for index in range(recipe.watch.previews)]


def settings_of(recipe: Recipe) -> TrainingSettings:
    """The numbers of a recipe that decide what a training does."""
    known = {field.name for field in fields(TrainingSettings)}
    numbers = {name: value for name, value in vars(recipe.train).items() if name in known}
    numbers["min_snr_gamma"] = recipe.train.min_snr_gamma or None
    return TrainingSettings(scale=recipe.scale, **vars(recipe.lora), **numbers)


def _metadata(run: Run, recipe: Recipe, facts: Mapping[str, Any]) -> dict[str, str]:
    """What the LoRA file says about itself."""
    return describe(
        title=run.name,
        trigger=recipe.trigger,
        recipe={**flatten(recipe), "ours": dict(recipe.ours)},
        versions=facts["versions"],
        usage_hint=usage_hint(recipe),
    )


def usage_hint(recipe: Recipe) -> str:
    """What whoever loads the LoRA has to know, in a line."""
    scale = recipe.scale
    return f"Prompt: {recipe.trigger}. Sizes: multiples of {scale} px. Divide results by {scale}."


def _facts(recipe: Recipe, files: list[Path], base_name: str, base_hash: str, device: str) -> dict[str, Any]:
    content = [sha256(file) + sha256(file.with_suffix(".txt")) for file in files]
    return {
        "base": {"name": base_name, "hash": base_hash},
        "device": device,
        "dataset": {"images": len(files), "sha256": sha256("".join(content).encode())},
        "recipe": recipe.name,
        "seed": recipe.train.seed,
        "versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in PACKAGES}},
    }


def _begin(run: Run, recipe: Recipe, facts: dict[str, Any]) -> None:
    """Write recipe and facts down before the first step, so that a training that dies still says what it was.

    A run that goes on, or has ended, keeps the recipe that it began with: other numbers are about to be refused.
    """
    if not (run.lora.exists() or (run.root / STATE_FILE).exists()):
        write_atomic(run.recipe_file, dump_recipe(recipe))
    if run.facts().get("lora_sha256") is None or not run.lora.exists():
        write_atomic(run.facts_file, _json(facts))


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
