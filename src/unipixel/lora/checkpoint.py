"""Where the modules that a LoRA changes lie in an SDXL checkpoint of one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from unipixel.errors import ModelError
from unipixel.lora.modules import SDXL_LAYOUT, sdxl_modules
from unipixel.lora.names import TEXT_ENCODER, UNET, UNetLayout, kohya_key, sgm_path
from unipixel.lora.tensors import TensorFile

_UNET = "model.diffusion_model."
_FIRST = "conditioner.embedders.0.transformer."
_SECOND = "conditioner.embedders.1.model."
_OPENCLIP = {"self_attn.out_proj": "attn.out_proj", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj"}
_FUSED = {"self_attn.q_proj": 0, "self_attn.k_proj": 1, "self_attn.v_proj": 2}


@dataclass(frozen=True)
class Place:
    """A module's weight in a checkpoint."""

    tensor: str
    third: int | None = None
    """Of the rows, where OpenCLIP keeps queries, keys and values in one tensor."""
    transposed: bool = False
    """OpenCLIP's ``text_projection`` is stored ``(in, out)``."""

    def view(self, tensor: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Part of the tensor that is this module's weight, ``(out, in[, k, k])``."""
        part = tensor.T if self.transposed else tensor
        if self.third is not None:
            rows = len(tensor) // 3
            part = tensor[self.third * rows : (self.third + 1) * rows]
        return part


def places(layout: UNetLayout = SDXL_LAYOUT) -> dict[str, Place]:
    """Kohya's key of every module to its place in a checkpoint."""
    return {
        kohya_key(model, path, layout): _place(model, path, layout)
        for model, paths in sdxl_modules(layout).items()
        for path in paths
    }


def check_checkpoint(file: TensorFile) -> None:
    """Refuse what is no SDXL checkpoint in one file.

    Raises
    ------
    ModelError
        Saying what is missing.
    """
    if f"{_UNET}label_emb.0.0.weight" not in file.header.tensors:
        raise ModelError(
            f"{Path(file.path)}: this is not an SDXL checkpoint in one file (its UNet's label_emb is missing). "
            "Give a .safetensors checkpoint such as Illustrious XL"
        )


def _place(model: str, path: str, layout: UNetLayout) -> Place:
    if model == UNET:
        return Place(f"{_UNET}{sgm_path(path, layout)}.weight")
    if model == TEXT_ENCODER:
        return Place(f"{_FIRST}{path}.weight")
    if path == "text_projection":
        return Place(f"{_SECOND}text_projection", transposed=True)
    number, inside = path.removeprefix("text_model.encoder.layers.").split(".", 1)
    block = f"{_SECOND}transformer.resblocks.{number}."
    if inside in _FUSED:
        return Place(f"{block}attn.in_proj_weight", _FUSED[inside])
    return Place(f"{block}{_OPENCLIP[inside]}.weight")
