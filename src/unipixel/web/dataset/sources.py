"""Sources: those that wait for a decision, what a person decides, and pictures that are added."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from unipixel.dataset.manifest import Entry, Provenance, read_manifest, sources_of
from unipixel.errors import OptionError, WorkspaceError
from unipixel.stages.adding import add
from unipixel.stages.deciding import Decision, decide, explain
from unipixel.stages.recovering import Job
from unipixel.stages.workspace import IMAGE_SUFFIXES, Workspace
from unipixel.web.operation import Asked

MOST = 2000
"""Sources that one decision may name."""


def list_sources(workspace: Workspace) -> list[dict[str, Any]]:
    """One row for each source, in the order of their names: its native, and how that was decided on."""
    return [show_source(row) for row in sources_of(read_manifest(workspace.manifest)).values()]


def show_source(row: Entry) -> dict[str, Any]:
    """A source, as JSON types."""
    return {
        "source": row.source,
        "name": row.source.rsplit("/", 1)[-1],
        "state": row.state,
        "native": row.id if row.has_native else "",
        "native_size": [row.native_size[1], row.native_size[0]] if row.has_native else None,
        "confidence": row.confidence,
        "reason": next((str(step["reason"]) for step in row.history if step.get("op") == "recover"), ""),
        "theme": row.theme,
        "licence": row.provenance.licence,
        "allow_train": row.provenance.allow_train,
    }


def find_source(workspace: Workspace, source: str) -> Entry:
    """The row of a source.

    Raises
    ------
    WorkspaceError
        The data set has none of this name.
    """
    row = sources_of(read_manifest(workspace.manifest)).get(source)
    if row is None:
        raise WorkspaceError(f"{source[:200]}: there is no such source in the data set.")
    return row


def explain_source(workspace: Workspace, source: str) -> dict[str, Any]:
    """What speaks for which native size of a source, and a picture of it."""
    told = explain(Job(workspace.root, find_source(workspace, source), {}))
    return {
        "source": told.source,
        "native_size": None if told.native_size is None else list(told.native_size[::-1]),
        "confidence": told.confidence,
        "reason": told.reason,
        "alternatives": [list(size[::-1]) for size in told.alternatives],
    }


def draw_explanation(workspace: Workspace, source: str) -> bytes:
    """The picture that explains a source as PNG."""
    return (workspace.root / explain(Job(workspace.root, find_source(workspace, source), {})).explanation).read_bytes()


def make_decision(asked: Asked) -> list[dict[str, Any]]:
    """Decide on sources, all in the same way; gives their rows after that."""
    name = asked.text("decision")
    if name not in DECISIONS:
        raise OptionError(f"there is no decision {name[:40]!r}. There are: {', '.join(DECISIONS)}.")
    rows = decide(asked.studio.workspace, asked.texts("sources", MOST), DECISIONS[name](asked))
    return [show_source(row) for row in rows]


def add_picture(asked: Asked) -> dict[str, Any]:
    """Add a picture that was sent to the sources, with tags by hand and where it comes from."""
    name = Path(asked.word("name").replace("\\", "/")).name
    if Path(name).suffix.lower() not in IMAGE_SUFFIXES or not Path(name).stem.strip("."):
        raise OptionError(f"{name[:80]!r} is no picture's name. Known endings: {', '.join(sorted(IMAGE_SUFFIXES))}.")
    said = Provenance(
        asked.word("licence"), _permission(asked.word("allow")), asked.word("author"), url=asked.word("url")
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(asked.body)
        if tags := asked.word("tags").strip():
            file.with_suffix(".txt").write_text(f"{tags}\n", "utf-8")
        made = add(asked.studio.workspace, [file], provenance=said, theme=asked.word("theme") or None)
    problems = [problem.replace(f"{folder}/", "") for problem in made.problems]
    return {"added": made.added, "known": made.known, "problems": problems}


def _permission(word: str) -> Any:
    return word or "unknown"


def _size(asked: Asked) -> tuple[int, int]:
    """(h, w) of the native size that was sent as width and height."""
    width, height = _pair(asked, "native_size")
    return int(height), int(width)


def _pair(asked: Asked, name: str) -> tuple[float, float]:
    value = asked.body.get(name)
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(each, (int, float)) for each in value):
        raise OptionError(f"{name!r} must be two numbers: width and height.")
    return value[0], value[1]


DECISIONS: Mapping[str, Callable[[Asked], Decision]] = {
    "accept": lambda asked: Decision(accept=True),
    "reject": lambda asked: Decision(reject=True),
    "reopen": lambda asked: Decision(reopen=True),
    "native_size": lambda asked: Decision(native_size=_size(asked)),
    "scale": lambda asked: Decision(scale=_pair(asked, "scale")[::-1]),
}
"""Decisions by name."""
