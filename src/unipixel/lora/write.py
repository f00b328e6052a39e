"""Write a LoRA in the format that a host or trainer wants, and read it back before it gets its name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np

from unipixel.errors import ModelError
from unipixel.files import replacing, write_atomic
from unipixel.lora.file import pack
from unipixel.lora.metadata import with_hashes
from unipixel.lora.model import Lora, layout_note, read_lora
from unipixel.lora.modules import ModuleName
from unipixel.lora.names import MODELS, TEXT_ENCODER, kohya_key
from unipixel.lora.parts import Part
from unipixel.lora.peft_config import (
    CONFIG_NAME,
    METADATA_KEY,
    WEIGHTS_NAME,
    adapter_config,
    diffusers_metadata,
    make_config,
)
from unipixel.lora.tensors import Stored

Format = Literal["kohya", "diffusers", "peft"]
Packed = tuple[str, tuple[int, ...], bytes]


def pack_lora(tensors: Mapping[str, Packed], metadata: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Lay out a LoRA file with its hashes; see `unipixel.lora.file.pack` for input and result."""
    trainer_keys = {key: text for key, text in metadata.items() if key.startswith("ss_")}
    bare_header, data = pack(tensors, trainer_keys)
    return pack(tensors, with_hashes(metadata, data, len(bare_header)))


def write_lora(path: Path, lora: Lora, *, form: Format = "kohya", dtype: str | None = None) -> Path:
    """Write a LoRA, read it back, and only then give it its name.

    Parameters
    ----------
    path : Path
        A file; for ``"peft"`` a folder, with a sub-folder for each model that the LoRA has parts for.
    lora : Lora
    form : {"kohya", "diffusers", "peft"}
        kohya's format is what A1111, Forge, ComfyUI, sd-scripts and diffusers load. diffusers' holds alpha in the
        metadata, peft's in ``adapter_config.json``.
    dtype : str, optional
        Of the weights, as in `unipixel.lora.file.TensorEntry`. Default: each keeps its own, bit for bit. Alpha is
        written in the weights' dtype where that can hold it exactly, else in float32.

    Returns
    -------
    Path

    Raises
    ------
    ModelError
        If what was read back is not what was meant, or a folder that would be replaced holds other files.
    OSError
        No room, no permission.
    """
    if dtype is not None:
        parts = {name: Part(p.down.cast(dtype), p.up.cast(dtype), p.alpha) for name, p in lora.parts.items()}
        lora = Lora(lora.path, lora.kind, lora.metadata, parts, {}, lora.layout)
    metadata = {key: text for key, text in lora.metadata.items() if key != METADATA_KEY} | layout_note(lora.layout)
    if form == "peft":
        return _write_folder(path, lora, metadata)
    tensors = _kohya(lora) if form == "kohya" else _dotted(lora, lora.parts, "")
    if form == "diffusers":
        metadata |= {"format": "pt", METADATA_KEY: _diffusers_alphas(lora)}
    with replacing(path) as file:
        file.write_bytes(b"".join(pack_lora(tensors, metadata)))
        _check(lora, read_lora(file))
    return path


def _write_folder(path: Path, lora: Lora, metadata: Mapping[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as made:
        new = Path(made) / path.name
        for model in MODELS:
            parts = _of(lora, model)
            if parts:
                tensors = _dotted(lora, parts, "base_model.model.")
                write_atomic(new / model / WEIGHTS_NAME, b"".join(pack_lora(tensors, metadata)))
                write_atomic(new / model / CONFIG_NAME, adapter_config(_ranks(parts)))
        _check(lora, read_lora(new))
        if path.is_dir():
            _clear(path)
        os.replace(new, path)
    return path


def _clear(folder: Path) -> None:
    """Remove a folder of a peft LoRA, and nothing that is more than that."""
    ours = {folder / model / name for model in MODELS for name in (WEIGHTS_NAME, CONFIG_NAME)}
    if others := [file for file in folder.rglob("*") if not file.is_dir() and file not in ours]:
        raise ModelError(
            f"{folder}: there are other files in this folder, such as {others[0].name}; choose another name"
        )
    shutil.rmtree(folder)


def _kohya(lora: Lora) -> dict[str, Packed]:
    tensors = {}
    for name, part in lora.parts.items():
        key = kohya_key(name.model, name.path, lora.layout)
        tensors[f"{key}.lora_down.weight"] = _packed(part.down)
        tensors[f"{key}.lora_up.weight"] = _packed(part.up)
        tensors[f"{key}.alpha"] = _packed(_alpha(part))
    return tensors


def _dotted(lora: Lora, parts: Mapping[ModuleName, Part], prefix: str) -> dict[str, Packed]:
    tensors: dict[str, Packed] = {}
    for name, part in parts.items():
        # peft takes names as the model has them, and transformers 5.6 took text_model out of the first encoder
        path = name.path.removeprefix("text_model.") if prefix and name.model == TEXT_ENCODER else name.path
        key = f"{prefix}{path}" if prefix else f"{name.model}.{path}"
        tensors |= {f"{key}.lora_A.weight": _packed(part.down), f"{key}.lora_B.weight": _packed(part.up)}
    return tensors


def _diffusers_alphas(lora: Lora) -> str:
    return diffusers_metadata({model: make_config(_ranks(parts)) for model in MODELS if (parts := _of(lora, model))})


def _of(lora: Lora, model: str) -> dict[ModuleName, Part]:
    return {name: part for name, part in lora.parts.items() if name.model == model}


def _ranks(parts: Mapping[ModuleName, Part]) -> dict[str, tuple[int, float]]:
    return {name.path: (part.rank, part.alpha) for name, part in parts.items()}


def _alpha(part: Part) -> Stored:
    alpha = np.array(part.alpha, np.float32)
    own = part.down.dtype
    if own in ("F16", "BF16"):
        stored = Stored.of(alpha, own)
        if stored.array() == alpha:
            return stored
    return Stored.of(alpha, "F32")


def _packed(tensor: Stored) -> Packed:
    return tensor.dtype, tensor.shape, tensor.load().tobytes()


def _check(meant: Lora, found: Lora) -> None:
    same = meant.parts.keys() == found.parts.keys() and all(_equal(meant.parts[n], found.parts[n]) for n in meant.parts)
    if not same:
        raise ModelError(f"{found.path}: what was written is not what was meant; the disk may be failing, try another")


def _equal(one: Part, other: Part) -> bool:
    # alpha is kept in float32
    return abs(one.alpha - other.alpha) <= 1e-6 * abs(one.alpha) and all(
        a.dtype == b.dtype and a.shape == b.shape and a.load().tobytes() == b.load().tobytes()
        for a, b in ((one.down, other.down), (one.up, other.up))
    )
