"""Likeness of pictures to prompts by a CLIP model at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from diffusion.tiny_clip import write_clip
from unipixel.diffusion.clip_adherence import load_clip
from unipixel.errors import ModelError


def test_it_is_the_cosine_of_both_embeddings(tmp_path: Path) -> None:
    judge = load_clip(write_clip(tmp_path), device="cpu")
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (24, 32, 4)).astype(np.uint8) for _ in range(2)]

    found = judge.likeness(images, ["cow, grass", "a very long prompt, " * 40])

    assert all(-1 <= value <= 1 for value in found)
    swapped = judge.likeness(images[::-1], ["cow, grass", "a very long prompt, " * 40])
    assert not np.allclose(found, swapped, atol=1e-6)
    assert judge.likeness(images[:1], ["cow, grass"]) == pytest.approx(found[:1], abs=1e-5)
    outputs = judge.model(
        **judge.processor(text=["cow, grass"], images=[images[0][..., :3]], return_tensors="pt", padding=True)
    )
    assert found[0] == pytest.approx(
        float((outputs.logits_per_image / judge.model.logit_scale.exp()).detach()), abs=1e-5
    )
    assert torch.is_grad_enabled()


def test_what_is_no_clip_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no CLIP model"):
        load_clip(tmp_path / "none")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="no CLIP model"):
        load_clip(tmp_path)
