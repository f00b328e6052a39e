"""Training: one loop, what it shows, how it is watched, and the state it can go on from."""

from __future__ import annotations

from unipixel.diffusion.training.processes import Processes, join_processes
from unipixel.diffusion.training.train import LORA_FILE, train_lora
from unipixel.diffusion.training.watch import Look, Looks, Watch, best_of, is_memorising
from unipixel.lora.run_files import LOOKS_FILE, LOSS_FILE, STATE_FILE, saved_step

__all__ = [
    "LOOKS_FILE",
    "LORA_FILE",
    "LOSS_FILE",
    "STATE_FILE",
    "Look",
    "Looks",
    "Processes",
    "Watch",
    "best_of",
    "is_memorising",
    "join_processes",
    "saved_step",
    "train_lora",
]
