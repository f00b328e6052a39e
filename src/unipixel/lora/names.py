"""Key names of LoRA files: where a module of the UNet or of a text encoder is found in a file.

Trainers and hosts agree on kohya's names: ``lora_unet_`` and then the module's path in Stability's own
layout ("sgm") with underscores for dots. diffusers calls the same modules by other paths, so the block
numbers have to be translated. With ``n`` layers a block (2 in SDXL)::

    down_blocks.i.resnets.j       input_blocks.(1 + (n+1)i + j).0
    down_blocks.i.attentions.j    input_blocks.(1 + (n+1)i + j).1
    down_blocks.i.downsamplers.0  input_blocks.((n+1)(i+1)).0
    mid_block.resnets.j           middle_block.(2j)
    mid_block.attentions.j        middle_block.(2j + 1)
    up_blocks.i.resnets.j         output_blocks.((n+1)i + j).0
    up_blocks.i.attentions.j      output_blocks.((n+1)i + j).1
    up_blocks.i.upsamplers.0      output_blocks.((n+1)i + n).(2 with attention, else 1)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from unipixel.errors import ModelError

UNET, TEXT_ENCODER, TEXT_ENCODER_2 = "unet", "text_encoder", "text_encoder_2"
MODELS = (UNET, TEXT_ENCODER, TEXT_ENCODER_2)
"""The models of SDXL that a LoRA can be for, by diffusers' names."""
_PREFIX = {UNET: "lora_unet_", TEXT_ENCODER: "lora_te1_", TEXT_ENCODER_2: "lora_te2_"}
_COMFY = {
    UNET: "diffusion_model.",
    TEXT_ENCODER: "text_encoders.clip_l.transformer.",
    TEXT_ENCODER_2: "text_encoders.clip_g.transformer.",
}

_INSIDE_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_OUTSIDE_BLOCKS = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_BLOCK = re.compile(r"(down_blocks|up_blocks)\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)(?:\.(.+))?")
_MID = re.compile(r"mid_block\.(resnets|attentions)\.(\d+)(?:\.(.+))?")


