"""Write a LoRA in the format that a host reads: kohya's, diffusers' or peft's."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from unipixel.errors import ModelError
from unipixel.files import write_atomic
from unipixel.lora.file import pack
from unipixel.lora.metadata import with_hashes
from unipixel.lora.modules import SDXL_LAYOUT, sdxl_modules
from unipixel.lora.names import UNET, UNetLayout, kohya_key
from unipixel.lora.numbers import encode
from unipixel.lora.read import ADAPTER_METADATA, PEFT_CONFIG, PEFT_PREFIX, PEFT_WEIGHTS
from unipixel.lora.stated import restated
from unipixel.lora.tensors import TensorFile, write_tensors
from unipixel.lora.weights import LoraWeights, Pair

FORMATS = ("kohya", "diffusers", "peft")
_Packed = dict[str, tuple[str, tuple[int, ...], bytes]]


def save_lora_file(
    weights: LoraWeights,
    path: str | os.PathLike[str],
    *,
    format: str = "kohya",
    dtype: str = "",
    title: str = "",
    layout: UNetLayout = SDXL_LAYOUT,
) -> Path:
    """Write a LoRA, read it back, compare every number, and only then give the file its name.

    Parameters
    ----------
    weights : LoraWeights
    path : path
        A ``.safetensors`` file; for peft a folder.
    format : {"kohya", "diffusers", "peft"}
        ``kohya`` is read by A1111, Forge, ComfyUI, kohya's tools and diffusers. ``diffusers`` keeps ranks and alphas
        in the metadata, as diffusers from 0.35 on reads them. ``peft`` holds the UNet alone.
    dtype : str, optional
        ``"F16"``, ``"BF16"``, ``"F32"``; as the weights were stored where not given.
    title : str, optional
        A new name in the metadata.
    layout : UNetLayout

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ModelError
        If there is no such format or dtype, a weight is too large for the dtype, peft is asked for and there are
        parts for text encoders, or the file reads back otherwise than it was written.
    """
    if format not in FORMATS:
        raise ModelError(f"no LoRA format {format!r}; there are {', '.join(FORMATS)}")
    stored = dtype or weights.dtype
    metadata = restated(weights, title=title)
    if format == "kohya":
        tensors = _kohya_tensors(weights, stored)
        return _write(Path(path), tensors, _hashed(tensors, metadata))
    paths = {kohya_key(model, m, layout): (model, m) for model, own in sdxl_modules(layout).items() for m in own}
    modules = {
        f"{model}.{module}": weights.pairs[key] for key, (model, module) in paths.items() if key in weights.pairs
    }
    if format == "diffusers":
        facts = json.dumps(_diffusers_config(modules), indent=2, sort_keys=True)
        metadata = {**metadata, ADAPTER_METADATA: facts, "format": "pt"}
        return _write(Path(path), _peft_tensors(modules, stored, ""), metadata)
    return _write_peft(Path(path), modules, stored, metadata)


def _kohya_tensors(weights: LoraWeights, dtype: str) -> _Packed:
    tensors: _Packed = {}
    for key, pair in weights.pairs.items():
        tensors[f"{key}.lora_down.weight"] = (dtype, pair.down.shape, encode(pair.down, dtype))
        tensors[f"{key}.lora_up.weight"] = (dtype, pair.up.shape, encode(pair.up, dtype))
        alpha = np.float32(pair.alpha)
        # an alpha such as 0.3 would be another number in 16 bits
        exact = "F32" if dtype != "F64" and not _holds(float(alpha), dtype) else dtype
        tensors[f"{key}.alpha"] = (exact, (), encode(alpha, exact))
    return tensors


def _holds(number: float, dtype: str) -> bool:
    bits = {"F16": 11, "BF16": 8, "F8_E4M3": 4}.get(dtype, 24)
    mantissa = np.frexp(number)[0] * 2.0**bits
    return bool(mantissa == np.round(mantissa)) and (number == 0 or 2.0**-6 <= abs(number) <= 448)


def _peft_tensors(modules: Mapping[str, Pair], dtype: str, prefix: str) -> _Packed:
    tensors: _Packed = {}
    for name, pair in modules.items():
        tensors[f"{prefix}{name}.lora_A.weight"] = (dtype, pair.down.shape, encode(pair.down, dtype))
        tensors[f"{prefix}{name}.lora_B.weight"] = (dtype, pair.up.shape, encode(pair.up, dtype))
    return tensors


def _diffusers_config(modules: Mapping[str, Pair]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for model in sorted({name.split(".")[0] for name in modules}):
        # without "text_model.", which newer transformers drop; peft compares the ends of paths
        own = {
            name.removeprefix(f"{model}.").removeprefix("text_model."): pair
            for name, pair in modules.items()
            if name.startswith(f"{model}.")
        }
        config |= {f"{model}.{key}": value for key, value in _config(own).items()}
    return config


def _config(modules: Mapping[str, Pair]) -> dict[str, Any]:
    """Ranks and alphas as peft's ``LoraConfig`` names them."""
    rank = Counter(pair.rank for pair in modules.values()).most_common(1)[0][0]
    alpha = Counter(pair.alpha for pair in modules.values()).most_common(1)[0][0]
    return {
        "r": rank,
        "lora_alpha": alpha,
        "target_modules": sorted(modules),
        "rank_pattern": {module: pair.rank for module, pair in modules.items() if pair.rank != rank},
        "alpha_pattern": {module: pair.alpha for module, pair in modules.items() if pair.alpha != alpha},
    }


def _write_peft(folder: Path, modules: Mapping[str, Pair], dtype: str, metadata: Mapping[str, str]) -> Path:
    if others := sorted({name.split(".")[0] for name in modules} - {UNET}):
        raise ModelError(
            f"a peft adapter holds one model, but this LoRA is for the {' and '.join(others)} too. "
            "Convert it to kohya or diffusers"
        )
    own = {name.removeprefix(f"{UNET}."): pair for name, pair in modules.items()}
    _write(folder / PEFT_WEIGHTS, _peft_tensors(own, dtype, PEFT_PREFIX), {**metadata, "format": "pt"})
    config = {"peft_type": "LORA", "base_model_name_or_path": None, "bias": "none", "inference_mode": True}
    write_atomic(folder / PEFT_CONFIG, json.dumps({**config, **_config(own)}, indent=2, sort_keys=True) + "\n")
    return folder


def _hashed(tensors: _Packed, metadata: Mapping[str, str]) -> dict[str, str]:
    bare, data = pack(tensors, {key: text for key, text in metadata.items() if key.startswith("ss_")})
    return with_hashes(metadata, data, len(bare))


def _write(path: Path, tensors: _Packed, metadata: Mapping[str, str]) -> Path:
    entries = [(name, dtype, shape, raw) for name, (dtype, shape, raw) in tensors.items()]
    return write_tensors(path, entries, metadata, check=partial(_compare, tensors, path))


def _compare(tensors: _Packed, path: Path, part: Path) -> None:
    with TensorFile(part) as written:
        for name, (dtype, shape, raw) in tensors.items():
            entry = written.header.tensors.get(name)
            if entry is None or (entry.dtype, entry.shape) != (dtype, shape) or written.raw(name) != raw:
                raise ModelError(f"{path}: {name} reads back otherwise than it was written. Check the disk")
