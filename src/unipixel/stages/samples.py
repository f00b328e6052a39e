"""Draw with and without the LoRA: same prompts, same seeds, at every canvas and at sizes not trained on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.dataset.canvas import Canvas
from unipixel.errors import WorkspaceError
from unipixel.files import sha256, write_atomic
from unipixel.image import save_png
from unipixel.progress import Event, Progress, quiet
from unipixel.recipe import Recipe, flatten
from unipixel.sampling import Drawing, Lora, open_lora, picture_notes, plain_text
from unipixel.stages.base import DEFAULT_BASE, need_torch, open_base
from unipixel.stages.workspace import Run, Workspace

ARMS = ("without", "with")
"""Folders of the samples without and with the LoRA."""


@dataclass(frozen=True)
class Sample:
    """One sample that is to be drawn, or was."""

    canvas: Canvas
    """Size of the sample."""
    seen: bool
    """Whether the LoRA was trained at this size."""
    index: int
    """Number of the sample within its size, from 0."""
    prompt: str
    """The whole prompt, trigger word included, the same in both arms."""
    seed: int
    """Seed of the starting noise, the same in both arms."""

    def file(self, run: Run, arm: str) -> Path:
        """Where the sample lies."""
        return run.samples / str(self.canvas) / arm / f"{self.index:03d}.png"

    def pixel_file(self, run: Run) -> Path:
        """Where the sample lies, drawn with the LoRA and converted to true pixel art."""
        return run.pixel_art / str(self.canvas) / f"{self.index:03d}.png"


def plan_samples(recipe: Recipe) -> list[Sample]:
    """Every sample that a recipe asks for, canvases first, then the unseen sizes; prompts take turns."""
    words = [recipe.trigger, *recipe.caption.constants]
    plan = []
    for canvas in (*recipe.dataset.canvases, *recipe.sample.unseen):
        for index in range(recipe.sample.images_per_size):
            prompt = recipe.sample.prompts[index % len(recipe.sample.prompts)]
            seen = canvas in recipe.dataset.canvases
            text = plain_text(", ".join([*words, prompt]))
            plan.append(Sample(canvas, seen, index, text, recipe.sample.seed + index))
    return plan


def draw_samples(
    workspace: Workspace,
    *,
    run: str | None = None,
    base: str = DEFAULT_BASE,
    overrides: dict[str, Any] | None = None,
    device: str = "auto",
    progress: Progress = quiet,
) -> list[Sample]:
    """Draw every sample that is missing.

    Parameters
    ----------
    workspace : Workspace
    run : str, optional
        Name of the run; that of the workspace's folder by default.
    base : str
        Base model: a path, or ``micro`` for the embedded one.
    overrides : dict, optional
        Recipe values by dotted name.
    device : str
        As for :func:`~unipixel.stages.training.train`.
    progress : Progress
        Told after each batch.

    Returns
    -------
    list of Sample
        All of them, also those that lay there already.

    Raises
    ------
    WorkspaceError
        There is no LoRA yet.
    ModelError
        The base model can't be used.
    """
    place = workspace.run(run)
    if not place.lora.exists():
        raise WorkspaceError(f"{place.lora}: there is no LoRA yet. Make it with: unipixel train {workspace.root}")
    recipe = workspace.recipe(overrides)
    plan = plan_samples(recipe)
    _drop_stale(place, recipe, base)
    jobs = [(arm, sample) for arm in ARMS for sample in plan]
    left = [(arm, sample) for arm, sample in jobs if not sample.file(place, arm).exists()]
    done = len(jobs) - len(left)
    progress(Event("sample", done, len(jobs)))
    if left:
        need_torch("sampling")
        loaded = open_base(base, device=device)
        for arm, canvas in dict.fromkeys((arm, sample.canvas) for arm, sample in left):
            group = [sample for a, sample in left if a == arm and sample.canvas == canvas]
            for _ in _draw(loaded, place, recipe, arm, group):
                done += 1
                progress(Event("sample", done, len(jobs), f"{canvas} {arm} LoRA"))
    return plan


def _drop_stale(run: Run, recipe: Recipe, base: str) -> None:
    """Remove samples that were drawn with another LoRA, base or settings, so that old and new never mix."""
    settings = {name: value for name, value in flatten(recipe).items() if name.startswith("sample.")}
    del settings["sample.batch_size"], settings["sample.images_per_size"]
    stamp = json.dumps({"lora": sha256(run.lora), "base": base, "trigger": recipe.trigger, **settings}, indent=1) + "\n"
    mark = run.samples / "drawn-with.json"
    if mark.exists() and mark.read_text("utf-8") != stamp:
        for file in [*run.samples.glob("*x*/*/*.png"), *run.pixel_art.glob("*x*/*.png")]:
            file.unlink()
    write_atomic(mark, stamp)


def _draw(base: Any, run: Run, recipe: Recipe, arm: str, group: Sequence[Sample]) -> Any:
    """Draw samples of one size and arm, saving each as soon as it is there."""
    from unipixel.diffusion.sample import sample_images
    from unipixel.diffusion.schedulers import model_note

    canvas, numbers, model = group[0].canvas, recipe.sample, model_note(base)
    loras = (open_lora(run.lora, numbers.lora_weight, run.name),) if arm == "with" else ()
    pictures = sample_images(
        base,
        [sample.prompt for sample in group],
        negative_prompt=plain_text(numbers.negative_prompt),
        width=canvas.width,
        height=canvas.height,
        steps=numbers.steps,
        guidance=numbers.guidance,
        seeds=[sample.seed for sample in group],
        loras=[(lora.file, lora.weight) for lora in loras],
        sampler=numbers.sampler,
        batch_size=numbers.batch_size,
    )
    for index, image in pictures:
        sample = group[index]
        notes = picture_notes(_drawing(sample, recipe, loras), model, {"scale": recipe.scale, "recipe": recipe.name})
        save_png(sample.file(run, arm), image, text=notes)
        yield sample


def _drawing(sample: Sample, recipe: Recipe, loras: tuple[Lora, ...]) -> Drawing:
    numbers = recipe.sample
    return Drawing(
        prompt=sample.prompt,
        negative_prompt=plain_text(numbers.negative_prompt),
        width=sample.canvas.width,
        height=sample.canvas.height,
        seed=sample.seed,
        steps=numbers.steps,
        guidance=numbers.guidance,
        sampler=numbers.sampler,
        loras=loras,
    )
