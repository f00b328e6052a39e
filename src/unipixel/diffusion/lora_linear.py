"""A linear layer with a LoRA that trains as one node of autograd: peft's values, up to rounding, in less time.

peft takes the LoRA's share through four operations that each write an array as large as the layer's output. Here it
is added to the output where that lies, forward and backward.
"""

from __future__ import annotations

from typing import Any

import torch
from peft import LoraConfig
from peft.tuners.lora import Linear
from torch import nn
from torch.autograd.function import once_differentiable


def use_lean_layers(config: LoraConfig, model: nn.Module) -> None:
    """Have peft put `LeanLinear` on a model's linear layers.

    Parameters
    ----------
    config : LoraConfig
        Changed: the layer is registered as its module for ``nn.Linear``, the way that peft offers for layers of one's
        own. It stays as it is where a layer of the model is a kind of its own (4 or 8 bits): peft has others for those.
    model : Module
    """
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    if all(type(module) is nn.Linear for module in linear):
        config._register_custom_module({nn.Linear: LeanLinear})


class LeanLinear(Linear):
    """peft's layer; while gradients are recorded, its usual case takes a shorter way.

    The usual case is one LoRA without dropout, bias or variant; input, layer and LoRA in one dtype; no autocast.
    """

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Layer and LoRA: ``(..., in)`` to ``(..., out)``."""
        if args or kwargs or not self._is_usual(x):
            return super().forward(x, *args, **kwargs)
        name, layer = self.active_adapters[0], self.base_layer
        down, up = self.lora_A[name].weight, self.lora_B[name].weight
        result: torch.Tensor = _AddLora.apply(x, layer.weight, layer.bias, down, up, self.scaling[name])
        return result

    def _is_usual(self, x: torch.Tensor) -> bool:
        active = self.active_adapters
        if not torch.is_grad_enabled() or self.disable_adapters or self.merged or len(active) != 1:
            return False
        name, weight = active[0], self.base_layer.weight
        return (
            name in self.lora_A
            and name not in self.lora_variant
            and isinstance(self.lora_dropout[name], nn.Identity)
            and self.lora_B[name].bias is None
            and x.dtype == weight.dtype == self.lora_A[name].weight.dtype
            and not weight.requires_grad
            and not torch.is_autocast_enabled(x.device.type)
        )


class _AddLora(torch.autograd.Function):
    """``x W^T + b + s (x A^T) B^T``, with gradients for ``x``, ``A`` and ``B``."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        down: torch.Tensor,
        up: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1])  # (n, in)
        narrow = rows.mm(down.t())  # (n, rank)
        result = rows.mm(weight.t()) if bias is None else torch.addmm(bias, rows, weight.t())  # (n, out)
        result.addmm_(narrow, up.t(), alpha=scale)
        ctx.save_for_backward(rows, narrow, weight, down, up)
        ctx.scale, ctx.shape = scale, x.shape
        return result.view(*x.shape[:-1], weight.shape[0])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, narrow, weight, down, up = ctx.saved_tensors
        wide = grad.reshape(-1, grad.shape[-1])  # (n, out)
        grad_narrow = wide.mm(up).mul_(ctx.scale)
        grad_up = wide.t().mm(narrow).mul_(ctx.scale)
        grad_down = grad_narrow.t().mm(rows)
        grad_x = None
        if ctx.needs_input_grad[0]:  # not so for what comes from a frozen text encoder
            grad_x = wide.mm(weight).addmm_(grad_narrow, down).view(ctx.shape)
        return grad_x, None, None, grad_down, grad_up, None
