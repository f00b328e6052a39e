"""One job: train a LoRA, draw with it, measure what was drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from lattices import inner, picture
from plan import WORDS, Job
from scenes import Scene

from unipixel.caption.subject import find_subject
from unipixel.conversion import convert
from unipixel.evaluation import measure_discipline
from unipixel.files import write_atomic
from unipixel.image import load_image, save_png
from unipixel.lora import TrainingSettings
from unipixel.stages.base import open_base

BATCH = 8
"""Training images in a step."""
LEARNING_RATE = 3e-3
GUIDANCE = 1.5
"""Classifier-free guidance of the samples."""
SAMPLER, STEPS = "dpm++-2m", 12
"""How they are drawn: as flat as with 20 steps of the base's own sampler, in less time."""


def do(job: Job, folder: Path) -> None:
    """All of a job, or what is left of it."""
    from classifier import load_classifier, name_subjects

    place = folder / job.name
    lora = train(job, place, folder / "cache") if job.is_trained else None
    draw(job, place, lora)
    rows = measure(job, place)
    natives = [cells(load_image(sample_file(place, index)), job.scale) for index in range(len(rows))]
    names = name_subjects(load_classifier(folder / f"classifier-x{job.scale}.pt", job.scale), natives)
    told = [{**row, "named": name} for row, name in zip(rows, names, strict=True)]
    write_atomic(place / "figures.json", json.dumps({"job": vars(job), "samples": told}, indent=1) + "\n")


def settings_of(job: Job) -> TrainingSettings:
    """Numbers of the training. The scale stays 1: nothing in it knows of a grid but the images."""
    return TrainingSettings(
        scale=1,
        rank=job.rank,
        alpha=job.rank,
        targets=job.targets,
        steps=job.steps,
        batch_size=BATCH,
        learning_rate=LEARNING_RATE,
        schedule="cosine",
        warmup_steps=20,
        caption_dropout=0.1,
        seed=job.seed,
    )


def train(job: Job, folder: Path, cache: Path) -> Path:
    """Train the LoRA of a job, or go on with it; what was trained already is kept."""
    from unipixel.diffusion.training import train_lora

    scenes = job.scenes()
    images = [picture(scene, job.arm, chance, job.scale) for chance, scene in enumerate(scenes)]
    captions = [prompt_of(scene, job.distances) for scene in scenes]
    return train_lora(open_base("micro"), images, captions, settings_of(job), out=folder, cache=cache)


def draw(job: Job, folder: Path, lora: Path | None) -> None:
    """Draw the samples that are missing, size by size."""
    from unipixel.diffusion.sample import sample_images

    wanted = job.wanted()
    left = [index for index in range(len(wanted)) if not sample_file(folder, index).exists()]
    base = open_base("micro") if left else None
    for size in dict.fromkeys(wanted[index][0].size for index in left):
        group = [index for index in left if wanted[index][0].size == size]
        drawn = sample_images(
            base,
            [prompt_of(wanted[index][0], True) for index in group],
            width=size[1] * job.scale,
            height=size[0] * job.scale,
            steps=STEPS,
            guidance=GUIDANCE,
            seeds=[1000 * job.seed + index for index in group],
            loras=[(lora, 1.0)] if lora else [],
            sampler=SAMPLER,
            batch_size=16,
        )
        for place, image in drawn:
            save_png(sample_file(folder, group[place]), image)


def measure(job: Job, folder: Path) -> list[dict[str, Any]]:
    """Figures of every sample."""
    rows = []
    for index, (scene, seen) in enumerate(job.wanted()):
        image = load_image(sample_file(folder, index))
        native = cells(image, job.scale)
        subject = find_subject(native)
        row = {
            "subject": scene.subject,
            "ground": scene.ground,
            "distance": scene.distance,
            "size": f"{image.shape[1]}x{image.shape[0]}",
            "seen": seen,
            **measure_discipline(image, job.scale).to_dict(),
            "subject_height": None if subject is None else subject.height,
        }
        if job.arm == "shifted":
            row["own"] = measure_discipline(inner(image, job.scale), job.scale).to_dict()
        rows.append(row)
    return rows


def cells(image: np.ndarray, scale: int) -> np.ndarray:
    """The native of a sample: what `unipixel convert` makes of it at this scale."""
    return convert(image, scale=scale, offset=(0.0, 0.0)).native


def prompt_of(scene: Scene, says_distance: bool) -> str:
    """Caption of a training image, or prompt of a sample."""
    return f"{WORDS}, {scene.caption(says_distance=says_distance)}"


def sample_file(folder: Path, index: int) -> Path:
    """Where a sample lies."""
    return folder / "samples" / f"{index:03d}.png"
