"""ai-toolkit: ``datasets:`` of its YAML config.

Schema: ``DatasetConfig`` in ``toolkit/config_modules.py`` (27a03a9, 2026-08-21).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from unipixel.export.model import Collection, Content, Exporter, edge_of, pairs

CONFIG = "datasets.yaml"


def ai_toolkit_files(collection: Collection) -> dict[str, Content]:
    """``train/REPEATS/``, ``validation/`` and ``datasets.yaml``."""
    lines = [
        "# Under config > process of your job. Every image is kept as it is: no resize, crop or flip.",
        "datasets:",
    ]
    files: dict[str, Content] = {}
    for split, (repeats,), pictures in collection.groups("repeats"):
        folder = f"train/{repeats}" if split == "train" else "validation"
        files |= pairs(folder, pictures)
        if split == "train":
            values = _dataset(collection, folder, repeats)
            # A JSON value is a YAML value.
            rows = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
            lines += ["  - " + rows[0], *("    " + row for row in rows[1:])]
    return {CONFIG: "\n".join(lines) + "\n", **files}


def ai_toolkit_settings(collection: Collection) -> Sequence[str]:
    """What to set, and what not."""
    notes = [
        f"Put the list of `{CONFIG}` under `config: process: - datasets:` of your job.",
        f"Give one `resolution` ({_edge(collection)}), not ai-toolkit's usual list: every smaller one scales the images"
        " down with a bicubic filter.",
        "Leave `random_crop`, `random_scale`, `augments`, `flip_x` and `square_crop` off, and `trigger_word` of the"
        " job away: the captions have the trigger, with its comma.",
    ]
    if any(split == "validation" for split, _, _ in collection.groups("repeats")):
        notes.append(
            "ai-toolkit has no validation data set: those images lie in `validation/`, outside of `datasets`. Name them"
            " under `train: validation_config: validation_items`, if you want them measured."
        )
    return notes


def _dataset(collection: Collection, folder: str, repeats: int) -> dict[str, Any]:
    return {
        "folder_path": collection.place(folder),
        "caption_ext": "txt",
        "resolution": _edge(collection),
        "buckets": True,
        "bucket_tolerance": collection.step(),
        "num_repeats": repeats,
        "keep_tokens": 1,
        "shuffle_tokens": False,
        "token_dropout_rate": 0.0,
        "random_crop": False,
        "random_scale": False,
        "square_crop": False,
        "flip_x": False,
        "flip_y": False,
        "scale": 1.0,
        "alpha_mask": False,
    }


def _edge(collection: Collection) -> int:
    """The square that no canvas is larger than: then none is scaled down, and ai-toolkit never scales up."""
    return max(edge_of(canvas.width * canvas.height) for canvas in collection.canvases())


AI_TOOLKIT = Exporter("ai-toolkit: datasets of its YAML config", ai_toolkit_files, ai_toolkit_settings)
