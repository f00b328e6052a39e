"""Find images by their tags, and edit the tags of many at once: with a preview, and undo in any later session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

from unipixel.caption.edits import Edit, apply, revert
from unipixel.caption.verdicts import Verdicts, count_verdicts
from unipixel.dataset.journal import (
    Action,
    Changes,
    Journal,
    Record,
    read_journal,
    write_action,
    write_begin,
    write_done,
)
from unipixel.dataset.manifest import Entry, read_manifest, write_manifest
from unipixel.dataset.query import parse_query
from unipixel.errors import CaptionError, WorkspaceError
from unipixel.recipe import Recipe
from unipixel.stages.caption_files import compose_caption, write_caption
from unipixel.stages.preparing import training_file
from unipixel.stages.workspace import Workspace

JOURNAL = "tags.journal.jsonl"
"""File of the journal in the workspace."""


@dataclass(frozen=True)
class TagCount:
    """How often a tag is in the data set."""

    name: str
    accepted: int
    """Images that have it in their caption."""
    proposed: int
    """Images for which it waits for a verdict."""
    rejected: int


@dataclass(frozen=True)
class Edited:
    """What an edit does, or did, to one image."""

    image: str
    """Its :attr:`unipixel.dataset.Entry.image_id`."""
    file: str
    """Training image, from the workspace."""
    before: str
    """Its caption before."""
    after: str
    """Its caption after; the same where only proposals change."""


@dataclass(frozen=True)
class EditResult:
    """What an edit does, or did."""

    what: str
    """The edit in words."""
    images: tuple[Edited, ...]
    """Images whose tags change."""


def list_tags(workspace: Workspace, query: str = "") -> list[TagCount]:
    """Count the tags of images that fit a search (:mod:`unipixel.dataset.query`), the most frequent first."""
    states: dict[str, Counter[str]] = {}
    for entry in find_images(workspace, query):
        for tag in entry.tags:
            states.setdefault(tag.name, Counter())[tag.state] += 1
    rows = [TagCount(name, seen["accepted"], seen["proposed"], seen["rejected"]) for name, seen in states.items()]
    return sorted(rows, key=lambda row: (-row.accepted, -row.proposed, row.name))


def find_images(workspace: Workspace, query: str = "") -> list[Entry]:
    """Training images that fit a search.

    Raises
    ------
    QueryError
        The search can't be understood.
    """
    finish_edits(workspace)
    recipe = workspace.recipe()
    return _fitting(read_manifest(workspace.manifest), query, recipe)


def judge_rules(workspace: Workspace) -> tuple[Verdicts, ...]:
    """How often a person accepted or rejected what each rule and each tagger proposed."""
    finish_edits(workspace)
    return count_verdicts(tag for entry in _placed(read_manifest(workspace.manifest)) for tag in entry.tags)


def edit_tags(
    workspace: Workspace, edit: Edit, query: str = "", *, only: Collection[str] | None = None, dry_run: bool = False
) -> EditResult:
    """Edit the tags of all training images that fit a search.

    Parameters
    ----------
    workspace : Workspace
    edit : Edit
    query : str
        See :mod:`unipixel.dataset.query`; all images by default.
    only : collection of str, optional
        Of these, the images of which the :attr:`unipixel.dataset.Entry.image_id` is here.
    dry_run : bool
        Say what would change, and write nothing.

    Raises
    ------
    QueryError
        The search can't be understood.
    CaptionError
        A caption would have tags that exclude each other, or that a trainer would misread; nothing was written.
    """
    finish_edits(workspace)
    with _held(workspace, dry_run):
        recipe = workspace.recipe()
        entries = read_manifest(workspace.manifest)
        fitting = [row for row in _fitting(entries, query, recipe) if only is None or row.image_id in only]
        changes = {entry.key: made for entry in fitting if (made := edit.changes(entry.tags))}
        result = _preview(workspace, recipe, str(edit), entries, changes, undo=False)
        if changes and not dry_run:
            journal = workspace.root / JOURNAL
            where = query if only is None else " ".join(filter(None, [query, f"({len(fitting)} chosen)"]))
            write_begin(journal, len(read_journal(journal).records) + 1, str(edit), where, changes)
            _write(workspace, recipe, entries, changes, undo=False)
        return result


def undo_edit(workspace: Workspace, *, number: int | None = None, dry_run: bool = False) -> EditResult | None:
    """Take the last edit back, of whatever session; None where there is none.

    Parameters
    ----------
    workspace : Workspace
    number : int, optional
        The edit that is meant: where another one came after it, nothing is done.
    dry_run : bool
        Say what would change, and write nothing.

    Raises
    ------
    WorkspaceError
        The last edit is another one than that of ``number``.
    """
    return _again(workspace, "undo", number, dry_run=dry_run)


def redo_edit(workspace: Workspace, *, number: int | None = None, dry_run: bool = False) -> EditResult | None:
    """Make the edit that was taken back last again; None where there is none. See :func:`undo_edit`."""
    return _again(workspace, "redo", number, dry_run=dry_run)


def list_edits(workspace: Workspace) -> tuple[Record, ...]:
    """All edits, oldest first."""
    return read_edits(workspace).records


def read_edits(workspace: Workspace) -> Journal:
    """All edits, and which of them can be taken back or made again."""
    finish_edits(workspace)
    return read_journal(workspace.root / JOURNAL)


def finish_edits(workspace: Workspace) -> str | None:
    """Finish an edit that was interrupted by a kill; returns it in words."""
    if read_journal(workspace.root / JOURNAL).unfinished is None:
        return None
    with workspace.lock():
        journal = read_journal(workspace.root / JOURNAL)
        if journal.unfinished is None:  # whoever held the workspace has finished it
            return None
        action, number = journal.unfinished
        record = journal.record(number)
        entries = read_manifest(workspace.manifest)
        _write(workspace, workspace.recipe(), entries, record.changes, undo=action == "undo")
    return f"{action} {record.what}"


def _held(workspace: Workspace, dry_run: bool) -> AbstractContextManager[None]:
    """The workspace for this process alone, but for a dry run, which writes nothing."""
    return nullcontext() if dry_run else workspace.lock()


def _again(workspace: Workspace, action: Action, number: int | None, *, dry_run: bool) -> EditResult | None:
    finish_edits(workspace)
    with _held(workspace, dry_run):
        path = workspace.root / JOURNAL
        journal: Journal = read_journal(path)
        numbers = journal.undoable if action == "undo" else journal.redoable
        if number is not None and number not in numbers[:1]:
            raise WorkspaceError(f"nothing was changed: to {action} edit {number} first see what came after it.")
        if not numbers:
            return None
        record, recipe, entries = journal.record(numbers[0]), workspace.recipe(), read_manifest(workspace.manifest)
        undo = action == "undo"
        result = _preview(workspace, recipe, f"{action} {record.what}", entries, record.changes, undo=undo)
        if not dry_run:
            write_action(path, action, record.number)
            _write(workspace, recipe, entries, record.changes, undo=undo)
        return result


def _write(workspace: Workspace, recipe: Recipe, entries: Iterable[Entry], changes: Changes, *, undo: bool) -> None:
    """Data set, captions, and the line that says so: each whole or not at all, and all of it again after a kill."""
    made = [_changed(entry, changes, undo=undo) for entry in entries]
    write_manifest(workspace.manifest, made)
    for entry in _placed(made):
        if entry.key in changes and training_file(workspace, entry).exists():
            write_caption(workspace, entry, compose_caption(recipe, entry))
    write_done(workspace.root / JOURNAL)


def _preview(
    workspace: Workspace, recipe: Recipe, what: str, entries: Iterable[Entry], changes: Changes, *, undo: bool
) -> EditResult:
    rows, problems = [], []
    for entry in _placed(entries):
        made = _changed(entry, changes, undo=undo)
        if made.tags == entry.tags:
            continue
        try:
            after = str(compose_caption(recipe, made))
        except CaptionError as error:
            problems.append(str(error))
            continue
        file = workspace.relative(training_file(workspace, entry))
        rows.append(Edited(entry.image_id, file, _said(recipe, entry), after))
    if problems:
        raise CaptionError(
            f"nothing was changed: {what} would spoil {len(problems)} captions. The first: {problems[0]}"
        )
    return EditResult(what, tuple(rows))


def _said(recipe: Recipe, entry: Entry) -> str:
    """The caption of a row; its tags where they make none."""
    try:
        return str(compose_caption(recipe, entry))
    except CaptionError:
        return ", ".join(tag.name for tag in entry.tags if tag.state == "accepted")


def _changed(entry: Entry, changes: Changes, *, undo: bool) -> Entry:
    made = changes.get(entry.key)
    if not made:
        return entry
    return replace(entry, tags=revert(entry.tags, made) if undo else apply(entry.tags, made))


def _placed(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.canvas]


def _fitting(entries: Iterable[Entry], query: str, recipe: Recipe) -> list[Entry]:
    search = parse_query(query)
    return [entry for entry in _placed(entries) if search.matches(entry, partial(_said, recipe, entry))]
