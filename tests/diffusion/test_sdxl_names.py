"""Names of the true SDXL, against diffusers' own converter of checkpoints, which knows nothing of ours.

The layout of Stability's UNet is walked here as its code builds it (``openaimodel.py`` of generative-models), and given
to that converter: it says what diffusers calls each tensor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_open_clip_checkpoint
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

import unipixel.diffusion
from lora.made import write
from unipixel.diffusion import target_modules
from unipixel.diffusion.adapter import TARGETS
from unipixel.lora import UNetLayout, kohya_key
from unipixel.lora.checkpoint import open_checkpoint
from unipixel.lora.modules import ModuleName, known_modules

CONFIG = Path(unipixel.diffusion.__file__).parent / "sdxl_config"
PREFIX = "model.diffusion_model."
BASE, TEXT, TIME = 320, 2048, 1280
Tensors = Iterator[tuple[str, tuple[int, ...]]]


def resnet(name: str, inputs: int, outputs: int) -> Tensors:
    yield f"{name}.in_layers.0", (inputs,)
    yield f"{name}.in_layers.2", (outputs, inputs, 3, 3)
    yield f"{name}.emb_layers.1", (outputs, TIME)
    yield f"{name}.out_layers.0", (outputs,)
    yield f"{name}.out_layers.3", (outputs, outputs, 3, 3)
    if inputs != outputs:
        yield f"{name}.skip_connection", (outputs, inputs, 1, 1)


def transformer(name: str, width: int, depth: int) -> Tensors:
    yield f"{name}.norm", (width,)
    for end in ("proj_in", "proj_out"):
        yield f"{name}.{end}", (width, width)
    for block in (f"{name}.transformer_blocks.{i}" for i in range(depth)):
        for attention, inputs in (("attn1", width), ("attn2", TEXT)):
            for letter, columns in (("q", width), ("k", inputs), ("v", inputs)):
                yield f"{block}.{attention}.to_{letter}", (width, columns)
            yield f"{block}.{attention}.to_out.0", (width, width)
        yield f"{block}.ff.net.0.proj", (8 * width, width)
        yield f"{block}.ff.net.2", (width, 4 * width)
        yield from ((f"{block}.norm{i}", (width,)) for i in (1, 2, 3))


def stability_unet() -> Tensors:
    """Weights of SDXL's UNet in Stability's layout: channels 1, 2, 4 times 320, transformers 0, 2, 10 deep."""
    for name, inputs in (("time_embed", BASE), ("label_emb.0", 2816)):
        yield from ((f"{name}.0", (TIME, inputs)), (f"{name}.2", (TIME, TIME)))
    yield "input_blocks.0.0", (BASE, 4, 3, 3)
    number, width, skips = 1, BASE, [BASE]
    for level, depth in enumerate((0, 2, 10)):
        outputs = BASE * 2**level
        for _ in range(2):
            yield from resnet(f"input_blocks.{number}.0", width, outputs)
            if depth:
                yield from transformer(f"input_blocks.{number}.1", outputs, depth)
            number, width = number + 1, outputs
            skips.append(width)
        if level < 2:
            yield f"input_blocks.{number}.0.op", (width, width, 3, 3)
            number += 1
            skips.append(width)
    yield from resnet("middle_block.0", width, width)
    yield from transformer("middle_block.1", width, 10)
    yield from resnet("middle_block.2", width, width)
    number = 0
    for level, depth in ((2, 10), (1, 2), (0, 0)):
        outputs = BASE * 2**level
        for i in range(3):
            yield from resnet(f"output_blocks.{number}.0", width + skips.pop(), outputs)
            if depth:
                yield from transformer(f"output_blocks.{number}.1", outputs, depth)
            if level and i == 2:
                yield f"output_blocks.{number}.{2 if depth else 1}.conv", (outputs, outputs, 3, 3)
            number, width = number + 1, outputs
    yield from (("out.0", (BASE,)), ("out.2", (4, BASE, 3, 3)))


class Named:
    """Stands for a tensor while the converter moves it about."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        self.name, self.shape = name, shape


@pytest.fixture(scope="module")
def unet() -> UNet2DConditionModel:
    """True SDXL, without weights."""
    with torch.device("meta"):
        return UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(CONFIG / "unet"))


