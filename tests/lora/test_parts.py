"""Files of other programs: every way to spell a LoRA is read, everything else is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lora.made import BLOCK, LAYER, delta, weights, write
from unipixel.errors import ModelError
from unipixel.lora import read_lora
from unipixel.lora.modules import ModuleName

SGM = "input_blocks.4.1.transformer_blocks.0.attn2.to_out.0"
OUT = f"{BLOCK}.attn2.to_out.0"
FLAT = OUT.replace(".", "_")
RNG = np.random.default_rng(0)
DOWN, UP = RNG.standard_normal((2, 8)).astype(np.float32), RNG.standard_normal((6, 2)).astype(np.float32)
Q = f"{LAYER}.self_attn.q_proj"


def file_of(tmp_path: Path, key: str, endings: tuple[str, str], alpha: float | None = 3.0, **metadata: str) -> Path:
    tensors = {key + endings[0]: DOWN, key + endings[1]: UP}
    if alpha is not None:
        tensors[f"{key}.alpha"] = np.array(alpha, np.float32)
    return write(tmp_path / "x.safetensors", tensors, **metadata)


KOHYA = (".lora_down.weight", ".lora_up.weight")
PEFT = (".lora_A.weight", ".lora_B.weight")
OLD = (".lora.down.weight", ".lora.up.weight")


@pytest.mark.parametrize(
    ("key", "endings", "kind", "name"),
    [
        (f"lora_unet_{SGM.replace('.', '_')}", KOHYA, "kohya", ("unet", OUT)),
        (f"lora_unet_{FLAT}", KOHYA, "kohya", ("unet", OUT)),
        (f"unet.{OUT}", KOHYA, "kohya", ("unet", OUT)),  # OneTrainer's own
        (f"unet.{OUT}", PEFT, "diffusers", ("unet", OUT)),
        (f"unet.{OUT}", OLD, "diffusers", ("unet", OUT)),
        (f"unet.{OUT}", (".lora_A.default.weight", ".lora_B.default.weight"), "diffusers", ("unet", OUT)),
        (
            f"unet.{BLOCK}.attn2.processor.to_out",
            ("_lora.down.weight", "_lora.up.weight"),
            "diffusers",
            ("unet", OUT),
        ),
        (f"base_model.model.{OUT}", PEFT, "peft", ("unet", OUT)),
        (f"unet.base_model.model.{OUT}", PEFT, "peft", ("unet", OUT)),
        (f"diffusion_model.{SGM}", PEFT, "comfyui", ("unet", OUT)),
        (f"text_encoders.clip_g.transformer.{Q}", PEFT, "comfyui", ("text_encoder_2", Q)),
        (f"lora_te1_{Q.replace('.', '_')}", KOHYA, "kohya", ("text_encoder", Q)),
        (f"lora_te_{Q.replace('.', '_')}", KOHYA, "kohya", ("text_encoder", Q)),
        # what diffusers writes with transformers from 5.6 on
        ("lora_te1_encoder_layers_0_self_attn_q_proj", KOHYA, "kohya", ("text_encoder", Q)),
        (
            f"text_encoder.{LAYER}.self_attn.to_q",
            ("_lora.down.weight", "_lora.up.weight"),
            "diffusers",
            ("text_encoder", Q),
        ),
        (
            f"text_encoder_2.{Q}",
            (".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
            "diffusers",
            ("text_encoder_2", Q),
        ),
    ],
)  # fmt: skip
def test_every_spelling_is_understood(
    tmp_path: Path, key: str, endings: tuple[str, str], kind: str, name: tuple[str, str]
) -> None:
    lora = read_lora(file_of(tmp_path, key, endings))

    assert list(lora.parts) == [ModuleName(*name)]
    assert lora.kind == kind
    assert np.allclose(delta(lora.parts[ModuleName(*name)]), 1.5 * UP.astype(float) @ DOWN)


def test_a_file_without_alpha_has_a_scale_of_one(tmp_path: Path) -> None:
    lora = read_lora(file_of(tmp_path, f"unet.{OUT}", PEFT, alpha=None))

    assert next(iter(lora.parts.values())).scale == 1
    assert not lora.has_alpha


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({"lora_alpha": 6}, 3.0),
        ({"lora_alpha": 6, "alpha_pattern": {"attn2.to_out.0": 8.0}}, 4.0),
        ({"lora_alpha": 6, "alpha_pattern": {"attn1.to_out.0": 8.0, f"^{OUT}": 5.0}}, 2.5),
        ({"lora_alpha": 6, "alpha_pattern": {"to_out": 8.0}}, 3.0),  # not the end of the path
        ({"lora_alpha": 6, "use_rslora": True}, 6 / 2**0.5),
    ],
)
def test_alpha_is_found_in_pefts_configuration(tmp_path: Path, config: dict[str, object], scale: float) -> None:
    beside = tmp_path / "adapter"
    beside.mkdir()
    file_of(beside, f"base_model.model.{OUT}", PEFT, None).rename(beside / "adapter_model.safetensors")
    (beside / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, **config}))
    inside = {f"unet.{key}": value for key, value in config.items()}
    file = file_of(tmp_path, f"unet.{OUT}", PEFT, None, lora_adapter_metadata=json.dumps(inside))

    for path in (beside, beside / "adapter_model.safetensors", file):
        assert next(iter(read_lora(path).parts.values())).scale == pytest.approx(scale)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({f"lora_unet_{FLAT}.lora_down.weight": DOWN}, "one half only"),
        ({f"lora_unet_{FLAT}.alpha": DOWN}, "one half only"),
        ({f"lora_unet_{FLAT}.lora_down.weight": DOWN, f"lora_unet_{FLAT}.lora_up.weight": UP.T}, "do not fit together"),
        ({f"lora_unet_{FLAT}.dora_scale": DOWN}, "this is a DoRA"),
        ({f"unet.{OUT}.lora_magnitude_vector": DOWN}, "this is a DoRA"),
        ({f"lora_unet_{FLAT}.hada_w1_a": DOWN}, "this is a LoHa"),
        ({f"lora_unet_{FLAT}.lokr_w1": DOWN}, "this is a LoKr"),
        ({f"lora_unet_{FLAT}.oft_blocks": DOWN}, "this is an OFT"),
        ({f"lora_unet_{FLAT}.lora_mid.weight": DOWN}, "Tucker"),
        ({f"unet.{OUT}.lora_B.bias": DOWN}, "biases"),
        ({"some.tensor": DOWN}, "not part of a plain LoRA"),
        (weights(), "this is a whole model, not a LoRA"),
        ({}, "no LoRA in it"),
    ],
)
def test_what_is_no_plain_lora_is_named(tmp_path: Path, tensors: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read_lora(write(tmp_path / "x.safetensors", tensors))


@pytest.mark.parametrize(
    ("key", "width", "message"),
    [
        ("lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k", 768, "for Stable Diffusion 1"),
        ("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", 1024, "for Stable Diffusion 2"),
        ("lora_unet_double_blocks_0_img_attn_proj", 64, "for Flux"),
        ("lora_unet_something_else", 64, "1 of 1 modules are not those of SDXL"),
    ],
)
def test_loras_of_other_models_are_named(tmp_path: Path, key: str, width: int, message: str) -> None:
    tensors = {f"{key}.lora_down.weight": np.ones((2, width)), f"{key}.lora_up.weight": np.ones((4, 2))}
    file = write(tmp_path / "x.safetensors", tensors)

    with pytest.raises(ModelError, match=message):
        read_lora(file)
    assert read_lora(file, any_model=True).dtypes == ("F32",)


def test_damage_and_pickles_are_named(tmp_path: Path) -> None:
    whole = file_of(tmp_path, f"unet.{OUT}", PEFT)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(whole.read_bytes()[:-3])
    (tmp_path / "x.pt").write_bytes(b"PK")

    for path, message in ((cut, "cut off"), (tmp_path / "x.pt", "Python pickles"), (tmp_path, "no adapter_model")):
        with pytest.raises(ModelError, match=message):
            read_lora(path)


def test_a_header_whose_offsets_lie_is_named(tmp_path: Path) -> None:
    file = file_of(tmp_path, f"unet.{OUT}", PEFT)
    file.write_bytes(file.read_bytes().replace(b'"shape":[2,8]', b'"shape":[2,9]'))

    with pytest.raises(ModelError, match="does not have the bytes of its shape"):
        read_lora(file)


def test_a_module_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    tensors = {
        f"{key}{end}": value
        for key in (f"lora_unet_{FLAT}", f"unet.{OUT}")
        for end, value in zip(KOHYA, (DOWN, UP), strict=True)
    }

    with pytest.raises(ModelError, match="twice"):
        read_lora(write(tmp_path / "x.safetensors", tensors))


def test_other_adapters_of_peft_are_refused(tmp_path: Path) -> None:
    file_of(tmp_path, f"base_model.model.{OUT}", PEFT, None).rename(tmp_path / "adapter_model.safetensors")

    for config, message in (
        ({"peft_type": "LOHA"}, "a LOHA adapter"),
        ({"peft_type": "LORA", "use_dora": True}, "a DoRA"),
        ([], "not the configuration"),
    ):
        (tmp_path / "adapter_config.json").write_text(json.dumps(config))
        with pytest.raises(ModelError, match=message):
            read_lora(tmp_path)


def test_embeddings_of_onetrainer_are_told_and_left_out(tmp_path: Path) -> None:
    tensors = {f"unet.{OUT}{PEFT[0]}": DOWN, f"unet.{OUT}{PEFT[1]}": UP, "bundle_emb.x.clip_l": DOWN}

    lora = read_lora(write(tmp_path / "x.safetensors", tensors))

    assert lora.others == ("bundle_emb.x.clip_l",)
    assert len(lora.parts) == 1
