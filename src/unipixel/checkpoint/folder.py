"""Recognise the folder of an SDXL pipeline in diffusers' format by its configuration and its headers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.checkpoint.first_bytes import PICKLES, check_first_bytes
from unipixel.errors import ModelError
from unipixel.lora.file import TensorEntry, read_header

WEIGHTS = {
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "text_encoder_2": "model",
}
"""Parts with weights, and what their files are called before the first dot."""
_AGAIN = "copy or download the model again"


@dataclass(frozen=True)
class Part:
    """One part of a pipeline."""

    config: dict[str, Any]
    variant: str
    """The word in the file names that names the precision, such as ``"fp16"``; empty in most."""
    files: tuple[Path, ...]
    """The weights: one file, or several shards and their index."""


@dataclass(frozen=True)
class Folder:
    """What the folder of a pipeline tells."""

    index: dict[str, Any]
    """``model_index.json``: the class of each part."""
    parts: dict[str, Part]
    """By name, those of `WEIGHTS`."""
    files: tuple[Path, ...]
    """Every file that the model is loaded from, sorted."""


def recognise_folder(folder: Path) -> Folder:
    """Check that a folder holds a whole SDXL pipeline.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Folder
        For each part the weights without a variant where there are some, else those in fp16, else any other.

    Raises
    ------
    ModelError
        If it is no SDXL pipeline, or a part is missing, cut off, a pickle, or does not fit its configuration.
    """
    index_file = folder / "model_index.json"
    if not index_file.is_file():
        raise ModelError(f"{folder}: no model_index.json in it, so this is not the folder of a diffusers pipeline")
    index = read_config(index_file)
    kind = str(index.get("_class_name", "model of no stated kind"))
    if not kind.startswith("StableDiffusionXL"):
        raise ModelError(f"{folder}: this is a {kind}, not SDXL")
    absent = [part for part in ("scheduler", *WEIGHTS) if not (folder / part).is_dir()]
    if absent:
        raise ModelError(f"{folder}: the model lacks {', '.join(absent)}; {_AGAIN}")
    configs = {name: read_config(folder / name / "config.json") for name in WEIGHTS}
    _check_unet(folder, configs)
    parts = {name: _part(folder / name, stem, configs[name]) for name, stem in WEIGHTS.items()}
    _check_headers(folder, parts)
    places = [folder / name for name in ("scheduler", "tokenizer", "tokenizer_2", *WEIGHTS)]
    plain = [file for place in places for file in place.glob("*") if file.suffix in (".json", ".txt")]
    weights = [file for part in parts.values() for file in part.files]
    return Folder(index, parts, tuple(sorted({index_file, *plain, *weights})))


def read_config(path: Path) -> dict[str, Any]:
    """Content of a configuration file.

    Raises
    ------
    ModelError
        If it is not there or no JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: the configuration can't be read ({error.strerror}); {_AGAIN}") from error
    except ValueError as error:
        raise ModelError(f"{path}: this configuration is not valid JSON; {_AGAIN}") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: this configuration is not a JSON object; {_AGAIN}")
    return content


def _check_unet(folder: Path, configs: dict[str, dict[str, Any]]) -> None:
    unet = configs["unet"]
    taken, given = unet.get("in_channels"), unet.get("out_channels")
    if taken != given:
        kind = {9: "an inpainting model", 8: "an edit model"}.get(taken or 0, "not a model that draws from noise alone")
        raise ModelError(f"{folder}: the UNet takes {taken} channels and gives {given}: this is {kind}")
    text = sum(int(configs[name].get("hidden_size", 0)) for name in ("text_encoder", "text_encoder_2"))
    width = unet.get("cross_attention_dim")
    if unet.get("addition_embed_type") != "text_time" or width != text:
        raise ModelError(
            f"{folder}: the UNet takes text of width {width}, the two text encoders give {text}: this is no SDXL base"
        )


def _part(folder: Path, stem: str, config: dict[str, Any]) -> Part:
    """Weights of a part, whole by their headers."""
    found = _weights(folder, stem)
    if not found:
        if any(file.suffix.lower() in PICKLES for file in folder.iterdir()):
            raise ModelError(
                f"{folder}: its weights are Python pickles alone, which can run any code when they are opened; "
                "use a copy of the model with .safetensors files"
            )
        raise ModelError(f"{folder}: there are no weights named {stem}.safetensors; {_AGAIN}")
    variant = next((name for name in ("", "fp16") if name in found), min(found))
    file = found[variant]
    if file.suffix != ".json":
        return Part(config, variant, (file,))
    shards = sorted(set(read_config(file).get("weight_map", {}).values()))
    lost = [shard for shard in shards if not (folder / shard).is_file()]
    if lost or not shards:
        raise ModelError(f"{folder}: the weights lack {lost[0] if lost else 'all their shards'}; {_AGAIN}")
    return Part(config, variant, (file, *(folder / shard for shard in shards)))


def _weights(folder: Path, stem: str) -> dict[str, Path]:
    """Files of the weights by variant; the index where they are in shards, named as diffusers and transformers do."""
    one = re.compile(re.escape(stem) + r"(?:\.(?P<variant>[\w-]+))?\.safetensors")
    several = re.compile(re.escape(stem) + r"\.safetensors\.index(?:\.(?P<variant>[\w-]+))?\.json")
    found: dict[str, Path] = {}
    for pattern in (several, one):
        for file in sorted(folder.iterdir()):
            match = pattern.fullmatch(file.name)
            if match and not re.search(r"\d{5}-of-\d{5}", file.name):
                found[match["variant"] or ""] = file
    return found


def _check_headers(folder: Path, parts: dict[str, Part]) -> None:
    """Read every header, which shows what is cut off, and compare widths with the configuration."""
    tensors: dict[str, dict[str, TensorEntry]] = {}
    for name, part in parts.items():
        tensors[name] = {}
        for file in part.files:
            if file.suffix == ".safetensors":
                check_first_bytes(file)
                tensors[name] |= read_header(file).tensors
    expected = {
        "unet": ("conv_in.weight", 1, "in_channels"),
        "text_encoder": ("embeddings.token_embedding.weight", 1, "hidden_size"),
        "text_encoder_2": ("embeddings.token_embedding.weight", 1, "hidden_size"),
    }
    for name, (key, axis, field) in expected.items():
        entry = next((entry for full, entry in tensors[name].items() if full.endswith(key)), None)
        value = parts[name].config.get(field)
        if entry is None or entry.shape[axis] != value:
            shape = "no" if entry is None else f"a {entry.shape}"
            raise ModelError(f"{folder / name}: there is {shape} {key} though {field} is {value}; {_AGAIN}")
