"""A native decoder in use and in its file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from diffusion.native_art import draw, encode
from unipixel.color import Palette, count_colors
from unipixel.diffusion.native_decoder import NativeDecoder, load_native_decoder
from unipixel.diffusion.native_fit import fit_native_decoder
from unipixel.errors import GridMismatch, ModelError, OptionError

NOTE = "unipixel.native_decoder"


@pytest.fixture(scope="module", params=["ridge", "network"])
def decoder(request: pytest.FixtureRequest) -> NativeDecoder:
    natives = [draw(seed) for seed in range(4)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("unipixel.diffusion.native_fit.STEPS", 5)
        return fit_native_decoder(
            [encode(native, 8) for native in natives],
            natives,
            scale=8,
            stride=8,
            base_hash="ab" * 32,
            method=request.param,
            noise=0.01,
        )


def change(source: Path, target: Path, tensors: dict[str, torch.Tensor], **note: object) -> Path:
    """Write a decoder's file anew with other tensors or another note."""
    with safe_open(source, "pt") as file:
        metadata = file.metadata()
    save_file({**load_file(source), **tensors}, target, {NOTE: json.dumps({**json.loads(metadata[NOTE]), **note})})
    return target


def test_a_latent_becomes_opaque_native_pixels(decoder: NativeDecoder) -> None:
    native = draw(99, 5, 7)
    shown = decoder.decode(encode(native, 8))

    assert shown.shape == (5, 7, 4)
    assert shown.dtype == np.uint8
    assert (shown[..., 3] == 255).all()
    assert np.abs(shown.astype(int) - native).max() <= 12


def test_any_precision_will_do(decoder: NativeDecoder) -> None:
    latent = encode(draw(99), 8)
    half = decoder.decode(latent.to(torch.bfloat16).requires_grad_())

    assert np.abs(half.astype(int) - decoder.decode(latent)).max() <= 6


def test_latents_far_from_all_training_are_clipped(decoder: NativeDecoder) -> None:
    white = encode(np.full((3, 3, 4), 255, np.uint8), 8)

    assert np.array_equal(decoder.decode(20 * white)[..., :3], np.full((3, 3, 3), 255))


def test_pixels_that_differ_by_noise_share_a_colour() -> None:
    natives = [draw(seed) for seed in range(4)]
    latents = [encode(native, 8) for native in natives]
    decoder = fit_native_decoder(latents, natives, scale=8, stride=8, base_hash="", method="ridge", noise=0.01)
    native = draw(3, 4, 4).repeat(6, 0).repeat(6, 1)  # 16 colours, 36 pixels of each
    rng = torch.Generator().manual_seed(0)
    latent = encode(native, 8)
    noisy = latent + 0.03 * torch.randn(latent.shape, generator=rng)
    shared, each = decoder.decode(noisy, share=True), decoder.decode(noisy)

    assert count_colors(shared) <= 40 < 400 < count_colors(each)
    assert np.abs(shared.astype(int) - native).mean() < np.abs(each.astype(int) - native).mean()


def test_colours_as_convert_gives_them(decoder: NativeDecoder) -> None:
    latent, palette = encode(draw(7), 8), Palette.from_hex(["#000000", "#ff0000", "#ffffff"])
    snapped = decoder.decode(latent, palette=palette)

    assert set(map(tuple, snapped[..., :3].reshape(-1, 3).tolist())) <= set(map(tuple, palette.colors.tolist()))
    assert count_colors(decoder.decode(latent, colors=5)) <= 5
    with pytest.raises(OptionError):
        decoder.decode(latent, palette=palette, colors=5)


def test_another_model_s_latent_is_refused(decoder: NativeDecoder) -> None:
    with pytest.raises(GridMismatch, match="reads one latent of"):
        decoder.decode(torch.zeros(12, 3, 3))


def test_a_file_holds_the_same_decoder(decoder: NativeDecoder, tmp_path: Path) -> None:
    file = decoder.save(tmp_path / "run" / "d.safetensors")
    loaded = load_native_decoder(file, base_hash="ab" * 32)
    latent = encode(draw(5), 8)

    assert np.array_equal(loaded.decode(latent), decoder.decode(latent))
    assert (loaded.layout, loaded.method, loaded.held_out) == (decoder.layout, decoder.method, decoder.held_out)
    assert loaded.save(tmp_path / "again.safetensors").read_bytes() == file.read_bytes()
    assert not any(weight.requires_grad for weight in loaded.reader.parameters())


def test_other_programs_read_what_it_says(decoder: NativeDecoder, tmp_path: Path) -> None:
    with safe_open(decoder.save(tmp_path / "d.safetensors"), "pt") as file:
        metadata = file.metadata()

    assert metadata["unipixel.title"] == f"Native decoder x8 ({decoder.method})"
    assert metadata["unipixel.held_out"] == str(decoder.held_out)
    assert "pixels of 1 pictures that it was not fitted to" in metadata["unipixel.held_out"]


def test_another_base_is_refused(decoder: NativeDecoder, tmp_path: Path) -> None:
    file = decoder.save(tmp_path / "d.safetensors")

    with pytest.raises(ModelError, match=r"fitted for another base .hash abababababab, this one has cdcdcdcdcdcd"):
        load_native_decoder(file, base_hash="cd" * 32)


def test_files_that_are_no_decoder_are_refused(decoder: NativeDecoder, tmp_path: Path) -> None:
    lora = tmp_path / "lora.safetensors"
    save_file({"a": torch.zeros(2)}, lora, {"ss_network_dim": "4"})
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(decoder.save(tmp_path / "d.safetensors").read_bytes()[:-4])

    with pytest.raises(ModelError, match="this is no native decoder"):
        load_native_decoder(lora)
    with pytest.raises(ModelError, match="cut off"):
        load_native_decoder(cut)
    with pytest.raises(ModelError, match="cannot be read"):
        load_native_decoder(tmp_path / "absent.safetensors")


def test_damaged_contents_are_refused(decoder: NativeDecoder, tmp_path: Path) -> None:
    whole = decoder.save(tmp_path / "d.safetensors")
    bias = torch.full((3,), float("nan"))

    for tensors, note, message in (
        ({"linear.bias": bias}, {}, "not finite"),
        ({"linear.bias": torch.zeros(4)}, {}, "do not agree"),
        ({"more": torch.zeros(4)}, {}, "do not agree"),
        ({}, {"channels": 5}, "do not agree"),
        ({}, {"scale": 12}, "do not agree"),
        ({}, {"hidden": "many"}, "do not agree"),
        ({}, {"held_out": None}, "do not agree"),
        ({}, {"format": 2}, "later version of UniPixel .format 2."),
        ({}, {"format": "?"}, "metadata can't be read"),
    ):
        with pytest.raises(ModelError, match=message):
            load_native_decoder(change(whole, tmp_path / "changed.safetensors", tensors, **note))
