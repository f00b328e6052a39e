"""LoRA in, out and round: what was trained is what every reader of the file gets."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from torch import nn

from diffusion.tiny_sdxl import TE1, output, shaken, tiny_unet
from unipixel.diffusion import Base, add_lora, loras_on, remove_loras, save_lora, target_modules
from unipixel.diffusion.adapter import TARGETS, TRAINED, lora_layers, lora_tensors
from unipixel.errors import ModelError
from unipixel.lora import UNetLayout, kohya_key, read_header

LAYOUTS = pytest.mark.parametrize("layers", [1, 2])


def wrapped(unet: nn.Module, **others: nn.Module) -> Base:
    """Wrap a UNet in a base that has nothing else."""
    parts = {"unet": unet, "text_encoder": nn.Identity(), "text_encoder_2": nn.Identity(), **others}
    return Base(SimpleNamespace(**parts), Path("x"), "x", "0", torch.device("cpu"), torch.float32)


@LAYOUTS
@pytest.mark.parametrize("targets", TARGETS)
def test_stock_diffusers_loads_the_file_to_the_same_output(tmp_path: Path, layers: int, targets: str) -> None:
    unet = shaken(tiny_unet(layers), targets=targets)
    expected = output(unet)
    layout = UNetLayout.from_config(unet.config)
    file = save_lora(unet, layout, tmp_path / "lora.safetensors", metadata={"a": "b"}, dtype=torch.float32)

    fresh = tiny_unet(layers)
    before = output(fresh)
    state, alphas = StableDiffusionXLPipeline.lora_state_dict(file, unet_config=fresh.config)
    StableDiffusionXLPipeline.load_lora_into_unet(state, alphas, fresh)

    assert (output(fresh) - expected).abs().max() < 1e-5
    assert (before - expected).abs().max() > 1e-2


@LAYOUTS
def test_our_reader_gets_the_same_and_takes_it_out_again(tmp_path: Path, layers: int) -> None:
    unet = shaken(tiny_unet(layers))
    expected = output(unet)
    file = save_lora(
        unet, UNetLayout.from_config(unet.config), tmp_path / "l.safetensors", metadata={}, dtype=torch.float32
    )
    remove_loras(unet)
    plain = output(unet)

    with loras_on(wrapped(unet), [(file, 1.0)]):
        assert (output(unet) - expected).abs().max() < 1e-6
    with loras_on(wrapped(unet), [(file, 0.25), (file, 0.75)]):
        assert (output(unet) - expected).abs().max() < 1e-5
    with loras_on(wrapped(unet), [(file, 0.0)]):
        assert torch.equal(output(unet), plain)

    assert torch.equal(output(unet), plain)
    assert torch.equal(plain, output(tiny_unet(layers)))
    assert not lora_layers(unet)


def test_a_foreign_file_loads_with_its_own_ranks_names_and_text_encoders(base: Base, tmp_path: Path) -> None:
    unet, first = base.unet, base.pipeline.text_encoder
    rng = torch.Generator().manual_seed(0)
    tensors, expected = {}, {}
    for number, (path, module) in enumerate(
        [
            ("down_blocks.1.attentions.0.proj_in", unet.down_blocks[1].attentions[0].proj_in),
            ("down_blocks.0.resnets.0.conv1", unet.down_blocks[0].resnets[0].conv1),
        ]
    ):
        rank, shape = number + 1, module.weight.shape
        down, up = torch.randn(rank, *shape[1:], generator=rng), torch.randn(shape[0], rank, generator=rng)
        key = f"lora_unet_{path.replace('.', '_')}"  # block names of diffusers, which some trainers write
        tensors |= {f"{key}.lora_down.weight": down, f"{key}.alpha": torch.tensor(3.0)}
        tensors[f"{key}.lora_up.weight"] = up.reshape(*up.shape, *(1,) * (len(shape) - 2))
        expected[path] = 0.5 * 3.0 / rank * torch.tensordot(up, down, 1)
    key = "lora_te1_text_model_encoder_layers_0_mlp_fc1"
    down, up = torch.randn(2, TE1, generator=rng), torch.randn(2 * TE1, 2, generator=rng)
    tensors |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up}  # no alpha: a scale of one
    save_file(tensors, tmp_path / "foreign.safetensors")

    with loras_on(base, [(tmp_path / "foreign.safetensors", 0.5)]):
        for path, delta in expected.items():
            assert torch.allclose(unet.get_submodule(path).get_delta_weight("lora0"), delta, atol=1e-6)
        (_, layer), *others = lora_layers(first)
        assert torch.allclose(layer.get_delta_weight("lora0"), 0.5 * up @ down, atol=1e-6)
        assert not others
        assert len(lora_layers(unet)) == 2
    assert not lora_layers(first)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        (
            {"lora_unet_double_blocks_0.lora_down.weight": (2, 4), "lora_unet_double_blocks_0.lora_up.weight": (4, 2)},
            "are not in the base",
        ),
        (
            {"lora_unet_out_2.lora_down.weight": (2, 7, 3, 3), "lora_unet_out_2.lora_up.weight": (4, 2, 1, 1)},
            "but that module",
        ),
        ({"lora_unet_out_2.lora_down.weight": (2, 16, 3, 3)}, "one half only"),
        ({"lora_unet_out_2.hada_w1_a": (2, 2)}, "this is a LoHa"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    base: Base, tmp_path: Path, tensors: dict[str, tuple[int, ...]], message: str
) -> None:
    save_file({name: torch.zeros(shape) for name, shape in tensors.items()}, tmp_path / "bad.safetensors")

    with pytest.raises(ModelError, match=message), loras_on(base, [(tmp_path / "bad.safetensors", 1.0)]):
        pass

    assert not lora_layers(base.unet)


def test_true_sdxl_has_as_many_modules_as_kohyas_trainer_adapts() -> None:
    config = UNet2DConditionModel.load_config(Path(__file__).parents[2] / "src/unipixel/diffusion/sdxl_config/unet")
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(config)
    counts = [len(target_modules(unet, targets)) for targets in TARGETS]
    keys = {kohya_key("unet", path, UNetLayout()) for path in target_modules(unet, "full")}

    assert counts == [560, 722, 788, 790]
    assert len(keys) == 790
    assert sum(weight.numel() for weight in unet.parameters()) == 2_567_463_684


def test_a_new_lora_changes_nothing_and_follows_its_seed() -> None:
    unet = tiny_unet(1)
    plain = output(unet)
    first = [weight.clone() for weight in add_lora(unet, rank=4, alpha=4.0, seed=1)]
    assert torch.equal(output(unet), plain)
    remove_loras(unet)
    second = add_lora(unet, rank=4, alpha=4.0, seed=1)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    remove_loras(unet)
    third = add_lora(unet, rank=4, alpha=4.0, seed=2)
    assert not torch.equal(first[0], third[0])
    assert {weight.requires_grad for weight in third} == {True}
    trainable = [name for name, weight in unet.named_parameters() if weight.requires_grad]
    assert len(trainable) == len(third)
    assert all(".lora_" in name for name in trainable)


@pytest.mark.parametrize(("init", "deviation"), [("gaussian", 1 / 8), ("kaiming", (1 / (3 * 48)) ** 0.5)])
def test_down_weights_are_drawn_as_named(init: str, deviation: float) -> None:
    unet = tiny_unet(1)
    add_lora(unet, rank=8, alpha=8.0, init=init, targets="linear")
    layer = unet.mid_block.attentions[0].proj_in

    assert layer.lora_A[TRAINED].weight.std().item() == pytest.approx(deviation, rel=0.15)
    assert not layer.lora_B[TRAINED].weight.any()


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ModelError, match="no target set 'conv'"):
        target_modules(tiny_unet(1), "conv")
    with pytest.raises(ModelError, match="no LoRA initialisation 'zero'"):
        add_lora(tiny_unet(1), rank=1, alpha=1.0, init="zero")


def test_the_same_lora_is_the_same_bytes(tmp_path: Path) -> None:
    unet = shaken(tiny_unet(1))
    layout = UNetLayout.from_config(unet.config)
    metadata = {f"ss_{i}": str(i) for i in range(20)}
    first = save_lora(unet, layout, tmp_path / "a.safetensors", metadata=metadata)
    second = save_lora(unet, layout, tmp_path / "b.safetensors", metadata=dict(reversed(metadata.items())))

    assert first.read_bytes() == second.read_bytes()
    assert {entry.dtype for entry in read_header(first).tensors.values()} == {"F16"}
    stored = load_file(first)
    assert {name: tensor.shape for name, tensor in stored.items()} == {
        name: tensor.shape for name, tensor in lora_tensors(unet, layout, dtype=torch.float16).items()
    }
    assert read_header(first).metadata["sshs_model_hash"]
