"""Everything that needs torch: base models, latents, LoRA training and sampling (extra ``[train]``)."""

from __future__ import annotations

from unipixel.diffusion.adapter import TARGETS, add_lora, loras_on, remove_loras, save_lora, target_modules
from unipixel.diffusion.base import Base, load_base
from unipixel.diffusion.conditions import Condition, EncodedPrompt, encode_conditions, encode_prompt
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
from unipixel.diffusion.native_decoder import DECODER_FILE, HeldOut, NativeDecoder, load_native_decoder
from unipixel.diffusion.native_fit import fit_native_decoder
from unipixel.diffusion.sample import draw_images, draw_latents, sample_images
from unipixel.diffusion.schedulers import model_note
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
    "DECODER_FILE",
    "LORA_FILE",
    "LOSS_FILE",
    "STATE_FILE",
    "TARGETS",
    "Base",
    "Condition",
    "EncodedPrompt",
    "HeldOut",
    "ImageKey",
    "Latents",
    "NativeDecoder",
    "Posterior",
    "Processes",
    "Texts",
    "Watch",
    "add_lora",
    "check_images",
    "check_on_grid",
    "draw_images",
    "draw_latents",
    "encode_conditions",
    "encode_images",
    "encode_prompt",
    "fit_native_decoder",
    "join_processes",
    "load_base",
    "load_native_decoder",
    "loras_on",
    "model_note",
    "remove_loras",
    "round_trip",
    "sample_images",
    "save_lora",
    "saved_step",
    "target_modules",
    "train_lora",
]
