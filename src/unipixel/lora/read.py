"""Read LoRA files as kohya's trainer, diffusers or peft write them."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.errors import ModelError
from unipixel.lora.modules import SDXL_LAYOUT, sdxl_modules
from unipixel.lora.names import UNetLayout, kohya_key, match_keys
from unipixel.lora.other_kinds import other_model, refuse_other_kinds
from unipixel.lora.tensors import TensorFile
from unipixel.lora.weights import LoraWeights, Pair

ADAPTER_METADATA = "lora_adapter_metadata"
"""Metadata key under which diffusers keeps ranks and alphas as JSON."""
PEFT_PREFIX = "base_model.model."
PEFT_WEIGHTS, PEFT_CONFIG = "adapter_model.safetensors", "adapter_config.json"
_ENDINGS = {
    ".lora_down.weight": "down",
    ".lora_up.weight": "up",
    ".lora_A.weight": "down",
    ".lora_B.weight": "up",
    ".lora.down.weight": "down",
    ".lora.up.weight": "up",
    ".alpha": "alpha",
}


def read_lora(path: str | os.PathLike[str], *, layout: UNetLayout = SDXL_LAYOUT) -> LoraWeights:
    """Read a LoRA of SDXL.

    Parameters
    ----------
    path : path
        A ``.safetensors`` file, or the folder of a peft adapter.
    layout : UNetLayout
        Of the UNet it is for, where that is not SDXL's own.

    Returns
    -------
    LoraWeights
        A module without a stated alpha has its rank as alpha, that is a scale of one.

    Raises
    ------
    ModelError
        If the file is damaged, is no plain LoRA, or is one for another model.
    """
    found = read_pairs(path)
    places = _places(found, layout)
    if len(set(places.values())) < len(found.pairs):
        raise ModelError(
            f"{found.file}: a module is in it twice, under names of two kinds. Convert each LoRA by itself"
        )
    pairs = {places[key]: pair for key, pair in found.pairs.items()}
    return LoraWeights(dict(sorted(pairs.items())), found.metadata, found.dtype, found.format)


@dataclass(frozen=True)
class NamedPairs:
    """A LoRA file as it is, its modules by the names that they have in it."""

    file: Path
    pairs: dict[str, Pair]
    """Sorted by name; names of peft have ``unet.`` in front, as diffusers would write them."""
    metadata: dict[str, str]
    dtype: str
    """Of most of its matrices, as `TensorEntry` names it."""
    format: str
    """``"kohya"``, ``"diffusers"`` or ``"peft"``."""


def read_pairs(path: str | os.PathLike[str]) -> NamedPairs:
    """Read a LoRA file without asking which model it is for.

    Parameters
    ----------
    path : path
        A ``.safetensors`` file, or the folder of a peft adapter.

    Raises
    ------
    ModelError
        If the file is damaged or is no plain LoRA.
    """
    file = Path(path)
    file = file / PEFT_WEIGHTS if file.is_dir() else file
    with TensorFile(file) as opened:
        refuse_other_kinds(file, opened.header)
        names, dtypes = _sort_names(file, opened)
        parts = {
            key: {half: opened.read(name) for half, name in halves.items()} for key, halves in sorted(names.items())
        }
        metadata = opened.header.metadata
    peft = any(key.startswith(PEFT_PREFIX) for key in parts)
    stated = _stated_alphas(file, metadata, peft=peft)
    pairs = {
        key.replace(PEFT_PREFIX, "unet.", 1): _pair(file, key, part, _stated_alpha(stated, key, part))
        for key, part in parts.items()
    }
    style = "peft" if peft else "kohya" if next(iter(parts)).startswith("lora_") else "diffusers"
    return NamedPairs(file, pairs, metadata, dtypes.most_common(1)[0][0], style)


def _sort_names(file: Path, opened: TensorFile) -> tuple[dict[str, dict[str, str]], Counter[str]]:
    names: dict[str, dict[str, str]] = {}
    dtypes: Counter[str] = Counter()
    for name, entry in opened.header.tensors.items():
        ending = next((ending for ending in _ENDINGS if name.endswith(ending)), None)
        if ending is None:
            raise ModelError(f"{file}: {name} is not part of a plain LoRA, so the file can't be used here")
        names.setdefault(name.removesuffix(ending), {})[_ENDINGS[ending]] = name
        if _ENDINGS[ending] != "alpha":
            dtypes[entry.dtype] += 1
    for key, halves in names.items():
        if missing := [half for half in ("down", "up") if half not in halves]:
            raise ModelError(f"{file}: {key} has no {missing[0]} matrix; the file is damaged, get it again")
    if not names:
        raise ModelError(f"{file}: there is no LoRA in it")
    return names, dtypes


def _places(lora: NamedPairs, layout: UNetLayout) -> dict[str, str]:
    """Kohya's name of each module."""
    widths = {int(pair.down.shape[1]) for key, pair in lora.pairs.items() if re.search(r"attn2[._]to_k$", key)}
    found, unknown = match_keys(lora.pairs, sdxl_modules(layout), layout)
    if kind := other_model(unknown, widths):
        raise ModelError(f"{lora.file}: this is a LoRA for {kind}, but one for SDXL is needed")
    if unknown:
        raise ModelError(
            f"{lora.file}: {len(unknown)} of {len(lora.pairs)} modules of this LoRA are not in SDXL, such as "
            f"{unknown[0]}; it was made for another model"
        )
    return {key: kohya_key(model, module, layout) for key, (model, module) in found.items()}


