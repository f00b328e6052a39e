"""A training in a process of its own, for tests that kill it or start several: ``worker.py BASE OUT JSON``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch

from unipixel.diffusion import load_base
from unipixel.diffusion.training import join_processes, train_lora
from unipixel.lora import TrainingSettings


def picture(seed: int, width: int) -> np.ndarray:
    """Opaque x8 art of four native rows."""
    native = np.full((4, width, 4), 255, np.uint8)
    native[..., :3] = np.random.default_rng(seed).integers(0, 4, (4, width, 3)) * 60
    return native.repeat(8, 0).repeat(8, 1)


def main(base: str, out: str, numbers: str) -> None:
    """Train, and say each step."""
    torch.set_num_threads(1)
    options = json.loads(numbers)
    checkpoint_every = options.pop("checkpoint_every", 100)
    processes = join_processes("cpu")
    images = [picture(seed, 4 + 2 * (seed % 2)) for seed in range(5)]
    train_lora(
        load_base(base, device="cpu"),
        images,
        [f"word, tag{i}" for i in range(5)],
        TrainingSettings(**options),
        out=Path(out),
        checkpoint_every=checkpoint_every,
        processes=processes,
        progress=lambda event: print(event.stage, event.done, flush=True),  # noqa: T201
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
