"""A moving average of the weights: calmer than the weights themselves, and what is saved where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn


class Average:
    """Exponential moving average.

    Parameters
    ----------
    weights : sequence of Parameter
        Those that are trained.
    decay : float
        Share that is kept at each step, 0 to 1; 0 is no average at all, and costs nothing.
    """

    def __init__(self, weights: Sequence[nn.Parameter], decay: float) -> None:
        self._weights = list(weights)
        self._decay = decay
        self.tensors = [weight.detach().clone() for weight in weights] if decay else []
        """The average, in the order of the weights; empty without one."""

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take the weights in after a step, counted from 0; early ones count more, so that the start fades."""
        if self.tensors:
            decay = min(self._decay, (step + 1) / (step + 10))
            torch._foreach_lerp_(self.tensors, [weight.detach() for weight in self._weights], 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Put the average where the weights are, for the length of a ``with`` block."""
        if not self.tensors:
            yield
            return
        kept = [weight.detach().clone() for weight in self._weights]
        _copy(self.tensors, self._weights)
        try:
            yield
        finally:
            _copy(kept, self._weights)


@torch.no_grad()
def _copy(tensors: Sequence[torch.Tensor], weights: Sequence[nn.Parameter]) -> None:
    for tensor, weight in zip(tensors, weights, strict=True):
        weight.copy_(tensor)
