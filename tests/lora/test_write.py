"""Formats: what is written in one is the same LoRA in every other, bit for bit, and what is written is checked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import unipixel.lora.write
from lora.made import BLOCK, lora
from unipixel.errors import ModelError
from unipixel.lora import Lora, UNetLayout, read_header, read_lora, read_metadata, write_lora
from unipixel.lora.modules import ModuleName
from unipixel.lora.parts import Part
from unipixel.lora.tensors import Stored

FORMATS = ("kohya", "diffusers", "peft")


def same(one: Lora, other: Lora) -> bool:
    return one.parts.keys() == other.parts.keys() and all(
        part.alpha == pytest.approx(other.parts[name].alpha, rel=1e-6)
        and part.down.load().tobytes() == other.parts[name].down.load().tobytes()
        and part.up.load().tobytes() == other.parts[name].up.load().tobytes()
        and (part.down.dtype, part.down.shape) == (other.parts[name].down.dtype, other.parts[name].down.shape)
        for name, part in one.parts.items()
    )


def mixed() -> Lora:
    """Alphas and ranks that differ from module to module."""
    first, second = lora(1, dtype="F16"), lora(2, rank=5, alpha=1.3, dtype="F16", only="attn2")
    return replace(first, parts=first.parts | second.parts, metadata={"ss_base_model_version": "sdxl_base_v1-0"})


@pytest.mark.parametrize("between", FORMATS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_the_same_lora(tmp_path: Path, form: str, between: str) -> None:
    meant = mixed()
    first = read_lora(write_lora(tmp_path / "a", meant, form=between))

    found = read_lora(write_lora(tmp_path / "b", first, form=form))

    assert same(found, meant)
    assert found.kind == form
    assert found.metadata["ss_base_model_version"] == "sdxl_base_v1-0"


def test_kohyas_names_and_tensors_are_those_of_its_trainer(tmp_path: Path) -> None:
    meant = lora(dtype="F16", alpha=16.0)

    stored = load_file(write_lora(tmp_path / "a.safetensors", meant))

    key = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_k"
    part = meant.parts[ModuleName("unet", f"{BLOCK}.attn1.to_k")]
    assert np.array_equal(stored[f"{key}.lora_down.weight"], part.down.array())
    assert np.array_equal(stored[f"{key}.lora_up.weight"], part.up.array())
    assert stored[f"{key}.alpha"] == 16
    assert stored[f"{key}.alpha"].shape == ()
    assert {values.dtype for values in stored.values()} == {np.dtype(np.float16)}
    assert "lora_te1_text_model_encoder_layers_0_self_attn_q_proj.alpha" in stored
    assert stored["lora_unet_output_blocks_2_2_conv.lora_down.weight"].shape == (3, 8, 3, 3)
    assert stored["lora_unet_output_blocks_2_2_conv.lora_up.weight"].shape == (6, 3, 1, 1)


def test_an_alpha_that_the_dtype_can_not_hold_is_written_in_float32(tmp_path: Path) -> None:
    file = write_lora(tmp_path / "a.safetensors", lora(dtype="F16", alpha=1.3, only="conv1"))

    assert read_header(file).tensors["lora_unet_input_blocks_2_0_in_layers_2.alpha"].dtype == "F32"
    assert next(iter(read_lora(file).parts.values())).alpha == np.float32(1.3)


def test_another_dtype_changes_weights_as_rounding_does(tmp_path: Path) -> None:
    meant = lora(dtype="F32")

    found = read_lora(write_lora(tmp_path / "a.safetensors", meant, dtype="F16"))

    assert found.dtypes == ("F16",)
    for name, part in meant.parts.items():
        assert np.array_equal(found.parts[name].up.array(), part.up.array().astype(np.float16))


def test_the_same_lora_is_the_same_bytes_with_its_hash(tmp_path: Path) -> None:
    first = write_lora(tmp_path / "a.safetensors", lora(metadata={"b": "2", "ss_a": "1"}))
    second = write_lora(tmp_path / "b.safetensors", lora(metadata={"ss_a": "1", "b": "2"}))

    assert first.read_bytes() == second.read_bytes()
    assert len(read_metadata(first)["sshs_model_hash"]) == 64


def test_a_layout_that_is_not_sdxls_travels_with_the_file(tmp_path: Path) -> None:
    layout = UNetLayout(layers=(1, 1, 1))
    path = "up_blocks.0.resnets.1.conv1"
    part = lora(only="conv1").parts[ModuleName("unet", "down_blocks.0.resnets.1.conv1")]
    small = Lora(Path("x"), "kohya", {}, {ModuleName("unet", path): part}, {}, layout)

    for form in FORMATS:
        assert list(read_lora(write_lora(tmp_path / form, small, form=form)).parts) == [("unet", path)]


def test_diffusers_is_told_alpha_in_its_metadata(tmp_path: Path) -> None:
    file = write_lora(tmp_path / "a.safetensors", mixed(), form="diffusers")

    told = json.loads(read_metadata(file)["lora_adapter_metadata"])

    assert told["unet.r"] == 3
    assert told["unet.lora_alpha"] == 2
    assert told["unet.alpha_pattern"] == {f"{BLOCK}.attn2.to_k": 1.3, f"{BLOCK}.attn2.to_out.0": 1.3}
    assert told["text_encoder.target_modules"] == ["encoder.layers.0.self_attn.q_proj"]


def test_what_reads_back_otherwise_gets_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = lora(7)
    monkeypatch.setattr(unipixel.lora.write, "read_lora", lambda path: replace(other, path=path))

    for form in FORMATS:
        with pytest.raises(ModelError, match="not what was meant"):
            write_lora(tmp_path / "a", lora(), form=form)

    assert not list(tmp_path.iterdir())


def test_a_folder_is_replaced_only_where_it_is_a_lora(tmp_path: Path) -> None:
    folder = write_lora(tmp_path / "adapter", lora(1), form="peft")
    write_lora(folder, lora(2, only="conv1"), form="peft")
    assert same(read_lora(folder), lora(2, only="conv1"))

    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ModelError, match=r"notes\.txt"):
        write_lora(folder, lora(1), form="peft")
    assert (folder / "notes.txt").read_text() == "mine"
    assert same(read_lora(folder), lora(2, only="conv1"))


def test_linear_layers_stored_as_convolutions_get_their_own_shape(tmp_path: Path) -> None:
    name = ModuleName("unet", f"{BLOCK}.attn1.to_k")
    part = lora().parts[name]
    square = Part(part.down.reshaped((3, 8, 1, 1)), part.up.reshaped((8, 3, 1, 1)), 2.0)
    file = tmp_path / "a.safetensors"
    key = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_k"
    tensors = {
        f"{key}.lora_down.weight": square.down,
        f"{key}.lora_up.weight": square.up,
        f"{key}.alpha": Stored.of(np.array(2.0), "F32"),
    }
    packed = {key: (tensor.dtype, tensor.shape, tensor.load().tobytes()) for key, tensor in tensors.items()}
    file.write_bytes(b"".join(unipixel.lora.write.pack_lora(packed, {})))

    assert same(read_lora(file), replace(lora(), parts={name: part}))
