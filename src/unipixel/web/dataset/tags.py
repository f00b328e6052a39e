"""Edits of tags, as the page asks for them: on what is chosen or what a search finds, with a preview, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from unipixel.caption import edits, shipped_vocabulary
from unipixel.caption.edits import Edit
from unipixel.dataset.manifest import read_manifest
from unipixel.errors import OptionError
from unipixel.stages.tagging import EditResult, edit_tags, read_edits, redo_edit, undo_edit
from unipixel.stages.workspace import Workspace
from unipixel.web.dataset.images import revision, show_image
from unipixel.web.operation import Asked

SHOWN = 200
"""Images of an edit of which captions are shown, and rows given back."""
CHOSEN = 20_000
"""Images that may be chosen by id; more are named by a search."""
RECENT = 9
"""Tags that were added last and have a key."""

MAKERS: Mapping[str, Callable[[Asked], Edit]] = {
    "add": lambda asked: edits.add(asked.text("tag")),
    "delete": lambda asked: edits.delete(asked.text("tag")),
    "rename": lambda asked: edits.rename(asked.text("tag"), asked.text("new")),
    "replace": lambda asked: edits.substitute(asked.text("tag"), asked.text("new", "")),
    "accept": lambda asked: edits.accept(asked.text("tag"), asked.number("score", 0)),
    "reject": lambda asked: edits.reject(asked.text("tag"), asked.number("score", 0)),
}
"""Edits by name."""


def make_edit(asked: Asked) -> dict[str, Any]:
    """Edit the tags of images, or say what that would do."""
    name = asked.text("op")
    if name not in MAKERS:
        raise OptionError(f"there is no edit {name[:40]!r}. There are: {', '.join(MAKERS)}.")
    only = frozenset(asked.texts("ids", CHOSEN)) if "ids" in asked.body else None
    workspace, is_dry = asked.studio.workspace, bool(asked.body.get("dry_run", False))
    made = edit_tags(workspace, MAKERS[name](asked), asked.text("query", ""), only=only, dry_run=is_dry)
    return show_result(workspace, made, is_dry=is_dry)


def take_back(asked: Asked) -> dict[str, Any]:
    """Take back the edit of a number, which must be the last."""
    return show_result(asked.studio.workspace, undo_edit(asked.studio.workspace, number=int(asked.number("number"))))


def make_again(asked: Asked) -> dict[str, Any]:
    """Make the edit of a number again, which must be the one that was taken back last."""
    return show_result(asked.studio.workspace, redo_edit(asked.studio.workspace, number=int(asked.number("number"))))


def show_result(workspace: Workspace, result: EditResult | None, *, is_dry: bool = False) -> dict[str, Any]:
    """What an edit did: in words, with captions before and after, and the rows as they are now, where it was made."""
    images = () if result is None else result.images
    shown, recipe = {each.image for each in images[:SHOWN] if not is_dry}, workspace.recipe()
    rows = [row for row in read_manifest(workspace.manifest) if row.canvas and row.image_id in shown]
    return {
        "what": "" if result is None else result.what,
        "changed": len(images),
        "examples": [asdict(each) for each in images[:SHOWN]],
        "images": [show_image(row, recipe) for row in rows],
        **show_edits(workspace),
    }


def show_edits(workspace: Workspace) -> dict[str, Any]:
    """The edit that can be taken back, the one that can be made again, and the tags that were added last."""
    journal = read_edits(workspace)

    def named(numbers: tuple[int, ...]) -> dict[str, Any] | None:
        if not numbers:
            return None
        record = journal.record(numbers[0])
        return {"number": record.number, "what": record.what, "images": len(record.changes)}

    added = [record.added for record in reversed(journal.records) if record.added]
    return {
        "revision": revision(workspace),
        "undo": named(journal.undoable),
        "redo": named(journal.redoable),
        "recent": list(dict.fromkeys(added))[:RECENT],
    }


def complete(start: str) -> list[dict[str, Any]]:
    """Known tags that begin with what somebody types, the best known first."""
    return [
        {"name": tag.name, "group": tag.group, "posts": tag.posts}
        for tag in shipped_vocabulary().complete(start[:100])
        if tag.group != "flag"
    ]
