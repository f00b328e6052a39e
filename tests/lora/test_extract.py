"""Extraction: what was merged into a checkpoint comes out of it again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from lora.made import SHAPES, delta, lora, weights, write
from unipixel.errors import ModelError, OptionError
from unipixel.lora import bake_loras, extract_lora, read_lora, write_lora


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A tuned checkpoint and its base."""
    base = write(tmp_path / "base.safetensors", weights())
    bake_loras(base, [(lora(1), 1.0)], tmp_path / "tuned.safetensors")
    return tmp_path / "tuned.safetensors", base


def test_what_was_merged_comes_out(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    seen = []
    made, kept = extract_lora(
        *pair, title="x", rank=3, conv_rank=3, text_encoders=True, dtype="F32", progress=seen.append
    )
    found = read_lora(write_lora(tmp_path / "x.safetensors", made))

    assert set(found.parts) == set(lora(1).parts)
    for name, part in found.parts.items():
        assert part.rank == 3
        assert np.allclose(delta(part), delta(lora(1).parts[name]), atol=1e-4), name
    assert kept.least == pytest.approx(1, abs=1e-6)
    assert [event.done for event in seen] == list(range(1, len(SHAPES) + 1))
    assert seen[-1].total == len(SHAPES)


def test_a_smaller_rank_keeps_what_is_said(pair: tuple[Path, Path]) -> None:
    made, kept = extract_lora(*pair, title="x", rank=1, conv_rank=2, text_encoders=True, dtype="F32")

    lost = whole = 0.0
    for name, part in made.parts.items():
        values = np.linalg.svd(delta(lora(1).parts[name]), compute_uv=False)
        assert part.rank == (2 if name.is_convolution else 1)
        lost, whole = lost + np.sum(values[part.rank :] ** 2), whole + np.sum(values**2)
    assert kept.share == pytest.approx(1 - lost / whole, abs=1e-4)


def test_without_more_options_only_the_transformers_are_extracted(pair: tuple[Path, Path]) -> None:
    made, _ = extract_lora(*pair, title="x", rank=3)

    assert {name.model for name in made.parts} == {"unet"}
    assert all(".attentions." in name.path for name in made.parts)
    assert made.dtypes == ("F16",)


def test_metadata_names_base_and_sources(pair: tuple[Path, Path]) -> None:
    said = extract_lora(*pair, title="x", rank=2)[0].metadata

    assert said["ss_base_model_version"].startswith("sdxl_")
    assert said["ss_sd_model_name"] == "base"
    assert said["ss_new_sd_model_hash"] == hashlib.sha256(pair[1].read_bytes()).hexdigest()
    assert said["modelspec.prediction_type"] == "epsilon"
    assert said["ss_network_dim"] == "2"
    (step,) = json.loads(said["unipixel.history"])
    assert (step["did"], [source["file"] for source in step["of"]]) == (
        "extract",
        ["tuned.safetensors", "base.safetensors"],
    )


def test_v_prediction_is_told(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    base = write(tmp_path / "v.safetensors", weights(1) | {"v_pred": np.zeros(0, np.float32)})

    assert extract_lora(base, pair[1], title="x", rank=1)[0].metadata["modelspec.prediction_type"] == "v"


def test_folders_of_diffusers_are_read_too(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    folder = tmp_path / "folder"
    rng = np.random.default_rng(0)
    old = {key: rng.standard_normal(shape).astype(np.float32) for key, shape in SHAPES.items()}
    new = {key: values + delta(lora(1).parts[key]).reshape(values.shape) for key, values in old.items()}
    for name, those in (("old", old), ("new", new)):
        for model, file in (
            ("unet", "diffusion_pytorch_model.fp16"),
            ("text_encoder", "model"),
            ("text_encoder_2", "model"),
        ):
            (folder / name / model).mkdir(parents=True)
            # transformers from 5.6 on leaves text_model out of the first encoder
            tensors = {
                path.removeprefix("text_model." if model == "text_encoder" else "-") + ".weight": values
                for (owner, path), values in those.items()
                if owner == model
            }
            write(folder / name / model / f"{file}.safetensors", tensors)

    made, _ = extract_lora(
        folder / "new", folder / "old", title="x", rank=3, conv_rank=3, text_encoders=True, dtype="F32"
    )

    assert set(made.parts) == set(SHAPES)
    for name, part in made.parts.items():
        assert np.allclose(delta(part), delta(lora(1).parts[name]), atol=1e-4)
    with pytest.raises(ModelError, match="no unet in this folder"):
        extract_lora(tmp_path, pair[1], title="x", rank=1)


def test_shards_are_found_by_their_index(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    unet = {path: np.zeros(shape, np.float32) for (model, path), shape in SHAPES.items() if model == "unet"}
    for name, value in (("old", 0.0), ("new", 1.0)):
        folder = tmp_path / name / "unet"
        folder.mkdir(parents=True)
        places = {f"{path}.weight": f"part{i % 2}.safetensors" for i, path in enumerate(unet)}
        for shard in set(places.values()):
            tensors = {
                f"{path}.weight": values + value for path, values in unet.items() if places[f"{path}.weight"] == shard
            }
            write(folder / shard, tensors)
        (folder / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))

    made, _ = extract_lora(tmp_path / "new", tmp_path / "old", title="x", rank=1, conv_rank=1)

    assert {name.path for name in made.parts} == set(unet)


def test_what_can_not_be_is_refused(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    key = "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_k.weight"
    wide = write(tmp_path / "wide.safetensors", weights() | {key: np.zeros((8, 9), np.float32)})
    less = write(tmp_path / "less.safetensors", {name: v for name, v in weights().items() if name != key})
    broken = write(tmp_path / "broken.safetensors", weights() | {key: np.full((8, 8), np.nan, np.float32)})
    alone = write_lora(tmp_path / "lora.safetensors", lora(1))

    for tuned, message in (
        (pair[1], "nothing to extract"),
        (wide, r"\(8, 9\), but \(8, 8\)"),
        (less, "not made from"),
        (broken, "not finite"),
        (alone, "this is a LoRA"),
    ):
        with pytest.raises(ModelError, match=message):
            extract_lora(tuned, pair[1], title="x", rank=1)
    with pytest.raises(OptionError, match="at least 1"):
        extract_lora(*pair, title="x", rank=1, conv_rank=0)
