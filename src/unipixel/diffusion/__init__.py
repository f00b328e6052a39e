"""Everything that needs torch: base models, latents, LoRA training and sampling (extra ``[train]``)."""

from __future__ import annotations

from unipixel.diffusion.adapter import TARGETS, add_lora, loras_on, remove_loras, save_lora, target_modules
from unipixel.diffusion.base import Base, load_base
from unipixel.diffusion.latents import (
    ImageKey,
    Latents,
    Posterior,
    Texts,
    check_images,
    check_on_grid,
    encode_images,
    round_trip,
)
from unipixel.diffusion.sample import sample_images
from unipixel.diffusion.training import (
    LORA_FILE,
    LOSS_FILE,
    STATE_FILE,
    Processes,
    Watch,
    join_processes,
    saved_step,
    train_lora,
)

__all__ = [
    "LORA_FILE",
    "LOSS_FILE",
    "STATE_FILE",
    "TARGETS",
    "Base",
    "ImageKey",
    "Latents",
    "Posterior",
    "Processes",
    "Texts",
    "Watch",
    "add_lora",
    "check_images",
    "check_on_grid",
    "encode_images",
    "join_processes",
    "load_base",
    "loras_on",
    "remove_loras",
    "round_trip",
    "sample_images",
    "save_lora",
    "saved_step",
    "target_modules",
    "train_lora",
]
