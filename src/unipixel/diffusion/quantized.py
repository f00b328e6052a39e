"""A frozen UNet in 8 or 4 bits: weights are stored small and widened for the moment in which they are used.

Why not what the libraries have: diffusers' layerwise casting writes the wide weights into the module, which
gradient checkpointing then finds changed, and backward keeps them; bitsandbytes' own 4-bit layer has no convolution and
shows its packed bytes as ``weight``. Here a product with a frozen weight is one function whose backward widens the
stored weight anew, so that no wide copy outlives a layer, and ``weight`` reads as the numbers that are computed with.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from unipixel.errors import ModelError
from unipixel.extras import need

BASE_PRECISIONS = ("full", "fp8", "nf4")
"""How the weights of the frozen UNet are stored: as they are computed with; in 8 bits, ``float8_e4m3fn`` with one
scale for each output; in 4 bits, the levels of a normal distribution with one scale for each 64 weights (NF4 of QLoRA,
Dettmers et al. 2023, arXiv 2305.14314), by bitsandbytes."""
_BLOCKS = ("down_blocks.", "mid_block.", "up_blocks.")
_LARGEST_8_BIT = 448.0  # of float8_e4m3fn
_BLOCK_SIZE = 64
_EXTRA = "optimizers"


def quantize_unet(unet: nn.Module, precision: str) -> None:
    """Store the weights of a frozen UNet's linear layers and convolutions in fewer bits, in place.

    Parameters
    ----------
    unet : UNet2DConditionModel
        Without a LoRA. What stands outside its blocks (first and last convolution, embeddings) stays as it is.
    precision : {"full", "fp8", "nf4"}
        See `BASE_PRECISIONS`; ``"full"`` changes nothing.

    Raises
    ------
    ModelError
        If there is no such precision, or the UNet's device knows no numbers of 8 bits (Apple's Metal).
    MissingExtra
        If ``"nf4"`` is asked for without bitsandbytes.
    """
    check_precision(next(unet.parameters()).device, precision)
    if precision == "full":
        return
    codec = Float8 if precision == "fp8" else NormalFloat4
    for path, module in list(unet.named_modules()):
        if path.startswith(_BLOCKS) and type(module) in (nn.Linear, nn.Conv2d):
            parent = unet.get_submodule(path.rpartition(".")[0])
            setattr(parent, path.rpartition(".")[2], _packed(module, codec(module.weight.detach())))


def check_precision(device: torch.device, precision: str) -> None:
    """Refuse a precision that does not exist, or that a device can't hold, before anything is loaded.

    Raises
    ------
    ModelError
        If there is none of this name; and on Apple's Metal, which knows no numbers of 8 bits, and which bitsandbytes
        does not serve.
    MissingExtra
        If ``"nf4"`` is asked for without bitsandbytes.
    """
    if precision not in BASE_PRECISIONS:
        raise ModelError(f"no base precision {precision!r}; there are {', '.join(BASE_PRECISIONS)}")
    if precision != "full" and device.type == "mps":
        raise ModelError(f"a base in {precision} can't be held by Apple's Metal; take base precision full")
    if precision == "nf4":
        need("bitsandbytes", extra=_EXTRA, purpose="a base in 4 bits")


class Float8(nn.Module):
    """A weight in ``float8_e4m3fn``, with one float32 scale for each output.

    Parameters
    ----------
    weight : (out, ...) floating point Tensor
    """

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        largest = weight.float().abs().amax(dim=tuple(range(1, weight.ndim)), keepdim=True)
        scale = (largest / _LARGEST_8_BIT).clamp(min=torch.finfo(torch.float32).tiny)
        self.register_buffer("stored", (weight.float() / scale).to(torch.float8_e4m3fn))
        self.register_buffer("scale", scale)

    def wide(self, shape: torch.Size, dtype: torch.dtype) -> torch.Tensor:
        """Make the weight anew, ``shape`` in ``dtype``."""
        return self.stored.to(dtype).mul_(self.scale.to(dtype)).view(shape)


class NormalFloat4(nn.Module):
    """A weight in NF4: two weights a byte, one float32 scale for each 64 of them.

    Parameters
    ----------
    weight : floating point Tensor
    """

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        library = need("bitsandbytes", extra=_EXTRA, purpose="a base in 4 bits").functional
        flat = weight.float().reshape(-1).contiguous()
        stored, state = library.quantize_4bit(flat, blocksize=_BLOCK_SIZE, quant_type="nf4")
        self.register_buffer("stored", stored)
        self.register_buffer("scale", state.absmax)
        self.register_buffer("levels", state.code)

    def wide(self, shape: torch.Size, dtype: torch.dtype) -> torch.Tensor:
        """Make the weight anew, ``shape`` in ``dtype``."""
        library = need("bitsandbytes", extra=_EXTRA, purpose="a base in 4 bits").functional
        flat = torch.Size([shape.numel()])
        state = library.QuantState(self.scale, flat, self.levels, _BLOCK_SIZE, "nf4", dtype)
        weight: torch.Tensor = library.dequantize_4bit(self.stored, state)
        return weight.view(shape)


class _Packed:
    """What a linear layer and a convolution with a packed weight share."""

    codec: Float8 | NormalFloat4
    shape: torch.Size
    dtype: torch.dtype
    bias: nn.Parameter | None

    @property
    def weight(self) -> torch.Tensor:
        """The weight that is computed with, made anew at each reading; no change of it lasts."""
        return self.codec.wide(self.shape, self.dtype)

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> Any:
        # a model that is moved or cast takes its buffers along, but these may only move: a cast would unpack them
        there = fn(torch.empty(0, dtype=self.dtype, device=self.codec.stored.device))
        for name, buffer in self.codec._buffers.items():
            self.codec._buffers[name] = buffer.to(there.device)
        self.dtype = there.dtype
        if self.bias is not None:
            self.bias = nn.Parameter(fn(self.bias.data), requires_grad=self.bias.requires_grad)
        return self

    def _product(self, x: torch.Tensor, name: str, how: dict[str, Any]) -> torch.Tensor:
        # in the dtype that the weight came in, which is also what autocast narrows to
        made: torch.Tensor = _FrozenProduct.apply(
            x.to(self.dtype), self.bias, name, how, partial(self.codec.wide, self.shape)
        )
        return made


class PackedLinear(_Packed, nn.Linear):
    """A frozen ``nn.Linear`` whose weight is packed."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Product of ``(..., in)`` with the weight, plus the bias."""
        return self._product(input, "linear", {})