def _stated_alphas(file: Path, metadata: Mapping[str, str], *, peft: bool) -> dict[str, Any]:
    """Ranks and alphas outside the tensors, each name with the prefix of its keys in front."""
    try:
        if not peft:
            loaded = json.loads(metadata.get(ADAPTER_METADATA, "{}"))
            return loaded if isinstance(loaded, dict) else {}
        config = file.parent / PEFT_CONFIG
        if not config.exists():
            raise ModelError(f"{file}: {PEFT_CONFIG} is missing beside it, which states the alpha of a peft adapter")
        loaded = json.loads(config.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{file}: its ranks and alphas are not valid JSON ({error}); the file is damaged") from error
    if loaded.get("peft_type", "LORA") != "LORA" or loaded.get("use_dora"):
        raise ModelError(f"{file}: this adapter is not a plain LoRA, and only those can be used here")
    return {f"{PEFT_PREFIX}{name}": value for name, value in loaded.items()}


def _stated_alpha(stated: Mapping[str, Any], key: str, part: Mapping[str, npt.NDArray[Any]]) -> float:
    rank = float(part["down"].shape[0])
    if "alpha" in part:
        return float(part["alpha"].reshape(-1)[0])
    prefix = PEFT_PREFIX if key.startswith(PEFT_PREFIX) else key.split(".")[0] + "."
    module = key.removeprefix(prefix)
    default = stated.get(f"{prefix}lora_alpha", rank)
    patterns = stated.get(f"{prefix}alpha_pattern") or {}
    # peft's own rule: the first pattern that the end of the path matches
    alpha = next((value for text, value in patterns.items() if re.match(rf"(.*\.)?({text})$", module)), default)
    return float(alpha) * (rank**0.5 if stated.get(f"{prefix}use_rslora") else 1.0)


def _pair(file: Path, key: str, part: Mapping[str, npt.NDArray[Any]], alpha: float) -> Pair:
    down, up = part["down"], part["up"]
    if (
        down.ndim not in (2, 4)
        or up.ndim not in (2, 4)
        or up.shape[1] != down.shape[0]
        or any(n != 1 for n in up.shape[2:])
    ):
        raise ModelError(f"{file}: the matrices of {key}, {down.shape} and {up.shape}, do not fit together")
    return Pair(down.astype(np.float32), up.astype(np.float32), alpha)
