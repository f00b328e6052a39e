"""The journal of tag edits: what was changed, to be taken back in another session, and finished after a kill.

A file of JSON lines that only grows. An edit is written down, with every tag before and after, *before* the data set is
touched, and a ``done`` line follows when everything is written. Where that line is missing, the edit was interrupted:
whoever opens the data set next makes it again, which is the same as once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from json import dumps, loads
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Literal

from unipixel.caption.edits import Change
from unipixel.errors import DatasetError

Action = Literal["do", "undo", "redo"]
Changes = Mapping[str, tuple[Change, ...]]
"""Changes by :attr:`unipixel.dataset.Entry.key`."""


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

    @property
    def added(self) -> str:
        """The tag that it put on images; empty where it did something else."""
        word, _, tag = self.what.partition(" ")
        return tag.strip('"') if word == "add" else ""


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


def read_journal(path: str | os.PathLike[str]) -> Journal:
    """Read a journal; an absent file has no edits, and a last line that a kill cut off never happened.

    A journal only grows: of one that was read before, the new lines alone are read.

    Raises
    ------
    DatasetError
        Lines that are no journal's.
    """
    file = Path(path)
    with _LOCK:
        reading = _READINGS.pop(os.path.abspath(file), None) or _Reading()
        if not file.exists():
            return Journal()
        try:
            with file.open("rb") as stream:
                if not reading.goes_on(stream):
                    reading = _Reading()
                    stream.seek(0)
                reading.take(stream.read())
        except (ValueError, KeyError, IndexError, TypeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise DatasetError(
                f"{file}: no journal of tag edits. Move it away to go on without undo", [problem]
            ) from error
        if len(_READINGS) >= _MOST:
            _READINGS.pop(next(iter(_READINGS)))
        _READINGS[os.path.abspath(file)] = reading
        return reading.journal()


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


@dataclass
class _Reading:
    """A journal as far as it was read."""

    place: int = 0
    """Bytes that were read: whole lines."""
    last: bytes = b""
    """The end of them, by which the file is known again."""
    records: list[Record] = field(default_factory=list)
    undoable: list[int] = field(default_factory=list)
    redoable: list[int] = field(default_factory=list)
    unfinished: tuple[Action, int] | None = None

    def goes_on(self, stream: BinaryIO) -> bool:
        """Whether a file begins with what was read; it then stands where that ends."""
        stream.seek(self.place - len(self.last))
        return stream.read(len(self.last)) == self.last

    def take(self, text: bytes) -> None:
        """Read what follows, up to the last whole line."""
        whole = text[: text.rfind(b"\n") + 1]
        for line in whole.split(b"\n"):
            if line.strip():
                self._heed(loads(line))
        self.place += len(whole)
        self.last = (self.last + whole)[-_KNOWN_BY:]

    def journal(self) -> Journal:
        """What the lines say."""
        gone = {record.number for record in self.records} - set(self.undoable)
        marked = (replace(record, undone=True) if record.number in gone else record for record in self.records)
        return Journal(tuple(marked), tuple(reversed(self.undoable)), tuple(reversed(self.redoable)), self.unfinished)

    def _heed(self, row: Mapping[str, Any]) -> None:
        if "done" in row:
            self.unfinished = None
        elif "do" in row:
            self.records.append(_record(row))
            self.undoable.append(row["do"])
            self.redoable.clear()
            self.unfinished = ("do", row["do"])
        elif "undo" in row:
            self.redoable.append(self.undoable.pop())
            self.unfinished = ("undo", row["undo"])
        else:
            self.undoable.append(self.redoable.pop())
            self.unfinished = ("redo", row["redo"])


_KNOWN_BY, _MOST = 512, 4
"""Bytes by which a file is known again, and files whose readings are kept."""
_READINGS: dict[str, _Reading] = {}
_LOCK = Lock()


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
