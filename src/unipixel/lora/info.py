"""What can be known of a LoRA file: its weights measured, its metadata read, and what is wrong with it."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unipixel.lora.file import read_header
from unipixel.lora.modules import SDXL_LAYOUT
from unipixel.lora.names import UNetLayout
from unipixel.lora.read import PEFT_WEIGHTS, read_lora
from unipixel.lora.stated import read_object
from unipixel.lora.thumbnail import THUMBNAIL
from unipixel.lora.weights import LoraWeights, Pair, part_of

_TAGS = 20


@dataclass(frozen=True)
class PartInfo:
    """One model's share of a LoRA."""

    modules: int
    norm: float
    """Root of the sum of the squared Frobenius norms of all deltas."""
    largest: str
    """Key of the module with the largest delta."""
    largest_norm: float


@dataclass(frozen=True)
class LoraInfo:
    """Facts of a LoRA file."""

    format: str
    """``kohya``, ``diffusers`` or ``peft``."""
    dtype: str
    parts: dict[str, PartInfo]
    """By ``unet``, ``text_encoder``, ``text_encoder_2``."""
    ranks: dict[int, int]
    """Rank to number of modules, the most frequent first."""
    alphas: dict[float, int]
    stated: dict[str, str]
    """What the metadata says: title, base, base_version, prediction_type, trigger, steps, resolution, author,
    licence, recipe; only what is there."""
    tags: dict[str, int]
    """The most frequent tags of the training, at most 20."""
    buckets: dict[str, int]
    """Canvas ``"WxH"`` in px to images."""
    thumbnail: bool
    hash: str
    """SHA-256 of the tensors."""
    hash_stated: str
    """The same as the metadata has it; empty where it has none."""
    zero_modules: list[str]
    """Keys whose delta is zero everywhere."""
    broken_modules: list[str]
    """Keys with numbers that are not finite."""
    warnings: list[str]


def lora_info(path: str | os.PathLike[str], *, layout: UNetLayout = SDXL_LAYOUT) -> LoraInfo:
    """Look into a LoRA file, all of it.

    Parameters
    ----------
    path : path
        As `read_lora` takes it.
    layout : UNetLayout

    Raises
    ------
    ModelError
        As `read_lora` does.
    """
    weights = read_lora(path, layout=layout)
    metadata = weights.metadata
    broken = [key for key, pair in weights.pairs.items() if not _is_finite(pair)]
    norms = {key: pair.norm() for key, pair in weights.pairs.items() if key not in set(broken)}
    zero = [key for key, norm in norms.items() if norm == 0]
    digest = _data_hash(Path(path))
    stated_hash = metadata.get("sshs_model_hash", "") or metadata.get("modelspec.hash_sha256", "").removeprefix("0x")
    return LoraInfo(
        format=weights.format,
        dtype=weights.dtype,
        parts=_parts(weights, norms),
        ranks=dict(weights.ranks().most_common()),
        alphas=dict(weights.alphas().most_common()),
        stated=_stated(metadata),
        tags=_tags(metadata),
        buckets=_buckets(metadata),
        thumbnail=THUMBNAIL in metadata,
        hash=digest,
        hash_stated=stated_hash,
        zero_modules=zero,
        broken_modules=broken,
        warnings=_warnings(weights, zero, broken, stated_hash not in ("", digest)),
    )


def _is_finite(pair: Pair) -> bool:
    return bool(np.isfinite(pair.down).all() and np.isfinite(pair.up).all() and np.isfinite(pair.alpha))


def _parts(weights: LoraWeights, norms: Mapping[str, float]) -> dict[str, PartInfo]:
    found = {}
    for part, count in Counter(map(part_of, weights.pairs)).most_common():
        own = {key: norm for key, norm in norms.items() if part_of(key) == part}
        largest = max(own, key=lambda key: own[key], default="")
        total = sum(norm**2 for norm in own.values()) ** 0.5
        found[part] = PartInfo(count, total, largest, own.get(largest, 0.0))
    return found


def _stated(metadata: Mapping[str, str]) -> dict[str, str]:
    recipe = read_object(metadata.get("unipixel.recipe", ""))
    found = {
        "title": metadata.get("modelspec.title", "") or metadata.get("ss_output_name", ""),
        "base": metadata.get("ss_sd_model_name", ""),
        "base_version": metadata.get("ss_base_model_version", ""),
        "prediction_type": metadata.get("modelspec.prediction_type", ""),
        "trigger": metadata.get("modelspec.trigger_phrase", ""),
        "steps": metadata.get("ss_steps", ""),
        "resolution": metadata.get("modelspec.resolution", ""),
        "author": metadata.get("modelspec.author", ""),
        "licence": metadata.get("modelspec.license", ""),
        "recipe": str(recipe.get("name", "")),
    }
    return {key: text for key, text in found.items() if text}


def _tags(metadata: Mapping[str, str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for folder in read_object(metadata.get("ss_tag_frequency", "")).values():
        if isinstance(folder, dict):
            counts.update({str(tag): int(count) for tag, count in folder.items() if isinstance(count, int)})
    return dict(counts.most_common(_TAGS))


def _buckets(metadata: Mapping[str, str]) -> dict[str, int]:
    buckets: Any = read_object(metadata.get("ss_bucket_info", "")).get("buckets")
    if not isinstance(buckets, dict):
        return {}
    rows = [row for row in buckets.values() if isinstance(row, dict) and len(row.get("resolution", ())) == 2]
    return {"{}x{}".format(*row["resolution"]): int(row.get("count", 0)) for row in rows}


def _data_hash(path: Path) -> str:
    file = path / PEFT_WEIGHTS if path.is_dir() else path
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        stream.seek(read_header(file).data_start)
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _warnings(weights: LoraWeights, zero: list[str], broken: list[str], other_hash: bool) -> list[str]:
    found = []
    if weights.format == "kohya" and not weights.metadata.get("ss_base_model_version", "").startswith("sdxl_"):
        found.append("no ss_base_model_version of SDXL: A1111 takes it for a LoRA of Stable Diffusion 1 and hides it")
    if other_hash:
        found.append("the weights are not those that the stated hash was made of: edited, or damaged")
    if broken:
        found.append(f"{len(broken)} modules hold numbers that are not finite, such as {broken[0]}: pictures get black")
    if zero:
        found.append(f"{len(zero)} of {len(weights.pairs)} modules change nothing, such as {zero[0]}")
    return found
