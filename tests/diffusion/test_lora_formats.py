"""Every format that we write, loaded by stock diffusers and peft, and every name against the true SDXL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel
from peft import PeftModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

import unipixel.diffusion
from diffusion.tiny_sdxl import output, shaken, tiny_unet
from unipixel.diffusion import Base, add_lora, save_lora
from unipixel.lora import UNetLayout, merge, read_lora, resize, save_lora_file
from unipixel.lora.modules import sdxl_modules

CONFIG = Path(unipixel.diffusion.__file__).parent / "sdxl_config"


@pytest.fixture
def trained(tmp_path: Path) -> tuple[Path, UNetLayout, torch.Tensor]:
    """File of a LoRA whose alpha is not its rank, the layout, and what the UNet gives with it."""
    unet = shaken(tiny_unet(1))
    layout = UNetLayout.from_config(unet.config)
    file = save_lora(unet, layout, tmp_path / "lora.safetensors", metadata={}, dtype=torch.float32)
    return file, layout, output(unet)


def with_diffusers(file: Path) -> torch.Tensor:
    unet = tiny_unet(1)
    state, alphas, metadata = StableDiffusionXLPipeline.lora_state_dict(
        file, unet_config=unet.config, return_lora_metadata=True
    )
    StableDiffusionXLPipeline.load_lora_into_unet(state, alphas, unet, metadata=metadata)
    return output(unet)


@pytest.mark.parametrize("format", ["kohya", "diffusers"])
def test_stock_diffusers_gives_the_same_picture(
    tmp_path: Path, trained: tuple[Path, UNetLayout, torch.Tensor], format: str
) -> None:
    file, layout, expected = trained
    weights = read_lora(file, layout=layout)
    written = save_lora_file(weights, tmp_path / "x.safetensors", format=format, layout=layout)

    assert (with_diffusers(written) - expected).abs().max() < 1e-5


def test_stock_diffusers_keeps_ranks_that_differ(
    tmp_path: Path, trained: tuple[Path, UNetLayout, torch.Tensor]
) -> None:
    file, layout, _ = trained
    mixed, _ = resize(read_lora(file, layout=layout), energy=0.8)
    assert len(mixed.ranks()) > 1
    assert len(mixed.alphas()) == 1  # diffusers loses alphas of attention that differ
    both = [
        save_lora_file(mixed, tmp_path / f"{format}.safetensors", format=format, layout=layout)
        for format in ("kohya", "diffusers")
    ]

    assert (with_diffusers(both[0]) - with_diffusers(both[1])).abs().max() < 1e-5


def test_peft_gives_the_same_picture(tmp_path: Path, trained: tuple[Path, UNetLayout, torch.Tensor]) -> None:
    file, layout, expected = trained
    folder = save_lora_file(read_lora(file, layout=layout), tmp_path / "adapter", format="peft", layout=layout)

    assert (output(PeftModel.from_pretrained(tiny_unet(1), folder)) - expected).abs().max() < 1e-5


def test_two_merged_are_the_same_as_one_after_the_other(
    tmp_path: Path, trained: tuple[Path, UNetLayout, torch.Tensor]
) -> None:
    file, layout, expected = trained
    weights = read_lora(file, layout=layout)
    merged = save_lora_file(merge([(weights, 0.25), (weights, 0.75)]), tmp_path / "m.safetensors", layout=layout)

    assert (with_diffusers(merged) - expected).abs().max() < 1e-5


def test_text_encoders_survive_diffusers_format(base: Base, tmp_path: Path) -> None:
    encoders = {
        name: type(getattr(base.pipeline, name))(getattr(base.pipeline, name).config)
        for name in ("text_encoder", "text_encoder_2")
    }
    tokens, rng, expected = torch.arange(8)[None], torch.Generator().manual_seed(0), {}
    plain = {name: {k: v.clone() for k, v in model.state_dict().items()} for name, model in encoders.items()}
    for model in encoders.values():
        for weight in add_lora(model, rank=2, alpha=1.0):
            weight.data += torch.randn(weight.shape, generator=rng)
    unet = shaken(tiny_unet())
    file = save_lora(
        unet, base.layout, tmp_path / "a.safetensors", metadata={}, dtype=torch.float32,
        text_encoders=list(encoders.values()),
    )  # fmt: skip
    with torch.no_grad():
        expected = {name: model(tokens)[0] for name, model in encoders.items()}
    written = save_lora_file(read_lora(file), tmp_path / "b.safetensors", format="diffusers")

    state, alphas, metadata = StableDiffusionXLPipeline.lora_state_dict(written, return_lora_metadata=True)
    for name, model in encoders.items():
        fresh = type(model)(model.config)
        fresh.load_state_dict(plain[name])
        StableDiffusionXLPipeline.load_lora_into_text_encoder(state, alphas, fresh, prefix=name, metadata=metadata)
        with torch.no_grad():
            assert (fresh(tokens)[0] - expected[name]).abs().max() < 1e-5


def test_the_table_of_names_is_that_of_the_true_sdxl() -> None:
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(json.loads((CONFIG / "unet" / "config.json").read_text()))
        encoders = {
            "text_encoder": CLIPTextModel(CLIPTextConfig.from_pretrained(CONFIG / "text_encoder")),
            "text_encoder_2": CLIPTextModelWithProjection(CLIPTextConfig.from_pretrained(CONFIG / "text_encoder_2")),
        }
    table = sdxl_modules()
    assert set(table["unet"]) == plain_modules(unet)
    assert len(table["unet"]) == 794
    for name, model in encoders.items():
        own = {path.removeprefix("text_model.") for path in plain_modules(model)}
        assert {path.removeprefix("text_model.") for path in table[name]} == own


def plain_modules(model: nn.Module) -> set[str]:
    return {path for path, module in model.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)}
