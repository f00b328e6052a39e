"""Info: what a file says, what it is, and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lora.made import BLOCK, delta, lora, write
from unipixel.lora import describe, inspect_lora, thumbnail_uri, write_lora
from unipixel.lora.modules import ModuleName
from unipixel.lora.parts import Part
from unipixel.lora.tensors import Stored

PNG = b"\x89PNG\r\n\x1a\n0000"
NOTES = {
    **describe(title="demo", trigger="nv-p1xel4rt", recipe={"name": "unipixel"}),
    "ss_base_model_version": "sdxl_base_v1-0",
    "ss_sd_model_name": "illustrious",
    "modelspec.prediction_type": "v",
    "modelspec.thumbnail": thumbnail_uri(PNG),
    "ss_tag_frequency": json.dumps({"a": {"tree": 1, "rock": 2}, "b": {"tree": 3}}),
    "ss_bucket_info": json.dumps({"buckets": {"0": {"resolution": [1152, 896], "count": 7}}}),
}


def test_all_that_the_file_says_is_told(tmp_path: Path) -> None:
    found = inspect_lora(write_lora(tmp_path / "a.safetensors", lora(dtype="F16", metadata=NOTES)))

    assert (found.kind, found.family, found.dtypes) == ("kohya", "sdxl", ("F16",))
    assert found.modules == {"unet": 5, "text_encoder": 1, "text_encoder_2": 7}
    assert (found.ranks, found.alphas) == ({3: 13}, {"2": 13})
    assert (found.title, found.trigger, found.base_name) == ("demo", "nv-p1xel4rt", "illustrious")
    assert (found.base_version, found.prediction_type) == ("sdxl_base_v1-0", "v")
    assert list(found.tags.items()) == [("tree", 4), ("rock", 2)]
    assert found.buckets == {"1152x896": 7}
    assert found.recipe == {"name": "unipixel"}
    assert found.thumbnail == "png"
    assert found.bytes == (tmp_path / "a.safetensors").stat().st_size
    assert [(check.name, check.holds) for check in found.hashes] == [
        ("sshs_model_hash", True),
        ("modelspec.hash_sha256", True),
    ]
    assert found.warnings == []


def test_norms_are_those_of_the_differences(tmp_path: Path) -> None:
    meant = lora()
    found = inspect_lora(write_lora(tmp_path / "a.safetensors", meant))

    norms = sorted(np.linalg.norm(delta(part)) for name, part in meant.parts.items() if name.model == "text_encoder_2")
    blocks = {block.block: block for block in found.blocks}
    assert list(blocks) == ["input_blocks.2", "input_blocks.4", "output_blocks.2", "text_encoder", "text_encoder_2"]
    assert blocks["text_encoder_2"].largest == pytest.approx(norms[-1], rel=1e-4)
    assert blocks["text_encoder_2"].median == pytest.approx(norms[3], rel=1e-4)
    assert blocks["input_blocks.4"].modules == 3


def test_an_edited_file_is_noticed(tmp_path: Path) -> None:
    file = write_lora(tmp_path / "a.safetensors", lora(metadata=NOTES))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)

    found = inspect_lora(file)

    assert [check.holds for check in found.hashes] == [False, False]
    assert any("not the hash of the tensors" in warning for warning in found.warnings)


def changed(name: tuple[str, str], up: float, metadata: dict[str, str] | None = None):
    meant = lora(metadata=NOTES if metadata is None else metadata)
    part = meant.parts[ModuleName(*name)]
    filled = Stored.of(np.full(part.up.shape, up), "F32")
    return replace(meant, parts=meant.parts | {ModuleName(*name): Part(part.down, filled, part.alpha)})


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (changed(("unet", f"{BLOCK}.attn1.to_k"), np.nan), "1 modules hold numbers that are not finite, such as down"),
        (changed(("unet", f"{BLOCK}.attn1.to_k"), 0.0), "1 modules are zero and do nothing, such as down_blocks"),
        (lora(metadata={"ss_base_model_version": "sd_v1"}), "A1111 takes the file for a LoRA of SD 1"),
        (lora(), "no ss_base_model_version"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path: Path, made, message: str) -> None:
    (warning,) = inspect_lora(write_lora(tmp_path / "a.safetensors", made)).warnings

    assert message in warning


def test_the_last_layer_of_the_first_encoder_is_zero_in_every_sdxl_lora(tmp_path: Path) -> None:
    made = changed(("text_encoder", "text_model.encoder.layers.0.self_attn.q_proj"), 0.0)

    found = inspect_lora(write_lora(tmp_path / "a.safetensors", made))

    assert found.zero_modules == 1
    assert found.warnings == []


def test_unlike_alphas_are_told(tmp_path: Path) -> None:
    meant = lora(metadata=NOTES)
    meant = replace(meant, parts=meant.parts | lora(1, alpha=1.0, only="attn2").parts)

    (warning,) = inspect_lora(write_lora(tmp_path / "a.safetensors", meant)).warnings

    assert "alphas differ" in warning


def test_a_lora_of_another_model_is_told_and_not_refused(tmp_path: Path) -> None:
    key = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k"
    other = "lora_unet_down_blocks_3_nothing"
    tensors = {
        f"{k}.{end}.weight": np.ones(shape)
        for k in (key, other)
        for end, shape in (("lora_down", (2, 768)), ("lora_up", (3, 2)))
    }

    found = inspect_lora(write(tmp_path / "a.safetensors", tensors | {"bundle_emb.a.clip_l": np.ones(1)}))

    assert found.family == "sd1"
    assert found.modules == {"unet": 1, "unknown": 1}
    assert found.hashes == []
    assert [
        any(word in warning for warning in found.warnings) for word in ("not those of SDXL", "embeddings", "no alpha")
    ] == [True] * 3


def test_a_folder_of_peft_is_told(tmp_path: Path) -> None:
    folder = write_lora(tmp_path / "a", lora(metadata=NOTES), form="peft")

    found = inspect_lora(folder)

    assert (found.kind, found.sha256, found.warnings) == ("peft", "", [])
    assert found.bytes == sum(file.stat().st_size for file in folder.glob("*/*.safetensors"))


def test_metadata_that_is_no_json_is_no_reason_to_fail(tmp_path: Path) -> None:
    notes = {"ss_tag_frequency": "{", "ss_bucket_info": "[]", "unipixel.recipe": "3", "unipixel.history": "{}"}

    found = inspect_lora(write_lora(tmp_path / "a.safetensors", lora(metadata=NOTES | notes)))

    assert (found.tags, found.buckets, found.recipe, found.history) == ({}, {}, {}, [])
