"""A LoRA in memory, the same whatever file it came from: module to down weight, up weight and alpha."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unipixel.errors import ModelError
from unipixel.lora.modules import ModuleName, known_modules
from unipixel.lora.names import TEXT_ENCODER_2, UNetLayout, match_keys, text_path
from unipixel.lora.parts import Part, read_parts

LAYOUT_KEY = "unipixel.unet_layout"
"""Metadata of a LoRA for a UNet of another layout than SDXL's: its `UNetLayout` as JSON."""
_TEXT_WIDTHS = {768: "sd1", 1024: "sd2", 2048: "sdxl", 1280: "sdxl-refiner"}


@dataclass(frozen=True, eq=False)
class Lora:
    """A LoRA."""

    path: Path
    kind: str
    """How its file is written: ``"kohya"``, ``"diffusers"``, ``"peft"`` or ``"comfyui"``."""
    metadata: dict[str, str]
    parts: dict[ModuleName, Part]
    """In the order of the file."""
    unknown: dict[str, Part]
    """Keys that no SDXL has a module for."""
    layout: UNetLayout
    others: tuple[str, ...] = ()
    """Names of tensors that are no part of the LoRA."""
    has_alpha: bool = True
    """Whether the file states alpha; where not, alpha is the rank."""

    @property
    def family(self) -> str:
        """Kind of model it is for, by the width of the text its attention takes.

        One of ``"sdxl"``, ``"sdxl-refiner"``, ``"sd1"``, ``"sd2"``, ``"flux"``; ``"other"`` where that can't be told.
        """
        keys = {name.path: part for name, part in self.parts.items()} | self.unknown
        for key, part in keys.items():
            if key.endswith(("attn2.to_k", "attn2_to_k")):
                return _TEXT_WIDTHS.get(part.down.shape[1], "other")
        if any("double_blocks" in key or "single_blocks" in key for key in keys):
            return "flux"
        return "sdxl" if any(name.model == TEXT_ENCODER_2 for name in self.parts) else "other"

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Types of its weights, as in `unipixel.lora.file.TensorEntry`, sorted."""
        parts = [*self.parts.values(), *self.unknown.values()]
        return tuple(sorted({tensor.dtype for part in parts for tensor in (part.down, part.up)}))


def read_lora(path: Path, *, any_model: bool = False) -> Lora:
    """Read a LoRA of any trainer's format.

    Parameters
    ----------
    path : Path
        A ``.safetensors`` file, or a folder of peft.
    any_model : bool
        Whether a LoRA for another model than SDXL is read too, its modules as ``unknown``.

    Returns
    -------
    Lora
        Weights stay in the file until they are asked for.

    Raises
    ------
    ModelError
        If it is damaged, no LoRA, another kind of adapter, or made for another model.
    """
    file = read_parts(Path(path))
    layout = _layout(file.metadata)
    found, unknown = match_keys(file.parts, known_modules(layout), layout)
    parts: dict[ModuleName, Part] = {}
    for key, (model, inside) in found.items():
        name = ModuleName(model, inside if model == "unet" else text_path(inside))
        if name in parts:
            raise ModelError(f"{path}: {name.path} is in the file twice, the second time as {key}; it is damaged")
        parts[name] = _shaped(name, file.parts[key])
    rest = {key: file.parts[key] for key in unknown}
    lora = Lora(Path(path), file.kind, file.metadata, parts, rest, layout, file.others, file.has_alpha)
    if not any_model:
        check_model(lora)
    return lora


def check_model(lora: Lora) -> None:
    """Check that a LoRA is for SDXL.

    Raises
    ------
    ModelError
        If it is for another model, or has modules that no SDXL has.
    """
    other = {"sd1": "Stable Diffusion 1", "sd2": "Stable Diffusion 2", "flux": "Flux", "sdxl-refiner": "the refiner"}
    if lora.family in other:
        raise ModelError(f"{lora.path}: this LoRA is for {other[lora.family]}, not for SDXL")
    if lora.unknown:
        raise ModelError(
            f"{lora.path}: {len(lora.unknown)} of {len(lora.parts) + len(lora.unknown)} modules are not those of "
            f"SDXL, such as {next(iter(lora.unknown))}; it was made for another kind of model"
        )


def layout_note(layout: UNetLayout) -> dict[str, str]:
    """Metadata that a LoRA for a UNet of this layout needs: none for SDXL's own."""
    if layout == UNetLayout():
        return {}
    return {LAYOUT_KEY: json.dumps({"layers": layout.layers, "up_attention": layout.up_attention})}


def _layout(metadata: Mapping[str, str]) -> UNetLayout:
    if LAYOUT_KEY not in metadata:
        return UNetLayout()
    fields = json.loads(metadata[LAYOUT_KEY])
    return UNetLayout(tuple(map(int, fields["layers"])), tuple(map(bool, fields["up_attention"])))


def _shaped(name: ModuleName, part: Part) -> Part:
    """Weights of linear layers with two axes: some trainers store them as convolutions of 1x1."""
    if name.is_convolution:
        return part
    halves = []
    for tensor in (part.down, part.up):
        if any(n != 1 for n in tensor.shape[2:]):
            raise ModelError(f"{name.path} is a linear layer, but its LoRA has a kernel: {tensor.shape}")
        halves.append(tensor.reshaped(tensor.shape[:2]))
    return Part(halves[0], halves[1], part.alpha)
