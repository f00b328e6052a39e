"""What must hold between the numbers of a recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from unipixel.caption import PROFILES
from unipixel.evaluation import LIGHT_EFFECTS
from unipixel.lora.settings import LATENTS, OPTIMIZERS, SCHEDULES
from unipixel.recipe.model import Recipe
from unipixel.sampling.samplers import SAMPLER_NAMES

LATENT_STRIDE = 8
"""Canvas px per latent cell of SDXL's autoencoder."""
TARGETS = ("attention", "linear", "all")
PRECISIONS = ("auto", "bfloat16", "float16", "float32")
BASE_PRECISIONS = ("full", "fp8", "nf4")
SEXUAL = ("refuse", "label", "allow")

CHOICES: Mapping[str, Sequence[str]] = {
    "policy.sexual": SEXUAL,
    "lora.targets": TARGETS,
    "train.schedule": SCHEDULES,
    "train.optimizer": OPTIMIZERS,
    "train.latents": LATENTS,
    "train.precision": PRECISIONS,
    "train.base_precision": BASE_PRECISIONS,
    "caption.profile": tuple(PROFILES),
    "sample.sampler": SAMPLER_NAMES,
}
"""Values that are words, and the words there are."""


def find_problems(recipe: Recipe) -> list[str]:
    """Every problem of a recipe as a sentence; an empty list for a sound one."""
    return [*_canvas_problems(recipe), *_number_problems(recipe), *_name_problems(recipe), *_matrix_problems(recipe)]


def _canvas_problems(recipe: Recipe) -> list[str]:
    problems = []
    if recipe.scale < 1:
        return [f"scale = {recipe.scale} must be 1 or more."]
    for name, canvases in (("dataset.canvases", recipe.dataset.canvases), ("sample.unseen", recipe.sample.unseen)):
        for canvas in canvases:
            for unit, word in ((recipe.scale, "the scale"), (LATENT_STRIDE, "SDXL's latent cell")):
                if canvas.width % unit or canvas.height % unit:
                    problems.append(f"{name}: {canvas} is no whole number of {unit} px, {word}.")
    if not recipe.dataset.canvases:
        problems.append("dataset.canvases is empty.")
    for canvas in recipe.sample.unseen:
        if canvas in recipe.dataset.canvases:
            problems.append(f"sample.unseen: {canvas} is a canvas of the data set, so it is seen.")
    return problems


def _number_problems(recipe: Recipe) -> list[str]:
    dataset, train, sample = recipe.dataset, recipe.train, recipe.sample
    at_least_one = {
        "dataset.images_per_canvas": dataset.images_per_canvas,
        "dataset.crops_per_image": dataset.crops_per_image,
        "lora.rank": recipe.lora.rank,
        "train.steps": train.steps,
        "train.batch_size": train.batch_size,
        "train.accumulation": train.accumulation,
        "train.cycles": train.cycles,
        "train.caption_variants": train.caption_variants,
        "train.checkpoint_every": train.checkpoint_every,
        "watch.preview_steps": recipe.watch.preview_steps,
        "sample.images_per_size": sample.images_per_size,
        "sample.steps": sample.steps,
        "sample.batch_size": sample.batch_size,
        "evaluate.seeds": recipe.evaluate.seeds,
    }
    problems = [f"{name} = {value} must be 1 or more." for name, value in at_least_one.items() if value < 1]
    if not 2 <= dataset.max_colors <= 256:
        problems.append(f"dataset.max_colors = {dataset.max_colors} must be 2 to 256.")
    if not 0 <= dataset.validation_share <= 0.5:
        problems.append(f"dataset.validation_share = {dataset.validation_share} must be 0 to 0.5.")
    if dataset.close_up_from < 0:
        problems.append(f"dataset.close_up_from = {dataset.close_up_from} must be 0 or more.")
    for name, share in (
        ("train.caption_dropout", train.caption_dropout),
        ("train.ema_decay", train.ema_decay),
        ("train.pyramid_noise", train.pyramid_noise),
    ):
        if not 0 <= share <= 1:
            problems.append(f"{name} = {share} must be 0 to 1.")
    if train.debiased and train.min_snr_gamma:
        problems.append("train.debiased and train.min_snr_gamma both weigh the loss: set one of them off.")
    for name, number in (("lora.alpha", recipe.lora.alpha), ("train.learning_rate", train.learning_rate)):
        if number <= 0:
            problems.append(f"{name} = {number} must be above 0.")
    for name, number in (
        ("train.text_encoder_learning_rate", train.text_encoder_learning_rate),
        ("train.warmup_steps", train.warmup_steps),
        ("train.kept_tags", train.kept_tags),
        ("train.max_grad_norm", train.max_grad_norm),
        ("watch.previews", recipe.watch.previews),
        ("watch.patience", recipe.watch.patience),
        ("watch.keep", recipe.watch.keep),
        ("train.weight_decay", train.weight_decay),
        ("train.min_snr_gamma", train.min_snr_gamma),
        ("train.noise_offset", train.noise_offset),
    ):
        if number < 0:
            problems.append(f"{name} = {number} must be 0 or more.")
    return problems


def _name_problems(recipe: Recipe) -> list[str]:
    problems = []
    for name, known in CHOICES.items():
        table, _, key = name.partition(".")
        value = getattr(getattr(recipe, table), key)
        if value not in known:
            problems.append(f"{name} = {value!r} must be one of: {', '.join(known)}.")
    if recipe.dataset.background != "own" and not re.fullmatch(r"#[0-9a-fA-F]{6}", recipe.dataset.background):
        problems.append(f'dataset.background = {recipe.dataset.background!r} must be "own" or "#rrggbb".')
    if not recipe.trigger.strip() or "," in recipe.trigger:
        problems.append(f"trigger = {recipe.trigger!r} must be one word without a comma.")
    if not recipe.sample.prompts:
        problems.append("sample.prompts is empty.")
    return problems


def _matrix_problems(recipe: Recipe) -> list[str]:
    evaluate = recipe.evaluate
    problems = [] if evaluate.themes else ["evaluate.themes is empty."]
    for name, words in (
        ("themes", evaluate.themes),
        ("distances", evaluate.distances),
        ("lights", evaluate.lights),
        ("weights", evaluate.weights),
    ):
        if len(set(words)) < len(words):
            problems.append(f"evaluate.{name} holds something twice.")
    for word in evaluate.lights:
        if word and word not in LIGHT_EFFECTS:
            known = ", ".join(LIGHT_EFFECTS)
            problems.append(f"evaluate.lights: what {word!r} does to a palette is not known. Known are: {known}.")
    problems += [f"evaluate.weights: {weight} is not finite." for weight in evaluate.weights if not isfinite(weight)]
    return problems
