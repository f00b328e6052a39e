"""Which tags mean the same, and which exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "closeup": "close-up",
        "close up": "close-up",
        "faraway": "far away",
        "distant": "far away",
        "wide shot": "far away",
        "very wide shot": "far away",
        "fog": "foggy",
        "mist": "foggy",
        "misty": "foggy",
        "gray background": "grey background",
        "grayscale": "greyscale",
        "nighttime": "night",
        "daytime": "day",
        "darkness": "dark",
        "backlit": "backlighting",
        "side view": "from side",
        "sideview": "from side",
        "aerial view": "from above",
        "pixelart": "pixel art",
    }
)
"""Spellings to the recipe's own words: ``far away`` and ``foggy``, where booru sites say ``wide shot`` and ``fog``."""

EXCLUSIVE: tuple[frozenset[str], ...] = (
    frozenset({"close-up", "far away"}),
    frozenset({"day", "night", "sunset", "sunrise"}),
    frozenset({"simple background", "scenery"}),
    frozenset({"indoors", "outdoors"}),
)
"""Groups of which an image has at most one tag."""


def canonical_tag(tag: str, aliases: Mapping[str, str] = ALIASES) -> str:
    """Spell a tag as the recipe does: lower case, spaces for underscores, aliases resolved.

    Emoticons such as ``o_o`` or ``^_^`` keep their underscore.

    Parameters
    ----------
    tag : str
    aliases : mapping
        From a spelling in lower case with spaces to the word to use.
    """
    plain = " ".join(tag.split()).lower()
    if len(plain) > 3:
        plain = " ".join(plain.replace("_", " ").split()) or plain
    return aliases.get(plain, plain)


def conflicts(tags: Iterable[str], exclusive: Iterable[frozenset[str]] = EXCLUSIVE) -> list[tuple[str, ...]]:
    """List the sets of tags that exclude each other and yet are there together, each sorted."""
    present = set(tags)
    return [tuple(sorted(group & present)) for group in exclusive if len(group & present) > 1]
