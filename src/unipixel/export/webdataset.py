"""WebDataset: tar shards, of each sample its png, txt and json; the same bytes every time.

Format: https://github.com/webdataset/webdataset#the-webdataset-format
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Sequence
from typing import IO

from unipixel.export.model import Collection, Content, Exporter, Picture

SHARD = 1000
"""Samples in a shard: some tens of MB of pixel art."""


def webdataset_files(collection: Collection) -> dict[str, Content]:
    """``train-000000.tar``, ..., ``validation-000000.tar``, ...; an image with repeats is in it as often."""
    files: dict[str, Content] = {}
    for split, _, pictures in collection.groups():
        samples = [(picture, turn) for turn in range(_most(pictures)) for picture in pictures if turn < picture.repeats]
        for number, start in enumerate(range(0, len(samples), SHARD)):
            files[f"{split}-{number:06d}.tar"] = _shard(samples[start : start + SHARD])
    return files


def webdataset_settings(collection: Collection) -> Sequence[str]:
    """What to set, and what not."""
    return [
        "Read it with `webdataset.WebDataset(...)`, or with"
        f" `datasets.load_dataset('webdataset', data_dir='{collection.root}')`:"
        " `png` is the image, `txt` the caption, `json` what else is known.",
        "Images of several sizes can't be in one batch: batch by the `canvas` of `json`, and do not resize.",
        "An image with repeats is a sample as often, its key ending in `-2`, `-3`, ...",
    ]


def _most(pictures: Sequence[Picture]) -> int:
    return max(picture.repeats for picture in pictures)


def _shard(samples: Sequence[tuple[Picture, int]]) -> Callable[[IO[bytes]], None]:
    def write(file: IO[bytes]) -> None:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for picture, turn in samples:
                key = picture.name if turn == 0 else f"{picture.name}-{turn + 1}"
                facts = json.dumps(picture.facts(), ensure_ascii=False)
                for ending, data in (
                    ("json", facts.encode()),
                    ("png", picture.image.read_bytes()),
                    ("txt", picture.caption.encode()),
                ):
                    info = tarfile.TarInfo(f"{key}.{ending}")  # owner, time and mode are the same for all
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))

    return write


WEBDATASET = Exporter("WebDataset: tar shards of png, txt and json", webdataset_files, webdataset_settings)
