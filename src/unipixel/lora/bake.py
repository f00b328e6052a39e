"""Merge LoRAs into a checkpoint: its weights change, everything else stays byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from unipixel.errors import ModelError
from unipixel.files import replacing
from unipixel.lora.carry import HASH_KEYS, HISTORY_KEY
from unipixel.lora.checkpoint import Checkpoint, Slot, open_checkpoint, part_of
from unipixel.lora.dtypes import Bytes, encode
from unipixel.lora.file import head_bytes
from unipixel.lora.merge import sources_of
from unipixel.lora.model import Lora
from unipixel.lora.parts import Part
from unipixel.lora.resize import flat
from unipixel.lora.tensors import Stored, open_tensors
from unipixel.progress import Event, Progress, quiet

Change = tuple[Slot, Part, float]
"""Where a LoRA's part goes, and the weight of the LoRA."""


@dataclass(frozen=True)
class Baked:
    """What a merge into a checkpoint did."""

    modules: int
    """Parts of LoRAs that were merged."""
    tensors: int
    """Tensors of the checkpoint that changed."""
    untouched: int
    """Tensors that are byte for byte those of the checkpoint."""


def bake_loras(base: Path, loras: Sequence[tuple[Lora, float]], output: Path, *, progress: Progress = quiet) -> Baked:
    """Write a checkpoint with LoRAs merged into its weights.

    One tensor at a time is in memory; sums are in float32 and rounded once, to the checkpoint's own dtype. After
    writing, the tensors are read back and compared by hash before the file gets its name.

    Parameters
    ----------
    base : Path
        Single-file SDXL checkpoint.
    loras : sequence of (Lora, weight)
    output : Path
    progress : callable

    Returns
    -------
    Baked

    Raises
    ------
    ModelError
        If the base is no such checkpoint, or a LoRA has modules that it has not, or of another shape.
    """
    if base.is_dir():
        raise ModelError(f"{base}: LoRAs are merged into a checkpoint in one file, and this is a folder")
    checkpoint = open_checkpoint(base, loras[0][0].layout)
    changes = _changes(checkpoint, loras)
    tensors = dict(checkpoint.tensors)
    for name, those in changes.items():
        old = checkpoint.tensors[name]
        tensors[name] = Stored(old.dtype, old.shape, partial(_changed, name, old, those))
    _write(output, tensors, _metadata(checkpoint, loras), progress)
    return Baked(sum(map(len, changes.values())), len(changes), len(tensors) - len(changes))


def _changes(checkpoint: Checkpoint, loras: Sequence[tuple[Lora, float]]) -> dict[str, list[Change]]:
    changes: dict[str, list[Change]] = {}
    for lora, weight in loras:
        for name, part in lora.parts.items():
            slot = checkpoint.slot(name)
            if slot is None:
                raise ModelError(f"{lora.path}: {checkpoint.path} has no module {name.path}; they do not fit together")
            shape = checkpoint.shape(slot)
            if (part.up.shape[0], int(np.prod(part.down.shape[1:]))) != (shape[0], int(np.prod(shape[1:]))):
                raise ModelError(
                    f"{lora.path}: {name.path} is {part.down.shape} and {part.up.shape}, but {shape} in "
                    f"{checkpoint.path}; it was made for another model"
                )
            changes.setdefault(slot.tensor, []).append((slot, part, weight))
    return changes


def _changed(name: str, tensor: Stored, changes: Sequence[Change]) -> Bytes:
    values = tensor.array().copy()
    for slot, part, weight in changes:
        up, down = flat(part)
        target = part_of(values, slot)
        target += ((up * np.float32(weight * part.scale)) @ down).reshape(target.shape)
    try:
        return np.frombuffer(encode(values, tensor.dtype), np.uint8)
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from error


def _metadata(checkpoint: Checkpoint, loras: Sequence[tuple[Lora, float]]) -> dict[str, str]:
    kept = {key: text for key, text in checkpoint.metadata.items() if key not in HASH_KEYS}
    entry = {"did": "merge", "into": checkpoint.path.name, "of": sources_of(loras)}
    return kept | {HISTORY_KEY: json.dumps([*json.loads(kept.get(HISTORY_KEY, "[]")), entry], ensure_ascii=False)}


def _write(output: Path, tensors: Mapping[str, Stored], metadata: Mapping[str, str], progress: Progress) -> None:
    digests = []
    with replacing(output) as part:
        with open(part, "wb") as file:
            file.write(head_bytes({name: (tensor.dtype, tensor.shape) for name, tensor in tensors.items()}, metadata))
            for done, (name, tensor) in enumerate(tensors.items(), 1):
                raw = tensor.load()
                file.write(raw.data)
                digests.append(hashlib.sha256(raw.data).digest())
                progress(Event("merge", done, len(tensors), name))
        _, written = open_tensors(part)
        for digest, tensor in zip(digests, written.values(), strict=True):
            if hashlib.sha256(tensor.load().data).digest() != digest:
                raise ModelError(f"{output}: what was written is not what was meant; the disk may be failing")
