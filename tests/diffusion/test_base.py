"""Bases: both forms load to the same model, and what is no SDXL is refused before anything is loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import DIFFUSERS_TO_LDM_MAPPING
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from diffusion.tiny_sdxl import TE1, TE2, output, write_base
from unipixel.checkpoint.single_file import SDXL_TENSORS
from unipixel.diffusion import Base, encode_images, load_base, sample_images
from unipixel.diffusion.autoencoder import PatchAutoencoder
from unipixel.diffusion.base import alone_on_device
from unipixel.diffusion.clip_vocabulary import clip_tokenizer
from unipixel.diffusion.single_file_loading import shipped_config
from unipixel.errors import ModelError
from unipixel.lora.names import UNetLayout, sgm_path


def test_a_folder_tells_all_about_itself(base: Base, base_folder: Path) -> None:
    assert base.name == "base"
    assert (base.prediction_type, base.zero_terminal_snr) == ("v_prediction", True)
    assert (base.stride, base.latent_channels, base.layers_per_block) == (8, 4, 2)
    assert base.signal_power()[-1] == 0
    assert not any(weight.requires_grad for weight in base.unet.parameters())
    assert load_base(base_folder, device="cpu").hash == base.hash


def test_the_hash_follows_the_weights(base: Base, base_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(base_folder, tmp_path / "copy")
    assert load_base(copy, device="cpu").hash == base.hash
    weights = copy / "vae" / "diffusion_pytorch_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert load_base(copy, device="cpu").hash != base.hash


def test_epsilon_and_the_users_word(epsilon_base: Base, base_folder: Path) -> None:
    assert (epsilon_base.prediction_type, epsilon_base.zero_terminal_snr) == ("epsilon", False)
    assert load_base(base_folder, device="cpu", prediction_type="epsilon").prediction_type == "epsilon"


def single_file(base: Base, path: Path, *markers: str) -> Path:
    """Write a base as a single-file checkpoint in Stability's layout."""
    tensors: dict[str, torch.Tensor] = {}
    for name, weight in base.unet.state_dict().items():
        module, _, kind = name.rpartition(".")
        tensors[f"model.diffusion_model.{sgm_path(module, UNetLayout())}.{kind}"] = weight
    vae = DIFFUSERS_TO_LDM_MAPPING["vae"]
    for name, weight in base.vae.state_dict().items():
        tensors[f"first_stage_model.{vae.get(name) or _vae_name(name)}"] = weight
    for name, weight in base.pipeline.text_encoder.state_dict().items():
        tensors[f"conditioner.embedders.0.transformer.text_model.{name.removeprefix('text_model.')}"] = weight
    tensors |= _open_clip(base.pipeline.text_encoder_2.state_dict())
    tensors |= {marker: torch.zeros(1) for marker in markers}
    save_file({name: weight.contiguous() for name, weight in tensors.items()}, path)
    return path


def _vae_name(name: str) -> str:
    parts = name.split(".")
    if parts[1] == "mid_block":
        names = {"resnets": f"block_{int(parts[3]) + 1}", "attentions": "attn_1"}
        inner = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out": "proj_out"}
        rest = [inner.get(part, part) for part in parts[4:] if part != "0"]
        return ".".join([parts[0], "mid", names[parts[2]], *rest])
    side, level = parts[1].removesuffix("_blocks"), int(parts[2])
    level = 3 - level if side == "up" else level
    if parts[3] == "resnets":
        rest = ["nin_shortcut" if part == "conv_shortcut" else part for part in parts[5:]]
        return ".".join([parts[0], side, str(level), "block", parts[4], *rest])
    return ".".join([parts[0], side, str(level), f"{side}sample", *parts[5:]])


def _open_clip(state: dict[str, torch.Tensor], layers: int = 2) -> dict[str, torch.Tensor]:
    prefix = "conditioner.embedders.1.model."
    simple = {
        "text_model.embeddings.position_embedding.weight": "positional_embedding",
        "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
        "text_model.final_layer_norm.weight": "ln_final.weight",
        "text_model.final_layer_norm.bias": "ln_final.bias",
    }
    tensors = {prefix + theirs: state[ours] for ours, theirs in simple.items()}
    tensors[prefix + "text_projection"] = state["text_projection.weight"].T
    inner = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj"}
    inner["self_attn.out_proj"] = "attn.out_proj"
    for layer in range(layers):
        start, end = f"text_model.encoder.layers.{layer}.", f"{prefix}transformer.resblocks.{layer}."
        for kind in ("weight", "bias"):
            stacked = [state[f"{start}self_attn.{part}_proj.{kind}"] for part in "qkv"]
            tensors[f"{end}attn.in_proj_{kind}"] = torch.cat(stacked)
            tensors |= {f"{end}{theirs}.{kind}": state[f"{start}{ours}.{kind}"] for ours, theirs in inner.items()}
    return tensors


