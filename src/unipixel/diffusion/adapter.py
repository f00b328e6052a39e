"""LoRA on a base: put it in, take it out, write it to a file in kohya's format, read such files back.

peft holds the layers; this file decides which modules get one and what they are called outside.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers.utils.peft_utils import recurse_remove_peft_layers
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from torch import nn

from unipixel.diffusion.base import Base
from unipixel.diffusion.lora_linear import use_lean_layers
from unipixel.errors import ModelError
from unipixel.files import write_atomic
from unipixel.lora.model import layout_note
from unipixel.lora.names import TEXT_ENCODER, TEXT_ENCODER_2, UNET, UNetLayout, kohya_key, match_keys
from unipixel.lora.parts import Part, read_parts
from unipixel.lora.write import pack_lora

TARGETS = ("attention", "linear", "all", "full")
"""Named sets of adapted UNet modules; each holds the one before it. Counts are those of the true SDXL UNet.

- ``attention`` (560): queries, keys, values and outputs of all attention;
- ``linear`` (722): every linear layer of the transformers, projections and feed-forward included: what kohya's
  trainer adapts by default;
- ``all`` (788): the residual blocks and samplers too, that is their convolutions, shortcuts and time projections:
  what kohya's trainer adapts with ``conv_dim``. The highest resolution of SDXL has no attention, so this is the
  smallest set that reaches it;
- ``full`` (790): the first and the last convolution too (ours; no trainer's default).
"""
TRAINED = "trained"
"""Name of the adapter that a training works on."""
_ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
_TEXT = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
_COMPUTED = (torch.float32, torch.float16, torch.bfloat16)
_DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64"}
_DTYPES |= {torch.int64: "I64", torch.int32: "I32", torch.uint8: "U8", torch.bool: "BOOL"}


def target_modules(unet: nn.Module, targets: str) -> list[str]:
    """Paths of the UNet's modules in a named set, in the order of the UNet.

    Parameters
    ----------
    unet : UNet2DConditionModel
    targets : {"attention", "linear", "all", "full"}
        See `TARGETS`.

    Raises
    ------
    ModelError
        If there is no such set.
    """
    if targets not in TARGETS:
        raise ModelError(f"no target set {targets!r}; there are {', '.join(TARGETS)}")
    wide = TARGETS.index(targets)
    plain = [(path, module) for path, module in unet.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    return [path for path, _ in plain if _narrowest_set(path) <= wide]


def text_modules(encoder: nn.Module) -> list[str]:
    """Paths of the linear layers of a text encoder's blocks, in order: what kohya's trainer adapts."""
    return [path for path, _ in encoder.named_modules() if ".layers." in path and path.endswith(_TEXT)]


def add_lora(
    model: nn.Module, *, rank: int, alpha: float, targets: str = "all", init: str = "kaiming", seed: int = 0
) -> list[nn.Parameter]:
    """Put a new LoRA into a UNet or a text encoder, ready to train; the model's output does not change yet.

    Parameters
    ----------
    model : UNet2DConditionModel, CLIPTextModel or CLIPTextModelWithProjection
    rank : int
    alpha : float
        The LoRA's share is scaled by ``alpha / rank``.
    targets : str
        Of a UNet, see `TARGETS`; of a text encoder `text_modules` are taken.
    init : {"kaiming", "gaussian"}
        Distribution of the down weights: uniform as kohya's trainer and peft draw them, or normal with deviation
        ``1 / rank`` as diffusers' script draws them. Up weights begin at zero.
    seed : int

    Returns
    -------
    list of Parameter
        What to train, float32, in a fixed order.
    """
    if init not in ("kaiming", "gaussian"):
        raise ModelError(f"no LoRA initialisation {init!r}; there are kaiming, gaussian")
    paths = target_modules(model, targets) if hasattr(model, "conv_in") else text_modules(model)
    config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=paths)
    use_lean_layers(config, model)
    _inject(model, config, TRAINED)
    generator = torch.Generator().manual_seed(seed)
    for _, layer in lora_layers(model):
        down, up = layer.lora_A[TRAINED].weight, layer.lora_B[TRAINED].weight
        drawn = torch.empty(down.shape)
        if init == "gaussian":
            drawn.normal_(0.0, 1.0 / rank, generator=generator)
        else:
            nn.init.kaiming_uniform_(drawn, a=5**0.5, generator=generator)
        down.data = drawn.to(down.device, torch.float32)
        up.data = torch.zeros_like(up, dtype=torch.float32)
    return [weight for _, layer in lora_layers(model) for weight in _weights(layer, TRAINED)]


def lora_layers(model: nn.Module) -> list[tuple[str, LoraLayer]]:
    """Adapted modules of a model and their paths, in the model's order."""
    return [(path, module) for path, module in model.named_modules() if isinstance(module, LoraLayer)]


def remove_loras(model: nn.Module) -> None:
    """Take every LoRA out of a model; its own weights were never changed."""
    if hasattr(model, "peft_config"):
        recurse_remove_peft_layers(model)
        del model.peft_config
        model._hf_peft_config_loaded = False


def lora_tensors(
    model: nn.Module, layout: UNetLayout, *, dtype: torch.dtype, name: str = UNET
) -> dict[str, torch.Tensor]:
    """Tensors of a model's trained LoRA under kohya's names, on the CPU in ``dtype``.

    For each module ``.lora_down.weight (rank, in[, k, k])``, ``.lora_up.weight (out, rank[, 1, 1])``, ``.alpha ()``.
    ``name`` is the model's in the pipeline.
    """
    tensors = {}
    for path, layer in lora_layers(model):
        key = kohya_key(name, path, layout)
        down, up = (weight.detach().to("cpu", dtype).contiguous() for weight in _weights(layer, TRAINED))
        alpha = torch.tensor(float(layer.lora_alpha[TRAINED]), dtype=dtype)
        tensors |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up, f"{key}.alpha": alpha}
    return tensors


