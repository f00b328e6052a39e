"""Change the rank of a LoRA, with as much of its effect kept as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from unipixel.errors import OptionError
from unipixel.files import sha256
from unipixel.lora.carry import changed
from unipixel.lora.dtypes import Floats
from unipixel.lora.model import Lora
from unipixel.lora.modules import ModuleName
from unipixel.lora.parts import Part
from unipixel.lora.svd import Factors, reduce_product
from unipixel.lora.tensors import Stored


@dataclass(frozen=True)
class Kept:
    """How much of the weight differences is left, as shares of their energy, 0 to 1."""

    share: float
    """Of all modules together."""
    least: float
    """Of the module that lost most."""
    ranks: tuple[int, int]
    """Smallest and largest rank of the result."""


def resize_lora(
    lora: Lora, *, rank: int | None = None, energy: float | None = None, dtype: str | None = None
) -> tuple[Lora, Kept]:
    """Give every module of a LoRA the best weights of a smaller rank.

    Parameters
    ----------
    lora : Lora
    rank : int, optional
        Highest rank of a module; those of a lower one stay as they are.
    energy : float, optional
        Share of each module's energy, above 0 to 1, that is kept with as small a rank as can.
    dtype : str, optional
        Of changed weights; default: the module's own.

    Returns
    -------
    lora : Lora
        As strong as it was at the same weight. Alpha follows the rank; where ranks differ it is one number all the
        same, see `with_one_alpha`.
    kept : Kept

    Raises
    ------
    OptionError
        If neither rank nor energy is given, or one is out of its range.
    """
    if rank is None and energy is None:
        raise OptionError("say how small: give a rank, or the energy to keep")
    if rank is not None and rank < 1:
        raise OptionError(f"rank must be at least 1, got {rank}")
    if energy is not None and not 0 < energy <= 1:
        raise OptionError(f"energy must be above 0 and at most 1, got {energy}")
    parts, cuts = {}, {}
    for name, part in lora.parts.items():
        parts[name], cuts[name] = _resized(part, rank, 1.0 if energy is None else energy, dtype)
    parts = with_one_alpha(parts)
    source = {"file": lora.path.name, "sha256": sha256(lora.path)} if lora.path.is_file() else {"file": lora.path.name}
    options = {key: value for key, value in (("rank", rank), ("energy", energy)) if value is not None}
    metadata = changed(lora.metadata, parts, "resize", **options, of=[source])
    return replace(lora, parts=parts, metadata=metadata), summarise(parts, cuts)


def summarise(parts: dict[ModuleName, Part], cuts: dict[ModuleName, tuple[float, float]]) -> Kept:
    """Sum up what was kept: ``cuts`` holds kept and whole energy of each module."""
    kept, whole = (sum(cut[i] for cut in cuts.values()) for i in (0, 1))
    least = min((cut[0] / cut[1] for cut in cuts.values() if cut[1]), default=1.0)
    ranks = [part.rank for part in parts.values()]
    return Kept(kept / whole if whole else 1.0, least, (min(ranks), max(ranks)))


def flat(part: Part) -> tuple[Floats, Floats]:
    """Up and down weight as matrices: (out, rank) and (rank, in * k * k), float32."""
    up, down = part.up.array(), part.down.array()
    return up.reshape(up.shape[0], -1), down.reshape(down.shape[0], -1)


def from_factors(factors: Factors, like: tuple[int, ...], alpha: float, dtype: str) -> Part:
    """Build the LoRA of a module from matrices.

    Parameters
    ----------
    factors : Factors
    like : tuple of int
        Shape of the down weight but for its rank: ``(in,)``, or ``(in, k, k)`` of a convolution.
    alpha : float
    dtype : str
    """
    rank = factors.down.shape[0]
    ones = (1,) * (len(like) - 1)
    up = Stored.of(factors.up.reshape(-1, rank, *ones), dtype)
    return Part(Stored.of(factors.down.reshape(rank, *like), dtype), up, alpha)


def with_one_alpha(parts: Mapping[ModuleName, Part]) -> dict[ModuleName, Part]:
    """Give all modules the alpha that most of them have, with the same effect.

    Stock diffusers (0.42) looks alphas of kohya's format that differ from the most frequent one up under names like
    ``attn1.processor.to_q_lora``, which no module has: it would load such modules at a wrong strength.
    """
    if not parts:
        return {}
    alpha = Counter(part.alpha for part in parts.values()).most_common(1)[0][0]
    made = {}
    for name, part in parts.items():
        if part.alpha != alpha:
            up = part.up.array() * np.float32(part.alpha / alpha)
            part = Part(part.down, Stored.of(up, part.up.dtype), alpha)
        made[name] = part
    return made


def _resized(part: Part, rank: int | None, energy: float, dtype: str | None) -> tuple[Part, tuple[float, float]]:
    up, down = flat(part)
    factors = reduce_product(up, down, rank=rank, energy=energy)
    weight = part.scale**2
    if factors.down.shape[0] >= part.rank:
        whole = factors.energy * weight
        return part, (whole, whole)
    alpha = part.scale * factors.down.shape[0]
    made = from_factors(factors, part.down.shape[1:], alpha, dtype or part.down.dtype)
    return made, (factors.kept * weight, factors.energy * weight)