def test_a_single_file_is_the_same_model_as_its_folder(base: Base, base_folder: Path, tmp_path: Path) -> None:
    file = single_file(base, tmp_path / "illustrious.safetensors", "v_pred", "ztsnr")

    loaded = load_base(file, device="cpu", config=base_folder)

    assert loaded.name == "illustrious"
    assert (loaded.prediction_type, loaded.zero_terminal_snr) == ("v_prediction", True)
    assert torch.equal(output(loaded.unet), output(base.unet))
    for part in ("vae", "text_encoder", "text_encoder_2"):
        ours, theirs = (getattr(one.pipeline, part).state_dict() for one in (loaded, base))
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_single_file_without_some_weights_is_refused(base: Base, base_folder: Path, tmp_path: Path) -> None:
    file = single_file(base, tmp_path / "x.safetensors")
    tensors = load_file(file)
    del tensors["conditioner.embedders.1.model.text_projection"]
    save_file(tensors, file)

    with pytest.raises(ModelError, match=r"lacks 1 weights of its text_encoder_2|can't be loaded"):
        load_base(file, device="cpu", config=base_folder)


def test_pickles_are_refused_with_the_reason(tmp_path: Path) -> None:
    for name in ("model.ckpt", "model.pt"):
        (tmp_path / name).write_bytes(b"anything")
        with pytest.raises(ModelError, match="a Python pickle, which can run any code"):
            load_base(tmp_path / name, device="cpu")


def test_damage_and_absence_are_named(tmp_path: Path, base_folder: Path) -> None:
    with pytest.raises(ModelError, match="no such base model"):
        load_base(tmp_path / "none", device="cpu")
    with pytest.raises(ModelError, match=r"no model_index.json"):
        load_base(tmp_path, device="cpu")
    copy = shutil.copytree(base_folder, tmp_path / "copy")
    (copy / "unet" / "config.json").write_text("{")
    with pytest.raises(ModelError, match="not valid JSON"):
        load_base(copy, device="cpu")
    shutil.rmtree(copy / "unet")
    with pytest.raises(ModelError, match="the model lacks unet"):
        load_base(copy, device="cpu")
    with pytest.raises(ModelError, match="no dtype 'int8'"):
        load_base(base_folder, device="cpu", dtype="int8")


def test_options_that_do_not_exist_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    for option, message in (
        ({"dtype": "int8"}, "no dtype 'int8'"),
        ({"prediction_type": "v"}, "no prediction type 'v'"),
        ({"device": "gpu"}, "no device 'gpu'"),
        ({"device": "xpu"}, "has no xpu device"),
    ):
        with pytest.raises(ModelError, match=message):
            load_base(tmp_path, **{"device": "cpu", **option})


@pytest.mark.parametrize("add_or_drop", ["text_model.", ""])
def test_a_text_encoder_is_filled_by_either_of_transformers_namings(
    base: Base, base_folder: Path, tmp_path: Path, add_or_drop: str
) -> None:
    # transformers 5.6 dropped the prefix of the first text encoder; folders of both kinds are about
    folder = shutil.copytree(base_folder, tmp_path / "x")
    file = folder / "text_encoder" / "model.safetensors"
    tensors = load_file(file)
    save_file({add_or_drop + name.removeprefix("text_model."): value for name, value in tensors.items()}, file)

    loaded = load_base(folder, device="cpu").pipeline.text_encoder.state_dict()

    assert all(torch.equal(value, loaded[name]) for name, value in base.pipeline.text_encoder.state_dict().items())


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("text_encoder", "encoder.layers.1", "text.encoder.layers.1", "lack 16 tensors"),
        ("unet", "mid_block", "middle", "lack .* tensors"),
        ("vae", "quant_conv", None, "have 4 tensors too many"),
    ],
)
def test_no_part_is_left_random(
    base_folder: Path, tmp_path: Path, part: str, old: str, new: str | None, message: str
) -> None:
    folder = shutil.copytree(base_folder, tmp_path / "x")
    file = next((folder / part).glob("*.safetensors"))
    tensors = load_file(file)
    if new is None:
        tensors |= {f"more.{name}": value for name, value in tensors.items() if old in name}
    else:
        tensors = {name.replace(old, new): value for name, value in tensors.items()}
    save_file({name: value.clone() for name, value in tensors.items()}, file)

    with pytest.raises(ModelError, match=rf"{part}: the weights {message}.*do not fit its config\.json"):
        load_base(folder, device="cpu")


def test_fp16_variants_and_shards_load_to_the_same_model(base: Base, base_folder: Path, tmp_path: Path) -> None:
    base.pipeline.save_pretrained(tmp_path / "half", variant="fp16", max_shard_size="300KB")
    folder = tmp_path / "half"
    assert len(list((folder / "unet").glob("*.fp16-*-of-*.safetensors"))) > 1

    loaded = load_base(folder, device="cpu")

    assert torch.equal(output(loaded.unet), output(base.unet))
    assert loaded.hash != base.hash


