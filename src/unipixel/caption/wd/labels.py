"""What each output of a WD tagger stands for: its ``selected_tags.csv``."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from unipixel.caption.vocabulary import canonical_tag, shipped_vocabulary
from unipixel.errors import ModelError

_HEADER = ["tag_id", "name", "category", "count"]
_KINDS = {"0": "general", "4": "character", "9": "rating"}

NEVER = frozenset({"pixelated", "lowres", "highres", "absurdres"})
"""Tags that a tagger may not propose: ``pixelated`` means a *part* of a picture that was made unreadable, and a network
sees it in every native; the others are about file sizes."""


@dataclass(frozen=True)
class Label:
    """One output."""

    name: str
    """Spelt as captions are: with spaces, emoticons as they are."""
    kind: str
    """``general``, ``character`` or ``rating``; ``flag`` for what wants a look and is no tag; ``never``."""


def read_labels(path: str | os.PathLike[str]) -> tuple[Label, ...]:
    """Read ``selected_tags.csv``; row by row in the order of the outputs.

    Raises
    ------
    ModelError
        Not such a file; names the line.
    """
    file = Path(path)
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ModelError(f"{file}: can't be read ({error}). It is the selected_tags.csv of the tagger.") from None
    if not rows or rows[0] != _HEADER:
        raise ModelError(f"{file}: does not begin with {','.join(_HEADER)}. It is no selected_tags.csv of a WD tagger.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(_HEADER) or row[2] not in _KINDS:
            raise ModelError(f"{file}: line {number} is no tag of the category 0, 4 or 9. Get the file anew.")
    return tuple(_label(row[1], _KINDS[row[2]]) for row in rows[1:])


def _label(written: str, kind: str) -> Label:
    name = written if kind == "rating" else canonical_tag(written)
    if kind == "general":
        known = shipped_vocabulary().tags.get(name)
        kind = "never" if name in NEVER else "flag" if known is not None and known.group == "flag" else kind
    return Label(name.replace(",", " ").strip() or written, kind)