@dataclass(frozen=True)
class UNetLayout:
    """What the block numbers of a UNet depend on."""

    layers: tuple[int, ...] = (2, 2, 2)
    """Layers of each down block, from the full resolution downwards; SDXL has 2 everywhere."""
    up_attention: tuple[bool, ...] = (True, True, False)
    """Whether each up block has attention, from the lowest resolution upwards."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> UNetLayout:
        """Read the layout from the configuration of a diffusers ``UNet2DConditionModel``.

        Parameters
        ----------
        config : mapping
            Needs ``down_block_types``, ``up_block_types`` and ``layers_per_block`` (a number, or one a block).
        """
        count = len(config["down_block_types"])
        layers = config["layers_per_block"]
        each = (int(layers),) * count if isinstance(layers, int) else tuple(int(n) for n in layers)
        return cls(each, tuple("Attn" in kind for kind in config["up_block_types"]))


def sgm_path(path: str, layout: UNetLayout) -> str:
    """Translate a diffusers module path of the UNet to the path in Stability's layout.

    Parameters
    ----------
    path : str
        Such as ``"down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_k"``.
    layout : UNetLayout

    Returns
    -------
    str
        Such as ``"input_blocks.4.1.transformer_blocks.0.attn1.to_k"``.

    Raises
    ------
    ModelError
        If an SDXL UNet has no such module.

    Examples
    --------
    >>> sgm_path("up_blocks.0.upsamplers.0.conv", UNetLayout())
    'output_blocks.2.2.conv'
    """
    if path in _OUTSIDE_BLOCKS:
        return _OUTSIDE_BLOCKS[path]
    if found := _MID.fullmatch(path):
        kind, j, inside = found[1], int(found[2]), found[3]
        return _join(f"middle_block.{2 * j + (kind == 'attentions')}", _inside(kind, inside))
    if not (found := _BLOCK.fullmatch(path)):
        raise ModelError(f"{path}: an SDXL UNet has no module of this name, so no LoRA key can be given to it")
    side, level, kind, j, inside = found[1], int(found[2]), found[3], int(found[4]), found[5]
    return _join(f"{_block(side, level, kind, j, layout)}", _inside(kind, inside))


def kohya_key(model: str, path: str, layout: UNetLayout) -> str:
    """Name of a module in a LoRA file in kohya's format, without ``.lora_down.weight`` and the like.

    Parameters
    ----------
    model : {"unet", "text_encoder", "text_encoder_2"}
    path : str
        Module path in diffusers or transformers; text encoders with or without ``text_model.`` in front
        (transformers dropped it from the first encoder in 5.6, the files keep it).
    layout : UNetLayout

    Examples
    --------
    >>> kohya_key("unet", "mid_block.attentions.0.proj_in", UNetLayout())
    'lora_unet_middle_block_1_proj_in'
    >>> kohya_key("text_encoder", "encoder.layers.0.mlp.fc1", UNetLayout())
    'lora_te1_text_model_encoder_layers_0_mlp_fc1'
    """
    if model == UNET:
        return _PREFIX[UNET] + sgm_path(path, layout).replace(".", "_")
    return _PREFIX[model] + text_path(path).replace(".", "_")


def text_path(path: str) -> str:
    """Path of a text encoder's module as files spell it: in ``text_model.``, but for the projection after it.

    Examples
    --------
    >>> text_path("encoder.layers.0.mlp.fc1")
    'text_model.encoder.layers.0.mlp.fc1'
    """
    return path if path == "text_projection" or path.startswith("text_model.") else f"text_model.{path}"


def match_keys(
    keys: Iterable[str], modules: Mapping[str, Iterable[str]], layout: UNetLayout
) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    """Find the module that each name in a LoRA file belongs to.

    Understands kohya's names with sgm or with diffusers block names, the keys that diffusers writes
    (``unet.<path>``), those of peft for one model (``<path>``) and ComfyUI's own (``diffusion_model.<sgm path>``).

    Parameters
    ----------
    keys : iterable of str
        Names without their ending (``.alpha``, ``.lora_down.weight``, ...).
    modules : mapping
        Model (``"unet"``, ``"text_encoder"``, ``"text_encoder_2"``) to the paths of its modules.
    layout : UNetLayout

    Returns
    -------
    found : dict
        Key to (model, module path).
    unknown : tuple of str
        Keys that fit no module, in order.
    """
    table: dict[str, tuple[str, str]] = {}
    for model, paths in modules.items():
        for path in paths:
            for alias in _aliases(model, path, layout):
                table[alias] = (model, path)
    ordered = list(keys)
    found = {key: table[key] for key in ordered if key in table}
    return found, tuple(key for key in ordered if key not in table)


def _aliases(model: str, path: str, layout: UNetLayout) -> set[str]:
    names = {f"{model}.{path}", _PREFIX[model] + path.replace(".", "_")}
    if model == UNET:
        names.add(path)
        with suppress(ModelError):  # containers and norms, which no LoRA names
            sgm = sgm_path(path, layout)
            names |= {_PREFIX[UNET] + sgm.replace(".", "_"), _COMFY[UNET] + sgm}
        return names
    long = text_path(path)
    # without text_model too: files made with transformers from 5.6 on may lack it
    for spelt in (long, long.removeprefix("text_model.")):
        names |= {f"{model}.{spelt}", _PREFIX[model] + spelt.replace(".", "_"), _COMFY[model] + spelt}
    if model == TEXT_ENCODER:
        names.add("lora_te_" + long.replace(".", "_"))
    return names


def _block(side: str, level: int, kind: str, j: int, layout: UNetLayout) -> str:
    if side == "down_blocks":
        start = 1 + sum(n + 1 for n in layout.layers[:level])
        return (
            f"input_blocks.{start + layout.layers[level]}.0"
            if kind == "downsamplers"
            else (f"input_blocks.{start + j}.{int(kind == 'attentions')}")
        )
    upwards = layout.layers[::-1]
    start = sum(n + 1 for n in upwards[:level])
    if kind == "upsamplers":
        return f"output_blocks.{start + upwards[level]}.{2 if layout.up_attention[level] else 1}"
    return f"output_blocks.{start + j}.{int(kind == 'attentions')}"


def _inside(kind: str, inside: str | None) -> str | None:
    if inside is None:
        return None
    if kind == "resnets":
        return _INSIDE_RESNET.get(inside, inside)
    return "op" if kind == "downsamplers" and inside == "conv" else inside


def _join(block: str, inside: str | None) -> str:
    return block if inside is None else f"{block}.{inside}"
