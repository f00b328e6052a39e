"""OneTrainer: its configuration classes, its scheduler, its filter of layers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from reading import Reading, adaptable, bring, course

from unipixel.lora import TrainingSettings


def read(checkout: Path, folder: Path, settings: TrainingSettings) -> Reading:
    create, filters = bring("modules.util.create", checkout), bring("modules.util.ModuleFilter", checkout)
    kinds = {
        name: getattr(bring(f"modules.util.config.{name}", checkout), name)
        for name in ("TrainConfig", "ConceptConfig", "SampleConfig")
    }
    data = json.loads((folder / "config.json").read_text("utf-8"))
    config = kinds["TrainConfig"].default_values().from_dict(data)
    concepts = json.loads(Path(config.concept_file_name).read_text("utf-8"))
    samples = json.loads(Path(config.sample_definition_file_name).read_text("utf-8"))
    faults = _faults(config, data, "")
    for name, rows in (("ConceptConfig", concepts), ("SampleConfig", samples)):
        for row in rows:
            faults += _faults(kinds[name].default_values().from_dict(row), row, f"{name}.")
    chosen = filters.ModuleFilter.create(config)
    modules = frozenset(name for name in adaptable() if any(one.matches(name) for one in chosen))
    return Reading(faults, _rates(create, config, concepts), modules)


def _faults(config: Any, data: dict[str, Any], where: str) -> list[str]:
    faults = []
    for key, value in data.items():
        if key == "__version":
            continue
        if key not in config.types:
            faults.append(f"unknown: {where}{key}")
        elif isinstance(value, dict):
            faults += _faults(getattr(config, key), value, f"{where}{key}.")
        elif not _arrived(getattr(config, key), value, config.types[key]):
            faults.append(f"{where}{key} = {value!r} arrives as {getattr(config, key)!r}")
    return faults


def _arrived(held: Any, value: Any, kind: Any) -> bool:
    """Whether what is held is of its kind and the value that was given; enumerations are given by name."""
    if value is None or not isinstance(kind, type):
        return bool(held == value)
    same = str(held) == value if isinstance(value, str) else held == value and type(held) is type(value)
    return same and isinstance(held, kind)


def _rates(create: Any, config: Any, concepts: list[dict[str, Any]]) -> list[float]:
    """Over its whole epochs, by batches as its loader counts them."""
    sizes: dict[str, int] = {}
    for row in concepts:
        if row["type"] == "STANDARD":
            size, images = row["image"]["resolution_override"], len(list(Path(row["path"]).glob("*.png")))
            sizes[size] = sizes.get(size, 0) + images * int(row["balancing"])
    batches = sum(count // config.batch_size for count in sizes.values())
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=config.learning_rate)
    scheduler = create.create_lr_scheduler(
        config=config,
        optimizer=optimizer,
        learning_rate_scheduler=config.learning_rate_scheduler,
        warmup_steps=config.learning_rate_warmup_steps,
        num_cycles=config.learning_rate_cycles,
        min_factor=config.learning_rate_min_factor,
        num_epochs=config.epochs,
        batch_size=config.batch_size,
        approximate_epoch_length=batches,
        gradient_accumulation_steps=config.gradient_accumulation_steps,
    )
    return course(optimizer, scheduler, batches * config.epochs // config.gradient_accumulation_steps)
