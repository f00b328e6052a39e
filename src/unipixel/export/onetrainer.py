"""OneTrainer: ``concepts.json`` with one concept for each size.

Schema: ``modules/util/config/ConceptConfig.py``, config version 2 (23df383, 2026-08-19).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from unipixel.dataset.canvas import Canvas
from unipixel.export.model import Collection, Content, Exporter, Showing, pairs

CONFIG = "concepts.json"
VERSION = 2
"""Of the concept's config: OneTrainer migrates older ones."""
QUANTIZATION = 64
"""Px to which OneTrainer rounds the sizes of SDXL's buckets."""
FLIP_VARIATIONS = 4
"""Images that are cached of one where they are mirrored by chance, since OneTrainer throws that coin while caching."""


def onetrainer_files(collection: Collection) -> dict[str, Content]:
    """``SPLIT/WIDTHxHEIGHT-REPEATS/`` and ``concepts.json``."""
    files: dict[str, Content] = {}
    concepts = []
    for split, (canvas, repeats), pictures in collection.groups("canvas", "repeats"):
        folder = f"{split}/{canvas}-{repeats}"
        concepts.append(_concept(collection, folder, split, canvas, repeats))
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
    return [*notes, *onetrainer_limits(collection)]


def onetrainer_limits(collection: Collection) -> list[str]:
    """What holds for the data set whatever else is set."""
    odd = [str(canvas) for canvas in collection.canvases() if not keeps_size(canvas)]
    return [
        f"OneTrainer rounds sizes to {QUANTIZATION} px for SDXL, so it will resize {', '.join(odd)}: there is no"
        " setting against it."
    ] * bool(odd)


def keeps_size(canvas: Canvas) -> bool:
    """Whether OneTrainer leaves an image of this size as it is."""
    return canvas.width % QUANTIZATION == 0 and canvas.height % QUANTIZATION == 0


def _concept(collection: Collection, folder: str, split: str, canvas: Canvas, repeats: int) -> dict[str, Any]:
    showing = collection.showing if split == "train" else Showing()
    flip = showing.flip and keeps_size(canvas)
    return {
        "__version": VERSION,
        "name": f"{collection.trigger} {split} {canvas}",
        "path": collection.place(folder),
        "seed": 0,
        "enabled": True,
        "type": "VALIDATION" if split == "validation" else "STANDARD",
        "include_subdirectories": False,
        "image_variations": FLIP_VARIATIONS if flip else 1,
        "text_variations": showing.orders,
        "balancing": float(repeats),
        "balancing_strategy": "REPEATS",
        "loss_weight": 1.0,
        "image": {
            "__version": 0,
            "enable_crop_jitter": False,
            "enable_random_flip": flip,
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
            "resolution_override": str(canvas),
        },
        "text": {
            "__version": 0,
            "prompt_source": "sample",
            "prompt_path": "",
            "enable_tag_shuffling": showing.orders > 1,
            "tag_delimiter": ",",
            "keep_tags_count": showing.kept_tags,
            "tag_dropout_enable": False,
            "caps_randomize_enable": False,
        },
    }


ONETRAINER = Exporter("OneTrainer: concepts.json", onetrainer_files, onetrainer_settings)
