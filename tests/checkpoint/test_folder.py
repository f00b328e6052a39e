"""The folder of a pipeline is recognised whole, in all forms that diffusers and transformers save it in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checkpoint.made import headed, pipeline
from unipixel.checkpoint import recognise_folder
from unipixel.errors import ModelError

TEXT = "text_model.embeddings.token_embedding.weight"


def test_every_file_that_is_loaded_is_listed_and_no_other(tmp_path: Path) -> None:
    folder = pipeline(tmp_path / "x")
    (folder / "README.md").write_text("x")
    (folder / "whole_model.safetensors").write_bytes(b"x")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.json").write_text("{}")
    headed(folder / "unet" / "diffusion_pytorch_model.fp16.safetensors", {"conv_in.weight": (1, 4, 1, 1)})

    found = recognise_folder(folder)

    assert [file.relative_to(folder).as_posix() for file in found.files] == [
        "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "text_encoder_2/config.json",
        "text_encoder_2/model.safetensors",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
    ]
    assert {part.variant for part in found.parts.values()} == {""}


def test_a_folder_with_fp16_files_alone_is_taken(tmp_path: Path) -> None:
    found = recognise_folder(pipeline(tmp_path / "x", variant="fp16"))

    assert {part.variant for part in found.parts.values()} == {"fp16"}


@pytest.mark.parametrize(
    ("index", "shard"),
    [
        ("model.safetensors.index.json", "model-00001-of-00001.safetensors"),
        ("model.safetensors.index.fp16.json", "model.fp16-00001-of-00001.safetensors"),
    ],
)
def test_shards_are_followed_and_missed(tmp_path: Path, index: str, shard: str) -> None:
    folder = pipeline(tmp_path / "x")
    (folder / "text_encoder" / "model.safetensors").unlink()
    headed(folder / "text_encoder" / shard, {TEXT: (1, 2)})
    (folder / "text_encoder" / index).write_text(json.dumps({"weight_map": {TEXT: shard}}))

    assert [file.name for file in recognise_folder(folder).parts["text_encoder"].files] == [index, shard]
    (folder / "text_encoder" / shard).unlink()
    with pytest.raises(ModelError, match=f"lack {shard}"):
        recognise_folder(folder)


def test_pickles_alone_are_refused_with_the_reason(tmp_path: Path) -> None:
    folder = pipeline(tmp_path / "x")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"x")
    assert recognise_folder(folder)
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ModelError, match="Python pickles alone, which can run any code"):
        recognise_folder(folder)
    (folder / "unet" / "diffusion_pytorch_model.bin").unlink()
    with pytest.raises(ModelError, match=r"no weights named diffusion_pytorch_model\.safetensors"):
        recognise_folder(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"in_channels": 9}, "an inpainting model"),
        ({"in_channels": 8}, "an edit model"),
        ({"cross_attention_dim": 3}, "text of width 3, the two text encoders give 5"),
        ({"addition_embed_type": None}, "no SDXL base"),
    ],
)
def test_another_unet_is_refused_by_its_configuration(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        recognise_folder(pipeline(tmp_path / "x", **changes))


def test_weights_that_do_not_fit_their_configuration_are_refused(tmp_path: Path) -> None:
    folder = pipeline(tmp_path / "x")
    headed(folder / "text_encoder" / "model.safetensors", {TEXT: (1, 3)})

    with pytest.raises(ModelError, match=r"a \(1, 3\) embeddings.token_embedding.weight though hidden_size is 2"):
        recognise_folder(folder)


def test_damage_is_named_with_its_file(tmp_path: Path) -> None:
    folder = pipeline(tmp_path / "x")
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"vae.diffusion_pytorch_model\.safetensors: the file is cut off"):
        recognise_folder(folder)
    weights.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ModelError, match="git lfs pull"):
        recognise_folder(folder)
    (folder / "vae" / "config.json").write_text("[]")
    with pytest.raises(ModelError, match=r"vae.config\.json: this configuration is not a JSON object"):
        recognise_folder(folder)
    (folder / "vae" / "config.json").unlink()
    with pytest.raises(ModelError, match="the configuration can't be read"):
        recognise_folder(folder)


@pytest.mark.parametrize("name", ["StableDiffusionPipeline", "FluxPipeline", "StableDiffusion3Pipeline"])
def test_other_pipelines_are_named(tmp_path: Path, name: str) -> None:
    folder = pipeline(tmp_path / "x")
    (folder / "model_index.json").write_text(json.dumps({"_class_name": name}))

    with pytest.raises(ModelError, match=f"this is a {name}, not SDXL"):
        recognise_folder(folder)
