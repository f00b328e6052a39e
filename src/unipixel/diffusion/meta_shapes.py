"""Run models on the meta device as a GPU would run them: shapes and dtypes, no numbers.

Two things that torch does on a GPU do not happen on the meta device by themselves: autocast, and attention that never
holds its whole matrix. Both are stood in for here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

_NARROW: set[Any] = {
    F.linear,
    F.conv2d,
    torch.conv2d,
    torch.matmul,
    torch.bmm,
    torch.baddbmm,
    F.scaled_dot_product_attention,
}
_WIDE: set[Any] = {F.group_norm, F.layer_norm, F.softmax, F.mse_loss, torch.softmax, torch.nn.functional.normalize}


class GpuShapes(TorchFunctionMode):
    """Within a ``with`` block, let the meta device choose dtypes and attention as CUDA does.

    Parameters
    ----------
    dtype : torch.dtype, optional
        What autocast narrows to; ``None`` is without autocast. Products are computed in it, norms and losses in
        float32, as listed in torch's "Autocast Op Reference" for CUDA. Narrowed copies of weights that are trained
        live until `forget`, as in autocast's own cache.
    """

    def __init__(self, dtype: torch.dtype | None) -> None:
        super().__init__()
        self.dtype = dtype
        self._copies: dict[int, torch.Tensor] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Call ``func`` with its tensors in the dtype that CUDA would take."""
        named = dict(kwargs or {})
        if self.dtype is not None and (func in _NARROW or func in _WIDE):
            kind = self.dtype if func in _NARROW else torch.float32
            args = tuple(self._cast(value, kind) for value in args)
            named = {name: self._cast(value, kind) for name, value in named.items()}
        if func is F.scaled_dot_product_attention and named.get("attn_mask") is None and len(args) < 4:
            return _flash(*args, **named)
        return func(*args, **named)

    def forget(self) -> None:
        """Drop the narrowed copies of weights, as autocast does where its block ends."""
        self._copies.clear()

    def _cast(self, value: Any, dtype: torch.dtype) -> Any:
        if not isinstance(value, torch.Tensor) or not value.is_floating_point() or value.dtype == dtype:
            return value
        if not (value.is_leaf and value.requires_grad and value.dtype == torch.float32):
            return value.to(dtype)
        if id(value) not in self._copies:
            self._copies[id(value)] = value.to(dtype)
        return self._copies[id(value)]


def _flash(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, **named: Any) -> torch.Tensor:
    """Attention that keeps, for backward, its inputs, its output and one number a query: on every device the same."""
    causal = bool(named.get("is_causal", False))
    made: torch.Tensor = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(query, key, value, 0.0, causal)[0]
    return made
