"""peft's configuration of a LoRA: where files of diffusers and peft keep alpha.

Their tensors hold no alpha. It is in ``adapter_config.json`` beside the file (peft), or in the file's metadata
under ``lora_adapter_metadata``, the same fields with the model's name in front (diffusers since 0.34).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.errors import ModelError
from unipixel.lora.names import MODELS

CONFIG_NAME = "adapter_config.json"
WEIGHTS_NAME = "adapter_model.safetensors"
METADATA_KEY = "lora_adapter_metadata"

Config = Mapping[str, Any]


def read_config(file: Path) -> Config:
    """Read an ``adapter_config.json``.

    Raises
    ------
    ModelError
        If it is no such file, or of another method than a plain LoRA.
    """
    try:
        config = json.loads(file.read_text("utf-8"))
        kind = config["peft_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{file}: this is not the configuration of a peft adapter") from error
    if kind != "LORA" or config.get("use_dora"):
        kind = "DoRA" if config.get("use_dora") else kind
        raise ModelError(f"{file}: this is a {kind} adapter; only plain LoRA is supported")
    return dict(config)


def configs_in(metadata: Mapping[str, str], file: Path) -> dict[str, Config]:
    """Configurations that diffusers put into a file's metadata, by model.

    The empty name stands for a file of one model, which its ``save_lora_adapter`` writes without any model's name.

    Raises
    ------
    ModelError
        If the key is there and holds no JSON object.
    """
    if METADATA_KEY not in metadata:
        return {}
    try:
        fields = dict(json.loads(metadata[METADATA_KEY]))
    except (ValueError, TypeError) as error:
        raise ModelError(f"{file}: the metadata {METADATA_KEY} is not JSON; the file is damaged") from error
    configs: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        model, dot, field = str(name).partition(".")
        if not dot:
            configs.setdefault("", {})[model] = value
        elif model in MODELS:
            configs.setdefault(model, {})[field] = value
    return dict(configs)


def alpha_of(config: Config, path: str, rank: int) -> float:
    """Alpha of one module, such that the LoRA's share is ``alpha / rank``.

    Parameters
    ----------
    config : mapping
        Needs ``lora_alpha``; ``alpha_pattern`` and ``use_rslora`` count where they are there.
    path : str
        Of the module within its model.
    rank : int

    Raises
    ------
    ModelError
        If the configuration names no alpha, or one that is no number.
    """
    alpha = config.get("lora_alpha")
    for pattern, value in dict(config.get("alpha_pattern") or {}).items():
        # peft's own rule: a pattern is a regular expression for the end of the path; the first that fits counts
        if re.match(rf"(.*\.)?({pattern})$", path):
            alpha = value
            break
    if not isinstance(alpha, int | float):
        raise ModelError(f"the peft configuration names no alpha for {path} (lora_alpha is {alpha!r})")
    # rank-stabilised LoRA divides by the root of the rank
    return float(alpha) * (rank**0.5 if config.get("use_rslora") else 1.0)


def make_config(modules: Mapping[str, tuple[int, float]]) -> dict[str, Any]:
    """Build the configuration of a LoRA on one model.

    Parameters
    ----------
    modules : mapping of str to (rank, alpha)
        Paths of the modules within the model.

    Returns
    -------
    dict
        Fields of peft's ``LoraConfig``; of several ranks and alphas the most frequent is the rule, the others are in
        the patterns.
    """
    short = {path.removeprefix("text_model."): both for path, both in modules.items()}
    rank = Counter(rank for rank, _ in short.values()).most_common(1)[0][0]
    alpha = Counter(alpha for _, alpha in short.values()).most_common(1)[0][0]
    return {
        "r": rank,
        "lora_alpha": _whole(alpha),
        # the end of a path is enough, so these fit text encoders with and without text_model in front
        "target_modules": sorted(short),
        "rank_pattern": {path: own for path, (own, _) in sorted(short.items()) if own != rank},
        "alpha_pattern": {path: _whole(own) for path, (_, own) in sorted(short.items()) if own != alpha},
    }


def adapter_config(modules: Mapping[str, tuple[int, float]]) -> str:
    """Text of an ``adapter_config.json``; see `make_config`."""
    fixed = {"peft_type": "LORA", "task_type": None, "base_model_name_or_path": None, "bias": "none"}
    return json.dumps({**fixed, **make_config(modules), "inference_mode": True}, indent=2, sort_keys=True) + "\n"


def diffusers_metadata(configs: Mapping[str, Config]) -> str:
    """Text for ``lora_adapter_metadata``, from the configuration of each model."""
    fields = {f"{model}.{name}": value for model, config in configs.items() for name, value in config.items()}
    return json.dumps(fields, indent=2, sort_keys=True)


def _whole(alpha: float) -> float | int:
    return int(alpha) if alpha == int(alpha) else alpha
