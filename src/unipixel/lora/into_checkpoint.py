"""Merge LoRAs into a checkpoint: a copy whose weights have them added."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from unipixel.errors import ModelError
from unipixel.lora.checkpoint import Place, check_checkpoint, places
from unipixel.lora.modules import SDXL_LAYOUT
from unipixel.lora.names import UNetLayout
from unipixel.lora.numbers import FLOATS, encode
from unipixel.lora.stated import OF_THE_BYTES
from unipixel.lora.tensors import Entry, TensorFile, write_tensors
from unipixel.lora.weights import LoraWeights, Pair

_Changes = Mapping[str, Sequence[tuple[Place, Pair, float]]]


def merge_into_checkpoint(
    checkpoint: str | os.PathLike[str],
    parts: Sequence[tuple[LoraWeights, float]],
    path: str | os.PathLike[str],
    *,
    layout: UNetLayout = SDXL_LAYOUT,
) -> Path:
    """Copy a checkpoint tensor by tensor with LoRAs added.

    Parameters
    ----------
    checkpoint : path
        SDXL in one file.
    parts : sequence of (LoraWeights, float)
        LoRAs and their weights.
    path : path
        The new checkpoint.
    layout : UNetLayout

    Returns
    -------
    Path

    Raises
    ------
    ModelError
        If the file is no SDXL checkpoint, or lacks a module or has it in another size.

    Notes
    -----
    Sums are float32, then rounded to the dtype that each tensor is stored in. Tensors that no LoRA changes keep
    their bytes. The metadata is kept but for hashes, which no longer hold.
    """
    with TensorFile(checkpoint) as file:
        check_checkpoint(file)
        changes = _changes(file, parts, layout)
        metadata = {key: text for key, text in file.header.metadata.items() if key not in OF_THE_BYTES}
        return write_tensors(path, _entries(file, changes), metadata)


def _changes(file: TensorFile, parts: Sequence[tuple[LoraWeights, float]], layout: UNetLayout) -> _Changes:
    table = places(layout)
    changes: dict[str, list[tuple[Place, Pair, float]]] = {}
    for weights, factor in parts:
        for key, pair in weights.pairs.items():
            place = table[key]
            entry = file.header.tensors.get(place.tensor)
            if entry is None or entry.dtype not in FLOATS:
                raise ModelError(f"{file.path}: {place.tensor}, which {key} changes, is missing or not of numbers")
            changes.setdefault(place.tensor, []).append((place, pair, factor))
    return changes


def _entries(file: TensorFile, changes: _Changes) -> Iterator[Entry]:
    for name, entry in file.header.tensors.items():
        content = partial(_changed, file, name, changes[name]) if name in changes else partial(file.raw, name)
        yield name, entry.dtype, entry.shape, content


def _changed(file: TensorFile, name: str, changes: Sequence[tuple[Place, Pair, float]]) -> bytes:
    dtype = file.header.tensors[name].dtype
    weight = file.read(name).astype(np.float64 if dtype == "F64" else np.float32)
    for place, pair, factor in changes:
        part = place.view(weight)
        delta = pair.delta() * np.float32(factor)
        if delta.size != part.size or len(delta) != len(part):
            raise ModelError(f"{file.path}: {name} is {part.shape}, but the LoRA is for {delta.shape}")
        part += delta.reshape(part.shape)
    return encode(weight, dtype)
