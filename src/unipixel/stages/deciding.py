"""The queue of doubtful natives, and what a person decides on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unipixel.dataset.manifest import Entry, read_manifest, sources_of
from unipixel.errors import GridMismatch, WorkspaceError
from unipixel.files import write_atomic
from unipixel.grid import Recovery, recover
from unipixel.image import encode_png, load_image
from unipixel.progress import Event, Progress, quiet
from unipixel.report.explain import draw_candidates, draw_explanation
from unipixel.stages.engine import LOCAL, Engine
from unipixel.stages.recovering import Job, native_file, recover_source, save_sources
from unipixel.stages.workspace import Workspace

CANDIDATES = 4
"""Sizes that a picture of the queue shows side by side, the finder's own answer first."""


@dataclass(frozen=True)
class Doubtful:
    """One source that waits for a decision."""

    source: str
    """Path in the workspace."""
    native_size: tuple[int, int] | None
    """``(h, w)`` of what the grid finder would take; None where it found no grid."""
    confidence: float
    """0 to 1: how likely it is that this is right."""
    reason: str
    """What the grid finder says."""
    alternatives: tuple[tuple[int, int], ...]
    """Other native sizes ``(h, w)``, the likelier first."""
    explanation: str
    """Picture that explains it, and shows the candidates: path in the workspace."""


@dataclass(frozen=True)
class Decision:
    """What a person says of a source."""

    accept: bool = False
    """The native that was found is right."""
    reject: bool = False
    """No image is made of it."""
    reopen: bool = False
    """Take an earlier decision back."""
    native_size: tuple[int, int] | None = None
    """``(h, w)``: the native size is this."""
    scale: tuple[float, float] | None = None
    """Source px per native px, (row, col)."""
    offset: tuple[float, float] | None = None
    """A grid line in source px, (row, col); with ``scale``."""

    def __post_init__(self) -> None:
        ways = [self.accept, self.reject, self.reopen, self.native_size is not None, self.scale is not None]
        if sum(ways) != 1 or (self.offset is not None and self.scale is None):
            raise WorkspaceError("decide one thing: accept, reject, reopen, a native size, or a scale with its offset.")

    @property
    def given(self) -> dict[str, Any]:
        """Keywords for :func:`unipixel.grid.recover`."""
        named = {"native_size": self.native_size, "scale": self.scale, "offset": self.offset}
        return {name: value for name, value in named.items() if value is not None}


def read_queue(workspace: Workspace, *, above: float = 0.0) -> list[Entry]:
    """Rows of the sources that wait for a decision, in the order of their names.

    Parameters
    ----------
    workspace : Workspace
    above : float
        Those alone that have a native of at least this confidence.
    """
    rows = sources_of(read_manifest(workspace.manifest)).values()
    queue = [row for row in rows if row.state == "doubtful"]
    return [row for row in queue if row.has_native and row.confidence >= above] if above > 0 else queue


def show_queue(workspace: Workspace, *, engine: Engine = LOCAL, progress: Progress = quiet) -> list[Doubtful]:
    """List what waits for a decision, and draw a picture of each in ``doubtful/``; pictures that are there stay."""
    with workspace.lock():
        queue = read_queue(workspace)
        shown = []
        for index, item in enumerate(engine.run(explain, [Job(workspace.root, row, {}) for row in queue])):
            shown.append(item)
            progress(Event("explain", index + 1, len(queue), Path(item.source).name))
        wanted = {workspace.root / item.explanation for item in shown}
        for file in workspace.doubtful.glob("*.png"):
            if file not in wanted:
                file.unlink()
    return shown


