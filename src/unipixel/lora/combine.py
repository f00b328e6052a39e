"""Add LoRAs up, and give a LoRA another rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.errors import ModelError
from unipixel.lora.stated import shared_metadata
from unipixel.lora.weights import LoraWeights, Pair, pair_from_flat, with_one_alpha


def merge(parts: Sequence[tuple[LoraWeights, float]], *, rank: int | None = None) -> LoraWeights:
    """One LoRA that does what several do together.

    Parameters
    ----------
    parts : sequence of (LoraWeights, float)
        LoRAs and their weights.
    rank : int, optional
        Of the result, see `resize`. Without it the ranks of a module add up and the result is exact.

    Returns
    -------
    LoraWeights
        Alpha is the largest rank, see `with_one_alpha`. Metadata that all of them share, and all tags.

    Raises
    ------
    ModelError
        If there is none, or they change a module of different sizes.
    """
    if not parts:
        raise ModelError("there is no LoRA to merge. Give at least one")
    keys = sorted({key for weights, _ in parts for key in weights.pairs})
    pairs = {key: _sum(key, [(w.pairs[key], factor) for w, factor in parts if key in w.pairs]) for key in keys}
    first = parts[0][0]
    merged = LoraWeights(
        with_one_alpha(pairs), shared_metadata([weights.metadata for weights, _ in parts]), first.dtype
    )
    return merged if rank is None else resize(merged, rank=rank)[0]


def resize(weights: LoraWeights, *, rank: int | None = None, energy: float | None = None) -> tuple[LoraWeights, float]:
    """Nearest LoRA of a smaller rank, module by module (truncated singular value decomposition).

    Parameters
    ----------
    weights : LoraWeights
    rank : int, optional
        Largest rank of a module; a module of less keeps its own.
    energy : float, optional
        Instead of a rank: the share of the squared singular values that each module keeps, in (0, 1].

    Returns
    -------
    weights : LoraWeights
        Alpha is the largest rank, see `with_one_alpha`; the singular values are split evenly on both halves.
    kept : float
        Share of the squared Frobenius norm of all modules together that is kept, 1 for an empty LoRA.

    Raises
    ------
    ModelError
        If not exactly one of them is given, or it is out of its range.
    """
    if (rank is None) == (energy is None):
        raise ModelError("give either a rank or an energy to keep")
    if (rank is not None and rank < 1) or (energy is not None and not 0 < energy <= 1):
        raise ModelError("a rank is at least 1, and an energy above 0 and at most 1")
    pairs, kept, total = {}, 0.0, 0.0
    for key, pair in weights.pairs.items():
        up, values, down = _decompose(pair)
        count = _smallest_rank(values, energy) if energy is not None else min(rank or 1, len(values))
        pairs[key] = split_evenly(up[:, :count], values[:count], down[:count], pair.down.shape[1:])
        kept, total = kept + float(np.sum(values[:count] ** 2)), total + float(np.sum(values**2))
    return LoraWeights(
        with_one_alpha(pairs), weights.metadata, weights.dtype, weights.format
    ), kept / total if total else 1.0


def split_evenly(
    up: npt.NDArray[Any], values: npt.NDArray[Any], down: npt.NDArray[Any], inside: tuple[int, ...]
) -> Pair:
    """Pair of singular vectors ``up (out, n)``, ``down (n, in)`` and values ``(n,)``; alpha is the rank."""
    root = np.sqrt(values)
    return pair_from_flat(root[:, None] * down, up * root, float(len(values)), inside)


def _sum(key: str, parts: Sequence[tuple[Pair, float]]) -> Pair:
    inside = max((pair.down.shape[1:] for pair, _ in parts), key=len)
    sizes = {(pair.up.shape[0], pair.flat[0].shape[1]) for pair, _ in parts}
    if len(sizes) > 1:
        raise ModelError(f"{key} has different sizes in these LoRAs, so they are for different models")
    down = np.concatenate([pair.flat[0] for pair, _ in parts])
    up = np.concatenate([pair.flat[1] * np.float32(factor * pair.alpha / pair.rank) for pair, factor in parts], axis=1)
    return pair_from_flat(down, up, float(len(down)), inside)


def _decompose(pair: Pair) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Singular value decomposition of the delta by way of its small core, float64."""
    down, up = (half.astype(np.float64) for half in pair.flat)
    left, upper = np.linalg.qr(up)
    right, lower = np.linalg.qr(down.T)
    u, values, v = np.linalg.svd(upper @ lower.T * (pair.alpha / pair.rank), full_matrices=False)
    return left @ u, values, v @ right.T


def _smallest_rank(values: npt.NDArray[Any], energy: float) -> int:
    reached = np.cumsum(values**2)
    return min(int(np.searchsorted(reached, energy * reached[-1] * (1 - 1e-12))) + 1, len(values))
