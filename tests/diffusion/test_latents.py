"""Latents and embeddings: art on its grid only, cached by content and by base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from unipixel.diffusion import Base, check_on_grid, encode_captions, encode_images, round_trip
from unipixel.diffusion.latents import scale_latent
from unipixel.errors import GridMismatch, ImageError
from unipixel.progress import Event


@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from([8, 16]), st.integers(0, 99))
def test_scaled_up_native_art_is_on_its_grid(height: int, width: int, scale: int, seed: int) -> None:
    native = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    native[..., 3] = 255

    check_on_grid(native.repeat(scale, 0).repeat(scale, 1), scale)


@given(st.integers(0, 31), st.integers(0, 23), st.integers(0, 2))
def test_one_wrong_value_anywhere_is_found(row: int, col: int, channel: int) -> None:
    image = np.full((32, 24, 4), 255, np.uint8)
    image[row, col, channel] = 254

    with pytest.raises(GridMismatch, match=rf"cat.png: 1 of 12 .* \(row {row // 8 * 8}, col {col // 8 * 8}\)"):
        check_on_grid(image, 8, name="cat.png")


def test_sizes_and_kinds_that_do_not_fit_are_refused(art: Callable[..., np.ndarray]) -> None:
    with pytest.raises(GridMismatch, match=r"28x32 is not a whole number of the x8 grid"):
        check_on_grid(art(0)[:, :28], 8)
    with pytest.raises(GridMismatch, match=r"cells of 8 px"):
        check_on_grid(art(0, 3, 3, 4), 4)
    with pytest.raises(ImageError, match="expected"):
        check_on_grid(art(0)[..., :3], 8)
    with pytest.raises(ImageError, match="transparent"):
        check_on_grid(art(0) // 2, 8)
    with pytest.raises(GridMismatch):
        check_on_grid(np.roll(art(0), 1, 1), 8)


def test_latents_are_the_scaled_mean_of_the_posterior(base: Base, art: Callable[..., np.ndarray]) -> None:
    image = art(1, 3, 5)
    (latent,) = encode_images(base, [image], scale=8)
    pixels = torch.from_numpy(image[..., :3] / 127.5 - 1).permute(2, 0, 1)[None].float()
    with torch.no_grad():
        expected = base.vae.encode(pixels).latent_dist.mean[0] * 0.5

    assert latent.shape == (4, 3, 5)
    assert torch.allclose(latent, expected, atol=1e-6)


def test_a_mean_and_deviation_of_the_autoencoder_are_taken_off() -> None:
    config = {"scaling_factor": 2.0, "latents_mean": [1.0, 2.0], "latents_std": [4.0, 5.0]}
    latent = torch.tensor([9.0, 12.0]).view(2, 1, 1)

    assert scale_latent(config, latent).flatten().tolist() == [4.0, 4.0]


def test_the_cache_is_used_completed_and_made_anew(base: Base, art: Callable[..., np.ndarray], tmp_path: Path) -> None:
    cache, events = tmp_path / "latents.safetensors", []
    images = [art(0), art(1), art(0)]
    first = encode_images(base, images, scale=8, cache=cache, progress=events.append)
    assert [event.done for event in events] == [0, 1, 2]
    content = cache.read_bytes()

    events.clear()
    again = encode_images(base, images, scale=8, cache=cache, progress=events.append)
    assert [event.done for event in events] == [2]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert cache.read_bytes() == content

    events.clear()
    encode_images(base, [*images, art(2)], scale=8, cache=cache, progress=events.append)
    assert [event.done for event in events] == [2, 3]

    events.clear()
    encode_images(replace(base, hash="other"), images, scale=8, cache=cache, progress=events.append)
    assert events[0] == Event("encode", 0, 2, "latents.safetensors is of another base model; made anew")

    cache.write_bytes(content[:-3])
    events.clear()
    encode_images(base, images, scale=8, cache=cache, progress=events.append)
    assert events[0].note == "latents.safetensors was damaged; made anew"
    assert cache.read_bytes() == content
    with safe_open(cache, framework="pt") as file:
        assert file.metadata()["unipixel.mode"] == "mean"


def test_captions_are_read_as_the_pipeline_reads_them(base: Base, tmp_path: Path) -> None:
    captions = ["a, b", "x" * 100]
    cached = tmp_path / "text.safetensors"
    text = encode_captions(base, captions, cache=cached)
    embeds, _, pooled, _ = base.pipeline.encode_prompt([*captions, ""], do_classifier_free_guidance=False)

    assert text.embeds.shape == (2, 77, 40)
    assert torch.allclose(torch.cat([text.embeds, text.empty_embeds[None]]), embeds, atol=1e-6)
    assert torch.allclose(torch.cat([text.pooled, text.empty_pooled[None]]), pooled, atol=1e-6)
    assert text.truncated == (1,)
    again = encode_captions(base, captions, cache=cached)
    assert torch.equal(text.embeds, again.embeds)


def test_a_round_trip_is_the_autoencoders_own(base: Base, art: Callable[..., np.ndarray]) -> None:
    image = art(1, 3, 5)
    back = round_trip(base, image)
    with torch.no_grad():
        decoded = base.vae(torch.from_numpy(image[..., :3] / 127.5 - 1).permute(2, 0, 1)[None].float()).sample[0]
    expected = ((decoded.permute(1, 2, 0) / 2 + 0.5).clamp(0, 1) * 255).round().numpy()

    assert back.shape == image.shape
    assert (back[..., 3] == 255).all()
    assert np.abs(back[..., :3].astype(float) - expected).max() <= 1