def test_weights_of_8_bits_are_widened(base: Base, base_folder: Path, tmp_path: Path) -> None:
    file = single_file(base, tmp_path / "x.safetensors")
    small = {name: value.to(torch.float8_e4m3fn) for name, value in load_file(file).items()}
    save_file(small, file)

    for dtype, kind in (("float32", torch.float32), ("float16", torch.float16)):
        loaded = load_base(file, device="cpu", config=base_folder, dtype=dtype)

        assert {weight.dtype for weight in loaded.unet.parameters()} == {kind}
        assert {weight.dtype for weight in loaded.pipeline.text_encoder.parameters()} == {kind}
        assert loaded.vae.dtype == torch.float32
        assert torch.equal(loaded.unet.conv_in.weight, small["model.diffusion_model.input_blocks.0.0.weight"].to(kind))


def test_no_module_is_imported_on_a_folders_word(base_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(base_folder, tmp_path / "x")
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"vae": ["os", "system"]}))

    with pytest.raises(ModelError, match="its vae is a system; known are"):
        load_base(folder, device="cpu")


def test_sdxl_has_as_many_tensors_as_are_counted() -> None:
    with shipped_config() as folder, torch.device("meta"):
        unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(folder / "unet"))
        vae = AutoencoderKL.from_config(AutoencoderKL.load_config(folder / "vae"))
        text = CLIPTextModel(CLIPTextConfig.from_pretrained(folder / "text_encoder"))
        text_2 = CLIPTextModelWithProjection(CLIPTextConfig.from_pretrained(folder / "text_encoder_2"))
    open_clip = _open_clip({name: value.to("meta") for name, value in text_2.state_dict().items()}, layers=32)

    assert [len(part) for part in (unet.state_dict(), text.state_dict(), open_clip, vae.state_dict())] == list(
        SDXL_TENSORS.values()
    )


def test_the_vocabulary_that_ships_is_clips() -> None:
    tokenizer = clip_tokenizer()

    assert len(tokenizer) == 49_408
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert len(tokenizer("nv-p1xel4rt").input_ids) == 2 + 8
    assert clip_tokenizer(pad="!").pad_token_id == 0
    assert tokenizer.model_max_length == 77


def test_half_precision_keeps_an_autoencoder_that_needs_it_in_full(tmp_path: Path) -> None:
    folder = write_base(tmp_path)
    half = load_base(folder, device="cpu", dtype="float16")

    assert half.unet.dtype == torch.float16
    assert half.pipeline.text_encoder_2.dtype == torch.float16
    assert half.vae.config.force_upcast
    assert half.vae.dtype == torch.float32
    assert tuple(e.config.hidden_size for e in (half.pipeline.text_encoder, half.pipeline.text_encoder_2)) == (TE1, TE2)


def test_an_autoencoder_of_our_own_loads_by_its_import_path(base: Base, base_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(base_folder, tmp_path / "patches")
    shutil.rmtree(folder / "vae")
    PatchAutoencoder(latent_channels=4, hidden=8).save_pretrained(folder / "vae")
    index = json.loads((folder / "model_index.json").read_text())
    index["vae"] = ["unipixel.diffusion.autoencoder", "PatchAutoencoder"]
    (folder / "model_index.json").write_text(json.dumps(index))

    loaded = load_base(folder, device="cpu")

    assert isinstance(loaded.vae, PatchAutoencoder)
    assert loaded.stride == 8
    assert loaded.hash != base.hash
    image = np.full((16, 24, 4), 255, np.uint8)
    assert encode_images(loaded, [image], scale=8)[0].shape == (4, 2, 3)
    how = {"width": 24, "height": 16, "steps": 1, "guidance": 2.0, "seeds": [1]}
    assert next(sample_images(loaded, ["a"], **how))[1].shape == (16, 24, 4)


def test_parts_take_turns_on_a_device_and_all_come_back() -> None:
    there: dict[str, torch.device] = {}
    order: list[str] = []

    def part(name: str) -> SimpleNamespace:
        def to(device: torch.device) -> None:
            there[name] = device
            order.append(name)

        return SimpleNamespace(to=to)

    names = ("unet", "vae", "text_encoder", "text_encoder_2")
    card = torch.device("cuda")
    base = SimpleNamespace(device=card, pipeline=SimpleNamespace(**{name: part(name) for name in names}))

    with alone_on_device(base, "vae"):
        assert [name for name in names if there[name] == card] == ["vae"]
        assert order[-1] == "vae"  # once the others have made room
    assert set(there.values()) == {card}
    order.clear()
    with alone_on_device(SimpleNamespace(device=torch.device("cpu")), "vae"):
        pass
    assert not order
