"""ai-toolkit: its configuration classes, its scheduler, its LoRA on diffusers' UNet.

Its classes take any name without a word, so the names that they ask for are read from their code.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

import torch
from reading import Reading, adaptable, bring, course, sdxl_unet

from unipixel.lora import TrainingSettings

HELD_AS = {"format": "ext"}
"""Names that are held as others."""


def read(checkout: Path, folder: Path, settings: TrainingSettings) -> Reading:
    kinds = bring("toolkit.config_modules", checkout)
    job = bring("toolkit.config", checkout).get_config(str(folder / "config.yaml"))
    process = job["config"]["process"][0]
    parts = {"network": "Network", "save": "Save", "train": "Train", "model": "Model", "sample": "Sample"}
    built = {key: getattr(kinds, f"{kind}Config")(**dict(process[key])) for key, kind in parts.items()}
    faults = [f"unknown: {key}" for key in process if key not in {"type"} | _names_of_a_process(checkout)]
    for key, one in built.items():
        faults += _faults(one, process[key], key)
    if average := process["train"].get("ema_config"):
        faults += _faults(built["train"].ema_config, average, "ema_config")
    for one, row in zip(built["sample"].samples, process["sample"]["samples"], strict=True):
        faults += _faults(one, row, "samples")
    for row in kinds.preprocess_dataset_raw_config(process["datasets"]):
        faults += _faults(kinds.DatasetConfig(**row), row, "datasets")
    return Reading(faults, _rates(checkout, built["train"]), _modules(checkout, built["network"]))


def _faults(built: Any, given: dict[str, Any], where: str) -> list[str]:
    known, faults = _first_arguments(inspect.getsource(type(built).__init__), "get"), []
    for key, value in given.items():
        held = getattr(built, HELD_AS.get(key, key), None)
        if key not in known:
            faults.append(f"unknown: {where}.{key}")
        elif not isinstance(value, dict | list) and held not in (value, f".{value}"):
            faults.append(f"{where}.{key} = {value!r} is held as {held!r}")
    return faults


def _names_of_a_process(checkout: Path) -> set[str]:
    files = ("BaseSDTrainProcess", "BaseTrainProcess", "BaseProcess")
    code = [(checkout / "jobs" / "process" / f"{name}.py").read_text("utf-8") for name in files]
    return set().union(*(_first_arguments(text, "get_conf") for text in code))


def _first_arguments(code: str, method: str) -> set[str]:
    """Texts that a method is called with first."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(textwrap.dedent(code)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def _rates(checkout: Path, train: Any) -> list[float]:
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=train.lr)
    options = {**train.lr_scheduler_params, "total_iters": train.steps}
    scheduler = bring("toolkit.scheduler", checkout).get_lr_scheduler(train.lr_scheduler, optimizer, **options)
    return course(optimizer, scheduler, train.steps)


def _modules(checkout: Path, network: Any) -> frozenset[str]:
    special = bring("toolkit.lora_special", checkout)
    with torch.device("meta"):
        lora = special.LoRASpecialNetwork(
            text_encoder=[],
            unet=sdxl_unet(),
            lora_dim=network.linear,
            alpha=network.linear_alpha,
            train_text_encoder=False,
            conv_lora_dim=network.conv,
            conv_alpha=network.conv_alpha,
            is_sdxl=True,
            network_config=network,
            network_type=network.type,
            transformer_only=network.transformer_only,
            **network.network_kwargs,
        )
    names = {"lora_unet_" + name.replace(".", "_"): name for name in adaptable()}
    return frozenset(names[one.lora_name] for one in lora.unet_loras)
