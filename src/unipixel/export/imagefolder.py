"""Hugging Face imagefolder: ``SPLIT/metadata.jsonl`` beside the images, as ``datasets.load_dataset`` reads it.

Format: https://huggingface.co/docs/datasets/image_dataset#imagefolder
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from unipixel.export.model import Collection, Content, Exporter

METADATA = "metadata.jsonl"
TEXT = "text"
"""Column of the caption: what diffusers' training scripts read by default."""


def imagefolder_files(collection: Collection) -> dict[str, Content]:
    """``train/`` and ``validation/``, each with images and ``metadata.jsonl``."""
    files: dict[str, Content] = {}
    for split, _, pictures in collection.groups():
        rows = []
        for picture in pictures:
            name = f"{picture.name}.png"
            files[f"{split}/{name}"] = picture.image
            row = {"file_name": name, TEXT: picture.caption, "repeats": picture.repeats, **picture.facts()}
            rows.append(json.dumps(row, ensure_ascii=False) + "\n")
        files[f"{split}/{METADATA}"] = "".join(rows)
    return files


def imagefolder_settings(collection: Collection) -> Sequence[str]:
    """What to set, and what not."""
    canvases = collection.canvases()
    square = len(canvases) == 1 and canvases[0].width == canvases[0].height
    notes = [f'Read it with `datasets.load_dataset("{collection.root}")`; captions are the column `{TEXT}`.']
    if square:
        notes.append(
            f"diffusers' training scripts keep these images with `--resolution={canvases[0].width} --center_crop`;"
            " leave `--random_flip` away."
        )
    else:
        notes.append(
            "diffusers' training scripts have one square `--resolution` and no buckets: they resize and crop every"
            " other size, and no option turns that off. Train with another program, or export squares alone."
        )
    if any(picture.repeats > 1 for picture in collection.pictures):
        notes.append("The format has no repeats: the column `repeats` says them, and a reader must heed it.")
    return notes


IMAGEFOLDER = Exporter("Hugging Face imagefolder: metadata.jsonl", imagefolder_files, imagefolder_settings)
