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

from unipixel.diffusion import Base, Latents, Texts, check_images, check_on_grid, encode_images, round_trip
from unipixel.diffusion.latents import scale_latent, too_long
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


def test_the_cache_is_used_completed_and_keeps_bases_apart(
    base: Base, art: Callable[..., np.ndarray], tmp_path: Path
) -> None:
    events: list[Event] = []
    images = [art(0), art(1), art(0)]
    first = encode_images(base, images, scale=8, cache=tmp_path, progress=events.append)
    assert [event.done for event in events] == [0, 1, 2]

    events.clear()
    again = encode_images(base, images, scale=8, cache=tmp_path, progress=events.append)
    assert [event.done for event in events] == [2]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))

    events.clear()
    encode_images(base, [*images, art(2)], scale=8, cache=tmp_path, progress=events.append)
    assert [event.done for event in events] == [2, 3]

    events.clear()
    encode_images(replace(base, hash="other"), images, scale=8, cache=tmp_path, progress=events.append)
    assert [event.done for event in events] == [0, 1, 2]
    assert events[0].note == "the latents that lie there are of another base model or way; made anew"
    events.clear()
    encode_images(base, [*images, art(2)], scale=8, cache=tmp_path, progress=events.append)
    assert [event.done for event in events] == [3]


def test_mirrored_pictures_are_encoded_as_they_are_seen(base: Base, art: Callable[..., np.ndarray]) -> None:
    image = art(3, 3, 5)
    (mirrored,) = Latents(base, [image], check_images([image], 8), flip=True)
    (expected,) = encode_images(base, [np.ascontiguousarray(image[:, ::-1])], scale=8)

    assert torch.equal(mirrored.mean, expected)


def test_a_sample_of_the_posterior_has_its_spread(base: Base, art: Callable[..., np.ndarray]) -> None:
    image = art(1, 3, 5)
    keys = check_images([image], 8)
    (sure,) = Latents(base, [image], keys)
    (found,) = Latents(base, [image], keys, mode="sample")
    pixels = torch.from_numpy(image[..., :3] / 127.5 - 1).permute(2, 0, 1)[None].float()
    with torch.no_grad():
        deviation = base.vae.encode(pixels).latent_dist.std[0] * 0.5
    rng = torch.Generator().manual_seed(0)
    drawn = torch.stack([found.draw(rng) for _ in range(400)])

    assert torch.equal(sure.draw(rng), sure.mean)
    assert torch.allclose(found.deviation, deviation, atol=1e-6)
    assert torch.allclose(drawn.mean(0), sure.mean, atol=0.3 * deviation.max().item())
    assert (drawn.std(0) / deviation).mean().item() == pytest.approx(1.0, abs=0.05)


def test_captions_are_read_as_the_pipeline_reads_them(base: Base, tmp_path: Path) -> None:
    captions = ["a, b", "x" * 100, ""]
    texts = Texts(base, captions, cache=tmp_path)
    embeds, _, pooled, _ = base.pipeline.encode_prompt(captions, do_classifier_free_guidance=False)

    assert torch.allclose(torch.stack([text.embeds for text in texts]), embeds, atol=1e-6)
    assert torch.allclose(torch.stack([text.pooled for text in texts]), pooled, atol=1e-6)
    assert too_long(base, captions) == [1]
    texts.store.flush()
    assert torch.equal(Texts(replace(base, pipeline=None), captions, cache=tmp_path)[1].embeds, texts[1].embeds)


def test_a_round_trip_is_the_autoencoders_own(base: Base, art: Callable[..., np.ndarray]) -> None:
    image = art(1, 3, 5)
    back = round_trip(base, image)
    with torch.no_grad():
        decoded = base.vae(torch.from_numpy(image[..., :3] / 127.5 - 1).permute(2, 0, 1)[None].float()).sample[0]
    expected = ((decoded.permute(1, 2, 0) / 2 + 0.5).clamp(0, 1) * 255).round().numpy()

    assert back.shape == image.shape
    assert (back[..., 3] == 255).all()
    assert np.abs(back[..., :3].astype(float) - expected).max() <= 1
