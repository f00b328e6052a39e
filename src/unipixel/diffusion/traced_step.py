"""What one training step, one encoding and one drawing need beside the weights, traced on the meta device."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from peft import LoraConfig, inject_adapter_in_model
from torch import nn
from torch.utils.checkpoint import checkpoint
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from unipixel.checkpoint import recognise_folder
from unipixel.checkpoint.folder import WEIGHTS, read_config
from unipixel.diffusion.adapter import target_modules
from unipixel.diffusion.autoencoder import PatchAutoencoder
from unipixel.diffusion.folder_loading import part_dtype
from unipixel.diffusion.live_bytes import LiveBytes
from unipixel.diffusion.meta_shapes import GpuShapes
from unipixel.diffusion.quantized import Float8, quantize_unet
from unipixel.diffusion.single_file_loading import shipped_config

TOKENS = 77
"""Tokens of a prompt."""
_TEXT_TARGETS = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
_NF4_BYTES = 0.5 + 4 / 64  # a weight in 4 bits, and one float32 scale for each 64 of them


@dataclass(frozen=True, eq=False)
class Shapes:
    """Configuration of each part of a base: all that its shapes follow from. Each is traced once: keep it."""

    unet: Mapping[str, Any]
    vae: Mapping[str, Any]
    text_encoder: Mapping[str, Any]
    text_encoder_2: Mapping[str, Any]

    @classmethod
    def of(cls, base: Path) -> Shapes:
        """Configuration of a base; a single file is of SDXL's own.

        Parameters
        ----------
        base : Path

        Raises
        ------
        ModelError
            If a folder is no SDXL pipeline.
        """
        if base.is_dir():
            return cls(**{name: part.config for name, part in recognise_folder(base).parts.items()})
        with shipped_config() as folder:
            return cls(**{name: read_config(folder / name / "config.json") for name in WEIGHTS})

    @property
    def stride(self) -> int:
        """Image px per latent cell."""
        return 2 ** (len(self.vae["block_out_channels"]) - 1)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What decides the memory of a training step.

    Attributes
    ----------
    width, height : int
        Canvas px.
    dtype : torch.dtype
        That the base is held and computed in; the LoRA is float32, products are narrowed by autocast.
    gradient_checkpointing : bool
    text_encoders : bool
        Whether they are trained too.
    """

    rank: int
    targets: str
    batch_size: int
    width: int
    height: int
    dtype: torch.dtype
    gradient_checkpointing: bool = True
    text_encoders: bool = False


@dataclass(frozen=True)
class Traced:
    """What a training step works with."""

    trained: tuple[tuple[int, ...], ...]
    """Shapes of all trained weights."""
    peak: int
    """Most bytes alive at once beside the weights, gradients of the trained ones included."""


@cache
def trace_step(shapes: Shapes, step: Step) -> Traced:
    """Run one training step on the meta device and count; of the true SDXL that takes some 10 to 20 s of CPU.

    Parameters
    ----------
    shapes : Shapes
    step : Step

    Returns
    -------
    Traced
    """
    unet = _build(UNet2DConditionModel, shapes.unet, step.dtype)
    _adapt(unet, step.rank, target_modules(unet, step.targets))
    modes = GpuShapes(None if step.dtype == torch.float32 else step.dtype)
    if step.gradient_checkpointing:  # backward runs outside of the modes, but what it computes again is within them
        again = partial(checkpoint, use_reentrant=False, context_fn=lambda: (nullcontext(), modes))
        unet.enable_gradient_checkpointing(again)
    texts = _text_encoders(shapes, step.dtype) if step.text_encoders else []
    for text in texts:
        _adapt(text, step.rank, _TEXT_TARGETS)
    weights = [tensor for model in (unet, *texts) for tensor in (*model.parameters(), *model.buffers())]
    with LiveBytes(weights) as live:
        said = _ask(shapes, step, unet, texts, modes, torch.float32).float()
        (said - torch.empty_like(said)).square().mean().backward()
    return Traced(tuple(tuple(weight.shape) for weight in weights if weight.requires_grad), live.peak)


@cache
def trace_encoding(shapes: Shapes, *, width: int, height: int, dtype: torch.dtype) -> int:
    """Bytes beside the weights while one picture is encoded to latents."""
    vae = _build(_vae_class(shapes), shapes.vae, part_dtype("vae", shapes.vae, dtype))
    picture = torch.empty(1, 3, height, width, dtype=vae.dtype, device="meta")
    with torch.no_grad(), GpuShapes(None), LiveBytes(vae.parameters()) as live:
        vae.encode(picture)
    return live.peak