class PackedConv2d(_Packed, nn.Conv2d):
    """A frozen ``nn.Conv2d`` whose weight is packed; padding with zeros, as everywhere in the UNet."""

    def __new__(cls, *sizes: Any, **named: Any) -> Any:
        """Make a plain convolution where sizes are given: peft makes a LoRA's with the class of the adapted one."""
        return nn.Conv2d(*sizes, **named) if sizes or named else super().__new__(cls)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Convolution of ``(n, in, h, w)`` with the weight, plus the bias."""
        how = {name: getattr(self, name) for name in ("stride", "padding", "dilation", "groups")}
        return self._product(input, "conv2d", how)


class _FrozenProduct(torch.autograd.Function):
    """Product of an input with a frozen weight, of which backward keeps nothing: it makes the weight anew."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        bias: torch.Tensor | None,
        name: str,
        how: dict[str, Any],
        wide: Callable[[torch.dtype], torch.Tensor],
    ) -> torch.Tensor:
        """Linear layer or convolution."""
        ctx.name, ctx.how, ctx.wide, ctx.size = name, how, wide, x.shape
        return F.linear(x, wide(x.dtype), bias) if name == "linear" else F.conv2d(x, wide(x.dtype), bias, **how)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Gradient of the input alone."""
        (gradient,) = gradients
        weight = ctx.wide(gradient.dtype)
        if ctx.name == "linear":
            of_input = gradient @ weight
        else:
            of_input = torch.nn.grad.conv2d_input(ctx.size, weight, gradient, **ctx.how)
        return of_input, None, None, None, None


def _packed(module: nn.Linear | nn.Conv2d, codec: Float8 | NormalFloat4) -> nn.Module:
    """Build the packed form of a layer; its own initialisation is skipped, since it would make a wide weight."""
    kind = PackedLinear if isinstance(module, nn.Linear) else PackedConv2d
    packed = kind.__new__(kind)
    nn.Module.__init__(packed)
    for name, value in vars(module).items():
        if not name.startswith("_"):
            setattr(packed, name, value)
    if isinstance(module, nn.Conv2d):
        packed._reversed_padding_repeated_twice = module._reversed_padding_repeated_twice
    packed.shape, packed.dtype = module.weight.shape, module.weight.dtype
    packed.register_parameter("bias", module.bias)
    packed.codec = codec
    return packed
