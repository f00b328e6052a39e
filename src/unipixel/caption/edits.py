"""Edits of an image's tags, as changes that can be shown before they are made, and taken back after.

Nothing is ever thrown away: a tag that is deleted becomes ``rejected``, so that neither a text file beside the source
nor a tagger brings it back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from unipixel.caption.proposal import Proposal
from unipixel.caption.vocabulary import canonical_tag
from unipixel.errors import CaptionError

Tags = tuple[Proposal, ...]


@dataclass(frozen=True)
class Change:
    """What happens to one tag: it turns from ``before`` into ``after``; without ``before`` it is put in."""

    before: Proposal | None
    after: Proposal
    at: int = 0
    """Place of a tag that is put in."""

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON types."""
        return {
            "before": None if self.before is None else self.before.to_dict(),
            "after": self.after.to_dict(),
            "at": self.at,
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Change:
        """Undo :meth:`to_dict`."""
        before = None if row["before"] is None else Proposal.from_dict(row["before"])
        return cls(before, Proposal.from_dict(row["after"]), row["at"])


@dataclass(frozen=True)
class Edit:
    """One thing to do to the tags of many images; made by the functions below."""

    op: str
    """``add``, ``delete``, ``rename``, ``replace``, ``accept`` or ``reject``."""
    tag: str
    """Tag, pattern with ``*`` and ``?``, or, for ``replace``, a regular expression."""
    new: str = ""
    """What ``rename`` and ``replace`` put in its place."""
    min_score: float = 0.0
    """``accept`` and ``reject``: only proposals of this score and above (reject: below)."""

    def __str__(self) -> str:
        words = [self.op, self.tag, *([self.new] if self.new else [])]
        limit = {"accept": f" from {self.min_score:g}", "reject": f" below {self.min_score:g}"}.get(self.op, "")
        return " ".join(f'"{word}"' if " " in word else word for word in words) + (limit if self.min_score else "")

    def changes(self, tags: Tags) -> tuple[Change, ...]:
        """What the edit does to the tags of one image; empty where it does nothing."""
        return tuple(_OPERATIONS[self.op](tags, self))


def add(tag: str) -> Edit:
    """Put a tag on: one that was proposed or rejected is accepted, else it is a new tag by hand.

    Raises
    ------
    CaptionError
        A trainer would misread it.
    """
    return Edit("add", Proposal(canonical_tag(tag), "hand").name)


def delete(pattern: str) -> Edit:
    """Reject all tags that fit, accepted or proposed."""
    return Edit("delete", _pattern(pattern))


def rename(old: str, new: str) -> Edit:
    """Put one tag in the place of another.

    Raises
    ------
    CaptionError
        A trainer would misread the new one.
    """
    return Edit("rename", canonical_tag(old), Proposal(canonical_tag(new), "hand").name)


def substitute(expression: str, new: str) -> Edit:
    r"""Replace what a regular expression finds in each tag, with ``\1`` for its groups; a tag left empty is deleted.

    Raises
    ------
    CaptionError
        Not a regular expression, or ``new`` names a group that it has not.
    """
    try:
        re.sub(expression, new, "")
        re.compile(expression).sub(new, "x")
    except (re.error, IndexError) as error:
        raise CaptionError(f"{expression!r} with {new!r} is no regular expression to replace by ({error}).") from None
    return Edit("replace", expression, new)


def accept(pattern: str, min_score: float = 0.0) -> Edit:
    """Accept proposals that fit, from a score on."""
    return Edit("accept", _pattern(pattern), min_score=min_score)


def reject(pattern: str, below: float = 0.0) -> Edit:
    """Reject proposals that fit; with ``below`` only those of a lower score."""
    return Edit("reject", _pattern(pattern), min_score=below)


def apply(tags: Tags, changes: Sequence[Change]) -> Tags:
    """Make changes; making them twice is the same as once."""
    made = list(tags)
    for change in changes:
        place = _find(made, change.before or change.after)
        if place is None:
            made.insert(min(change.at, len(made)), change.after)
        else:
            made[place] = change.after
    return tuple(made)


def revert(tags: Tags, changes: Sequence[Change]) -> Tags:
    """Take changes back; a tag that is no longer there is left alone."""
    made = list(tags)
    for change in changes:
        place = _find(made, change.after)
        if place is None:
            continue
        if change.before is None:
            del made[place]
        else:
            made[place] = change.before
    return tuple(made)


def _pattern(text: str) -> str:
    return text if set(text) & set("*?") else canonical_tag(text)


def _find(tags: Sequence[Proposal], wanted: Proposal) -> int | None:
    """Place of the tag of a name and origin: an image has no two of them."""
    places = (at for at, tag in enumerate(tags) if (tag.name, tag.origin) == (wanted.name, wanted.origin))
    return next(places, None)


def _end_of_hand(tags: Tags) -> int:
    """Place behind the last tag by hand."""
    return max((at + 1 for at, tag in enumerate(tags) if tag.origin == "hand"), default=0)


def _fits(tag: Proposal, pattern: str) -> bool:
    return fnmatchcase(canonical_tag(tag.name), pattern.replace("[", "[[]"))


def _add(tags: Tags, edit: Edit) -> list[Change]:
    there = [tag for tag in tags if canonical_tag(tag.name) == edit.tag]
    if any(tag.state == "accepted" for tag in there) and all(tag.state != "rejected" for tag in there):
        return []
    if not there:
        return [Change(None, Proposal(edit.tag, "hand"), _end_of_hand(tags))]
    return [Change(tag, replace(tag, state="accepted")) for tag in there if tag.state != "accepted"]


def _delete(tags: Tags, edit: Edit) -> list[Change]:
    return [
        Change(tag, replace(tag, state="rejected")) for tag in tags if tag.state != "rejected" and _fits(tag, edit.tag)
    ]


def _rename(tags: Tags, edit: Edit) -> list[Change]:
    return _renamed(tags, {tag.name: edit.new for tag in tags if canonical_tag(tag.name) == edit.tag})


def _replace(tags: Tags, edit: Edit) -> list[Change]:
    expression = re.compile(edit.tag)
    names = {tag.name: " ".join(expression.sub(edit.new, tag.name).split()) for tag in tags}
    return _renamed(tags, {old: canonical_tag(new) for old, new in names.items() if new != old})


def _renamed(tags: Tags, names: dict[str, str]) -> list[Change]:
    """Reject what is renamed and put the new name in its place, unless the image has it already."""
    changes: list[Change] = []
    said = {canonical_tag(tag.name) for tag in tags if tag.state == "accepted" and tag.name not in names}
    for at, tag in enumerate(tags):
        new = names.get(tag.name)
        if new is None or tag.state == "rejected" or new == canonical_tag(tag.name):
            continue
        changes.append(Change(tag, replace(tag, state="rejected")))
        if not new or new in said:
            continue
        said.add(new)
        made = Proposal(new, "hand", tag.score, tag.state, f"renamed from {tag.name}")
        earlier = _find(tags, made)
        place = at if tag.origin == "hand" else _end_of_hand(tags)
        changes.append(Change(None if earlier is None else tags[earlier], made, place))
    return changes


def _accept(tags: Tags, edit: Edit) -> list[Change]:
    return [Change(tag, replace(tag, state="accepted")) for tag in _proposed(tags, edit) if tag.score >= edit.min_score]


def _reject(tags: Tags, edit: Edit) -> list[Change]:
    below = edit.min_score or float("inf")
    return [Change(tag, replace(tag, state="rejected")) for tag in _proposed(tags, edit) if tag.score < below]


def _proposed(tags: Tags, edit: Edit) -> list[Proposal]:
    return [tag for tag in tags if tag.state == "proposed" and _fits(tag, edit.tag)]


_OPERATIONS = {
    "add": _add,
    "delete": _delete,
    "rename": _rename,
    "replace": _replace,
    "accept": _accept,
    "reject": _reject,
}