@pytest.fixture(scope="module")
def converted(unet: UNet2DConditionModel) -> dict[str, Named]:
    """Name in diffusers to the tensor in Stability's layout."""
    checkpoint = {}
    for name, shape in stability_unet():
        checkpoint[f"{PREFIX}{name}.weight"] = Named(f"{name}.weight", shape)
        checkpoint[f"{PREFIX}{name}.bias"] = Named(f"{name}.bias", shape[:1])
    return convert_ldm_unet_checkpoint(checkpoint, dict(unet.config))


def test_the_walk_is_that_of_the_true_unet(unet: UNet2DConditionModel, converted: dict[str, Named]) -> None:
    shapes = {name: tuple(weight.shape) for name, weight in unet.state_dict().items()}

    assert {name: converted[name].shape for name in shapes} == shapes


@pytest.mark.parametrize(("targets", "count"), list(zip(TARGETS, (560, 722, 788, 790), strict=True)))
def test_every_key_is_the_name_that_the_checkpoint_has(
    unet: UNet2DConditionModel, converted: dict[str, Named], targets: str, count: int
) -> None:
    modules = target_modules(unet, targets)
    keys = {kohya_key("unet", path, UNetLayout()) for path in modules}

    assert keys == {
        "lora_unet_" + converted[f"{path}.weight"].name.removesuffix(".weight").replace(".", "_") for path in modules
    }
    assert len(keys) == count


def test_all_modules_of_the_true_unet_are_known(unet: UNet2DConditionModel) -> None:
    known = set(known_modules(UNetLayout())["unet"])
    linear = [path for path, module in unet.named_modules() if isinstance(module, torch.nn.Linear | torch.nn.Conv2d)]

    assert not set(linear) - known
    shapes = {path: len(unet.get_submodule(path).weight.shape) for path in linear}
    assert {path: 4 if ModuleName("unet", path).is_convolution else 2 for path in linear} == shapes


def test_text_encoders_have_the_names_that_files_have() -> None:
    expected = {
        f"lora_te{number}_text_model_encoder_layers_{layer}_{name}"
        for number, layers in ((1, 12), (2, 32))
        for layer in range(layers)
        for name in (*(f"self_attn_{part}_proj" for part in ("q", "k", "v", "out")), "mlp_fc1", "mlp_fc2")
    }
    keys = set()
    for name, kind in (("text_encoder", CLIPTextModel), ("text_encoder_2", CLIPTextModelWithProjection)):
        with torch.device("meta"):
            encoder = kind(CLIPTextConfig(**json.loads((CONFIG / name / "config.json").read_text("utf-8"))))
        paths = [path for path, module in encoder.named_modules() if isinstance(module, torch.nn.Linear)]
        keys |= {kohya_key(name, path, UNetLayout()) for path in paths if ".layers." in path}

    assert keys == expected
    assert len(keys) == 264


def test_weights_of_the_second_text_encoder_lie_where_diffusers_finds_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    width, start = 6, "conditioner.embedders.1.model."
    shapes = {"text_projection": (width, width)}
    for block in (f"transformer.resblocks.{layer}." for layer in range(3)):
        shapes |= {f"{block}attn.in_proj_weight": (3 * width, width), f"{block}attn.out_proj.weight": (width, width)}
        shapes |= {f"{block}mlp.c_fc.weight": (4 * width, width), f"{block}mlp.c_proj.weight": (width, 4 * width)}
    tensors = {start + name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    file = write(
        tmp_path / "x.safetensors", {**tensors, "model.diffusion_model.label_emb.0.0.weight": np.zeros((1, 1))}
    )
    checkpoint = open_checkpoint(file)

    theirs = convert_open_clip_checkpoint(None, {name: torch.tensor(v) for name, v in tensors.items()}, prefix=start)
    ours = {f"{name.path}.weight": name for name in checkpoint.modules() if name.model == "text_encoder_2"}

    assert len(ours) == 3 * 6 + 1
    assert theirs.keys() == ours.keys()
    for path, name in ours.items():
        assert np.array_equal(checkpoint.weight(checkpoint.slot(name)), theirs[path].numpy()), path
