"""Trackers are told each figure once: read back with TensorBoard's own reader."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from unipixel.diffusion import Base, train_lora
from unipixel.diffusion.training import Watch
from unipixel.diffusion.training.trackers import open_tracker
from unipixel.errors import OptionError
from unipixel.files import read_jsonl
from unipixel.lora import TrainingSettings

WATCH = Watch(prompts=["trigger"], sizes=[(32, 32)], steps=1, guidance=1.0)


def test_tensorboard_shows_losses_and_looks_once_over_two_sessions(
    base: Base, data: dict[str, Any], settings: TrainingSettings, tmp_path: Path
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    options = {**data, "settings": settings, "watch": WATCH, "checkpoint_every": 2, "log_to": ["tensorboard"]}
    steps: list[int] = []
    train_lora(
        base,
        **options,
        out=tmp_path,
        progress=lambda event: steps.append(event.done) if event.stage == "train" else None,
        should_stop=lambda: steps[-1] == 3,
    )
    train_lora(base, **options, out=tmp_path)
    told = EventAccumulator(str(tmp_path / "tensorboard"))
    told.Reload()
    losses = read_jsonl(tmp_path / "loss.jsonl")

    assert [event.step for event in told.Scalars("loss")] == [1, 2, 3, 4]
    assert [event.value for event in told.Scalars("loss")] == pytest.approx([row["loss"] for row in losses], rel=1e-6)
    assert [event.step for event in told.Scalars("discipline")] == [2, 4]
    assert {event.step for event in told.Images("preview 0")} == {2, 4}


def test_weights_and_biases_is_told_the_same(
    base: Base, data: dict[str, Any], settings: TrainingSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int, dict[str, Any]]] = []
    session = SimpleNamespace(
        log=lambda values, step: said.append((step, values)), finish=lambda: said.append((-1, {}))
    )
    stand_in = ModuleType("wandb")
    stand_in.init = lambda **options: session
    stand_in.Image = lambda file: Path(file).name
    monkeypatch.setitem(sys.modules, "wandb", stand_in)
    train_lora(base, **data, settings=replace(settings, steps=2), watch=WATCH, log_to=["wandb"], out=tmp_path)

    assert [step for step, values in said if "loss" in values] == [1, 2]
    assert [values["preview 0"] for _, values in said if "preview 0" in values] == ["000002-0.png"]
    assert said[-1] == (-1, {})


def test_an_unknown_tracker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"no tracker 'mlflow'. Choose one of: tensorboard, wandb"):
        open_tracker("mlflow", tmp_path, "x", 0, {})
