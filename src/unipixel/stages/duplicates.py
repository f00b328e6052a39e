"""Equal pictures among the sources, and near ones for a person to review; none is ever deleted."""

from __future__ import annotations

from dataclasses import dataclass

from unipixel.dataset.look import find_near
from unipixel.dataset.manifest import read_manifest, sources_of
from unipixel.stages.workspace import Workspace


@dataclass(frozen=True)
class Near:
    """Two sources that look alike."""

    sources: tuple[str, str]
    bits: int
    """By how many of 63 bits their looks differ: 0 is most alike."""
    mirrored: bool
    """Alike once one of them is mirrored."""


@dataclass(frozen=True)
class Duplicates:
    """What :func:`find_duplicates` found."""

    equal: tuple[tuple[str, ...], ...]
    """Sources with one and the same native, such as x4 and x8 copies: the first of each stands for all."""
    near: tuple[Near, ...]
    """Pairs to look at, the most alike first."""


def find_duplicates(workspace: Workspace) -> Duplicates:
    """Compare the natives of all sources that are not rejected."""
    rows = [row for row in sources_of(read_manifest(workspace.manifest)).values() if row.state != "rejected"]
    by_native: dict[str, list[str]] = {}
    for row in rows:
        if row.has_native:
            by_native.setdefault(row.id, []).append(row.source)
    near = [
        Near((rows[one].source, rows[two].source), bits, mirrored)
        for one, two, bits, mirrored in find_near([row.look for row in rows])
        if rows[one].id != rows[two].id
    ]
    return Duplicates(
        tuple(tuple(sources) for sources in by_native.values() if len(sources) > 1),
        tuple(sorted(near, key=lambda pair: (pair.bits, pair.sources))),
    )
