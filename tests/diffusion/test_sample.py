"""Samples: from seeds alone, with and without LoRAs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from diffusion.tiny_sdxl import shaken
from unipixel.diffusion import Base, remove_loras, sample_images, save_lora
from unipixel.diffusion.adapter import lora_layers
from unipixel.errors import CanvasError
from unipixel.progress import Event

HOW = {"width": 32, "height": 48, "steps": 2, "guidance": 3.0}


def draw(base: Base, seeds: list[int], **changes: object) -> list[np.ndarray]:
    """Sample one picture a seed."""
    found = dict(sample_images(base, [f"p{seed}" for seed in seeds], seeds=seeds, **{**HOW, **changes}))
    return [found[i] for i in range(len(seeds))]


def test_a_picture_follows_from_its_seed_alone(base: Base) -> None:
    events: list[Event] = []
    together = draw(base, [1, 2, 3], batch_size=2, progress=events.append)
    alone = draw(base, [2], batch_size=1)

    assert together[0].shape == (48, 32, 4)
    assert together[0].dtype == np.uint8
    assert (together[0][..., 3] == 255).all()
    # batches of another size may round the last bit another way
    assert np.abs(together[1].astype(int) - alone[0]).max() <= 1
    assert np.abs(together[1].astype(int) - together[2]).max() > 1
    assert np.array_equal(draw(base, [2])[0], alone[0])
    assert [event.done for event in events] == [1, 2, 3]


def test_a_lora_changes_the_picture_and_is_gone_afterwards(base: Base, tmp_path: Path) -> None:
    plain = draw(base, [4])[0]
    file = save_lora(shaken(base.unet), base.layout, tmp_path / "l.safetensors", metadata={}, dtype=torch.float32)
    remove_loras(base.unet)

    assert not np.array_equal(draw(base, [4], loras=[(file, 1.0)])[0], plain)
    assert np.array_equal(draw(base, [4], loras=[(file, 0.0)])[0], plain)
    for _ in sample_images(base, ["a", "b"], seeds=[1, 2], loras=[(file, 1.0)], **HOW):
        break  # left in the middle
    assert not lora_layers(base.unet)
    assert np.array_equal(draw(base, [4])[0], plain)


def test_sizes_and_seeds_are_checked_before_the_first_step(base: Base) -> None:
    with pytest.raises(CanvasError, match="30x48"):
        sample_images(base, ["a"], seeds=[1], **{**HOW, "width": 30})
    with pytest.raises(ValueError, match="2 prompts but 1 seeds"):
        sample_images(base, ["a", "b"], seeds=[1], **HOW)
