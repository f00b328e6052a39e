"""What every format is written from, and what a format gives back: names of files and what is in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from pathlib import Path
from typing import IO, Any, TypeAlias

from unipixel.dataset.canvas import Canvas
from unipixel.dataset.manifest import Entry, Split

Content: TypeAlias = "str | Path | Callable[[IO[bytes]], None]"
"""Of a file: its text, a file to copy, or what writes it."""

SPLITS: tuple[Split, ...] = ("train", "validation")
"""In the order in which they are written."""


@dataclass(frozen=True)
class Picture:
    """One training image with its caption."""

    image: Path
    """The PNG in the workspace."""
    caption: str
    """One line, without a line end: trainers that read the whole file would train on it."""
    entry: Entry
    """Its row."""

    @property
    def name(self) -> str:
        """Name in an export, without ending, underscores (kohya) and dots (WebDataset): they are read as dividers."""
        return f"{self.image.stem}-{self.entry.canvas}".replace("_", "-").replace(".", "-")

    @property
    def canvas(self) -> Canvas:
        """Its size."""
        return Canvas.parse(self.entry.canvas)

    @property
    def repeats(self) -> int:
        """How often it is seen in an epoch; once for validation."""
        return self.entry.repeats if self.entry.split == "train" else 1

    def facts(self) -> dict[str, Any]:
        """What a format with fields says of it besides image and caption."""
        entry = self.entry
        return {
            "id": entry.id,
            "canvas": entry.canvas,
            "native_size": "x".join(str(side) for side in reversed(entry.transforms[0]["canvas"])),
            "colors": len(entry.palette),
            "theme": entry.theme,
            "rating": entry.rating,
            **{f"source_{name}": value for name, value in asdict(entry.provenance).items()},
        }


@dataclass(frozen=True)
class Showing:
    """How a trainer shows images and captions: as they are, where nothing else is said."""

    flip: bool = False
    """Whether images are mirrored left to right half of the time, where that is exact."""
    orders: int = 1
    """Orders of a caption's tags; 1 leaves them as they are written."""
    kept_tags: int = 1
    """Tags at the front that keep their place: the trigger."""
    caption_dropout: float = 0.0
    """Share of images that are shown without their caption, 0 to 1."""


@dataclass(frozen=True)
class Collection:
    """All that is exported."""

    pictures: Sequence[Picture]
    """In the order in which they are written."""
    trigger: str
    """The LoRA's word."""
    scale: int
    """Canvas px per native px."""
    root: str
    """Path of the export as its trainer will see it, with ``/``; ``.`` for paths relative to the export."""
    showing: Showing = Showing()
    """For formats that hold such settings; the others leave them to the trainer."""

    def canvases(self) -> list[Canvas]:
        """Sizes that are there, sorted."""
        return sorted({picture.canvas for picture in self.pictures})

    def groups(self, *keys: str) -> Iterator[tuple[Split, tuple[Any, ...], list[Picture]]]:
        """Pictures of one split that agree in some attributes, training first, each split sorted by their values."""
        for split in SPLITS:
            grouped: dict[tuple[Any, ...], list[Picture]] = {}
            for picture in self.pictures:
                if picture.entry.split == split:
                    grouped.setdefault(tuple(getattr(picture, key) for key in keys), []).append(picture)
            for values in sorted(grouped):
                yield split, values, grouped[values]

    def place(self, folder: str) -> str:
        """A folder of the export as its trainer will see it."""
        return folder if self.root == "." else f"{self.root.rstrip('/')}/{folder}"

    def step(self) -> int:
        """The largest of 64, 32, 16 and 8 px that all sides are multiples of: the step of a trainer's buckets."""
        sides = [side for canvas in self.canvases() for side in (canvas.width, canvas.height)]
        return math.gcd(64, reduce(math.gcd, sides))


@dataclass(frozen=True)
class Exporter:
    """One format."""

    line: str
    """What it is, for ``--help``."""
    files: Callable[[Collection], Mapping[str, Content]]
    """Path in the export, with ``/``, to content."""
    settings: Callable[[Collection], Sequence[str]]
    """What a person must set in that trainer, a sentence or two each, in Markdown."""


def pairs(folder: str, pictures: Sequence[Picture]) -> dict[str, Content]:
    """Images with a text file of the same name beside each: what most trainers read."""
    files: dict[str, Content] = {}
    for picture in pictures:
        files[f"{folder}/{picture.name}.png"] = picture.image
        files[f"{folder}/{picture.name}.txt"] = picture.caption
    return files


def edge_of(area: int) -> int:
    """Side of the smallest whole square that holds an area in px."""
    return math.isqrt(area - 1) + 1
