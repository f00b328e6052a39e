"""The journal of tag edits: what was changed, to be taken back in another session, and finished after a kill.

A file of JSON lines that only grows. An edit is written down, with every tag before and after, *before* the data set is
touched, and a ``done`` line follows when everything is written. Where that line is missing, the edit was interrupted:
whoever opens the data set next makes it again, which is the same as once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from json import dumps
from pathlib import Path
from typing import Any, Literal

from unipixel.caption.edits import Change
from unipixel.dataset.manifest import Entry
from unipixel.errors import DatasetError
from unipixel.files import read_jsonl

Action = Literal["do", "undo", "redo"]
Changes = Mapping[str, tuple[Change, ...]]
"""Changes by :func:`entry_key`."""


@dataclass(frozen=True)
class Record:
    """One edit, as the journal has it."""

    number: int
    """Counted from 1."""
    what: str
    """The edit in words."""
    where: str
    """The search that it was made for; empty for all images."""
    at: str
    """When, in UTC."""
    changes: Changes
    undone: bool = False
    """Whether it was taken back."""


@dataclass(frozen=True)
class Journal:
    """All edits, and which of them can be taken back or made again."""

    records: tuple[Record, ...] = ()
    """Oldest first."""
    undoable: tuple[int, ...] = ()
    """Numbers of edits that hold, the last to be taken back first."""
    redoable: tuple[int, ...] = ()
    """Numbers of edits that were taken back, the first to be made again first."""
    unfinished: tuple[Action, int] | None = None
    """What was interrupted, and of which edit."""

    def record(self, number: int) -> Record:
        """The edit of a number."""
        return self.records[number - 1]


def entry_key(entry: Entry) -> str:
    """Name a row of the data set so that it is found again: its native, source, canvas and crop."""
    window = next((step["window"] for step in entry.transforms if "window" in step), ())
    crop = "-".join(str(number) for number in window)
    return f"{entry.id} {entry.canvas} {crop} {entry.source}"


def read_journal(path: str | os.PathLike[str]) -> Journal:
    """Read a journal; an absent file has no edits, and a last line that a kill cut off never happened.

    Raises
    ------
    DatasetError
        Lines that are no journal's.
    """
    records: list[Record] = []
    undoable: list[int] = []
    redoable: list[int] = []
    unfinished: tuple[Action, int] | None = None
    try:
        for row in read_jsonl(path):
            if "done" in row:
                unfinished = None
                continue
            if "do" in row:
                records.append(_record(row))
                undoable.append(row["do"])
                redoable.clear()
                unfinished = ("do", row["do"])
            elif "undo" in row:
                redoable.append(undoable.pop())
                unfinished = ("undo", row["undo"])
            else:
                undoable.append(redoable.pop())
                unfinished = ("redo", row["redo"])
        gone = {record.number for record in records} - set(undoable)
        marked = [Record(**{**vars(record), "undone": record.number in gone}) for record in records]
        return Journal(tuple(marked), tuple(reversed(undoable)), tuple(reversed(redoable)), unfinished)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise DatasetError(
            f"{Path(path)}: no journal of tag edits. Move it away to go on without undo", [problem]
        ) from error


def write_begin(path: Path, number: int, what: str, where: str, changes: Changes) -> None:
    """Write an edit down, before it is made."""
    rows = {key: [change.to_dict() for change in made] for key, made in changes.items()}
    _append(path, {"do": number, "what": what, "where": where, "at": _now(), "changes": rows})


def write_action(path: Path, action: Action, number: int) -> None:
    """Write down that an edit is about to be taken back or made again."""
    _append(path, {action: number, "at": _now()})


def write_done(path: Path) -> None:
    """Write down that what was begun is finished."""
    _append(path, {"done": True})


def _record(row: Mapping[str, Any]) -> Record:
    changes = {key: tuple(Change.from_dict(one) for one in made) for key, made in row["changes"].items()}
    return Record(row["do"], row["what"], row["where"], row["at"], changes)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _append(path: Path, row: Mapping[str, Any]) -> None:
    """Add a line and see it onto the disk; what a kill left of an earlier one is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.seek(0)
                file.truncate(file.read().rfind(b"\n") + 1)
        file.write((dumps(row, ensure_ascii=False) + "\n").encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
