"""A base in few bits computes nearly the same, trains nearly the same, and looks to others like any base."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from diffusion.tiny_sdxl import TE1, TE2, output, shaken, tiny_unet
from unipixel.diffusion import Base, load_base, loras_on, save_lora
from unipixel.diffusion.quantized import PackedConv2d, PackedLinear, check_precision, quantize_unet
from unipixel.errors import MissingExtra, ModelError
from unipixel.lora import UNetLayout, read_header

PRECISIONS = pytest.mark.parametrize("precision", ["fp8", "nf4"])
ERROR = {"fp8": 0.1, "nf4": 0.3}
"""Most that the output of these random models may differ, relative to its norm (measured: .064 and .21)."""


def pair(precision: str) -> tuple[nn.Module, nn.Module]:
    """Make a frozen UNet, and the same one stored in fewer bits."""
    full = tiny_unet(channels=(32, 64, 96)).requires_grad_(False)
    small = copy.deepcopy(full)
    quantize_unet(small, precision)
    return full, small


def gradients(unet: nn.Module, *, checkpointing: bool = False) -> torch.Tensor:
    """Gradients of all trained weights for a fixed input, one after the other."""
    rng = torch.Generator().manual_seed(5)
    unet.train()
    if checkpointing:
        unet.enable_gradient_checkpointing()
    added = {"text_embeds": torch.randn(1, TE2, generator=rng), "time_ids": torch.tensor([[64, 64, 0, 0, 64, 64]])}
    said = unet(
        torch.randn(1, 4, 8, 8, generator=rng),
        torch.tensor([500]),
        encoder_hidden_states=torch.randn(1, 77, TE1 + TE2, generator=rng),
        added_cond_kwargs=added,
    ).sample
    trained = [weight for weight in unet.parameters() if weight.requires_grad]
    return torch.cat([gradient.flatten() for gradient in torch.autograd.grad(said.square().mean(), trained)])


@PRECISIONS
def test_output_and_gradients_stay_close(precision: str) -> None:
    full, small = pair(precision)
    before = output(full)
    assert 0 < (output(small) - before).norm() / before.norm() < ERROR[precision]

    ours, theirs = gradients(shaken(small)), gradients(shaken(full))

    assert torch.cosine_similarity(ours, theirs, dim=0) > 1 - ERROR[precision] / 3


@PRECISIONS
def test_gradient_checkpointing_changes_nothing(precision: str) -> None:
    small = shaken(pair(precision)[1])

    assert torch.equal(gradients(small), gradients(small, checkpointing=True))


@PRECISIONS
def test_the_gradient_is_that_of_the_weight_that_is_read(precision: str) -> None:
    torch.manual_seed(0)
    for module, x in (
        (nn.Linear(64, 32), torch.randn(3, 5, 64, requires_grad=True)),
        (nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False), torch.randn(2, 16, 9, 8, requires_grad=True)),
    ):
        holder = nn.ModuleDict({"down_blocks": nn.ModuleDict({"a": copy.deepcopy(module)})}).requires_grad_(False)
        quantize_unet(holder, precision)
        packed = holder["down_blocks"]["a"]
        plain = module.requires_grad_(False)
        plain.weight.data = packed.weight
        said, expected = packed(x), plain(x)
        chosen = torch.randn_like(said)

        assert torch.allclose(said, expected, atol=1e-6)
        ours, theirs = (torch.autograd.grad((y * chosen).sum(), x)[0] for y in (said, expected))
        assert torch.allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize(("precision", "share"), [("fp8", 0.29), ("nf4", 0.17)])
def test_the_blocks_take_few_bytes_and_the_rest_is_left(precision: str, share: float) -> None:
    full, small = pair(precision)
    bytes_of = [sum(tensor.nbytes for tensor in (*unet.parameters(), *unet.buffers())) for unet in (full, small)]

    assert bytes_of[1] < share * bytes_of[0]
    assert type(small.conv_in) is nn.Conv2d
    assert type(small.time_embedding.linear_1) is nn.Linear
    assert isinstance(small.down_blocks[1].attentions[0].proj_in, PackedLinear)
    assert isinstance(small.down_blocks[0].resnets[0].conv1, PackedConv2d)


def test_what_others_read_of_a_layer_stays_as_it_was() -> None:
    full, small = pair("fp8")
    for path in ("down_blocks.1.attentions.0.proj_in", "mid_block.resnets.0.conv1"):
        theirs, ours = full.get_submodule(path), small.get_submodule(path)
        assert (ours.weight.shape, ours.weight.dtype) == (theirs.weight.shape, theirs.weight.dtype)
        # e4m3 has three bits after the point: half a step of 1/8
        assert torch.allclose(ours.weight, theirs.weight, rtol=1 / 16, atol=theirs.weight.abs().max() / 448 / 512)
        assert torch.equal(ours.bias, theirs.bias)
        assert ours.extra_repr() == theirs.extra_repr()


def test_a_cast_changes_what_is_computed_in_and_not_what_is_stored() -> None:
    _, small = pair("fp8")
    layer = small.mid_block.resnets[0].conv1
    stored = layer.codec.stored
    small.to(torch.bfloat16)

    assert layer.weight.dtype == layer.bias.dtype == torch.bfloat16
    assert torch.equal(layer.codec.stored.view(torch.uint8), stored.view(torch.uint8))
    assert layer.codec.scale.dtype == torch.float32
    assert layer(torch.zeros(1, 96, 4, 4, dtype=torch.bfloat16)).dtype == torch.bfloat16


@PRECISIONS
def test_a_base_is_loaded_small_and_its_lora_file_is_like_any(
    base: Base, base_folder: Path, tmp_path: Path, precision: str
) -> None:
    small = load_base(base_folder, device="cpu", base_precision=precision)
    assert isinstance(small.unet.mid_block.resnets[0].conv1, PackedConv2d)
    files = []
    for number, one in enumerate((load_base(base_folder, device="cpu"), small)):
        files.append(save_lora(shaken(one.unet), UNetLayout(), tmp_path / f"{number}.safetensors", metadata={}))
    assert read_header(files[0]).tensors == read_header(files[1]).tensors
    assert small.hash == base.hash

    fresh = load_base(base_folder, device="cpu", base_precision=precision)
    before = output(fresh.unet)
    with loras_on(fresh, [(files[1], 1.0)]):
        assert (output(fresh.unet) - output(small.unet)).norm() / before.norm() < 1e-2
    assert torch.equal(output(fresh.unet), before)


def test_what_can_not_be_is_refused_in_one_sentence(base_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="no base precision 'int3'; there are full, fp8, nf4"):
        load_base(base_folder, device="cpu", base_precision="int3")
    with pytest.raises(ModelError, match="can't be held by Apple's Metal"):
        check_precision(torch.device("mps"), "fp8")
    check_precision(torch.device("mps"), "full")
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(MissingExtra, match="a base in 4 bits needs bitsandbytes"):
        load_base(base_folder, device="cpu", base_precision="nf4")
