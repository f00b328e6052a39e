"""A LoRA in memory: pairs of small matrices, one pair for each module that it changes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Pair:
    """What a LoRA does to one module: its weight gets ``up @ down * alpha / rank``."""

    down: npt.NDArray[np.float32]
    """``(rank, in)`` of a linear layer, ``(rank, in, k, k)`` of a convolution."""
    up: npt.NDArray[np.float32]
    """``(out, rank)``, or ``(out, rank, 1, 1)``."""
    alpha: float

    @property
    def rank(self) -> int:
        """Width of the bottleneck."""
        return int(self.down.shape[0])

    @property
    def flat(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The matrices ``down (rank, in * k * k)`` and ``up (out, rank)``."""
        return self.down.reshape(self.rank, -1), self.up.reshape(self.up.shape[0], self.rank)

    def delta(self) -> npt.NDArray[np.float32]:
        """What is added to the weight, ``(out, in)`` or ``(out, in, k, k)``, float32."""
        down, up = self.flat
        product: npt.NDArray[Any] = (up @ down) * np.float32(self.alpha / self.rank)
        return product.reshape(self.up.shape[0], *self.down.shape[1:])

    def norm(self) -> float:
        """Frobenius norm of `delta`, from the small matrices alone.

        ``||up @ down||_F^2 = sum((up^T up) * (down down^T))``.
        """
        down, up = (half.astype(np.float64) for half in self.flat)
        squared = float(np.sum((up.T @ up) * (down @ down.T)))
        return math.sqrt(max(squared, 0.0)) * abs(self.alpha / self.rank)


def pair_from_flat(down: npt.NDArray[Any], up: npt.NDArray[Any], alpha: float, inside: tuple[int, ...]) -> Pair:
    """Pair of the matrices ``down (rank, in * k * k)`` and ``up (out, rank)``.

    Parameters
    ----------
    down, up : ndarray
    alpha : float
    inside : tuple of int
        ``(in,)`` of a linear layer, ``(in, k, k)`` of a convolution.
    """
    rank = down.shape[0]
    up_shape = (up.shape[0], rank) if len(inside) == 1 else (up.shape[0], rank, 1, 1)
    shaped = (np.ascontiguousarray(half, np.float32) for half in (down, up))
    small, large = next(shaped).reshape(rank, *inside), next(shaped).reshape(up_shape)
    return Pair(small, large, float(alpha))


def with_one_alpha(pairs: Mapping[str, Pair]) -> dict[str, Pair]:
    """Pairs of the same effect whose alpha is the largest rank, in every module.

    Stock diffusers (0.42) loses alphas of kohya's format that differ between attention modules: it looks for them
    under names such as ``attn1.processor.to_q_lora``, which no module has any more. Ranks may differ.
    """
    alpha = float(max((pair.rank for pair in pairs.values()), default=1))
    changed = {}
    for key, pair in pairs.items():
        share = np.float32(pair.alpha / alpha)
        changed[key] = Pair(pair.down, pair.up if share == 1 else pair.up * share, alpha)
    return changed


@dataclass(frozen=True)
class LoraWeights:
    """A whole LoRA."""

    pairs: dict[str, Pair]
    """Kohya's key of a module (such as ``lora_unet_input_blocks_4_1_proj_in``) to its pair, sorted by key."""
    metadata: dict[str, str] = field(default_factory=dict)
    dtype: str = "F16"
    """What the file stores, as the format names it."""
    format: str = "kohya"
    """Of the file it came from: ``kohya``, ``diffusers`` or ``peft``."""

    def ranks(self) -> Counter[int]:
        """How many modules have which rank."""
        return Counter(pair.rank for pair in self.pairs.values())

    def alphas(self) -> Counter[float]:
        """How many modules have which alpha."""
        return Counter(pair.alpha for pair in self.pairs.values())


def part_of(key: str) -> str:
    """Model that a key of kohya's is for: ``"unet"``, ``"text_encoder"`` or ``"text_encoder_2"``."""
    return {"lora_te1": "text_encoder", "lora_te2": "text_encoder_2"}.get(key[:8], "unet")
