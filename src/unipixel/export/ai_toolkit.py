"""ai-toolkit: ``datasets:`` of its YAML config.

Schema: ``DatasetConfig`` in ``toolkit/config_modules.py`` (27a03a9, 2026-08-21).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unipixel.export.model import Collection, Content, Exporter, edge_of, pairs
from unipixel.export.plain_text import yaml_lines

CONFIG = "datasets.yaml"


def ai_toolkit_files(collection: Collection) -> dict[str, Content]:
    """``train/REPEATS/``, ``validation/`` and ``datasets.yaml``."""
    lines = [
        "# Under config > process of your job. Every image is kept as it is: no resize or crop.",
        *yaml_lines({"datasets": ai_toolkit_datasets(collection)}),
    ]
    files: dict[str, Content] = {}
    for split, (repeats,), pictures in collection.groups("repeats"):
        files |= pairs(_folder(split, repeats), pictures)
    return {CONFIG: "\n".join(lines) + "\n", **files}


def ai_toolkit_datasets(collection: Collection) -> list[dict[str, Any]]:
    """The list under ``datasets:``, one for each number of repeats."""
    return [
        _dataset(collection, _folder(split, repeats), repeats)
        for split, (repeats,), _ in collection.groups("repeats")
        if split == "train"
    ]


def ai_toolkit_settings(collection: Collection) -> Sequence[str]:
    """What to set, and what not."""
    return [
        f"Put the list of `{CONFIG}` under `config: process: - datasets:` of your job.",
        f"Give one `resolution` ({largest_edge(collection)}), not ai-toolkit's usual list: every smaller one scales the"
        " images down with a bicubic filter.",
        "Leave `random_crop`, `random_scale`, `augments`, `flip_x` and `square_crop` off, and `trigger_word` of the"
        " job away: the captions have the trigger, with its comma.",
        *ai_toolkit_limits(collection),
    ]


def ai_toolkit_limits(collection: Collection) -> list[str]:
    """What holds for the data set whatever else is set."""
    has_validation = any(split == "validation" for split, _, _ in collection.groups("repeats"))
    return [
        "ai-toolkit has no validation data set: those images lie in `validation/`, outside of `datasets`. Name them"
        " under `train: validation_config: validation_items`, if you want them measured."
    ] * has_validation


def _folder(split: str, repeats: int) -> str:
    return f"train/{repeats}" if split == "train" else "validation"


def _dataset(collection: Collection, folder: str, repeats: int) -> dict[str, Any]:
    showing = collection.showing
    return {
        "folder_path": collection.place(folder),
        "caption_ext": "txt",
        "resolution": largest_edge(collection),
        "buckets": True,
        "bucket_tolerance": collection.step(),
        "num_repeats": repeats,
        "keep_tokens": showing.kept_tags,
        "shuffle_tokens": False,
        "token_dropout_rate": 0.0,
        "caption_dropout_rate": showing.caption_dropout,
        "random_crop": False,
        "random_scale": False,
        "square_crop": False,
        "flip_x": showing.flip,
        "flip_y": False,
        "scale": 1.0,
        "alpha_mask": False,
    }


def largest_edge(collection: Collection) -> int:
    """The square that no canvas is larger than: then none is scaled down, and ai-toolkit never scales up."""
    return max(edge_of(canvas.width * canvas.height) for canvas in collection.canvases())


AI_TOOLKIT = Exporter("ai-toolkit: datasets of its YAML config", ai_toolkit_files, ai_toolkit_settings)
