"""Samples: from seeds alone, with and without LoRAs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from diffusion.tiny_sdxl import shaken
from unipixel.diffusion import (
    Base,
    draw_images,
    draw_latents,
    encode_conditions,
    remove_loras,
    sample_images,
    save_lora,
)
from unipixel.diffusion.adapter import lora_layers
from unipixel.errors import CanvasError, ModelError
from unipixel.progress import Event
from unipixel.sampling import SAMPLER_NAMES

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


def test_pictures_are_those_of_the_stock_pipeline(base: Base) -> None:
    stock = base.pipeline(
        prompt=["p4", "p5"],
        negative_prompt=["bad"] * 2,
        width=32,
        height=48,
        num_inference_steps=2,
        guidance_scale=3.0,
        generator=[torch.Generator().manual_seed(seed) for seed in (4, 5)],
        output_type="latent",
    ).images

    conditions = encode_conditions(base, ["p4", "p5"], "bad")
    ours = torch.stack([latent for _, latent in draw_latents(base, conditions, seeds=[4, 5], batch_size=2, **HOW)])

    assert torch.allclose(ours, stock, atol=1e-5)


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_every_sampler_draws_from_the_seed_alone(base: Base, sampler: str) -> None:
    how = {"width": 16, "height": 16, "steps": 4, "sampler": sampler}
    together = draw(base, [1, 2, 3], batch_size=3, **how)
    (alone,) = draw(base, [2], batch_size=1, **how)

    assert np.abs(together[1].astype(int) - alone).max() <= 1
    assert np.abs(together[1].astype(int) - together[2]).max() > 1


def test_a_negative_prompt_counts_with_guidance_alone(base: Base) -> None:
    assert not np.array_equal(draw(base, [1], negative_prompt="dark")[0], draw(base, [1])[0])
    assert np.array_equal(draw(base, [1], negative_prompt="dark", guidance=1.0)[0], draw(base, [1], guidance=1.0)[0])


def test_a_long_prompt_among_short_ones_changes_none_of_them(base: Base) -> None:
    prompts = ["p1", "word, " * 40, "p3"]
    mixed = dict(sample_images(base, prompts, seeds=[1, 2, 3], batch_size=3, **HOW))

    assert list(mixed) == [0, 1, 2]
    assert np.abs(mixed[0].astype(int) - draw(base, [1])[0]).max() <= 1
    assert np.abs(mixed[2].astype(int) - draw(base, [3])[0]).max() <= 1


@contextmanager
def memory_for(base: Base, most: int, monkeypatch: pytest.MonkeyPatch, error: Exception) -> Iterator[list[int]]:
    """Let the UNet run out of memory with more than so many pictures at once."""
    asked: list[int] = []
    whole = base.unet.forward

    def forward(latents: torch.Tensor, *args: object, **kwargs: object) -> object:
        asked.append(len(latents) // 2)
        if asked[-1] > most:
            raise error
        return whole(latents, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(base.unet, "forward", forward)
        yield asked


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("DefaultCPUAllocator: can't allocate memory")]
)
def test_where_memory_runs_out_batches_are_halved_and_no_picture_is_lost(
    base: Base, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with memory_for(base, 2, monkeypatch, error) as asked:
        found = draw(base, [1, 2, 3, 4, 5], batch_size=5)

    assert asked == [5, 2, 2, 2, 2, 1, 1]
    assert np.abs(found[4].astype(int) - draw(base, [5])[0]).max() <= 1


def test_one_picture_that_does_not_fit_says_what_to_do(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    with memory_for(base, 0, monkeypatch, torch.OutOfMemoryError()), pytest.raises(ModelError, match=r"32x48.*smaller"):
        draw(base, [1], batch_size=1)


def test_other_errors_are_not_taken_for_want_of_memory(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    with memory_for(base, 0, monkeypatch, fault), pytest.raises(RuntimeError, match="mat1"):
        draw(base, [1, 2], batch_size=2)


def test_batches_by_memory_draw_the_same(base: Base) -> None:
    assert np.abs(draw(base, [1, 2], batch_size=None)[1].astype(int) - draw(base, [2])[0]).max() <= 1


def test_a_training_draws_with_the_lora_that_it_trains(base: Base) -> None:
    conditions = encode_conditions(base, ["p1"])
    (_, plain), *_ = draw_images(base, conditions, seeds=[1], **HOW)
    try:
        shaken(base.unet)
        (_, trained), *_ = draw_images(base, conditions, seeds=[1], **HOW)
        layers = len(lora_layers(base.unet))
    finally:
        remove_loras(base.unet)

    assert layers > 0
    assert not np.array_equal(trained, plain)
    assert np.array_equal(plain, draw(base, [1])[0])


def test_only_the_unet_is_asked_while_latents_are_drawn(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    conditions = encode_conditions(base, ["p1"])
    for part in (base.vae, base.pipeline.text_encoder, base.pipeline.text_encoder_2):
        monkeypatch.setattr(part, "forward", None)
    monkeypatch.setattr(base.vae, "decode", None)

    (index, latent), *_ = draw_latents(base, conditions, seeds=[1], **HOW)

    assert (index, latent.shape, latent.dtype) == (0, (4, 6, 4), torch.float32)