@cache
def trace_decoding(shapes: Shapes, *, width: int, height: int, dtype: torch.dtype) -> int:
    """Bytes beside the weights while one latent is decoded to a picture."""
    vae = _build(_vae_class(shapes), shapes.vae, part_dtype("vae", shapes.vae, dtype))
    size = (1, int(shapes.unet["in_channels"]), height // shapes.stride, width // shapes.stride)
    with torch.no_grad(), GpuShapes(None), LiveBytes(vae.parameters()) as live:
        vae.decode(torch.empty(size, dtype=vae.dtype, device="meta"))
    return live.peak


@cache
def trace_drawing(shapes: Shapes, *, width: int, height: int, dtype: torch.dtype) -> int:
    """Bytes beside the weights while the UNet is asked about one sample with guidance, which is two at once."""
    unet = _build(UNet2DConditionModel, shapes.unet, dtype)
    step = Step(rank=1, targets="attention", batch_size=2, width=width, height=height, dtype=dtype)
    with torch.no_grad(), LiveBytes(unet.parameters()) as live:
        _ask(shapes, step, unet, [], GpuShapes(None), dtype)
    return live.peak


@dataclass(frozen=True)
class Weights:
    """Bytes of a base's weights, as they are stored."""

    unet: int
    widest: int
    """The largest layer of the UNet once it is widened; 0 where nothing is stored small."""
    text_encoders: int
    vae: int


@cache
def count_weights(shapes: Shapes, dtype: torch.dtype, base_precision: str) -> Weights:
    """Count the bytes of a base's parts.

    Parameters
    ----------
    shapes : Shapes
    dtype : torch.dtype
        That the base is computed in.
    base_precision : {"full", "fp8", "nf4"}
        That the UNet is stored in; see `unipixel.diffusion.quantized.quantize_unet`.

    Returns
    -------
    Weights
    """
    unet = _build(UNet2DConditionModel, shapes.unet, dtype)
    quantize_unet(unet, "full" if base_precision == "full" else "fp8")
    stored = _bytes(unet)
    codecs = [module for module in unet.modules() if isinstance(module, Float8)]
    if base_precision == "nf4":  # which bitsandbytes can't do on the meta device
        stored += sum(round(c.stored.numel() * _NF4_BYTES) - c.stored.nbytes - c.scale.nbytes for c in codecs)
    widest = max((codec.stored.numel() * dtype.itemsize for codec in codecs), default=0)
    vae = _build(_vae_class(shapes), shapes.vae, part_dtype("vae", shapes.vae, dtype))
    return Weights(stored, widest, sum(_bytes(text) for text in _text_encoders(shapes, dtype)), _bytes(vae))


def _ask(
    shapes: Shapes, step: Step, unet: nn.Module, texts: list[nn.Module], modes: GpuShapes, dtype: torch.dtype
) -> torch.Tensor:
    """Say what the UNet says to noisy latents in ``dtype``."""
    cells = (int(shapes.unet["in_channels"]), step.height // shapes.stride, step.width // shapes.stride)
    numbers = {"dtype": torch.int64, "device": "meta"}
    with modes:
        embeds, pooled = _words(shapes, step, texts)
        said: torch.Tensor = unet(
            torch.empty(step.batch_size, *cells, dtype=dtype, device="meta"),
            torch.empty(step.batch_size, **numbers),
            encoder_hidden_states=embeds,
            added_cond_kwargs={"text_embeds": pooled, "time_ids": torch.empty(step.batch_size, 6, **numbers)},
            return_dict=False,
        )[0]
    modes.forget()
    return said


def _words(shapes: Shapes, step: Step, texts: list[nn.Module]) -> tuple[torch.Tensor, torch.Tensor]:
    """Embeddings from the cache, or from the text encoders that are trained."""
    if not texts:
        width, pooled = int(shapes.unet["cross_attention_dim"]), int(shapes.text_encoder_2["projection_dim"])
        sizes = (step.batch_size, TOKENS, width), (step.batch_size, pooled)
        return tuple(torch.empty(size, dtype=step.dtype, device="meta") for size in sizes)
    ids = torch.zeros(step.batch_size, TOKENS, dtype=torch.int64, device="meta")
    said = [text(ids, output_hidden_states=True) for text in texts]
    return torch.cat([one.hidden_states[-2] for one in said], dim=-1), said[1][0]


def _build(kind: Any, config: Mapping[str, Any], dtype: torch.dtype) -> Any:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device("meta"):
            model = kind(config) if isinstance(config, CLIPTextConfig) else kind.from_config(dict(config))
    finally:
        torch.set_default_dtype(before)
    return model.requires_grad_(False)


def _text_encoders(shapes: Shapes, dtype: torch.dtype) -> list[nn.Module]:
    kinds = ((CLIPTextModel, shapes.text_encoder), (CLIPTextModelWithProjection, shapes.text_encoder_2))
    return [_build(kind, CLIPTextConfig(**config), dtype) for kind, config in kinds]


def _vae_class(shapes: Shapes) -> Any:
    return PatchAutoencoder if shapes.vae.get("_class_name") == "PatchAutoencoder" else AutoencoderKL


def _adapt(model: nn.Module, rank: int, modules: list[str]) -> None:
    with torch.device("meta"):
        inject_adapter_in_model(LoraConfig(r=rank, target_modules=modules), model)
    for weight in model.parameters():
        if weight.requires_grad:
            weight.data = weight.data.float()
    model.train()


def _bytes(model: nn.Module) -> int:
    return sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))
