"""Which tags there are, which mean the same, which follow from others, and which exclude each other.

Inside UniPixel a tag is spelt as Danbooru does, in lower case with spaces: that is what base models learnt. The recipe
has words of its own for some (``far away``, ``foggy``): a :data:`PROFILES` name says which are written into captions.
"""

from __future__ import annotations

import csv
import difflib
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from unipixel.errors import CaptionError

PROFILES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "recipe": MappingProxyType({"wide shot": "far away", "very wide shot": "far away", "fog": "foggy"}),
        "danbooru": MappingProxyType({}),
    }
)
"""Tags that a caption writes in another word, by profile: ``recipe`` as the UniPixel article does, or ``danbooru``."""

EXCLUSIVE: tuple[frozenset[str], ...] = (
    frozenset({"close-up", "wide shot"}),
    frozenset({"close-up", "full body"}),
    frozenset({"portrait", "full body", "wide shot"}),
    frozenset({"close-up", "very wide shot"}),
    frozenset({"day", "night", "sunset", "sunrise"}),
    frozenset({"simple background", "scenery"}),
    frozenset({"indoors", "outdoors"}),
    frozenset({"from above", "from below"}),
    frozenset({"no humans", "1girl"}),
    frozenset({"no humans", "1boy"}),
)
"""Groups of which an image has at most one tag."""

GROUPS = (
    "framing", "angle", "subject", "body", "wear", "expression", "pose", "object", "scene", "light", "palette", "style",
)  # fmt: skip
"""Groups of tags in the order in which captions have them; ``flag``, the one left out, is no caption."""

_CATEGORIES = {"0": "general", "1": "artist", "3": "copyright", "4": "character", "5": "meta", "9": "rating"}
"""Danbooru's category numbers, as tag lists write them."""


_SHORT, _BEST = 2, 50
"""Letters for which, and how many, the best tags are kept ready."""


@dataclass(frozen=True)
class Tag:
    """A tag that is known."""

    name: str
    """In lower case, with spaces."""
    category: str = "general"
    """``general``, ``character``, ``copyright``, ``artist``, ``meta`` or ``rating``."""
    posts: int = 0
    """Posts on Danbooru: how well a base model may know it."""
    group: str = ""
    """One of :data:`GROUPS`, or ``flag``; empty where it was not sorted."""
    wd: int = 0
    """Images of it that the WD v3 taggers were trained on; 0 where they never say it."""


