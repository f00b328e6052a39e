"""What a LoRA file is: format, sizes, metadata, hashes, strength block by block, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from unipixel.files import sha256
from unipixel.lora.carry import HISTORY_KEY
from unipixel.lora.file import read_header
from unipixel.lora.model import Lora, read_lora
from unipixel.lora.modules import ModuleName
from unipixel.lora.names import MODELS, TEXT_ENCODER, UNET, sgm_path
from unipixel.lora.parts import Part
from unipixel.lora.resize import flat
from unipixel.lora.svd import product_energy
from unipixel.lora.thumbnail import read_thumbnail


@dataclass(frozen=True)
class HashCheck:
    """A hash that the file states of its own tensors."""

    name: str
    stored: str
    holds: bool
    """Whether it is the hash of the tensors as they are now."""


@dataclass(frozen=True)
class BlockNorms:
    """How strongly a block is changed: Frobenius norms of ``alpha / rank * up @ down``."""

    block: str
    """In Stability's layout, such as ``"input_blocks.4"``; text encoders are one block each."""
    modules: int
    median: float
    largest: float


@dataclass(frozen=True)
class LoraInfo:
    """All that can be told of a LoRA file without its base."""

    path: str
    kind: str
    """``"kohya"``, ``"diffusers"``, ``"peft"`` or ``"comfyui"``."""
    family: str
    """See `unipixel.lora.model.Lora.family`."""
    bytes: int
    sha256: str
    """Of the whole file; empty for a folder."""
    dtypes: tuple[str, ...]
    modules: dict[str, int]
    """Model to number of modules; ``"unknown"`` for those that SDXL has not."""
    ranks: dict[int, int]
    """Rank to number of modules."""
    alphas: dict[str, int]
    """Alpha to number of modules."""
    title: str
    trigger: str
    base_version: str
    base_name: str
    prediction_type: str
    tags: dict[str, int]
    """Tag to number of training images, the most frequent first."""
    buckets: dict[str, int]
    """Size of the training images, WIDTHxHEIGHT, to their number."""
    recipe: dict[str, Any]
    """Of a LoRA that UniPixel trained; else empty."""
    history: list[Any]
    """What was done to it after its training."""
    thumbnail: str
    """Kind of the picture in the metadata, such as ``"png"``; empty where there is none."""
    hashes: list[HashCheck]
    blocks: list[BlockNorms]
    zero_modules: int
    warnings: list[str]


def inspect_lora(path: Path) -> LoraInfo:
    """Look into a LoRA file.

    Parameters
    ----------
    path : Path
        As for `unipixel.lora.model.read_lora`; LoRAs for other models are told too.

    Returns
    -------
    LoraInfo

    Raises
    ------
    ModelError
        If it can't be read, or is no LoRA.
    """
    lora = read_lora(path, any_model=True)
    notes = lora.metadata
    parts = [*lora.parts.values(), *lora.unknown.values()]
    norms = {name: _norm(part) for name, part in lora.parts.items()} | {k: _norm(p) for k, p in lora.unknown.items()}
    picture = read_thumbnail(notes)
    hashes = _hashes(path, notes)
    zero = [name for name, norm in norms.items() if norm == 0]
    files = [path] if path.is_file() else sorted(path.rglob("*.safetensors"))
    return LoraInfo(
        path=str(path),
        kind=lora.kind,
        family=lora.family,
        bytes=sum(file.stat().st_size for file in files),
        sha256=sha256(path) if path.is_file() else "",
        dtypes=lora.dtypes,
        modules=_modules(lora),
        ranks=dict(sorted(Counter(part.rank for part in parts).items())),
        alphas=dict(Counter(f"{part.alpha:g}" for part in parts)),
        title=notes.get("modelspec.title") or notes.get("ss_output_name", ""),
        trigger=notes.get("modelspec.trigger_phrase", ""),
        base_version=notes.get("ss_base_model_version", ""),
        base_name=notes.get("ss_sd_model_name", ""),
        prediction_type=notes.get("modelspec.prediction_type", ""),
        tags=_tags(_json(notes, "ss_tag_frequency", {})),
        buckets=_buckets(_json(notes, "ss_bucket_info", {})),
        recipe=_json(notes, "unipixel.recipe", {}),
        history=_json(notes, HISTORY_KEY, []),
        thumbnail=picture[0] if picture else "",
        hashes=hashes,
        blocks=_blocks(lora, norms),
        zero_modules=len(zero),
        warnings=_warnings(lora, norms, zero, hashes),
    )


