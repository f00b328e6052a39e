"""SimpleTuner: ``multidatabackend.json`` with one backend for each size.

Schema: ``documentation/DATALOADER.md`` and ``helpers/data_backend/config/image.py`` (bc8e6ab, 2026-08-22).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from unipixel.dataset.canvas import Canvas
from unipixel.export.model import Collection, Content, Exporter, pairs

CONFIG = "multidatabackend.json"
ALIGNMENT = 64
"""Px to which SimpleTuner rounds sizes by default (``--aspect_bucket_alignment``)."""


def simpletuner_files(collection: Collection) -> dict[str, Content]:
    """``SPLIT/WIDTHxHEIGHT-REPEATS/`` and ``multidatabackend.json``."""
    files: dict[str, Content] = {}
    backends = []
    for split, (canvas, repeats), pictures in collection.groups("canvas", "repeats"):
        folder = f"{split}/{canvas}-{repeats}"
        backends.append(_backend(collection, folder, split, canvas, repeats))
        files |= pairs(folder, pictures)
    backends.append(
        {
            "id": f"{_slug(collection)}-text",
            "type": "local",
            "dataset_type": "text_embeds",
            "default": True,
            "cache_dir": f"cache/text/{_slug(collection)}",
        }
    )
    return {CONFIG: json.dumps(backends, indent=2, ensure_ascii=False) + "\n", **files}


def simpletuner_settings(collection: Collection) -> Sequence[str]:
    """What to set, and what not."""
    notes = [
        f"Give `--data_backend_config={collection.place(CONFIG)}`. Caches lie outside of this folder, in `cache/` where"
        " the trainer is started: delete them when you export anew.",
        "`repeats` counts from 0 there: 0 is once.",
        f"Leave `--aspect_bucket_alignment` at {ALIGNMENT}, and `crop`, `maximum_image_size` and"
        " `target_downsample_size` as they are written: a random or square crop would leave the grid.",
    ]
    odd = [str(canvas) for canvas in collection.canvases() if not keeps_size(canvas)]
    if odd:
        notes.append(
            f"SimpleTuner will resize {', '.join(odd)}: it rounds sizes to {ALIGNMENT} px of a rounded aspect."
        )
    return notes


def keeps_size(canvas: Canvas) -> bool:
    """Whether SimpleTuner leaves an image of this size as it is, where ``resolution`` is its shorter side.

    It takes the longer side from the aspect rounded to two places, then rounds to :data:`ALIGNMENT` px.
    """
    short, long = sorted((canvas.width, canvas.height))
    aspect = round(canvas.width / canvas.height, 2)
    wanted = int(short * aspect) if canvas.width > canvas.height else int(short / aspect)
    return short % ALIGNMENT == 0 and round(wanted / ALIGNMENT) * ALIGNMENT == long


def _backend(collection: Collection, folder: str, split: str, canvas: Canvas, repeats: int) -> dict[str, Any]:
    name = f"{_slug(collection)}-{folder.replace('/', '-')}"
    return {
        "id": name,
        "type": "local",
        "dataset_type": "eval" if split == "validation" else "image",
        "instance_data_dir": collection.place(folder),
        "caption_strategy": "textfile",
        "resolution_type": "pixel",
        "resolution": min(canvas.width, canvas.height),
        "crop": True,
        "crop_aspect": "preserve",
        "crop_style": "center",
        "metadata_backend": "discovery",
        "cache_dir_vae": f"cache/vae/{name}",
        "repeats": repeats - 1,
    }


def _slug(collection: Collection) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", collection.trigger).strip("-") or "unipixel"


SIMPLETUNER = Exporter("SimpleTuner: multidatabackend.json", simpletuner_files, simpletuner_settings)
