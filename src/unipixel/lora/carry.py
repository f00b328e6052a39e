"""Metadata of a LoRA that was made from others: what stays true is carried over, the rest is left out or said anew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.lora.metadata import ARCHITECTURE, SDXL
from unipixel.lora.modules import ModuleName
from unipixel.lora.parts import Part

HISTORY_KEY = "unipixel.history"
"""What was done to a LoRA after its training, as a JSON list: ``did``, the options, and ``of``, the sources."""
HASH_KEYS = ("sshs_model_hash", "sshs_legacy_hash", "modelspec.hash_sha256")
THUMBNAIL_KEY = "modelspec.thumbnail"
DYNAMIC = "Dynamic"
"""What sd-scripts writes for rank and alpha when modules differ in them."""
_SHARED = (
    "ss_base_model_version",
    "ss_v2",
    "ss_sd_model_name",
    "ss_sd_model_hash",
    "ss_new_sd_model_hash",
    "ss_clip_skip",
    "ss_zero_terminal_snr",
    "ss_resolution",
    "modelspec.sai_model_spec",
    "modelspec.architecture",
    "modelspec.implementation",
    "modelspec.prediction_type",
    "modelspec.resolution",
    "modelspec.license",
    "modelspec.author",
    "unipixel.unet_layout",
)
_FOLDERS = ("ss_tag_frequency", "ss_dataset_dirs")


def size_facts(parts: Mapping[ModuleName, Part]) -> dict[str, str]:
    """Rank and alpha as hosts read them, linear layers and convolutions with a kernel apart.

    Returns
    -------
    dict of str to str
        ``ss_network_module``, ``ss_network_dim``, ``ss_network_alpha`` and ``ss_network_args``.
    """
    wide = {name for name, part in parts.items() if any(n != 1 for n in part.down.shape[2:])}
    linear = [part for name, part in parts.items() if name not in wide] or list(parts.values())
    arguments = {}
    if wide:
        rank, alpha = _both([parts[name] for name in wide])
        arguments = {"conv_dim": rank, "conv_alpha": alpha}
    rank, alpha = _both(linear)
    return {
        "ss_network_module": "networks.lora",
        "ss_network_dim": rank,
        "ss_network_alpha": alpha,
        "ss_network_args": json.dumps(arguments),
    }


def changed(metadata: Mapping[str, str], parts: Mapping[ModuleName, Part], did: str, **options: Any) -> dict[str, str]:
    """Metadata of a LoRA whose weights were changed: everything but hashes and sizes stays.

    Parameters
    ----------
    metadata : mapping of str to str
        Of the LoRA before.
    parts : mapping
        The new weights.
    did : str
        Verb for the history, such as ``"resize"``.
    **options
        Numbers and texts for the history, such as ``of``, the sources.
    """
    kept = {key: text for key, text in metadata.items() if key not in HASH_KEYS}
    return kept | size_facts(parts) | {HISTORY_KEY: _history(metadata, {"did": did, **options})}


def merged(
    sources: Sequence[Mapping[str, str]],
    parts: Mapping[ModuleName, Part],
    *,
    title: str,
    names: Sequence[str],
    **options: Any,
) -> dict[str, str]:
    """Metadata of several LoRAs in one.

    What all of them say alike about their base is kept; of the trainings only the triggers, the tags and the folders,
    each under its LoRA's name; the thumbnail is the first that there is.

    Parameters
    ----------
    sources : sequence of mapping
    parts : mapping
    title : str
    names : sequence of str
        Of the LoRAs, in the same order.
    **options
        For the history.
    """
    facts = {key: text for key in _SHARED if (text := _agreed(sources, key)) is not None}
    triggers = list(dict.fromkeys(text for s in sources if (text := s.get("modelspec.trigger_phrase"))))
    facts |= {"modelspec.trigger_phrase": ", ".join(triggers)} if triggers else {}
    for key in _FOLDERS:
        if folders := _folders(sources, names, key):
            facts[key] = json.dumps(folders, ensure_ascii=False)
    pictures = [source[THUMBNAIL_KEY] for source in sources if THUMBNAIL_KEY in source]
    facts |= {THUMBNAIL_KEY: pictures[0]} if pictures else {}
    facts |= {"ss_output_name": title, "modelspec.title": title} | size_facts(parts)
    return facts | {HISTORY_KEY: _history({}, {"did": "merge", **options})}


def extracted(
    parts: Mapping[ModuleName, Part],
    *,
    title: str,
    base_name: str,
    base_hash: str,
    prediction_type: str,
    **options: Any,
) -> dict[str, str]:
    """Metadata of a LoRA that is the difference of two models; the second is its base."""
    facts = {
        "ss_base_model_version": SDXL,
        "ss_v2": "False",
        "ss_sd_model_name": base_name,
        "ss_new_sd_model_hash": base_hash,
        "ss_sd_model_hash": base_hash[:8],
        "ss_output_name": title,
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.architecture": ARCHITECTURE,
        "modelspec.title": title,
        "modelspec.prediction_type": prediction_type,
    }
    return facts | size_facts(parts) | {HISTORY_KEY: _history({}, {"did": "extract", **options})}


def _both(parts: Sequence[Part]) -> tuple[str, str]:
    ranks, alphas = Counter(part.rank for part in parts), Counter(part.alpha for part in parts)
    return (str(min(ranks)) if len(ranks) == 1 else DYNAMIC), (f"{min(alphas):g}" if len(alphas) == 1 else DYNAMIC)


def _history(metadata: Mapping[str, str], entry: Mapping[str, Any]) -> str:
    return json.dumps([*_list(metadata.get(HISTORY_KEY, "[]")), dict(entry)], ensure_ascii=False)


def _list(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _agreed(sources: Sequence[Mapping[str, str]], key: str) -> str | None:
    values = {source.get(key) for source in sources}
    return values.pop() if len(values) == 1 else None


def _folders(sources: Sequence[Mapping[str, str]], names: Sequence[str], key: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for source, name in zip(sources, names, strict=True):
        try:
            folders = json.loads(source.get(key, "{}"))
        except ValueError:
            continue
        if isinstance(folders, dict):
            found |= {f"{name}/{folder}": content for folder, content in folders.items()}
    return found
