"""LoRAs and checkpoints of SDXL's names with small matrices."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unipixel.lora import LoraWeights, Pair
from unipixel.lora.checkpoint import places
from unipixel.lora.numbers import encode
from unipixel.lora.tensors import write_tensors

LINEAR = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q"
CONV = "lora_unet_input_blocks_1_0_in_layers_2"
FIRST = "lora_te1_text_model_encoder_layers_0_mlp_fc1"
QUERY = "lora_te2_text_model_encoder_layers_3_self_attn_q_proj"
VALUE = "lora_te2_text_model_encoder_layers_3_self_attn_v_proj"
PROJECTION = "lora_te2_text_projection"
SHAPES = {LINEAR: (10, 8), CONV: (6, 8, 3, 3), FIRST: (12, 6), QUERY: (6, 6), VALUE: (6, 6), PROJECTION: (6, 6)}


def made(seed: int = 0, *, rank: int = 3, alpha: float = 1.5, keys: tuple[str, ...] = tuple(SHAPES)) -> LoraWeights:
    """LoRA of random numbers that every stored dtype holds exactly."""
    rng = np.random.default_rng(seed)
    pairs = {}
    for key in sorted(keys):
        out, *inside = SHAPES[key]
        down = rng.integers(-4, 5, (rank, *inside)).astype(np.float32) / 4
        up = rng.integers(-4, 5, (out, rank, *[1] * (len(inside) - 1))).astype(np.float32) / 4
        pairs[key] = Pair(down, up, alpha)
    return LoraWeights(pairs, {"ss_base_model_version": "sdxl_base_v1-0", "modelspec.title": "old"})


def same(left: LoraWeights, right: LoraWeights) -> bool:
    """Whether two LoRAs hold the very same numbers."""
    return left.pairs.keys() == right.pairs.keys() and all(
        a.alpha == right.pairs[key].alpha
        and np.array_equal(a.down, right.pairs[key].down)
        and np.array_equal(a.up, right.pairs[key].up)
        for key, a in left.pairs.items()
    )


def write_checkpoint(path: Path, changes: LoraWeights | None = None, dtype: str = "F32") -> Path:
    """Write a checkpoint with the modules of `SHAPES`; ``changes`` are added to its weights, term by term."""
    rng = np.random.default_rng(9)
    table = places()
    weights: dict[str, np.ndarray] = {"model.diffusion_model.label_emb.0.0.weight": rng.normal(size=(4, 4))}
    weights |= {"first_stage_model.decoder.conv_in.weight": rng.normal(size=(4, 4))}
    for key, shape in SHAPES.items():
        whole = (3 * shape[0], *shape[1:]) if table[key].third is not None else shape
        weights.setdefault(table[key].tensor, rng.normal(size=whole))
    if changes:
        width = SHAPES[QUERY][0]
        for key, pair in changes.pairs.items():
            tensor = weights[table[key].tensor]
            delta = pair.delta().astype(np.float64)
            if key == QUERY:
                tensor[:width] += delta
            elif key == VALUE:
                tensor[2 * width :] += delta
            else:
                tensor += delta.T if key == PROJECTION else delta
    return write_tensors(path, [(n, dtype, w.shape, encode(w, dtype)) for n, w in weights.items()], {"a": "b"})