def explain(job: Job) -> Doubtful:
    """Look at one source again, and draw what speaks for which size."""
    image = load_image(job.root / job.row.source)
    found = recover(image)
    name = Path(job.row.source)
    target = job.root / "doubtful" / f"{name.stem}-{job.row.source_sha256[:8]}.png"
    if not target.exists():
        sheet = draw_explanation(image, found, title=name.name)
        write_atomic(target, encode_png(draw_candidates(sheet, _candidates(image, found))))
    return Doubtful(
        job.row.source,
        None if found.native is None else (found.native.shape[0], found.native.shape[1]),
        round(found.confidence, 6),
        found.reason,
        tuple(other.native_size for other in found.alternatives),
        target.relative_to(job.root).as_posix(),
    )


def _candidates(image: Any, found: Recovery) -> list[Recovery]:
    """The finder's answer and the next best sizes, each read from the picture."""
    shown = [found] if found.native is not None else []
    for other in found.alternatives:
        try:
            shown.append(recover(image, native_size=other.native_size))
        except GridMismatch:
            continue
    return shown[:CANDIDATES]


def decide(
    workspace: Workspace, names: Sequence[str], decision: Decision, *, dry_run: bool = False, progress: Progress = quiet
) -> list[Entry]:
    """Note a decision on sources; it is kept with its history and never asked for again.

    Parameters
    ----------
    workspace : Workspace
    names : sequence of str
        Sources by path, file name, or file name without ending.
    decision : Decision
        The same for all of them.
    dry_run : bool
        Check it, and write nothing.
    progress : Progress
        Told after each source.

    Returns
    -------
    list of Entry
        Their rows after the decision.

    Raises
    ------
    WorkspaceError
        There is no such source, or it has no native to accept; nothing is changed then.
    GridMismatch
        The size or scale does not fit one of them; nothing is changed then.
    """
    if dry_run:
        return _decided(workspace, names, decision, lambda job: job.row, quiet)
    with workspace.lock():
        rows = _decided(workspace, names, decision, recover_source, progress)
        sources = sources_of(read_manifest(workspace.manifest))
        sources.update({row.source: row for row in rows})
        save_sources(workspace, list(sources.values()))
        for row in rows:
            for file in workspace.doubtful.glob(f"*-{row.source_sha256[:8]}.png"):
                file.unlink()
    return rows


def _decided(
    workspace: Workspace,
    names: Sequence[str],
    decision: Decision,
    look_again: Callable[[Job], Entry],
    progress: Progress,
) -> list[Entry]:
    rows = []
    chosen = _find_sources(workspace, names)
    for row in chosen:
        if decision.accept and not row.has_native:
            raise WorkspaceError(
                f"{row.source}: no native was found that could be accepted. Give its size: --native-size WIDTHxHEIGHT."
            )
        if decision.given:
            recover(load_image(workspace.root / row.source), **decision.given)  # raises where it does not fit
    for index, row in enumerate(chosen):
        changed = _noted(row, decision)
        if decision.given or decision.reopen or not native_file(workspace.root, row).exists():
            changed = look_again(Job(workspace.root, changed, decision.given))
        rows.append(changed)
        progress(Event("decide", index + 1, len(chosen), Path(row.source).name))
    return rows


def _noted(row: Entry, decision: Decision) -> Entry:
    if decision.reopen:
        return replace(row, state="new", history=(*row.history, {"op": "decide", "reopen": True}))
    said: dict[str, Any] = {name: list(value) for name, value in decision.given.items()}
    if decision.accept:
        said = {"accept": True}
    if decision.reject:
        said = {"reject": True}
    return replace(
        row,
        state="rejected" if decision.reject else "decided",
        history=(*row.history, {"op": "decide", **said}),
    )


def _find_sources(workspace: Workspace, names: Sequence[str]) -> list[Entry]:
    sources = sources_of(read_manifest(workspace.manifest))
    found: dict[str, Entry] = {}
    for name in names:
        matches = [row for source, row in sources.items() if name in (source, Path(source).name, Path(source).stem)]
        if len(matches) != 1:
            problem = "there is no such source" if not matches else "several sources have this name; write the ending"
            raise WorkspaceError(f"{name}: {problem}. See what there is: unipixel decide {workspace.root}")
        found[matches[0].source] = matches[0]
    return list(found.values())