def _norm(part: Part) -> float:
    up, down = flat(part)
    return (
        abs(part.scale) * product_energy(up, down) ** 0.5
        if np.isfinite(up).all() and np.isfinite(down).all()
        else np.nan
    )


def _modules(lora: Lora) -> dict[str, int]:
    counts = Counter(name.model for name in lora.parts)
    found = {model: counts[model] for model in MODELS if counts[model]}
    return found | ({"unknown": len(lora.unknown)} if lora.unknown else {})


def _hashes(path: Path, metadata: Mapping[str, str]) -> list[HashCheck]:
    stated = [name for name in ("sshs_model_hash", "modelspec.hash_sha256") if name in metadata]
    if not stated or not path.is_file():
        return []
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        file.seek(read_header(path).data_start)
        while block := file.read(1 << 20):
            digest.update(block)
    true = digest.hexdigest()
    return [HashCheck(name, metadata[name], metadata[name].removeprefix("0x").lower() == true) for name in stated]


def _blocks(lora: Lora, norms: Mapping[Any, float]) -> list[BlockNorms]:
    groups: dict[str, list[float]] = {}
    for name in lora.parts:
        groups.setdefault(_block(lora, name), []).append(norms[name])
    order = sorted(groups, key=_order)
    return [BlockNorms(block, len(groups[block]), median(groups[block]), max(groups[block])) for block in order]


def _block(lora: Lora, name: ModuleName) -> str:
    if name.model != UNET:
        return name.model
    first, *rest = sgm_path(name.path, lora.layout).split(".")
    return f"{first}.{rest[0]}" if first in ("input_blocks", "output_blocks") else first


def _order(block: str) -> tuple[int, str, int]:
    first, _, number = block.partition(".")
    sides = ("time_embed", "label_emb", "input_blocks", "middle_block", "output_blocks", "out", *MODELS)
    return sides.index(first), first, int(number or 0)


def _warnings(lora: Lora, norms: Mapping[Any, float], zero: list[Any], hashes: list[HashCheck]) -> list[str]:
    found = []
    if broken := [name for name, norm in norms.items() if np.isnan(norm)]:
        found.append(
            f"{len(broken)} modules hold numbers that are not finite, such as {_spell(broken[0])}: hosts draw black"
        )
    if wrong := [check.name for check in hashes if not check.holds]:
        found.append(f"{' and '.join(wrong)} is not the hash of the tensors: the file was edited or is damaged")
    if lora.family == "sdxl" and not lora.metadata.get("ss_base_model_version", "").startswith("sdxl_"):
        found.append(
            "no ss_base_model_version that begins with sdxl_: A1111 takes the file for a LoRA of SD 1 and hides it"
        )
    if idle := [name for name in zero if not _is_last_text_layer(lora, name)]:
        found.append(f"{len(idle)} modules are zero and do nothing, such as {_spell(idle[0])}")
    if lora.unknown:
        found.append(f"{len(lora.unknown)} modules are not those of SDXL, such as {next(iter(lora.unknown))}")
    if lora.others:
        found.append(f"{len(lora.others)} tensors are embeddings, not a LoRA; the other commands leave them out")
    if lora.kind == "kohya" and len({part.alpha for part in lora.parts.values()}) > 1:
        found.append("alphas differ between modules: stock diffusers (0.42) loads some of them at a wrong strength")
    if not lora.has_alpha:
        found.append("no alpha in the file: it counts as the rank, so the LoRA has its full strength")
    return found


def _is_last_text_layer(lora: Lora, name: Any) -> bool:
    """Whether SDXL never trains this module: it takes the first encoder's text before its last layer."""
    if not isinstance(name, ModuleName) or name.model != TEXT_ENCODER:
        return False
    layers = [int(n.path.split(".")[3]) for n in lora.parts if n.model == TEXT_ENCODER]
    return int(name.path.split(".")[3]) == max(layers)


def _spell(name: Any) -> str:
    return name.path if isinstance(name, ModuleName) else str(name)


def _json(metadata: Mapping[str, str], key: str, otherwise: Any) -> Any:
    try:
        found = json.loads(metadata.get(key, "null"))
    except ValueError:
        return otherwise
    return found if isinstance(found, type(otherwise)) else otherwise


def _tags(folders: Mapping[str, Any]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for tags in folders.values():
        if isinstance(tags, dict):
            counts.update({str(tag): n for tag, n in tags.items() if isinstance(n, int)})
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _buckets(info: Mapping[str, Any]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for bucket in (info.get("buckets") or {}).values():
        width, height = bucket["resolution"]
        found[f"{width}x{height}"] += int(bucket["count"])
    return dict(found)