def save_lora(
    unet: nn.Module,
    layout: UNetLayout,
    path: Path,
    *,
    metadata: Mapping[str, str],
    dtype: torch.dtype = torch.float16,
    text_encoders: Sequence[nn.Module] = (),
) -> Path:
    """Write the trained LoRA in the format that A1111, Forge, ComfyUI, kohya's tools and diffusers load.

    Parameters
    ----------
    unet : UNet2DConditionModel
        With a LoRA of `add_lora`.
    layout : UNetLayout
    path : Path
    metadata : mapping of str to str
        Hashes are added, and the layout of a UNet that has not SDXL's.
    dtype : torch.dtype
        Of the stored weights.
    text_encoders : sequence of Module
        The first and the second, where they have LoRAs too.

    Returns
    -------
    Path
    """
    found = lora_tensors(unet, layout, dtype=dtype)
    for name, encoder in zip((TEXT_ENCODER, TEXT_ENCODER_2), text_encoders, strict=False):
        found |= lora_tensors(encoder, layout, dtype=dtype, name=name)
    tensors = {name: to_bytes(tensor) for name, tensor in found.items()}
    return write_atomic(path, b"".join(pack_lora(tensors, {**metadata, **layout_note(layout)})))


def load_into(models: Mapping[str, nn.Module], layout: UNetLayout, path: Path) -> None:
    """Begin a training where a LoRA file ended: set the trained weights to those of the file.

    Parameters
    ----------
    models : mapping
        Name in the pipeline to a model with a LoRA of `add_lora`.
    layout : UNetLayout
    path : Path
        In any format that `loras_on` reads. Modules that it lacks begin anew.

    Raises
    ------
    ModelError
        If it adapts modules that are not trained, or has another rank.
    """
    parts = read_parts(path).parts
    layers = {name: dict(lora_layers(model)) for name, model in models.items()}
    found, unknown = match_keys(parts, {name: list(those) for name, those in layers.items()}, layout)
    if unknown:
        raise ModelError(
            f"{path}: {len(unknown)} of {len(parts)} modules of this LoRA are not trained here, such as {unknown[0]}. "
            "Choose wider lora.targets, or set train.text_encoder_learning_rate where it has parts for text encoders"
        )
    for key, (name, module) in found.items():
        part, layer = parts[key], layers[name][module]
        if part.rank != layer.r[TRAINED]:
            raise ModelError(
                f"{path}: {key} has rank {part.rank}, but rank {layer.r[TRAINED]} is trained. Set lora.rank, or change "
                "the file with: unipixel lora resize"
            )
        _check_shape(path, key, part, tuple(layer.get_base_layer().weight.shape))
        down, up = part.down.array(), part.up.array() * (part.scale / layer.scaling[TRAINED])
        for weight, value in zip(_weights(layer, TRAINED), (down, up), strict=True):
            weight.data = torch.from_numpy(value).to(weight.device, torch.float32).reshape(weight.shape)


@contextmanager
def loras_on(base: Base, loras: Sequence[tuple[str | Path, float]]) -> Iterator[None]:
    """Put LoRA files onto a base for the length of a ``with`` block.

    Parameters
    ----------
    base : Base
    loras : sequence of (path, weight)
        In any format that `unipixel.lora.parts.read_parts` knows, ours or anyone's; several add up. Parts for the
        text encoders are used too.

    Raises
    ------
    ModelError
        If a file is damaged, is no LoRA, or is made for another model.
    """
    models = {name: getattr(base.pipeline, name) for name in (UNET, TEXT_ENCODER, TEXT_ENCODER_2)}
    used: dict[str, list[tuple[str, float]]] = {name: [] for name in models}
    try:
        for number, (path, weight) in enumerate(loras):
            adapter = f"lora{number}"
            for name in _add_file(models, base.layout, Path(path), adapter):
                used[name].append((adapter, weight))
        for name, model in models.items():
            for _, layer in lora_layers(model):
                layer.set_adapter([adapter for adapter, _ in used[name]])
                for adapter, weight in used[name]:
                    layer.set_scale(adapter, weight)
            model.requires_grad_(False)
        yield
    finally:
        for model in models.values():
            remove_loras(model)


