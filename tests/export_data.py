"""Pictures as every exporter gets them, and what readers should find."""

from dataclasses import fields
from pathlib import Path

import numpy as np

from unipixel.dataset import Entry, Provenance, native_id
from unipixel.export import Collection, Picture, Preview, RunPlan
from unipixel.image import save_png
from unipixel.lora import TrainingSettings

SCALE = 8
CANVASES = ("256x192", "192x256", "256x256")
TRIGGER = "nv-p1xel4rt"


def draw(seed: int, canvas: str) -> np.ndarray:
    width, height = (int(side) // SCALE for side in canvas.split("x"))
    rng = np.random.default_rng(seed)
    colors = np.dstack([rng.integers(0, 256, (1, 9, 3)), np.full((1, 9, 1), 255)]).astype(np.uint8)[0]
    return colors[rng.integers(0, 9, (height, width))]


def picture(
    folder: Path, seed: int, canvas: str = CANVASES[0], split: str = "train", repeats: int = 1, licence: str = "CC0-1.0"
) -> Picture:
    native = draw(seed, canvas)
    name = native_id(native)
    file = save_png(folder / f"{name}-r0c0.png", native.repeat(SCALE, 0).repeat(SCALE, 1))
    entry = Entry(
        name,
        f"sources/{seed}.png",
        "0" * 64,
        provenance=Provenance(licence, "yes", f"Artist {seed % 2}", "A pack", "https://example.org/pack"),
        transforms=({"op": "fit", "window": [0, 0, *native.shape[:2]], "canvas": list(native.shape[:2])},),
        canvas=canvas,
        split=split,
        repeats=repeats,
    )
    return Picture(file, f"{TRIGGER}, masterpiece, tree (dead), number {seed}", entry)


def read_pairs(folder: Path) -> dict[str, str]:
    """Caption by name, of images with a text file beside each, as trainers pair them."""
    return {file.stem: file.with_suffix(".txt").read_text("utf-8") for file in sorted(folder.glob("*.png"))}


def expected(collection: Collection, split: str = "train", **having: object) -> dict[str, str]:
    """Caption by name of the pictures of a split whose attributes are as given."""
    return {
        one.name: one.caption
        for one in collection.pictures
        if one.entry.split == split and all(str(getattr(one, key)) == str(value) for key, value in having.items())
    }


def run_plan(**changes: object) -> RunPlan:
    """The preset's training with some settings or other values changed."""
    numbers = {
        "scale": SCALE, "rank": 32, "alpha": 16.0, "targets": "linear", "steps": 4928, "batch_size": 1,
        "learning_rate": 1e-4, "seed": 20213, "schedule": "cosine", "warmup_steps": 100, "caption_dropout": 0.05,
        "min_snr_gamma": 5.0,
    }  # fmt: skip
    known = {field.name for field in fields(TrainingSettings)}
    settings = TrainingSettings(**{**numbers, **{key: value for key, value in changes.items() if key in known}})
    others = {
        "name": "my-art", "base": "/models/base.safetensors", "prediction_type": "epsilon", "zero_terminal_snr": False,
        "precision": "auto", "base_precision": "full", "gradient_checkpointing": True, "compile": False,
        "checkpoint_every": 250, "keep": 3, "preview_steps": 12, "negative_prompt": "blurry", "guidance": 6.0,
        "usage_hint": "Divide by 8.", "output": "/data/out-output",
        "previews": [Preview(f"{TRIGGER}, tree", 256, 192, 1), Preview(f'{TRIGGER}, "cow" -- {{a|b}}', 192, 256, 2)],
    }  # fmt: skip
    others |= {key: value for key, value in changes.items() if key not in known}
    return RunPlan(settings=settings, **others)


EVERYTHING = {
    "targets": "all", "optimizer": "prodigy", "learning_rate": 1.0, "accumulation": 2, "schedule": "cosine-restarts",
    "cycles": 3, "steps": 400, "flip": True, "text_encoder_learning_rate": 5e-5, "caption_variants": 4, "kept_tags": 2,
    "noise_offset": 0.03, "pyramid_noise": 0.3, "ema_decay": 0.999, "min_snr_gamma": None, "debiased": True,
    "base_precision": "fp8", "compile": True, "prediction_type": "v_prediction", "zero_terminal_snr": True,
    "save_dtype": "bfloat16",
}  # fmt: skip
"""A run that asks for as much as it can."""
