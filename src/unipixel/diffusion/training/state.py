"""The state of a training on disk: one file, whole or absent, from which the run goes on bit for bit."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from unipixel.diffusion.adapter import to_bytes
from unipixel.diffusion.training.average import Average
from unipixel.diffusion.training.optimizers import load_optimizer_state, optimizer_state
from unipixel.errors import Diverged, ModelError, WorkspaceError
from unipixel.files import append_jsonl, write_atomic, write_jsonl
from unipixel.lora.file import pack, read_header, read_metadata
from unipixel.lora.run_files import LOSS_FILE, STATE_FILE, STEP, saved_step

SMOOTH = 20
"""Latest losses whose mean is told: a single one says little."""
_SYNC_EVERY = 10
_SETTINGS, _SCALER, _OPTIMIZER = (f"unipixel.{word}" for word in ("settings", "scaler", "optimizer"))


@dataclass(frozen=True)
class Moving:
    """All that a training changes from step to step."""

    weights: Sequence[nn.Parameter]
    """Of the LoRA, in a fixed order."""
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    """Of the loss; switched off except in float16."""
    average: Average

    def tensors(self) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
        """Everything as tensors and notes."""
        state, tensors = optimizer_state(self.optimizer)
        tensors |= {f"weight.{number:04d}": weight for number, weight in enumerate(self.weights)}
        tensors |= {f"average.{number:04d}": tensor for number, tensor in enumerate(self.average.tensors)}
        return tensors, {_OPTIMIZER: state, _SCALER: json.dumps(self.scaler.state_dict())}

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, torch.Tensor], notes: Mapping[str, str]) -> None:
        """Turn `tensors` round."""
        for number, weight in enumerate(self.weights):
            weight.copy_(tensors[f"weight.{number:04d}"])
        for number, tensor in enumerate(self.average.tensors):
            tensor.copy_(tensors[f"average.{number:04d}"])
        load_optimizer_state(self.optimizer, notes[_OPTIMIZER], tensors)
        self.scaler.load_state_dict(json.loads(notes[_SCALER]))


class Record:
    """What a training has done so far: its losses, the log of them, and the state it can go on from.

    Parameters
    ----------
    out : Path
        Folder of the state and the loss log.
    settings : mapping
        All that decides the run's outcome.
    rates : sequence of float
        Learning rate of every step.
    """

    def __init__(self, out: Path, settings: Mapping[str, Any], rates: Sequence[float]) -> None:
        self.state_file = out / STATE_FILE
        self.loss_file = out / LOSS_FILE
        self.settings = settings
        self.rates = rates
        self.losses: list[float] = []
        self._logged: int | None = None
        self._pending: list[torch.Tensor] = []

    def add(self, loss: torch.Tensor) -> None:
        """Note the loss of a step; on a GPU several are read at once, since each reading makes it wait."""
        self._pending.append(loss.detach())
        if loss.device.type == "cpu" or len(self._pending) >= _SYNC_EVERY:
            self.settle()

    def settle(self) -> None:
        """Read the losses that are still on the device.

        Raises
        ------
        Diverged
            If one is not a number.
        """
        for loss in self._pending:
            value = loss.item()
            if not math.isfinite(value):
                raise self._diverged(len(self.losses) + 1)
            self.losses.append(value)
        self._pending.clear()

    def check(self, weights: Sequence[nn.Parameter]) -> None:
        """Settle, and raise `Diverged` if a weight is not a number."""
        self.settle()
        if not all(bool(weight.isfinite().all()) for weight in weights):
            raise self._diverged(len(self.losses))

    def in_words(self) -> str:
        """Mean of the latest losses; empty before the first."""
        latest = self.losses[-SMOOTH:]
        return f"loss {sum(latest) / len(latest):.4f}" if latest else ""

    def write_log(self) -> None:
        """Write the loss log: one JSON object a step with ``step``, ``loss`` and ``lr``."""
        write_jsonl(self.loss_file, self._rows(0))
        self._logged = len(self.losses)

    def follow(self) -> None:
        """Append to the loss log what was settled since, for whoever looks on.

        The first time it is written anew, so that what a killed session told of steps that are taken again is gone; and
        after a failure, which may have cut a line off: the log is no reason to end a training.
        """
        try:
            if self._logged is None:
                self.write_log()
            elif self._logged < len(self.losses):
                append_jsonl(self.loss_file, self._rows(self._logged))
                self._logged = len(self.losses)
        except OSError:
            self._logged = None

    def _rows(self, first: int) -> list[dict[str, Any]]:
        count = len(self.losses)
        return [{"step": i + 1, "loss": self.losses[i], "lr": self.rates[i]} for i in range(first, count)]

    def save(self, moving: Moving) -> None:
        """Write what moves, the step and the losses; the state that was there stays until the new one is whole.

        Raises
        ------
        WorkspaceError
            If there is no room or no permission.
        Diverged
            If a loss or a weight is not a number.
        """
        self.check(moving.weights)
        tensors, notes = moving.tensors()
        tensors["losses"] = torch.tensor(self.losses, dtype=torch.float64)
        notes |= {_SETTINGS: json.dumps(self.settings), STEP: str(len(self.losses))}
        header, data = pack({name: to_bytes(tensor) for name, tensor in tensors.items()}, notes)
        try:
            write_atomic(self.state_file, header + data)
            self.write_log()
        except OSError as error:
            raise self.not_saved(self.state_file, error) from error

    def load(self, moving: Moving) -> int:
        """Take up the saved state, if there is one.

        Returns
        -------
        int
            Steps that are done.

        Raises
        ------
        WorkspaceError
            If it is of a run with other settings; the message names them.
        ModelError
            If the file is damaged.
        """
        if self.state_file.exists():
            notes = read_metadata(self.state_file)
            check_same_run(self.state_file, json.loads(notes.get(_SETTINGS, "{}")), self.settings)
            tensors = load_file(self.state_file)
            moving.restore(tensors, notes)
            self.losses = tensors["losses"].tolist()
        return len(self.losses)

    def whats_left(self) -> str:
        """Which state a training that failed can go on from, as a sentence without its end."""
        last = saved_step(self.state_file)
        return f"the last good state, of step {last}, is in {self.state_file}" if last else "there is no earlier state"

    def _diverged(self, step: int) -> Diverged:
        return Diverged(
            f"the loss is not a number at step {step}; {self.whats_left()}. Lower the learning rate (it is "
            f"{max(self.rates):g}) or, on a GPU, take bfloat16 or float32, and start anew"
        )

    def not_saved(self, file: Path, error: OSError) -> WorkspaceError:
        """Say that a file can't be written, and what is left."""
        last = saved_step(self.state_file)
        earlier = f"the state of step {last} is whole" if last else "there is no earlier state"
        return WorkspaceError(
            f"{file}: the training can't be saved at step {len(self.losses)} ({error.strerror or error}); {earlier}. "
            "Make room, then start the same command again"
        )