def to_bytes(tensor: torch.Tensor) -> tuple[str, tuple[int, ...], bytes]:
    """Dtype name, shape and little-endian bytes of a tensor, as `unipixel.lora.file.pack` takes them."""
    plain = tensor.detach().cpu().contiguous()
    # reshape: a scalar can't be viewed as bytes
    return _DTYPES[plain.dtype], tuple(plain.shape), plain.reshape(-1).view(torch.uint8).numpy().tobytes()


def _narrowest_set(path: str) -> int:
    """Index in `TARGETS` of the smallest set with this module; beyond the end for those that no set has."""
    if ".attentions." in path:
        return 0 if path.endswith(_ATTENTION) else 1
    if any(part in path for part in (".resnets.", ".downsamplers.", ".upsamplers.")):
        return 2
    return 3 if path in ("conv_in", "conv_out") else 4


def _weights(layer: LoraLayer, adapter: str) -> tuple[nn.Parameter, nn.Parameter]:
    return layer.lora_A[adapter].weight, layer.lora_B[adapter].weight


def _inject(model: nn.Module, config: LoraConfig, adapter: str) -> None:
    with warnings.catch_warnings():  # peft warns of stacking, which is what is asked for here
        warnings.filterwarnings("ignore", message="Already found a `peft_config` attribute", category=UserWarning)
        inject_adapter_in_model(config, model, adapter)


def _add_file(models: Mapping[str, nn.Module], layout: UNetLayout, path: Path, adapter: str) -> list[str]:
    """Put one file onto the models, switched off; the names of those that it has parts for."""
    parts = read_parts(path).parts
    modules = {name: _adaptable(model) for name, model in models.items()}
    found, unknown = match_keys(parts, {name: list(those) for name, those in modules.items()}, layout)
    if unknown:
        raise ModelError(
            f"{path}: {len(unknown)} of {len(parts)} modules of this LoRA are not in the base model, such as "
            f"{unknown[0]}; it was made for another kind of model"
        )
    for key, (name, module) in found.items():
        _check_shape(path, key, parts[key], modules[name][module])
    for name, model in models.items():
        mine = {module: parts[key] for key, (owner, module) in found.items() if owner == name}
        if mine:
            _add_part(model, mine, adapter)
    return sorted({name for name, _ in found.values()})


def _add_part(model: nn.Module, parts: Mapping[str, Part], adapter: str) -> None:
    first = next(iter(parts.values()))
    config = LoraConfig(
        r=first.rank,
        lora_alpha=first.alpha,
        target_modules=list(parts),
        rank_pattern={f"^{module}": part.rank for module, part in parts.items() if part.rank != first.rank},
        alpha_pattern={f"^{module}": part.alpha for module, part in parts.items() if part.alpha != first.alpha},
    )
    _inject(model, config, adapter)
    for module, part in parts.items():
        layer: Any = model.get_submodule(module)
        own = layer.get_base_layer().weight
        dtype = own.dtype if own.dtype in _COMPUTED else torch.float32  # a base in 8 or 4 bits is no measure
        for weight, value in zip(_weights(layer, adapter), (part.down, part.up), strict=True):
            weight.data = torch.from_numpy(value.array()).to(own.device, dtype).reshape(weight.shape)


def _adaptable(model: nn.Module) -> dict[str, tuple[int, ...]]:
    """Paths and weight shapes of the modules that a LoRA can be for, seen through LoRAs already there."""
    modules = {}
    for path, module in model.named_modules():
        if isinstance(module, LoraLayer):
            module = module.get_base_layer()
        elif ".lora_" in path or path.endswith(".base_layer"):
            continue
        if isinstance(module, nn.Linear | nn.Conv2d):
            modules[path] = tuple(module.weight.shape)
    return modules


def _check_shape(path: Path, key: str, part: Part, shape: tuple[int, ...]) -> None:
    down, up = part.down.shape, part.up.shape
    fits = down[1] == shape[1] and up[0] == shape[0] and (len(shape) == 2 or down[2:] == shape[2:])
    # linear projections are sometimes stored as 1x1 convolutions
    if not fits or (len(shape) == 2 and any(n != 1 for n in (*down[2:], *up[2:]))):
        raise ModelError(f"{path}: {key} is {down} and {up}, but that module of the base model is {shape}")
