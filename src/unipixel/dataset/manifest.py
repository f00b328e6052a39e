"""The manifest ``dataset.jsonl``: one object per image, with all that is known of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from json import dumps
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from unipixel.caption import Proposal
from unipixel.errors import CaptionError, DatasetError
from unipixel.files import read_jsonl, sha256
from unipixel.remembered import Remembered

Decision = Literal["new", "sure", "doubtful", "decided", "rejected"]
"""``new``: not looked at yet; ``sure`` by measurement, ``doubtful`` waiting for a person, ``decided`` or ``rejected``
by one."""

USABLE = frozenset({"sure", "decided"})
"""States of a native that may be trained on."""

IMAGE_STEPS = frozenset({"tag"})
"""Steps of a row's history that are of its image; all others are of its source."""

Permission = Literal["yes", "no", "unknown"]
"""Whether a picture may be trained on, as far as anybody has said."""

Split = Literal["train", "validation"]
"""What an image is for."""


def native_id(native: npt.NDArray[np.uint8]) -> str:
    """Name a native by its pixels: the same for x4 and x8 copies of one picture, once reduced.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha
        The colour below fully transparent pixels does not count.

    Returns
    -------
    str
        First 12 hexadecimal digits of the SHA-256 of ``WIDTHxHEIGHT``, a line end, and the RGBA bytes row by row.
    """
    canonical = native.copy()
    canonical[native[..., 3] == 0] = 0
    size = f"{native.shape[1]}x{native.shape[0]}\n".encode()
    return sha256(size + canonical.tobytes())[:12]


@dataclass(frozen=True)
class Cell:
    """The pixel grid that a source had."""

    cell: tuple[float, float]
    """Pitch (row, col) in source px per native px."""
    offset: tuple[float, float]
    """Phase (row, col) in source px."""


@dataclass(frozen=True)
class Provenance:
    """Where a picture comes from, and what may be done with it."""

    licence: str = ""
    """SPDX expression, or free text; empty where it is not known."""
    allow_train: Permission = "unknown"
    """Whether it may be trained on. Game screenshots and most art give no such right by themselves."""
    author: str = ""
    """Who made it."""
    title: str = ""
    """What its author calls it, or the pack it is from."""
    url: str = ""
    """Where it was found."""
    licence_url: str = ""
    """The licence's text."""


