"""Several LoRAs in one: exact, or of a bounded rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from unipixel.errors import ModelError
from unipixel.files import sha256
from unipixel.lora.carry import merged
from unipixel.lora.model import Lora, check_model
from unipixel.lora.modules import ModuleName
from unipixel.lora.parts import Part
from unipixel.lora.resize import Kept, flat, from_factors, summarise, with_one_alpha
from unipixel.lora.svd import Factors, product_energy, reduce_product


def merge_loras(
    loras: Sequence[tuple[Lora, float]], *, title: str, rank: int | None = None, dtype: str | None = None
) -> tuple[Lora, Kept]:
    """Merge LoRAs into one that does what all of them do at their weights.

    Parameters
    ----------
    loras : sequence of (Lora, weight)
    title : str
        Name of the result.
    rank : int, optional
        Highest rank of a module, by singular values. Not given, ranks add up and nothing is lost but rounding.
    dtype : str, optional
        Of the result. Default: that of the LoRAs where they agree, else float32.

    Returns
    -------
    lora : Lora
        Its weights and alphas are in the up weights; alpha is one number, see `with_one_alpha`.
    kept : Kept

    Raises
    ------
    ModelError
        If the LoRAs are for different models.
    """
    first = loras[0][0]
    for lora, _ in loras:
        check_model(lora)
        if lora.layout != first.layout:
            raise ModelError(f"{first.path} and {lora.path} are for different models, so they can't be merged")
    dtypes = {name for lora, _ in loras for name in lora.dtypes}
    target = dtype or (dtypes.pop() if len(dtypes) == 1 and not next(iter(dtypes)).startswith("F8") else "F32")
    parts, cuts = {}, {}
    for name in dict.fromkeys(name for lora, _ in loras for name in lora.parts):
        shape, factors = _sum(name, [(lora, weight) for lora, weight in loras if name in lora.parts], rank)
        parts[name] = from_factors(factors, shape, float(factors.down.shape[0]), target)
        cuts[name] = (factors.kept, factors.energy)
    parts = with_one_alpha(parts)
    metadata = merged(
        [lora.metadata for lora, _ in loras],
        parts,
        title=title,
        names=[lora.path.stem for lora, _ in loras],
        **({} if rank is None else {"rank": rank}),
        of=sources_of(loras),
    )
    whole = replace(first, path=Path(title), metadata=metadata, parts=parts, unknown={}, others=(), has_alpha=True)
    return whole, summarise(parts, cuts)


def sources_of(loras: Sequence[tuple[Lora, float]]) -> list[dict[str, Any]]:
    """Name the LoRAs of a merge for its history: file, SHA-256 and weight."""
    return [
        {"file": lora.path.name, **({"sha256": sha256(lora.path)} if lora.path.is_file() else {}), "weight": weight}
        for lora, weight in loras
    ]


def _sum(name: ModuleName, loras: Sequence[tuple[Lora, float]], rank: int | None) -> tuple[tuple[int, ...], Factors]:
    first = loras[0][0].parts[name]
    shape = first.down.shape[1:]
    ups, downs = [], []
    for lora, weight in loras:
        part: Part = lora.parts[name]
        if part.down.shape[1:] != shape or part.up.shape[0] != first.up.shape[0]:
            raise ModelError(
                f"{lora.path}: {name.path} has {part.up.shape[0]} outputs of {part.down.shape[1:]}, but in "
                f"{loras[0][0].path} {first.up.shape[0]} of {shape}; these LoRAs are for different models"
            )
        up, down = flat(part)
        ups.append(up * np.float32(weight * part.scale))
        downs.append(down)
    up, down = np.concatenate(ups, axis=1), np.concatenate(downs, axis=0)
    if rank is not None and rank < up.shape[1]:
        return shape, reduce_product(up, down, rank=rank)
    energy = product_energy(up, down)
    return shape, Factors(up, down, energy, energy)