@dataclass(frozen=True)
class Vocabulary:
    """Tags with their aliases and implications.

    Examples
    --------
    >>> words = shipped_vocabulary()
    >>> words.spell("Side_View"), words.implied("very wide shot")
    ('from side', frozenset({'wide shot'}))
    >>> [tag.name for tag in words.complete("wide")]
    ['wide shot']
    >>> words.suggest("backligting")
    'backlighting'
    """

    tags: Mapping[str, Tag]
    """By name."""
    aliases: Mapping[str, str]
    """From another spelling to the tag that is meant."""
    implications: Mapping[str, frozenset[str]]
    """What follows at once from a tag."""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Vocabulary:
        """Add a person's own list to the one that ships, for autocompletion over all of Danbooru.

        Parameters
        ----------
        path : path
            A CSV of ``name,category,posts,"alias,alias"`` (a1111-sd-webui-tagcomplete), or a tagger's
            ``selected_tags.csv`` (``tag_id,name,category,count`` with a header).

        Raises
        ------
        CaptionError
            Not such a file; names the line.
        """
        own = shipped_vocabulary()
        tags, aliases = dict(own.tags), dict(own.aliases)
        for tag, others in _read_list(Path(path)):
            tags.setdefault(tag.name, tag)
            for other in others:
                aliases.setdefault(other, tag.name)
        return cls(tags, {other: name for other, name in aliases.items() if other not in tags}, own.implications)

    def spell(self, tag: str) -> str:
        """Spell a tag as the vocabulary does: see :func:`canonical_tag`."""
        return canonical_tag(tag, self.aliases)

    def implied(self, tag: str) -> frozenset[str]:
        """All that follows from a tag, near and far."""
        found: set[str] = set()
        left = [tag]
        while left:
            for name in self.implications.get(left.pop(), ()):
                if name not in found:
                    found.add(name)
                    left.append(name)
        return frozenset(found)

    def complete(self, start: str, limit: int = 10) -> list[Tag]:
        """Tags of which the name, or a word in it, or an alias begins with what somebody is typing.

        Parameters
        ----------
        start : str
            White space, underscores and case do not matter.
        limit : int

        Returns
        -------
        list of Tag
            Names that begin so first, then words inside names and aliases; each by their posts.
        """
        key = _plain(start)
        if not key:
            return []
        if len(key) <= _SHORT and limit <= _BEST:
            return [self.tags[name] for name in self._best.get(key, ())][: max(0, limit)]
        found: dict[str, tuple[bool, int]] = {}
        for rank, rows in enumerate(self._starts):
            for at in range(bisect_left(rows, (key, "")), len(rows)):
                written, name = rows[at]
                if not written.startswith(key):
                    break
                found.setdefault(name, (rank > 0, -self.tags[name].posts))
        best = sorted(found, key=lambda name: (found[name], name))[: max(0, limit)]
        return [self.tags[name] for name in best]

    def suggest(self, tag: str) -> str | None:
        """The nearest tag to one that is not known, for "did you mean"; None for a known one or none near."""
        name = self.spell(tag)
        if name in self.tags or name in self._spoken:
            return None
        near = [word for word in self._by_size if abs(len(word) - len(name)) <= 2]
        return next(iter(difflib.get_close_matches(name, near, n=1, cutoff=0.8)), None)

    def knows(self, tag: str) -> bool:
        """Whether a tag is known, in whatever spelling or profile."""
        return self.spell(tag) in self.tags

    @cached_property
    def _starts(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Sorted (written, name): whole names; then inner words and aliases."""
        inner = [
            (name[at + 1 :], name) for name in self.tags for at, char in enumerate(name[:-1]) if char in " (" and at
        ]
        others = [(other, name) for other, name in self.aliases.items() if name in self.tags]
        return sorted((name, name) for name in self.tags), sorted([*inner, *others])

    @cached_property
    def _best(self) -> dict[str, list[str]]:
        """What to answer for one or two letters, of which there are too many tags to look through at each key."""
        best: dict[str, list[str]] = {}
        for rows in self._starts:
            for written, name in sorted(rows, key=lambda row: (-self.tags[row[1]].posts, row[1])):
                for length in range(1, min(_SHORT, len(written)) + 1):
                    names = best.setdefault(written[:length], [])
                    if len(names) < _BEST and name not in names:
                        names.append(name)
        return best

    @cached_property
    def _by_size(self) -> list[str]:
        return sorted(
            (name for name in self.tags if self.tags[name].group != "flag"), key=lambda n: -self.tags[n].posts
        )

    @cached_property
    def _spoken(self) -> frozenset[str]:
        """Words that profiles write."""
        return frozenset(word for profile in PROFILES.values() for word in profile.values())


@lru_cache(maxsize=1)
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary that ships: what pixel art is captioned with."""
    tags = {name: Tag(name, category, int(posts), group, int(wd)) for name, group, category, posts, wd in _rows("tags")}
    implications: dict[str, frozenset[str]] = {}
    for name, implied, _ in _rows("implications"):
        implications[name] = implications.get(name, frozenset()) | {implied}
    return Vocabulary(tags, {written: meant for written, meant, _ in _rows("aliases")}, implications)


def canonical_tag(tag: str, aliases: Mapping[str, str] | None = None) -> str:
    """Spell a tag as Danbooru does: lower case, spaces for underscores, aliases resolved.

    Emoticons such as ``o_o`` or ``^_^`` keep their underscore.

    Parameters
    ----------
    tag : str
    aliases : mapping, optional
        From a spelling in lower case with spaces to the tag that is meant; those that ship by default.
    """
    plain = _plain(tag)
    return (shipped_vocabulary().aliases if aliases is None else aliases).get(plain, plain)


def speak(tag: str, profile: str = "recipe") -> str:
    """The word that a caption of a profile has for a tag.

    Raises
    ------
    CaptionError
        There is no such profile.
    """
    if profile not in PROFILES:
        raise CaptionError(f"there is no caption profile {profile!r}. Choose one of: {', '.join(PROFILES)}.")
    return PROFILES[profile].get(tag, tag)


def conflicts(tags: Iterable[str], exclusive: Iterable[frozenset[str]] = EXCLUSIVE) -> list[tuple[str, ...]]:
    """List the sets of tags that exclude each other and yet are there together, each sorted, in Danbooru's spelling."""
    present = {canonical_tag(tag) for tag in tags}
    return [tuple(sorted(group & present)) for group in exclusive if len(group & present) > 1]


@lru_cache(maxsize=1 << 16)
def _plain(tag: str) -> str:
    """Lower case, single spaces, no underscores but in emoticons."""
    plain = " ".join(tag.split()).lower()
    if is_emoticon(plain):
        return plain
    return " ".join(plain.replace("_", " ").split()) or plain


def is_emoticon(tag: str) -> bool:
    """Whether a tag is a face such as ``o_o``, ``>_<`` or ``(o)_(o)``: no two letters or digits of it hang together."""
    return "_" in tag and " " not in tag and not any(a.isalnum() and b.isalnum() for a, b in pairwise(tag))


def _rows(name: str) -> Iterator[Sequence[str]]:
    text = resources.files("unipixel.caption").joinpath("words").joinpath(f"{name}.tsv").read_text("utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


def _read_list(path: Path) -> Iterator[tuple[Tag, list[str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CaptionError(
            f"{path}: can't be read as a tag list ({error}). Give a .csv of name,category,posts."
        ) from None
    numbered = bool(rows) and rows[0][:2] == ["tag_id", "name"]
    for number, row in enumerate(rows, start=1):
        if row and not (numbered and number == 1):
            yield _read_row(path, number, row[1:] if numbered else row)


def _read_row(path: Path, number: int, cells: Sequence[str]) -> tuple[Tag, list[str]]:
    if len(cells) < 3 or cells[1] not in _CATEGORIES or not cells[2].lstrip("-").isdigit():
        raise CaptionError(f"{path}: line {number} is not name,category,posts.")
    others = [_plain(other) for other in cells[3].split(",") if other.strip()] if len(cells) > 3 else []
    return Tag(_plain(cells[0]), _CATEGORIES[cells[1]], int(cells[2])), others
