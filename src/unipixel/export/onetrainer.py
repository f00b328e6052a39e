"""OneTrainer: ``concepts.json`` with one concept for each size.

Schema: ``modules/util/config/ConceptConfig.py``, config version 2 (23df383, 2026-08-19).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from unipixel.export.model import Collection, Content, Exporter, pairs

CONFIG = "concepts.json"
VERSION = 2
"""Of the concept's config: OneTrainer migrates older ones."""
QUANTIZATION = 64
"""Px to which OneTrainer rounds the sizes of SDXL's buckets."""


def onetrainer_files(collection: Collection) -> dict[str, Content]:
    """``SPLIT/WIDTHxHEIGHT-REPEATS/`` and ``concepts.json``."""
    files: dict[str, Content] = {}
    concepts = []
    for split, (canvas, repeats), pictures in collection.groups("canvas", "repeats"):
        folder = f"{split}/{canvas}-{repeats}"
        concepts.append(_concept(collection, folder, split, str(canvas), repeats))
        files |= pairs(folder, pictures)
    return {CONFIG: json.dumps(concepts, indent=4, ensure_ascii=False) + "\n", **files}


def onetrainer_settings(collection: Collection) -> Sequence[str]:
    """What to set, and what not."""
    notes = [
        f"Point `concept_file_name` at `{collection.place(CONFIG)}`, or copy it into OneTrainer's `training_concepts`.",
        "Keep `aspect_ratio_bucketing` on. Each concept overrides the resolution with its own size, so that nothing is"
        " scaled; with bucketing off, or the override off, images are resized with a bilinear filter.",
        "Leave crop jitter and every augmentation of the concepts off, as they are written.",
    ]
    odd = [str(c) for c in collection.canvases() if c.width % QUANTIZATION or c.height % QUANTIZATION]
    if odd:
        notes.append(
            f"OneTrainer rounds sizes to {QUANTIZATION} px for SDXL, so it will resize {', '.join(odd)}: there is no"
            " setting against it."
        )
    return notes


def _concept(collection: Collection, folder: str, split: str, canvas: str, repeats: int) -> dict[str, Any]:
    return {
        "__version": VERSION,
        "name": f"{collection.trigger} {split} {canvas}",
        "path": collection.place(folder),
        "seed": 0,
        "enabled": True,
        "type": "VALIDATION" if split == "validation" else "STANDARD",
        "include_subdirectories": False,
        "image_variations": 1,
        "text_variations": 1,
        "balancing": float(repeats),
        "balancing_strategy": "REPEATS",
        "loss_weight": 1.0,
        "image": {
            "__version": 0,
            "enable_crop_jitter": False,
            "enable_random_flip": False,
            "enable_fixed_flip": False,
            "enable_random_rotate": False,
            "enable_fixed_rotate": False,
            "enable_random_brightness": False,
            "enable_fixed_brightness": False,
            "enable_random_contrast": False,
            "enable_fixed_contrast": False,
            "enable_random_saturation": False,
            "enable_fixed_saturation": False,
            "enable_random_hue": False,
            "enable_fixed_hue": False,
            "enable_random_circular_mask_shrink": False,
            "enable_random_mask_rotate_crop": False,
            "enable_resolution_override": True,
            "resolution_override": canvas,
        },
        "text": {
            "__version": 0,
            "prompt_source": "sample",
            "prompt_path": "",
            "enable_tag_shuffling": False,
            "tag_delimiter": ",",
            "keep_tags_count": 1,
            "tag_dropout_enable": False,
            "caps_randomize_enable": False,
        },
    }


ONETRAINER = Exporter("OneTrainer: concepts.json", onetrainer_files, onetrainer_settings)
