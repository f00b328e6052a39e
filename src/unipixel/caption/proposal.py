"""One tag that somebody or something puts forward, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, get_args

from unipixel.caption.caption import tag_problems
from unipixel.errors import CaptionError

Origin = Literal["hand", "measured", "machine", "constant"]
"""Who says so: a person, a measurement of the pixels, a neural tagger, or the recipe (for every image alike)."""

State = Literal["accepted", "proposed", "rejected"]
"""Only accepted tags are written into captions."""


@dataclass(frozen=True)
class Proposal:
    """One tag with its origin, score, state and reason.

    Raises
    ------
    CaptionError
        The name would be misread by a trainer, or origin or state is none of the known words.
    """

    name: str
    """The tag, with spaces, not underscores."""
    origin: Origin
    """``hand``, ``measured``, ``machine`` or ``constant``."""
    score: float = 1.0
    """How sure its origin is, 0 to 1; 1 for tags by hand and exact measurements."""
    state: State = "accepted"
    """``accepted``, ``proposed`` or ``rejected``."""
    reason: str = ""
    """The measurement or the rule, for a person to judge, such as ``"median lightness 0.21"``."""
    by: str = ""
    """What said so: a tagger's name, a rule's, or the file beside the source; empty for tags that were typed."""

    def __post_init__(self) -> None:
        if problems := _problems(self.name, self.origin, self.state):
            raise CaptionError(f"the tag {self.name!r}: {'; '.join(problems)}.")

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON types; ``by`` only where it says something."""
        return {key: value for key, value in vars(self).items() if value or key != "by"}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Proposal:
        """Undo :meth:`to_dict`.

        Raises
        ------
        CaptionError
            A field that is not known, or none that is needed.
        """
        unknown, missing = row.keys() - _FIELDS, {"name", "origin"} - row.keys()
        if unknown or missing:
            raise CaptionError(f"a tag has unknown fields {sorted(unknown)} and lacks {sorted(missing)}.")
        return cls(**row)


@lru_cache(maxsize=1 << 14)
def _problems(name: str, origin: str, state: str) -> tuple[str, ...]:
    """What is wrong with a tag, a few words each; kept, since a data set says few tags on many images."""
    problems = tag_problems(name)
    if origin not in get_args(Origin):
        problems.append(f"origin {origin!r} is none of {', '.join(get_args(Origin))}")
    if state not in get_args(State):
        problems.append(f"state {state!r} is none of {', '.join(get_args(State))}")
    return tuple(problems)


_FIELDS = frozenset(field.name for field in fields(Proposal))
