"""Optimizers by name, from the packages that keep them, and their state as plain tensors and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from unipixel.extras import need
from unipixel.lora.settings import TrainingSettings

_TENSOR = "tensor:"
"""How JSON points to a tensor that lies beside it."""


def make_optimizer(
    settings: TrainingSettings, groups: Sequence[tuple[Sequence[nn.Parameter], float]]
) -> torch.optim.Optimizer:
    """Make the optimizer of a training.

    Parameters
    ----------
    settings : TrainingSettings
    groups : sequence of (parameters, learning rate)
        On one device, float32.

    Returns
    -------
    Optimizer
        ``adamw`` is torch's; ``adamw8bit`` bitsandbytes'; ``prodigy`` and ``lion`` pytorch-optimizer's; ``adafactor``
        transformers', with the given learning rate and none of its own.

    Raises
    ------
    MissingExtra
        If the package is not installed.
    """
    name, decay = settings.optimizer, settings.weight_decay
    parts = [{"params": list(weights), "lr": rate} for weights, rate in groups]
    if name == "adamw8bit":
        library = need("bitsandbytes", extra="optimizers", purpose="the optimizer adamw8bit")
        return library.optim.AdamW8bit(parts, weight_decay=decay)
    if name in ("prodigy", "lion"):
        library = need("pytorch_optimizer", extra="optimizers", purpose=f"the optimizer {name}")
        if name == "lion":
            return library.Lion(parts, weight_decay=decay)
        # safeguard_warmup keeps the warm-up's small rates from being taken for small steps
        return library.Prodigy(parts, weight_decay=decay, bias_correction=True, safeguard_warmup=True)
    if name == "adafactor":
        from transformers.optimization import Adafactor

        fixed = {"scale_parameter": False, "relative_step": False, "warmup_init": False}
        return Adafactor(parts, weight_decay=decay, **fixed)
    fused = groups[0][0][0].device.type != "mps"
    return torch.optim.AdamW(parts, weight_decay=decay, fused=fused)


def optimizer_state(optimizer: torch.optim.Optimizer) -> tuple[str, dict[str, torch.Tensor]]:
    """All that an optimizer carries from step to step.

    Returns
    -------
    notes : str
        JSON; tensors in it are named.
    tensors : dict of str to Tensor
        Those that are named.
    """
    tensors: dict[str, torch.Tensor] = {}

    def plain(value: Any, path: str) -> Any:
        if isinstance(value, torch.Tensor):
            tensors[path] = value
            return _TENSOR + path
        if isinstance(value, Mapping):
            return {"map": [[key, plain(part, f"{path}.{key}")] for key, part in value.items()]}
        if isinstance(value, list | tuple):
            return [plain(part, f"{path}.{i}") for i, part in enumerate(value)]
        return value

    return json.dumps(plain(optimizer.state_dict(), "optimizer")), tensors


def load_optimizer_state(optimizer: torch.optim.Optimizer, notes: str, tensors: Mapping[str, torch.Tensor]) -> None:
    """Give an optimizer back what `optimizer_state` took from it."""

    def real(value: Any) -> Any:
        if isinstance(value, str) and value.startswith(_TENSOR):
            return tensors[value.removeprefix(_TENSOR)].clone()
        if isinstance(value, dict):
            return {key: real(part) for key, part in value["map"]}
        if isinstance(value, list):
            return [real(part) for part in value]
        return value

    optimizer.load_state_dict(real(json.loads(notes)))
