"""Merging into a checkpoint: its weights are those of the sum, all else is byte for byte what it was."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from lora.made import BLOCK, IN_A_FILE, LAYER, delta, lora, weights, write
from unipixel.errors import ModelError
from unipixel.lora import bake_loras, read_header, write_lora
from unipixel.lora.dtypes import decode, encode
from unipixel.lora.file import pack
from unipixel.lora.modules import ModuleName

SECOND = "conditioner.embedders.1.model."
RESBLOCK = f"{SECOND}transformer.resblocks.0."
PAIRS = [(lora(1), 0.7), (lora(2, rank=5, alpha=5.0), -0.3)]


def gain(model: str, path: str) -> np.ndarray:
    return sum(weight * delta(one.parts[ModuleName(model, path)]) for one, weight in PAIRS)


def expected(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Add up by hand, place by place."""
    sums = {name: values.astype(float) for name, values in tensors.items()}
    for path, name in IN_A_FILE.items():
        sums[name] += gain("unet", path).reshape(sums[name].shape)
    first, second = "text_encoder", "text_encoder_2"
    sums[f"conditioner.embedders.0.transformer.{LAYER}.self_attn.q_proj.weight"] += gain(
        first, f"{LAYER}.self_attn.q_proj"
    )
    for third, letter in enumerate("qkv"):
        rows = slice(10 * third, 10 * third + 10)
        sums[f"{RESBLOCK}attn.in_proj_weight"][rows] += gain(second, f"{LAYER}.self_attn.{letter}_proj")
    sums[f"{RESBLOCK}attn.out_proj.weight"] += gain(second, f"{LAYER}.self_attn.out_proj")
    sums[f"{RESBLOCK}mlp.c_fc.weight"] += gain(second, f"{LAYER}.mlp.fc1")
    sums[f"{RESBLOCK}mlp.c_proj.weight"] += gain(second, f"{LAYER}.mlp.fc2")
    sums[f"{SECOND}text_projection"] += gain(second, "text_projection").T
    return sums


def test_every_weight_is_the_sum_and_the_rest_is_untouched(tmp_path: Path) -> None:
    base = write(tmp_path / "base.safetensors", weights(), a="b", **{"modelspec.hash_sha256": "0x0"})

    done = bake_loras(base, PAIRS, tmp_path / "out.safetensors")

    found, before = load_file(tmp_path / "out.safetensors"), load_file(base)
    for name, values in expected(before).items():
        assert np.allclose(found[name], values, atol=1e-5), name
    untouched = [name for name in before if np.array_equal(found[name], before[name])]
    assert sorted(untouched) == [
        f"{RESBLOCK}attn.in_proj_bias",
        "first_stage_model.decoder.conv_in.weight",
        "model.diffusion_model.input_blocks.4.1.norm.weight",
        "model.diffusion_model.label_emb.0.0.weight",
    ]
    assert (done.modules, done.tensors, done.untouched) == (26, 11, 4)


@pytest.mark.parametrize("dtype", ["F16", "BF16", "F8_E4M3"])
def test_sums_are_rounded_once_to_the_checkpoints_own_dtype(tmp_path: Path, dtype: str) -> None:
    base = write(tmp_path / "base.safetensors", weights(), dtype=dtype)
    name = f"{RESBLOCK}attn.out_proj.weight"
    before = decode(np.frombuffer(encode(weights()[name], dtype), np.uint8), dtype, (10, 10))

    bake_loras(base, [(lora(1, dtype="F16"), 1.0)], tmp_path / "out.safetensors")

    header = read_header(tmp_path / "out.safetensors")
    assert {entry.dtype for entry in header.tensors.values()} == {dtype}
    entry = header.tensors[name]
    raw = (tmp_path / "out.safetensors").read_bytes()[header.data_start :][entry.begin : entry.end]
    part = lora(1, dtype="F16").parts[ModuleName("text_encoder_2", f"{LAYER}.self_attn.out_proj")]
    exact = before + delta(part)
    known = decode(np.arange(256, dtype=np.uint8), dtype, (256,)) if dtype == "F8_E4M3" else None
    found = decode(np.frombuffer(raw, np.uint8), dtype, (10, 10))
    if known is None:
        assert np.allclose(found, exact, rtol=2.0 ** (-8 if dtype == "BF16" else -11), atol=1e-6)
    else:
        nearest = known[np.nanargmin(np.abs(known[:, None, None] - exact), axis=0)]
        assert np.array_equal(found, nearest)


