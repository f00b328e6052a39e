"""LoRA files of every format: stock diffusers, peft and our own reader get the same from each."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from diffusers.training_utils import _collate_lora_metadata
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file, save_file

from diffusion.tiny_sdxl import TE1, TE2, output, tiny_unet
from lora.test_write import same
from unipixel.diffusion import Base, loras_on
from unipixel.lora import Lora, UNetLayout, merge_loras, read_lora, resize_lora, write_lora
from unipixel.lora.modules import ModuleName, known_modules
from unipixel.lora.parts import Part
from unipixel.lora.tensors import Stored

SCALE = 0.5


def drawn(pipeline: StableDiffusionXLPipeline, *, models: tuple[str, ...], rank: int = 2) -> Lora:
    """Draw a LoRA for every module that this pipeline has and a LoRA can be for; alpha is half the rank."""
    rng = np.random.default_rng(0)
    parts = {}
    for model in models:
        shapes = {path: tuple(weight.shape) for path, weight in getattr(pipeline, model).state_dict().items()}
        for path in known_modules(UNetLayout())[model]:
            # transformers 5.6 took text_model out of the first encoder
            shape = shapes.get(f"{path}.weight") or shapes.get(f"{path.removeprefix('text_model.')}.weight")
            if shape is None or path == "text_projection":
                continue
            up = 0.2 * rng.standard_normal((shape[0], rank, *(1,) * (len(shape) - 2)))
            down = 0.2 * rng.standard_normal((rank, *shape[1:]))
            parts[ModuleName(model, path)] = Part(Stored.of(down, "F32"), Stored.of(up, "F32"), SCALE * rank)
    return Lora(Path("drawn"), "kohya", {}, parts, {}, UNetLayout())


def texts(pipeline: StableDiffusionXLPipeline) -> torch.Tensor:
    """Hidden states of both text encoders for a fixed input."""
    words = torch.arange(77)[None] % 90
    with torch.no_grad():
        states = [getattr(pipeline, name)(words).last_hidden_state for name in ("text_encoder", "text_encoder_2")]
    return torch.cat(states, dim=-1)


@pytest.fixture
def stock(base_folder: Path) -> StableDiffusionXLPipeline:
    """A pipeline that knows nothing of us."""
    return StableDiffusionXLPipeline.from_pretrained(base_folder, local_files_only=True)


@pytest.mark.parametrize("form", ["kohya", "diffusers"])
def test_stock_diffusers_and_our_reader_get_the_same(
    stock: StableDiffusionXLPipeline, base: Base, tmp_path: Path, form: str
) -> None:
    meant = drawn(stock, models=("unet", "text_encoder", "text_encoder_2"))
    file = write_lora(tmp_path / "lora.safetensors", meant, form=form)
    plain = output(stock.unet), texts(stock)

    stock.load_lora_weights(file)
    with loras_on(base, [(file, 1.0)]):
        assert (output(stock.unet) - output(base.unet)).abs().max() < 1e-5
        assert (texts(stock) - texts(base.pipeline)).abs().max() < 1e-5
        assert (output(stock.unet) - plain[0]).abs().max() > 1e-2
        for changed, before in zip(texts(stock).split([TE1, TE2], -1), plain[1].split([TE1, TE2], -1), strict=True):
            assert (changed - before).abs().max() > 1e-2


def test_the_weights_are_those_that_the_file_means(
    stock: StableDiffusionXLPipeline, base: Base, tmp_path: Path
) -> None:
    meant = drawn(stock, models=("unet",))
    file = write_lora(tmp_path / "lora.safetensors", meant)
    with torch.no_grad():
        for name, part in meant.parts.items():
            weight = stock.unet.get_submodule(name.path).weight
            up, down = torch.tensor(part.up.array()), torch.tensor(part.down.array())
            weight += SCALE * torch.tensordot(up.flatten(1), down, 1)

    with loras_on(base, [(file, 1.0)]):
        assert (output(stock.unet) - output(base.unet)).abs().max() < 1e-5


def test_stock_peft_loads_its_folder(stock: StableDiffusionXLPipeline, base: Base, tmp_path: Path) -> None:
    meant = drawn(stock, models=("unet", "text_encoder", "text_encoder_2"))
    folder = write_lora(tmp_path / "adapter", meant, form="peft")

    for name in ("unet", "text_encoder", "text_encoder_2"):
        setattr(stock, name, PeftModel.from_pretrained(getattr(stock, name), folder / name).get_base_model())

    with loras_on(base, [(folder, 1.0)]):
        assert (output(stock.unet) - output(base.unet)).abs().max() < 1e-5
        assert (texts(stock) - texts(base.pipeline)).abs().max() < 1e-5


def test_what_diffusers_saves_is_read_with_its_alpha(
    stock: StableDiffusionXLPipeline, base: Base, tmp_path: Path
) -> None:
    meant = drawn(stock, models=("unet",))
    stock.load_lora_weights(write_lora(tmp_path / "lora.safetensors", meant))
    stock.unet.save_lora_adapter(tmp_path / "one", adapter_name="default_0")
    layers = get_peft_model_state_dict(stock.unet, adapter_name="default_0")
    notes = _collate_lora_metadata(
        {"unet": SimpleNamespace(peft_config={"default": stock.unet.peft_config["default_0"]})}
    )
    StableDiffusionXLPipeline.save_lora_weights(tmp_path / "all", unet_lora_layers=layers, **notes)

    for folder in ("one", "all"):
        (saved,) = (tmp_path / folder).glob("*.safetensors")
        assert same(read_lora(saved), meant)


def test_a_resized_and_merged_lora_is_read_by_stock_diffusers(
    stock: StableDiffusionXLPipeline, base: Base, tmp_path: Path
) -> None:
    meant = drawn(stock, models=("unet",), rank=4)
    small, _ = resize_lora(meant, energy=0.8)
    made, _ = merge_loras([(small, 0.6), (drawn(stock, models=("unet",)), 0.7)], title="x")
    assert len({part.rank for part in made.parts.values()}) > 1
    file = write_lora(tmp_path / "lora.safetensors", made)

    stock.load_lora_weights(file)
    with loras_on(base, [(file, 1.0)]):
        assert (output(stock.unet) - output(base.unet)).abs().max() < 1e-5


def test_a_file_as_kohyas_trainer_writes_it_loads_converts_and_comes_back(
    stock: StableDiffusionXLPipeline, base: Base, tmp_path: Path
) -> None:
    # names, order (alpha first), types and metadata as sd-scripts' networks/lora.py has them
    rng = torch.Generator().manual_seed(0)
    state = {}
    for key, inputs, outputs in (
        ("lora_te1_text_model_encoder_layers_0_mlp_fc1", TE1, 2 * TE1),
        ("lora_te1_text_model_encoder_layers_0_self_attn_out_proj", TE1, TE1),
        ("lora_te2_text_model_encoder_layers_1_self_attn_q_proj", TE2, TE2),
        ("lora_te2_text_model_encoder_layers_1_self_attn_out_proj", TE2, TE2),
        ("lora_unet_input_blocks_4_1_proj_in", 32, 32),
        ("lora_unet_output_blocks_0_1_transformer_blocks_1_ff_net_0_proj", 48, 8 * 48),
    ):
        state[f"{key}.alpha"] = torch.tensor(1.0, dtype=torch.float16)
        state[f"{key}.lora_down.weight"] = torch.randn(4, inputs, generator=rng).half()
        state[f"{key}.lora_up.weight"] = torch.randn(outputs, 4, generator=rng).half()
    notes = {
        "ss_network_dim": "4",
        "ss_network_alpha": "1.0",
        "ss_base_model_version": "sdxl_base_v1-0",
        "ss_v2": "False",
    }
    made = tmp_path / "made.safetensors"
    save_file(state, made, notes)

    there = write_lora(tmp_path / "there.safetensors", read_lora(made), form="diffusers")
    back = write_lora(tmp_path / "back.safetensors", read_lora(there))

    assert same(read_lora(made), read_lora(back))
    again = load_file(back)
    assert again.keys() == state.keys()
    assert all(torch.equal(again[name], state[name]) and again[name].dtype == state[name].dtype for name in state)
    for file in (made, there, back):
        stock.load_lora_weights(file)
        with loras_on(base, [(made, 1.0)]):
            assert (output(stock.unet) - output(base.unet)).abs().max() < 1e-5
            assert (texts(stock) - texts(base.pipeline)).abs().max() < 1e-5
        stock.unload_lora_weights()


def test_a_unet_of_another_layout_is_read_by_its_note(tmp_path: Path) -> None:
    from diffusion.tiny_sdxl import shaken
    from unipixel.diffusion import save_lora

    unet = shaken(tiny_unet(1))
    file = save_lora(unet, UNetLayout.from_config(unet.config), tmp_path / "a.safetensors", metadata={})

    made = write_lora(tmp_path / "b.safetensors", read_lora(file), form="diffusers")

    fresh = tiny_unet(1)
    state, alphas, notes = StableDiffusionXLPipeline.lora_state_dict(
        made, unet_config=fresh.config, return_lora_metadata=True
    )
    StableDiffusionXLPipeline.load_lora_into_unet(state, alphas, fresh, metadata=notes)
    assert (output(fresh) - output(unet)).abs().max() < 1e-3  # stored in half precision
    assert (output(tiny_unet(1)) - output(unet)).abs().max() > 1e-2
