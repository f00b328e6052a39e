"""Train the LoRA of a workspace's data set."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from unipixel.errors import DatasetError, WorkspaceError
from unipixel.extras import need
from unipixel.files import sha256, write_atomic
from unipixel.image import load_image
from unipixel.lora import TrainingSettings, describe
from unipixel.progress import Progress, quiet
from unipixel.recipe import Recipe, dump_recipe, flatten
from unipixel.stages.base import DEFAULT_BASE, open_base
from unipixel.stages.checking import check
from unipixel.stages.workspace import Run, Workspace

PACKAGES = ("unipixel-kit", "torch", "diffusers", "transformers", "peft", "safetensors", "numpy", "pillow")
"""Packages whose versions are written down, since results depend on them."""


def train(
    workspace: Workspace,
    *,
    run: str | None = None,
    base: str = DEFAULT_BASE,
    overrides: Mapping[str, Any] | None = None,
    device: str = "auto",
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
    device : str
        ``auto`` takes a GPU where there is one.
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
        There are no training images, or the run was begun with other numbers.
    """
    recipe, place = workspace.recipe(overrides), workspace.run(run)
    files = _ready_files(workspace, overrides)
    need("torch", extra="train", purpose="training")
    from unipixel.diffusion.train import train_lora

    loaded = open_base(base, device=device)
    facts = _facts(recipe, files, loaded.name, loaded.hash, str(loaded.device))
    _begin(place, recipe, facts)
    train_lora(
        loaded,
        [load_image(file) for file in files],
        [file.with_suffix(".txt").read_text("utf-8").strip() for file in files],
        _settings(recipe),
        names=[workspace.relative(file) for file in files],
        out=place.root,
        metadata=_metadata(place, recipe, facts),
        gradient_checkpointing=loaded.device.type == "cuda",
        checkpoint_every=recipe.train.checkpoint_every,
        progress=progress,
    )
    write_atomic(place.facts_file, _json({**facts, "lora_sha256": sha256(place.lora)}))
    return place.lora


def _ready_files(workspace: Workspace, overrides: Mapping[str, Any] | None) -> list[Path]:
    """Training images, once the check finds nothing against them."""
    files = workspace.training_files()
    if not files:
        raise WorkspaceError(
            f"{workspace.training}: no training images. Make them with: unipixel prepare {workspace.root}"
        )
    findings = check(workspace, overrides=overrides)
    if findings:
        raise DatasetError(
            f"{workspace.training}: not trained, since the data set has faults.", [str(finding) for finding in findings]
        )
    return files


def _settings(recipe: Recipe) -> TrainingSettings:
    numbers = recipe.train
    return TrainingSettings(
        scale=recipe.scale,
        rank=recipe.lora.rank,
        alpha=recipe.lora.alpha,
        targets=recipe.lora.targets,
        steps=numbers.steps,
        batch_size=numbers.batch_size,
        learning_rate=numbers.learning_rate,
        schedule=numbers.schedule,
        warmup_steps=numbers.warmup_steps,
        weight_decay=numbers.weight_decay,
        caption_dropout=numbers.caption_dropout,
        min_snr_gamma=numbers.min_snr_gamma or None,
        noise_offset=numbers.noise_offset,
        seed=numbers.seed,
    )


def _metadata(run: Run, recipe: Recipe, facts: Mapping[str, Any]) -> dict[str, str]:
    """What the LoRA file says about itself."""
    scale = recipe.scale
    return describe(
        title=run.name,
        trigger=recipe.trigger,
        recipe={**flatten(recipe), "ours": dict(recipe.ours)},
        versions=facts["versions"],
        usage_hint=f"Prompt: {recipe.trigger}. Sizes: multiples of {scale} px. Divide results by {scale}.",
    )


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
    """Write recipe and facts down before the first step, so that a training that dies still says what it was."""
    write_atomic(run.recipe_file, dump_recipe(recipe))
    if run.facts().get("lora_sha256") is None or not run.lora.exists():
        write_atomic(run.facts_file, _json(facts))


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
