"""The Hub is asked only when told to, and only for what is needed."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub
import pytest

from unipixel.diffusion import load_base
from unipixel.diffusion.hub import wanted_files
from unipixel.errors import ModelError

FILES = [
    "README.md",
    "model_index.json",
    "sd_xl_base_1.0.safetensors",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "text_encoder/flax_model.msgpack",
    "text_encoder/model.fp16.safetensors",
    "text_encoder/model.onnx",
    "text_encoder/model.safetensors",
    "text_encoder_2/config.json",
    "text_encoder_2/model-00001-of-00002.safetensors",
    "text_encoder_2/model-00002-of-00002.safetensors",
    "text_encoder_2/model.safetensors.index.json",
    "tokenizer/merges.txt",
    "tokenizer/vocab.json",
    "unet/config.json",
    "unet/old/config.json",
    "unet/diffusion_pytorch_model.bin",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
    "vae_1_0/diffusion_pytorch_model.safetensors",
]


def test_each_weight_is_fetched_once_and_no_pickle() -> None:
    assert sorted(wanted_files(FILES)) == [
        "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "text_encoder/model.fp16.safetensors",
        "text_encoder_2/config.json",
        "text_encoder_2/model-00001-of-00002.safetensors",
        "text_encoder_2/model-00002-of-00002.safetensors",
        "text_encoder_2/model.safetensors.index.json",
        "tokenizer/merges.txt",
        "tokenizer/vocab.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
    ]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, base_folder: Path) -> list[str]:
    """Stand in for the Hub with one repository, and note what it is asked for."""
    asked: list[str] = []

    def list_files(name: str) -> list[str]:
        asked.append(name)
        if name != "someone/tiny":
            raise OSError("404: no such repository\nand a long page of advice")
        return ["model_index.json"]

    monkeypatch.setattr(huggingface_hub, "list_repo_files", list_files)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, allow_patterns: str(base_folder))
    return asked


def test_it_is_asked_only_when_told_to(hub: list[str]) -> None:
    with pytest.raises(ModelError, match="no such base model"):
        load_base("someone/tiny", device="cpu")
    assert not hub

    loaded = load_base("someone/tiny", device="cpu", allow_hub=True)

    assert hub == ["someone/tiny"]
    assert loaded.name == "tiny"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("someone/else", r"someone/else: can't be had from the Hugging Face Hub \(404: no such repository\)"),
        (r"C:\models\illustrious", "there is no such file or folder, and a name on the Hub has the form owner/name"),
        ("/models/illustrious", "there is no such file or folder"),
    ],
)
def test_what_it_does_not_have_is_named(hub: list[str], name: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_base(name, device="cpu", allow_hub=True)


def test_a_file_that_is_not_there_is_never_looked_for_on_it(hub: list[str]) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_base("models/illustrious.safetensors", device="cpu", allow_hub=True)
    assert not hub
