"""Checkpoints and folders that are nothing but names and shapes: what recognising looks at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from unipixel.checkpoint.single_file import SDXL_TENSORS
from unipixel.lora.file import pack

Shapes = Mapping[str, tuple[int, ...]]

CONV_IN = "model.diffusion_model.input_blocks.0.0.weight"
SIZES = "model.diffusion_model.label_emb.0.0.weight"
CROSS = "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight"
TEXT = "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight"
TEXT_2 = "conditioner.embedders.1.model.token_embedding.weight"
VAE = "first_stage_model.decoder.conv_in.weight"
SDXL: dict[str, tuple[int, ...]] = {
    CONV_IN: (1, 4, 1, 1),
    SIZES: (1, 1),
    CROSS: (1, 2048),
    TEXT: (1, 1),
    TEXT_2: (1, 1),
    VAE: (1, 1),
}


def whole(shapes: Shapes = SDXL) -> dict[str, tuple[int, ...]]:
    """Fill every part up to as many tensors as SDXL has."""
    filled = dict(shapes)
    for prefix, count in SDXL_TENSORS.items():
        there = sum(name.startswith(prefix) for name in filled)
        filled |= {f"{prefix}filling.{number}": (0,) for number in range(count - there)}
    return filled


def without(*names: str) -> dict[str, tuple[int, ...]]:
    """Leave out some of SDXL's names, and what fills their parts up."""
    return {name: shape for name, shape in whole().items() if name not in names}


def headed(path: Path, shapes: Shapes, metadata: Mapping[str, str] | None = None, dtype: str = "F8_E4M3") -> Path:
    """Write a ``.safetensors`` file of one dtype."""
    size = {"F8_E4M3": 1, "U8": 1, "F16": 2}[dtype]
    header, data = pack(
        {name: (dtype, shape, bytes(size * prod(shape))) for name, shape in shapes.items()}, metadata or {}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + data)
    return path


UNET: dict[str, Any] = {
    "in_channels": 4,
    "out_channels": 4,
    "cross_attention_dim": 5,
    "addition_embed_type": "text_time",
}


def pipeline(folder: Path, variant: str = "", **unet: Any) -> Path:
    """Write the folder of a pipeline whose text encoders are 2 and 3 wide."""
    dot = f".{variant}" if variant else ""
    text = "text_model.embeddings.token_embedding.weight"
    for name, config, stem, shapes in (
        ("unet", UNET | unet, "diffusion_pytorch_model", {"conv_in.weight": (1, (UNET | unet)["in_channels"], 1, 1)}),
        ("vae", {}, "diffusion_pytorch_model", {"decoder.conv_in.weight": (1,)}),
        ("text_encoder", {"hidden_size": 2}, "model", {text: (1, 2)}),
        ("text_encoder_2", {"hidden_size": 3}, "model", {text: (1, 3)}),
    ):
        headed(folder / name / f"{stem}{dot}.safetensors", shapes)
        (folder / name / "config.json").write_text(json.dumps(config))
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text("{}")
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionXLPipeline"}))
    return folder
