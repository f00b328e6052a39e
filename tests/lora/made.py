"""Small LoRAs and checkpoints of SDXL's names, drawn from a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unipixel.lora import Lora, UNetLayout, pack
from unipixel.lora.dtypes import encode
from unipixel.lora.modules import ModuleName
from unipixel.lora.parts import Part
from unipixel.lora.tensors import Stored

BLOCK = "down_blocks.1.attentions.0.transformer_blocks.0"
LAYER = "text_model.encoder.layers.0"
SHAPES: dict[tuple[str, str], tuple[int, ...]] = {
    ("unet", f"{BLOCK}.attn1.to_k"): (8, 8),
    ("unet", f"{BLOCK}.attn2.to_k"): (8, 2048),
    ("unet", f"{BLOCK}.attn2.to_out.0"): (8, 8),
    ("unet", "down_blocks.0.resnets.1.conv1"): (8, 4, 3, 3),
    ("unet", "up_blocks.0.upsamplers.0.conv"): (6, 8, 3, 3),
    ("text_encoder", f"{LAYER}.self_attn.q_proj"): (6, 6),
    ("text_encoder_2", f"{LAYER}.self_attn.q_proj"): (10, 10),
    ("text_encoder_2", f"{LAYER}.self_attn.k_proj"): (10, 10),
    ("text_encoder_2", f"{LAYER}.self_attn.v_proj"): (10, 10),
    ("text_encoder_2", f"{LAYER}.self_attn.out_proj"): (10, 10),
    ("text_encoder_2", f"{LAYER}.mlp.fc1"): (20, 10),
    ("text_encoder_2", f"{LAYER}.mlp.fc2"): (10, 20),
    ("text_encoder_2", "text_projection"): (7, 10),
}
"""Weight shapes of a few modules, one of each kind."""
IN_A_FILE = {
    f"{BLOCK}.attn1.to_k": "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_k.weight",
    f"{BLOCK}.attn2.to_k": "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight",
    f"{BLOCK}.attn2.to_out.0": "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_out.0.weight",
    "down_blocks.0.resnets.1.conv1": "model.diffusion_model.input_blocks.2.0.in_layers.2.weight",
    "up_blocks.0.upsamplers.0.conv": "model.diffusion_model.output_blocks.2.2.conv.weight",
}
"""Where Stability's layout has the UNet's."""


def lora(
    seed: int = 0,
    *,
    rank: int = 3,
    alpha: float = 2.0,
    dtype: str = "F32",
    only: str = "",
    metadata: dict[str, str] | None = None,
) -> Lora:
    """Draw a LoRA for the modules whose path holds ``only``."""
    rng = np.random.default_rng(seed)
    parts = {}
    for (model, path), shape in SHAPES.items():
        ones = (1,) * (len(shape) - 2)
        down, up = rng.standard_normal((rank, *shape[1:])), rng.standard_normal((shape[0], rank, *ones))
        if only in path:
            parts[ModuleName(model, path)] = Part(Stored.of(down, dtype), Stored.of(up, dtype), alpha)
    return Lora(Path(f"lora{seed}.safetensors"), "kohya", metadata or {}, parts, {}, UNetLayout())


def delta(part: Part) -> np.ndarray:
    """What a module's weight gains, as a matrix, in float64."""
    up, down = part.up.array().astype(float), part.down.array().astype(float)
    return part.alpha / part.rank * up.reshape(up.shape[0], -1) @ down.reshape(down.shape[0], -1)


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    """Tensors of a checkpoint in Stability's layout that has these modules, and a few that no LoRA is for."""
    rng = np.random.default_rng(seed)
    second = "conditioner.embedders.1.model."
    block = f"{second}transformer.resblocks.0."
    shapes = {IN_A_FILE[path]: shape for (_, path), shape in SHAPES.items() if path in IN_A_FILE} | {
        "model.diffusion_model.label_emb.0.0.weight": (4, 4),
        "model.diffusion_model.input_blocks.4.1.norm.weight": (8,),
        f"conditioner.embedders.0.transformer.{LAYER}.self_attn.q_proj.weight": (6, 6),
        f"{block}attn.in_proj_weight": (30, 10),
        f"{block}attn.in_proj_bias": (30,),
        f"{block}attn.out_proj.weight": (10, 10),
        f"{block}mlp.c_fc.weight": (20, 10),
        f"{block}mlp.c_proj.weight": (10, 20),
        f"{second}text_projection": (10, 7),
        "first_stage_model.decoder.conv_in.weight": (4, 4, 3, 3),
    }
    return {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


def write(path: Path, tensors: dict[str, np.ndarray], *, dtype: str = "F32", **metadata: str) -> Path:
    """Write arrays as a ``.safetensors`` file."""
    packed = {name: (dtype, values.shape, encode(values, dtype)) for name, values in tensors.items()}
    path.write_bytes(b"".join(pack(packed, metadata)))
    return path
