"""Files that look like a LoRA of SDXL but are something else, and what they are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from unipixel.errors import ModelError
from unipixel.lora.file import Header

_KINDS = {
    "dora_scale": "a DoRA",
    "lora_magnitude_vector": "a DoRA",
    "hada_w": "a LoHa",
    "lokr_w": "a LoKr",
    "oft_": "an OFT",
    "lora_mid": "a LoCon with a Tucker core",
}
_CHECKPOINTS = ("model.diffusion_model.", "first_stage_model.", "conditioner.", "cond_stage_model.", "down_blocks.")
_MODELS = {
    "lora_unet_double_blocks": "Flux",
    "lora_unet_single_blocks": "Flux",
    "transformer.single_transformer_blocks": "Flux",
    "lora_unet_joint_blocks": "Stable Diffusion 3",
    "transformer.": "a transformer such as Flux or Stable Diffusion 3",
    "diffusion_model.": "a newer model",
}
_WIDTHS = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 1280: "the SDXL refiner"}
"""Width of the text that a UNet takes; SDXL's is 2048."""


def refuse_other_kinds(file: Path, header: Header) -> None:
    """Refuse what is no plain LoRA by the names of its tensors.

    Raises
    ------
    ModelError
        Naming the kind: a checkpoint, DoRA, LoHa, LoKr, OFT.
    """
    for name in header.tensors:
        if kind := next((kind for mark, kind in _KINDS.items() if mark in name), ""):
            raise ModelError(f"{file}: this is {kind}, and only plain LoRA files can be used here")
        if name.startswith(_CHECKPOINTS) and ".lora" not in name:
            raise ModelError(f"{file}: this is a whole model, not a LoRA. Give a LoRA file here")


def other_model(unknown: Iterable[str], text_widths: Iterable[int]) -> str:
    """Name of the model that a LoRA is for where it is known not to be SDXL, else nothing.

    Parameters
    ----------
    unknown : iterable of str
        Keys that no module of SDXL has.
    text_widths : iterable of int
        Inputs of the LoRA's ``attn2.to_k`` modules.
    """
    for width in text_widths:
        if width in _WIDTHS:
            return _WIDTHS[width]
    return next((model for key in unknown for start, model in _MODELS.items() if key.startswith(start)), "")
