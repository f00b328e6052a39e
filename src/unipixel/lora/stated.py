"""Metadata of a LoRA that was changed: carried over, and made true again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from unipixel.lora.metadata import ARCHITECTURE, SDXL
from unipixel.lora.weights import LoraWeights, Pair

OF_THE_BYTES = ("sshs_model_hash", "sshs_legacy_hash", "modelspec.hash_sha256", "lora_adapter_metadata", "format")
"""Keys that hold for one file only."""


def restated(weights: LoraWeights, *, title: str = "") -> dict[str, str]:
    """Metadata with ranks and alphas as they are, without the hashes of another file.

    Parameters
    ----------
    weights : LoraWeights
    title : str, optional
        A new name; the old one stays where none is given.

    Returns
    -------
    dict of str to str
        ``ss_network_dim`` and ``ss_network_alpha`` are those of the linear layers and of 1x1 convolutions,
        ``conv_dim`` and ``conv_alpha`` those of the larger ones, as kohya's trainer means them; ``Dynamic`` where
        they differ.
    """
    linear = [pair for pair in weights.pairs.values() if not _is_large(pair)]
    large = [pair for pair in weights.pairs.values() if _is_large(pair)]
    rank, alpha = _common(linear or large)
    facts = {"ss_network_module": "networks.lora", "ss_network_dim": rank, "ss_network_alpha": alpha}
    arguments = dict(zip(("conv_dim", "conv_alpha"), _common(large), strict=True)) if large else {}
    facts["ss_network_args"] = json.dumps(arguments)
    facts |= {"ss_base_model_version": SDXL, "modelspec.architecture": ARCHITECTURE}
    facts |= {"ss_output_name": title, "modelspec.title": title} if title else {}
    kept = {key: text for key, text in weights.metadata.items() if key not in OF_THE_BYTES}
    return {**kept, **facts}


def shared_metadata(all_metadata: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What several files state alike, and the tags of all of them."""
    first, *others = all_metadata
    shared = {key: text for key, text in first.items() if all(other.get(key) == text for other in others)}
    tags: dict[str, dict[str, int]] = {}
    for metadata in all_metadata:
        for folder, counts in read_object(metadata.get("ss_tag_frequency", "")).items():
            tags[folder] = {**tags.get(folder, {}), **(counts if isinstance(counts, dict) else {})}
    return {**shared, "ss_tag_frequency": json.dumps(tags, ensure_ascii=False)} if tags else shared


def read_object(text: str) -> dict[str, object]:
    """JSON object of a metadata value; an empty one where it is none."""
    try:
        loaded = json.loads(text)
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _is_large(pair: Pair) -> bool:
    return any(side != 1 for side in pair.down.shape[2:])


def _common(pairs: Sequence[Pair]) -> tuple[str, str]:
    ranks, alphas = {pair.rank for pair in pairs}, {pair.alpha for pair in pairs}
    return (
        str(ranks.pop()) if len(ranks) == 1 else "Dynamic",
        str(alphas.pop()) if len(alphas) == 1 else "Dynamic",
    )
