"""What is traced on the meta device is what a real step makes; `benchmarks/train/memory.py` asks the allocator too."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import torch

from diffusion.tiny_sdxl import TE1, TE2, tiny_unet
from unipixel.diffusion import Base, add_lora
from unipixel.diffusion.live_bytes import LiveBytes
from unipixel.diffusion.quantized import quantize_unet
from unipixel.diffusion.traced_step import (
    TOKENS,
    Shapes,
    Step,
    count_weights,
    trace_decoding,
    trace_encoding,
    trace_step,
)

STEP = {"rank": 8, "targets": "linear", "batch_size": 1, "width": 96, "height": 64, "dtype": torch.float32}


@pytest.fixture(scope="module")
def shapes(base_folder: Path) -> Shapes:
    return Shapes.of(base_folder)


def one_step(unet: Any, step: Step) -> torch.Tensor:
    noisy = torch.zeros(step.batch_size, 4, step.height // 8, step.width // 8)
    said = unet(
        noisy,
        torch.zeros(step.batch_size, dtype=torch.int64),
        encoder_hidden_states=torch.zeros(step.batch_size, TOKENS, TE1 + TE2),
        added_cond_kwargs={
            "text_embeds": torch.zeros(step.batch_size, TE2),
            "time_ids": torch.zeros(step.batch_size, 6, dtype=torch.int64),
        },
        return_dict=False,
    )[0]
    loss = (said.float() - torch.zeros_like(said)).square().mean()
    loss.backward()
    return loss


@pytest.mark.parametrize(
    "changes",
    [{}, {"gradient_checkpointing": False, "batch_size": 2, "targets": "full"}],
)
def test_a_real_step_takes_as_much_as_was_traced(shapes: Shapes, changes: dict[str, Any]) -> None:
    step = Step(**{**STEP, **changes})
    unet = tiny_unet().requires_grad_(False)
    add_lora(unet, rank=step.rank, alpha=1, targets=step.targets)
    if step.gradient_checkpointing:
        unet.enable_gradient_checkpointing()
    unet.train()

    traced = trace_step(shapes, step)
    with LiveBytes((*unet.parameters(), *unet.buffers())) as live:
        one_step(unet, step)

    assert traced.peak == pytest.approx(live.peak, rel=0.02)
    assert sorted(traced.trained) == sorted(tuple(weight.shape) for weight in unet.parameters() if weight.requires_grad)


def test_trained_text_encoders_take_part(shapes: Shapes) -> None:
    alone, both = (trace_step(shapes, Step(**STEP, text_encoders=trained)) for trained in (False, True))

    # two encoders of two layers, six modules each, two weights a module
    assert len(both.trained) - len(alone.trained) == 2 * 2 * 6 * 2
    assert both.peak > alone.peak


def test_encoding_and_decoding_take_as_much_as_was_traced(base: Base, shapes: Shapes) -> None:
    vae = base.vae
    picture, latent = torch.zeros(1, 3, 128, 192), torch.zeros(1, 4, 16, 24)
    with torch.no_grad(), LiveBytes(vae.parameters()) as encoding:
        vae.encode(picture)
    with torch.no_grad(), LiveBytes(vae.parameters()) as decoding:
        vae.decode(latent)

    size = {"width": 192, "height": 128, "dtype": torch.float32}
    assert trace_encoding(shapes, **size) == pytest.approx(encoding.peak, rel=0.02)
    assert trace_decoding(shapes, **size) == pytest.approx(decoding.peak, rel=0.02)


def test_the_micro_base_with_its_own_autoencoder_is_traced() -> None:
    shapes = Shapes.of(Path(str(resources.files("unipixel") / "micro")))

    assert shapes.stride == 8
    assert trace_decoding(shapes, width=64, height=64, dtype=torch.float32) > 0
    file = Path(str(resources.files("unipixel") / "micro" / "unet" / "diffusion_pytorch_model.safetensors"))
    assert count_weights(shapes, torch.float16, "full").unet == pytest.approx(file.stat().st_size, rel=0.02)


@pytest.mark.parametrize("precision", ["full", "fp8"])
def test_weights_are_counted_as_they_are_stored(shapes: Shapes, precision: str) -> None:
    unet = tiny_unet()
    quantize_unet(unet, precision)
    counted = count_weights(shapes, torch.float32, precision)

    assert counted.unet == sum(tensor.nbytes for tensor in (*unet.parameters(), *unet.buffers()))
    assert (counted.widest > 0) == (precision == "fp8")


def test_sdxl_is_counted_as_large_as_it_is() -> None:
    shapes = Shapes.of(Path("illustrious.safetensors"))
    full, small = (count_weights(shapes, torch.bfloat16, name) for name in ("full", "nf4"))

    assert full.unet == 2 * 2_567_463_684  # parameters, as every host counts them
    assert full.text_encoders == pytest.approx(2 * (123_060_480 + 694_659_840), rel=1e-5)
    assert full.vae == 4 * 83_653_863  # in float32, as its configuration asks for
    assert 0.28 < small.unet / full.unet < 0.3


def test_a_folder_speaks_for_itself(base_folder: Path) -> None:
    assert Shapes.of(base_folder).unet == json.loads((base_folder / "unet" / "config.json").read_text())
