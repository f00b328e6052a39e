"""Where a module's weight lies in an SDXL checkpoint: in a single file, or in a diffusers folder.

In a single file (Stability's layout) the second text encoder is OpenCLIP's: its queries, keys and values are one
tensor, rows in this order, and its projection is transposed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unipixel.errors import ModelError
from unipixel.lora.dtypes import Floats
from unipixel.lora.file import TensorEntry
from unipixel.lora.modules import ModuleName, known_modules
from unipixel.lora.names import MODELS, TEXT_ENCODER, UNET, UNetLayout, sgm_path
from unipixel.lora.tensors import Stored, open_tensors

_UNET = "model.diffusion_model."
_FIRST = "conditioner.embedders.0.transformer."
_SECOND = "conditioner.embedders.1.model."
_SIZE_AND_POOLED = _UNET + "label_emb.0.0.weight"
_LAYER = re.compile(r"text_model\.encoder\.layers\.(\d+)\.(.+)")
_OPENCLIP = {"self_attn.out_proj": "attn.out_proj", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj"}
_THIRDS = {"self_attn.q_proj": 0, "self_attn.k_proj": 1, "self_attn.v_proj": 2}
_WEIGHT_FILES = ("diffusion_pytorch_model", "model")


@dataclass(frozen=True)
class Slot:
    """Place of a module's weight."""

    tensor: str
    """Name of the tensor."""
    third: int | None = None
    """Which third of its rows; None means all."""
    transposed: bool = False


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A whole model, its tensors not yet read."""

    path: Path
    metadata: dict[str, str]
    tensors: dict[str, Stored]
    """In the order of the file; of a diffusers folder the model's name and a dot in front."""
    layout: UNetLayout
    is_folder: bool

    def slot(self, name: ModuleName) -> Slot | None:
        """Place of a module's weight, or None where the model has no such module."""
        found = Slot(f"{name.model}.{name.path}.weight") if self.is_folder else _place(name, self.layout)
        if self.is_folder and found.tensor not in self.tensors:  # transformers 5.6 took text_model out
            found = Slot(found.tensor.replace("text_model.", "", 1))
        return found if found.tensor in self.tensors else None

    def shape(self, slot: Slot) -> tuple[int, ...]:
        """Shape of the module's weight: (out, in[, k, k])."""
        shape = self.tensors[slot.tensor].shape
        if slot.transposed:
            return shape[::-1]
        return shape if slot.third is None else (shape[0] // 3, *shape[1:])

    def weight(self, slot: Slot) -> Floats:
        """Weight of the module, (out, in[, k, k]) float32."""
        return part_of(self.tensors[slot.tensor].array(), slot)

    def modules(self) -> list[ModuleName]:
        """Modules that the model has and a LoRA can be for."""
        names = [ModuleName(model, path) for model, paths in known_modules(self.layout).items() for path in paths]
        return [name for name in names if self.slot(name) is not None]


def part_of(tensor: Floats, slot: Slot) -> Floats:
    """View of a module's weight in the tensor that holds it."""
    if slot.transposed:
        turned: Floats = tensor.T
        return turned
    if slot.third is None:
        return tensor
    rows = tensor.shape[0] // 3
    return tensor[slot.third * rows : (slot.third + 1) * rows]


def open_checkpoint(path: Path, layout: UNetLayout | None = None) -> Checkpoint:
    """Open a single-file SDXL checkpoint, or a diffusers folder, without reading its weights.

    Parameters
    ----------
    path : Path
        A ``.safetensors`` file, or a folder with ``unet/`` in it.
    layout : UNetLayout, optional
        Default: SDXL's.

    Returns
    -------
    Checkpoint

    Raises
    ------
    ModelError
        If it is damaged, a LoRA, another kind of model, or its FP8 weights have scales of their own.
    """
    plan = layout or UNetLayout()
    if path.is_dir():
        return Checkpoint(path, {}, _folder_tensors(path), plan, True)
    header, tensors = open_tensors(path)
    _check(path, header.tensors)
    return Checkpoint(path, header.metadata, tensors, plan, False)


def _check(path: Path, names: Mapping[str, TensorEntry]) -> None:
    if any(".lora_" in name or name.startswith("lora_") for name in names):
        raise ModelError(f"{path}: this is a LoRA, not a whole model; an SDXL checkpoint is needed here")
    if _SIZE_AND_POOLED not in names:
        raise ModelError(f"{path}: this is not an SDXL checkpoint in one file (its UNet has no size conditioning)")
    if any(name.endswith((".scale_weight", ".weight_scale", "scaled_fp8")) for name in names):
        raise ModelError(f"{path}: its FP8 weights have scales of their own; use the float16 or bfloat16 version")


def _place(name: ModuleName, layout: UNetLayout) -> Slot:
    if name.model == UNET:
        return Slot(f"{_UNET}{sgm_path(name.path, layout)}.weight")
    if name.model == TEXT_ENCODER:
        return Slot(f"{_FIRST}{name.path}.weight")
    if name.path == "text_projection":
        return Slot(f"{_SECOND}text_projection", transposed=True)
    found = _LAYER.fullmatch(name.path)
    if found is None:
        return Slot("")
    layer, inside = f"{_SECOND}transformer.resblocks.{found[1]}.", found[2]
    if inside in _THIRDS:
        return Slot(f"{layer}attn.in_proj_weight", _THIRDS[inside])
    return Slot(f"{layer}{_OPENCLIP.get(inside, inside)}.weight")


def _folder_tensors(path: Path) -> dict[str, Stored]:
    if not (path / UNET).is_dir():
        raise ModelError(f"{path}: there is no {UNET} in this folder; give a checkpoint or a folder of diffusers")
    tensors: dict[str, Stored] = {}
    for model in MODELS:
        for file in _weight_files(path / model):
            tensors |= {f"{model}.{name}": tensor for name, tensor in open_tensors(file)[1].items()}
    return tensors


def _weight_files(folder: Path) -> list[Path]:
    """Weights of one model: full precision before half, shards where there are some."""
    for stem in (f"{name}{variant}" for variant in ("", ".fp16") for name in _WEIGHT_FILES):
        file = folder / f"{stem}.safetensors"
        if file.exists():
            return [file]
        name, _, variant = stem.partition(".")
        index = folder / f"{name}.safetensors.index{'.' if variant else ''}{variant}.json"
        if index.exists():
            names = json.loads(index.read_text("utf-8"))["weight_map"].values()
            return [folder / shard for shard in sorted(set(names))]
    if folder.name == UNET:
        raise ModelError(f"{folder}: there are no .safetensors weights in it; save the model with safe_serialization")
    return []
