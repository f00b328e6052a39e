"""What a training leaves in its folder, by name, for whoever looks on without torch."""

from __future__ import annotations

from pathlib import Path

from unipixel.lora.file import read_metadata

STATE_FILE = "state.safetensors"
"""All that the training goes on from; gone once it has ended."""
LOSS_FILE = "loss.jsonl"
"""One line for each step: ``step``, ``loss`` and ``lr``; grows while it trains."""
LOOKS_FILE = "checkpoints.jsonl"
"""One line for each checkpoint: the fields of `unipixel.diffusion.training.watch.Look`, and ``best``."""
CHECKPOINTS = "checkpoints"
"""Folder of the LoRAs and previews of checkpoints, by step."""
STEP = "unipixel.step"
"""Note in the state: steps that were done."""


def saved_step(file: Path) -> int:
    """Step of a saved state; 0 without one."""
    return int(read_metadata(file).get(STEP, "0")) if file.exists() else 0
