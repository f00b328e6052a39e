"""A caption: the trigger, then tags, on one line, divided by commas."""

from __future__ import annotations

from dataclasses import dataclass

from unipixel.caption.clip_tokens import count_tokens
from unipixel.errors import CaptionError

MAX_TOKENS = 75
"""Tokens that one pass of CLIP's text encoder reads, start and end marks not counted."""

_FORBIDDEN = (",", "{", "}", "|||", ";;;")
"""Strings that trainers read as something else: dividers, and kohya's wildcards and separators."""


@dataclass(frozen=True)
class Caption:
    """Trigger and tags of one training image.

    Raises
    ------
    CaptionError
        Empty or doubled tags, or text that a trainer would misread; all of it in one message.

    Examples
    --------
    >>> str(Caption("nv-p1xel4rt", ("masterpiece", "close-up")))
    'nv-p1xel4rt, masterpiece, close-up'
    """

    trigger: str
    """The LoRA's word; always first."""
    tags: tuple[str, ...] = ()
    """In the order in which they are written; no two alike, upper and lower case being one."""

    def __post_init__(self) -> None:
        problems = caption_problems([self.trigger, *self.tags])
        if problems:
            raise CaptionError(f"the caption {', '.join([self.trigger, *self.tags])!r}: {'; '.join(problems)}.")

    @classmethod
    def parse(cls, text: str) -> Caption:
        """Read a caption file's text; white space around tags and one line end are left out.

        Raises
        ------
        CaptionError
            See the class.
        """
        first, *rest = (piece.strip() for piece in text.removesuffix("\n").removesuffix("\r").split(","))
        return cls(first, tuple(rest))

    def __str__(self) -> str:
        return ", ".join([self.trigger, *self.tags])

    @property
    def tokens(self) -> int:
        """CLIP tokens; see :func:`unipixel.caption.count_tokens`."""
        return count_tokens(str(self))


def caption_problems(pieces: list[str]) -> list[str]:
    """List what is wrong with a trigger and tags, a few words each.

    Parameters
    ----------
    pieces : list of str
        The trigger first.
    """
    problems = [problem for piece in pieces for problem in tag_problems(piece)]
    seen: set[str] = set()
    for piece in pieces:
        key = piece.casefold()
        if piece and key in seen:
            problems.append(f"{piece!r} is there twice")
        seen.add(key)
    return problems


def tag_problems(tag: str) -> list[str]:
    """List what would make a trainer misread a tag, a few words each."""
    if not tag.strip():
        return ["an empty tag"]
    problems = []
    if tag != tag.strip():
        problems.append(f"{tag!r} has white space around it")
    if not tag.isprintable():
        problems.append(f"{tag!r} holds a line break or another control character")
    held = [repr(text) for text in _FORBIDDEN if text in tag]
    return [*problems, f"{tag!r} holds {', '.join(held)}"] if held else problems
