"""A small data set and settings to train on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from unipixel.lora import TrainingSettings


@pytest.fixture(scope="session")
def settings() -> TrainingSettings:
    """Settings of a training of four steps."""
    return TrainingSettings(
        scale=8,
        rank=2,
        alpha=2.0,
        targets="attention",
        steps=4,
        batch_size=2,
        learning_rate=1e-2,
        warmup_steps=1,
        schedule="cosine",
        caption_dropout=0.3,
        min_snr_gamma=5.0,
        noise_offset=0.1,
        seed=11,
    )


@pytest.fixture
def data(art: Callable[..., np.ndarray]) -> dict[str, list[Any]]:
    """Five pictures on two canvases, with captions."""
    sizes = [(4, 4), (4, 4), (4, 4), (4, 6), (4, 6)]
    images = [art(seed, *size) for seed, size in enumerate(sizes)]
    return {"images": images, "captions": [f"trigger, tag{i}, more{i}" for i in range(5)]}