@dataclass(frozen=True)
class Entry:
    """One row of the manifest: an image, or a source of which no image is made yet.

    Several images of one source are several rows, alike in all that is the source's own: see :meth:`as_source`.
    """

    id: str
    """:func:`native_id` of the native before it is fitted."""
    source: str
    """File it came from, relative to the workspace, with ``/``."""
    source_sha256: str
    """SHA-256 of that file, 64 hexadecimal digits."""
    provenance: Provenance = Provenance()
    """Where it comes from, and its licence."""
    grid: Cell | None = None
    """Grid of the source; None for a native that came as one."""
    native_size: tuple[int, int] = (0, 0)
    """``(h, w)`` in native px."""
    look: str = ""
    """What the native looks like, for near duplicates: see :func:`unipixel.dataset.look_of`."""
    confidence: float = 0.0
    """How sure the native is right, 0 to 1."""
    state: Decision = "doubtful"
    """``new``, ``sure``, ``doubtful``, ``decided`` or ``rejected``."""
    transforms: tuple[dict[str, Any], ...] = ()
    """Steps from native to training image, in order, each with ``op``."""
    canvas: str = ""
    """``WIDTHxHEIGHT`` in canvas px; empty where it is on none."""
    palette: tuple[str, ...] = ()
    """Colours of the training image as ``#rrggbb``."""
    theme: str = ""
    """Such as ``scenery``; for balance."""
    crops: int | None = None
    """Most training images of this source; None as the recipe says, 0 where it was left out for balance."""
    close_up: bool = False
    """Whether the image is a part cut from a picture of several canvases: captions call it ``close-up``."""
    split: Split = "train"
    """``train``, or ``validation``: never both of one source."""
    repeats: int = 1
    """How often a trainer sees it in an epoch, 1 or more."""
    rating: str = ""
    """``general``, ``sensitive``, ``questionable`` or ``explicit``; empty where nobody has said."""
    tags: tuple[Proposal, ...] = ()
    """All tags with origin and state, rejected ones too, so that they are not proposed again."""
    history: tuple[dict[str, Any], ...] = ()
    """What happened to this row, oldest first."""

    @property
    def is_usable(self) -> bool:
        """Whether images may be made of it."""
        return self.state in USABLE

    @property
    def has_native(self) -> bool:
        """Whether a grid was found, so that there is a native to look at."""
        return self.native_size != (0, 0)

    @property
    def window(self) -> tuple[int, int, int, int]:
        """Part of the native that is in view: row, column, height, width; all of it where it is on no canvas."""
        row, col, height, width = self.transforms[0]["window"] if self.transforms else (0, 0, *self.native_size)
        return row, col, height, width

    @property
    def own_history(self) -> tuple[dict[str, Any], ...]:
        """Steps of this image alone, such as what a tagger said of it."""
        return tuple(step for step in self.history if step.get("op") in IMAGE_STEPS)

    @cached_property
    def key(self) -> str:
        """Names a row so that a journal finds it again: by its native, canvas, crop and source."""
        window = next((step["window"] for step in self.transforms if "window" in step), ())
        return f"{self.id} {self.canvas} {'-'.join(str(number) for number in window)} {self.source}"

    @cached_property
    def image_id(self) -> str:
        """Names one image: by its native, its source, its canvas and all that was done to bring it there.

        The same name stands for the same pixels; tags and whatever else is said of the image do not change it.
        """
        return sha256(repr((self.id, self.source, self.canvas, self.transforms)).encode())[:16]

    def as_source(self) -> Entry:
        """Leave out all that belongs to one image of the source."""
        return replace(
            self,
            transforms=(),
            canvas="",
            palette=(),
            close_up=False,
            split="train",
            repeats=1,
            rating="",
            tags=(),
            history=tuple(step for step in self.history if step.get("op") not in IMAGE_STEPS),
        )

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON types, in the order above."""
        row = {field.name: getattr(self, field.name) for field in fields(self)}
        row["provenance"] = dict(vars(self.provenance))
        row["grid"] = None if self.grid is None else {"cell": list(self.grid.cell), "offset": list(self.grid.offset)}
        row["tags"] = [tag.to_dict() for tag in self.tags]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}

    @cached_property
    def line(self) -> str:
        """The row as it stands in the file, with its line end; made once: most rows of a data set stay as they are."""
        return dumps(self.to_dict(), ensure_ascii=False) + "\n"

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Entry:
        """Undo :meth:`to_dict`.

        Raises
        ------
        DatasetError
            Unknown or missing fields, or values that do not belong; all of them.
        """
        problems = _field_problems(row, cls)
        if problems:
            name = row.get("id", "?") if isinstance(row, dict) else "?"
            raise DatasetError(f"manifest row {name!r}", problems)
        values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        try:
            if row.get("grid") is not None:
                values["grid"] = Cell(tuple(row["grid"]["cell"]), tuple(row["grid"]["offset"]))
            values["provenance"] = Provenance(**row.get("provenance", {}))
            values["tags"] = tuple(Proposal.from_dict(tag) for tag in row.get("tags", ()))
        except (CaptionError, KeyError, TypeError) as error:
            raise DatasetError(f"manifest row {row['id']!r}", [str(error)]) from error
        return cls(**values)


def read_manifest(path: str | os.PathLike[str]) -> tuple[Entry, ...]:
    """Read a manifest; an absent file has no rows. One that did not change since is not read again.

    Raises
    ------
    DatasetError
        Rows that do not fit, each with its line.
    """
    return _MANIFESTS.get(path)


def write_manifest(path: str | os.PathLike[str], entries: Iterable[Entry]) -> Path:
    """Write a manifest atomically, in the order given."""
    rows = tuple(entries)
    return _MANIFESTS.write(path, "".join(row.line for row in rows).encode("utf-8"), rows)


def _read_rows(path: Path) -> tuple[Entry, ...]:
    entries, problems = [], []
    try:
        rows = read_jsonl(path)
    except ValueError as error:
        raise DatasetError(f"{path}: not JSON lines", [str(error)]) from error
    for number, row in enumerate(rows, start=1):
        try:
            entries.append(Entry.from_dict(row))
        except DatasetError as error:
            problems += [f"line {number}: {problem}" for problem in error.problems]
    if problems:
        raise DatasetError(f"{path}: rows that can't be read. Mend them, or restore the file", problems)
    return tuple(entries)


_MANIFESTS = Remembered(_read_rows)


def in_file_order(entries: Iterable[Entry]) -> list[Entry]:
    """Sort rows by source, canvas and window, so that the file depends on nothing but what it says."""
    return sorted(entries, key=lambda entry: (entry.source, entry.source_sha256, entry.canvas, entry.window))


def sources_of(entries: Iterable[Entry]) -> dict[str, Entry]:
    """One row for each source, by its path, without what belongs to its images."""
    return {entry.source: entry.as_source() for entry in in_file_order(entries)}


def _field_problems(row: dict[str, Any], cls: type[Entry]) -> list[str]:
    if not isinstance(row, dict):
        return ["not a JSON object"]
    problems = [f"unknown field {name!r}" for name in sorted(set(row) - {field.name for field in fields(cls)})]
    problems += [f"missing field {name!r}" for name in ("id", "source", "source_sha256") if name not in row]
    for name, known in (("state", Decision), ("split", Split)):
        if name in row and row[name] not in get_args(known):
            problems.append(f"{name} {row[name]!r} is none of {', '.join(get_args(known))}")
    for name in ("transforms", "palette", "tags", "history", "native_size"):
        if name in row and not isinstance(row[name], list):
            problems.append(f"{name} is not a list")
    return problems
