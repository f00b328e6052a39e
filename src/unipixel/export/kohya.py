"""kohya sd-scripts: folders ``N_trigger``, and the same as a data-set TOML.

The folders alone leave every setting to the command line; the TOML says all of them, so that nothing is resized.
Schema: ``library/config_util.py`` and ``library/train_util.py`` of sd-scripts (48d368f, 2026-02-16).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.export.model import Collection, Content, Exporter, pairs
from unipixel.export.plain_text import toml_table

CONFIG = "dataset.toml"

SDXL_STEP = 32
"""sdxl_train_network.py takes no bucket step that is not a multiple of this many px."""


def kohya_files(collection: Collection) -> dict[str, Content]:
    """``train/N_trigger/``, ``validation/1_trigger/`` and ``dataset.toml``."""
    files: dict[str, Content] = {CONFIG: _toml(collection)}
    for split, (repeats,), pictures in collection.groups("repeats"):
        files |= pairs(_folder(collection, split, repeats), pictures)
    return files


def kohya_settings(collection: Collection) -> Sequence[str]:
    """What to set, and what not."""
    buckets = _buckets(collection)
    flags = (
        f"--resolution={buckets['resolution'][0]},{buckets['resolution'][1]} --enable_bucket --bucket_no_upscale"
        f" --bucket_reso_steps={buckets['bucket_reso_steps']} --min_bucket_reso={buckets['min_bucket_reso']}"
        f" --max_bucket_reso={buckets['max_bucket_reso']} --caption_extension=.txt --keep_tokens=1"
    )
    notes = [
        f"Give the trainer `--dataset_config={collection.place(CONFIG)}`, and no `--train_data_dir`. What the TOML says"
        " stands above the command line.",
        f"Without the TOML, give `--train_data_dir={collection.place('train')} {flags}`: its own defaults read captions"
        " from `.caption` files, turn buckets off, and scale what is larger than 1024 px down.",
        "Leave `--color_aug`, `--flip_aug`, `--random_crop`, `--face_crop_aug_range` and `--enable_wildcard` away.",
    ]
    return [*notes, *kohya_limits(collection)]


def kohya_limits(collection: Collection) -> list[str]:
    """What holds for the data set whatever else is set."""
    notes = []
    if any(split == "validation" for split, _, _ in collection.groups("repeats")):
        notes.append("Validation images are a data set of their own in the TOML, with `validation_split = 1.0`.")
    if collection.step() % SDXL_STEP:
        notes.append(
            f"The SDXL scripts take buckets in steps of {SDXL_STEP} px only, and these canvases are multiples of"
            f" {collection.step()} px: they will refuse this data set."
        )
    return notes


def _toml(collection: Collection) -> str:
    buckets = _buckets(collection)
    lines = ["# The settings under [general] keep every image as it is: no resize, no crop, no flip, no other colours."]
    lines += toml_table("[general]", _GENERAL)
    for split, groups in _by_split(collection).items():
        extra = {"validation_split": 1.0, "validation_seed": 0} if split == "validation" else _shown(collection)
        lines += toml_table("[[datasets]]", {**buckets, **extra})
        for repeats in groups:
            place = collection.place(_folder(collection, split, repeats))
            lines += toml_table("[[datasets.subsets]]", {"image_dir": place, "num_repeats": repeats})
    return "\n".join(lines) + "\n"


_GENERAL: Mapping[str, Any] = {
    "caption_extension": ".txt",
    "shuffle_caption": False,
    "keep_tokens": 1,
    "enable_wildcard": False,
    "flip_aug": False,
    "color_aug": False,
    "random_crop": False,
    "resize_interpolation": "nearest",
}
"""For every image: the caption's file, the trigger kept in front, and nothing that moves or paints a pixel."""


def _shown(collection: Collection) -> dict[str, Any]:
    """What differs from [general] for training images. A bucket is as wide as its images, so a flip is exact."""
    showing = collection.showing
    options = {
        "flip_aug": showing.flip,
        "shuffle_caption": showing.orders > 1,
        "keep_tokens": showing.kept_tags,
        "caption_dropout_rate": showing.caption_dropout,
    }
    return {key: value for key, value in options.items() if value != _GENERAL.get(key, 0.0)}


def _buckets(collection: Collection) -> dict[str, Any]:
    """Buckets that are the canvases themselves: none is larger than ``resolution``'s area, and none is scaled up."""
    canvases = collection.canvases()
    sides = [side for canvas in canvases for side in (canvas.width, canvas.height)]
    largest = max(canvases, key=lambda canvas: (canvas.width * canvas.height, canvas))
    return {
        "resolution": [largest.width, largest.height],
        "enable_bucket": True,
        "bucket_no_upscale": True,
        "bucket_reso_steps": collection.step(),
        "min_bucket_reso": min(sides),
        "max_bucket_reso": max(sides),
    }


def _by_split(collection: Collection) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for split, (repeats,), _ in collection.groups("repeats"):
        groups.setdefault(split, []).append(repeats)
    return groups


def _folder(collection: Collection, split: str, repeats: int) -> str:
    return f"{split}/{repeats}_{re.sub(r'[^A-Za-z0-9.-]+', '-', collection.trigger)}"


KOHYA = Exporter("kohya sd-scripts: N_trigger folders and a data-set TOML", kohya_files, kohya_settings)
