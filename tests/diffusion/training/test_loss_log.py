"""The loss log can be read while it is written, and never tells a step twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from unipixel.diffusion.training import state
from unipixel.diffusion.training.state import Record
from unipixel.diffusion.training.train import train_lora
from unipixel.files import read_jsonl
from unipixel.lora.run_files import LOSS_FILE, STATE_FILE, saved_step

RATES = [0.1] * 9


def take(record: Record, count: int) -> None:
    for _ in range(count):
        record.add(torch.tensor(1.0 + len(record.losses)))
        record.follow()


def steps(folder: Path) -> list[int]:
    return [row["step"] for row in read_jsonl(folder / LOSS_FILE)]


def test_each_step_is_there_once_it_is_done(tmp_path: Path) -> None:
    record = Record(tmp_path, {}, RATES)
    record.follow()
    assert steps(tmp_path) == []
    for done in range(1, 4):
        take(record, 1)
        assert steps(tmp_path) == list(range(1, done + 1))
    live = (tmp_path / LOSS_FILE).read_bytes()

    record.write_log()

    assert (tmp_path / LOSS_FILE).read_bytes() == live


def test_what_a_killed_session_told_beyond_its_state_is_taken_back(tmp_path: Path) -> None:
    take(Record(tmp_path, {}, RATES), 5)
    with open(tmp_path / LOSS_FILE, "a") as file:
        file.write('{"step": 6, "lo')
    again = Record(tmp_path, {}, RATES)
    again.losses = [1.0, 2.0]  # as a state holds them

    again.follow()
    assert steps(tmp_path) == [1, 2]
    take(again, 2)
    assert steps(tmp_path) == [1, 2, 3, 4]


def test_a_full_disk_ends_no_training_and_the_log_is_whole_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record(tmp_path, {}, RATES)
    take(record, 2)

    def fail(path: Path, rows: object) -> None:
        with open(path, "a") as file:
            file.write('{"st')
        raise OSError(28, "no room")

    with monkeypatch.context() as full:
        full.setattr(state, "append_jsonl", fail)
        take(record, 1)
    take(record, 2)

    assert steps(tmp_path) == [1, 2, 3, 4, 5]


def test_a_training_tells_its_losses_while_it_runs(
    settings: Any, base: Any, data: dict[str, Any], tmp_path: Path
) -> None:
    seen: list[list[int]] = []

    def watch(event: Any) -> None:
        if event.stage == "train":
            seen.append(steps(tmp_path))

    train_lora(base, **data, settings=settings, out=tmp_path, progress=watch, should_stop=lambda: len(seen) == 3)

    assert seen == [[1], [1, 2], [1, 2, 3]]
    assert saved_step(tmp_path / STATE_FILE) == 3