def test_order_and_places_of_tensors_stay(tmp_path: Path) -> None:
    tensors = {name: ("F32", values.shape, encode(values, "F32")) for name, values in weights().items()}
    header, data = pack(tensors, {})
    turned = json.loads(header[8:])
    base = tmp_path / "base.safetensors"
    base.write_bytes(header + data)

    bake_loras(base, PAIRS, tmp_path / "out.safetensors")

    after = read_header(tmp_path / "out.safetensors")
    assert {name: [entry.begin, entry.end] for name, entry in after.tensors.items()} == {
        name: entry["data_offsets"] for name, entry in turned.items()
    }


def test_metadata_names_what_was_merged_and_drops_the_old_hash(tmp_path: Path) -> None:
    base = write(tmp_path / "base.safetensors", weights(), a="b", **{"modelspec.hash_sha256": "0x0"})
    write_lora(tmp_path / "lora1.safetensors", lora(1))

    bake_loras(base, PAIRS, tmp_path / "out.safetensors")

    with safe_open(tmp_path / "out.safetensors", "numpy") as file:
        said = file.metadata()
    assert said["a"] == "b"
    assert "modelspec.hash_sha256" not in said
    (step,) = json.loads(said["unipixel.history"])
    assert (step["did"], step["into"]) == ("merge", "base.safetensors")
    assert [source["weight"] for source in step["of"]] == [0.7, -0.3]


def test_what_does_not_fit_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    tensors = weights()
    key = IN_A_FILE[f"{BLOCK}.attn1.to_k"]
    cases = {
        "no module": {name: values for name, values in tensors.items() if name != key},
        "made for another model": tensors | {key: np.zeros((8, 9), np.float32)},
        "not an SDXL checkpoint": {name: v for name, v in tensors.items() if "label_emb" not in name},
        "scales of their own": tensors | {"scaled_fp8": np.zeros(1, np.float32)},
        "this is a LoRA": {"lora_unet_x.lora_down.weight": np.zeros((1, 1), np.float32)},
    }
    for number, (message, those) in enumerate(cases.items()):
        base = write(tmp_path / f"{number}.safetensors", those)
        with pytest.raises(ModelError, match=message):
            bake_loras(base, PAIRS, tmp_path / "out.safetensors")
    with pytest.raises(ModelError, match="this is a folder"):
        bake_loras(tmp_path, PAIRS, tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()


def test_a_sum_that_the_dtype_can_not_hold_names_the_tensor(tmp_path: Path) -> None:
    base = write(tmp_path / "base.safetensors", weights(), dtype="F16")

    with pytest.raises(ModelError, match=r"weight: a weight of .* is beyond the 6\.55e\+04 that F16 can hold"):
        bake_loras(base, [(lora(1), 1e6)], tmp_path / "out.safetensors")
    assert [file.name for file in tmp_path.iterdir()] == ["base.safetensors"]


def test_a_failing_disk_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import unipixel.lora.bake as bake

    base = write(tmp_path / "base.safetensors", weights())
    other = write(tmp_path / "other.safetensors", weights(5))
    monkeypatch.setattr(bake, "open_tensors", lambda _: (None, bake.open_checkpoint(other).tensors))

    with pytest.raises(ModelError, match="not what was meant"):
        bake_loras(base, PAIRS, tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()
