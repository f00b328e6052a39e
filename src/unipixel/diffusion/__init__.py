"""Everything that needs torch: base models, latents, LoRA training and sampling (extra ``[train]``)."""

from __future__ import annotations

from unipixel.diffusion.adapter import TARGETS, add_lora, loras_on, remove_loras, save_lora, target_modules
from unipixel.diffusion.base import Base, load_base
from unipixel.diffusion.latents import TextEmbeddings, check_on_grid, encode_captions, encode_images, round_trip
from unipixel.diffusion.sample import sample_images
from unipixel.diffusion.train import LORA_FILE, train_lora
from unipixel.diffusion.training_state import LOSS_FILE, STATE_FILE, saved_step

__all__ = [
    "LORA_FILE",
    "LOSS_FILE",
    "STATE_FILE",
    "TARGETS",
    "Base",
    "TextEmbeddings",
    "add_lora",
    "check_on_grid",
    "encode_captions",
    "encode_images",
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