def fingerprint(settings: Mapping[str, Any]) -> str:
    """Short name of a run's settings: the same settings, the same name."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def check_same_run(file: Path, there: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    """Refuse to mix two runs in one folder.

    Raises
    ------
    WorkspaceError
        With up to three settings that differ.
    """
    there, here = dict(there), json.loads(json.dumps(here))
    names = [name for name in sorted({*there, *here}) if there.get(name) != here.get(name)]
    if not names:
        return
    differences = ", ".join(f"{name} ({there.get(name)} there, {here.get(name)} now)" for name in names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    raise WorkspaceError(
        f"{file} is of another run: {differences}{more}. Delete it to start anew, or choose another folder"
    )


def finished_lora(file: Path, settings: Mapping[str, Any]) -> bool:
    """Whether a LoRA of exactly these settings is there already.

    Raises
    ------
    WorkspaceError
        If a LoRA of another run is there, which nothing here overwrites.
    """
    if not file.exists():
        return False
    try:
        header = read_header(file)
    except ModelError:
        return False  # cut off by other hands; it is made again
    there = json.loads(header.metadata.get(_SETTINGS, "{}"))
    check_same_run(file, there, settings)
    return True


def settings_note(settings: Mapping[str, Any]) -> dict[str, str]:
    """Metadata by which `finished_lora` knows a LoRA again."""
    return {_SETTINGS: json.dumps(settings), "unipixel.fingerprint": fingerprint(settings)}
