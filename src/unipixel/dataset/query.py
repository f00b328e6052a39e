"""A language to find images by their tags and by what else is known of them.

::

    night                          has the tag (accepted, as it is written into captions)
    tree -night                    both must hold; "-" or NOT turns one around
    (day OR night) NOT theme:city  OR, AND, NOT in capitals; AND may be left out
    "from side"  from_side         tags of several words
    moon*  ?girl                   any letters; one letter
    proposed:fog  rejected:*       tags in another state
    theme: canvas: distance: light: state: licence: allow: split: rating: source: id: by: origin: text:
    tags:>12  tokens:>75  colors:<=16  repeats:2

``distance`` is ``close``, ``far``, ``none`` or a framing tag, ``light`` ``none`` or what the balance counts an image
for, such as ``night``; ``text`` is looked for anywhere in the caption.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from unipixel.caption import canonical_tag, count_tokens, shipped_vocabulary
from unipixel.dataset.manifest import Entry
from unipixel.dataset.survey import UNKNOWN
from unipixel.dataset.survey import describe as survey_of
from unipixel.errors import QueryError

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) | (?P<minus>-(?=[\w"(])) |
        (?:(?P<field>[a-z]+):(?=[^\s()]))? (?: "(?P<quoted>[^"]*)" | (?P<word>[^\s()"]+(?:\([^\s()]*\)[^\s()"]*)*) )
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?P<sign><=|>=|<|>|=)?(?P<value>\d+)")
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_NEAR, _FAR = frozenset({"close-up", "portrait"}), frozenset({"wide shot", "very wide shot"})

_STATES = {"tag": "accepted", "proposed": "proposed", "rejected": "rejected"}
_WORDS: Mapping[str, Callable[[Entry], tuple[str, ...]]] = {
    "theme": lambda entry: (entry.theme,),
    "canvas": lambda entry: (entry.canvas,),
    "state": lambda entry: (entry.state,),
    "licence": lambda entry: (entry.provenance.licence,),
    "allow": lambda entry: (entry.provenance.allow_train,),
    "split": lambda entry: (entry.split,),
    "rating": lambda entry: (entry.rating,),
    "source": lambda entry: (entry.source, entry.source.rsplit("/", 1)[-1]),
    "id": lambda entry: (entry.id,),
    "by": lambda entry: tuple(tag.by for tag in entry.tags),
    "origin": lambda entry: tuple(tag.origin for tag in entry.tags if tag.state != "rejected"),
    "distance": lambda entry: _distance(entry),
    "light": lambda entry: (_known(survey_of(entry)["light"]),),
}
_NUMBERS: Mapping[str, Callable[[Entry, Callable[[], str]], int]] = {
    "tags": lambda entry, caption: sum(tag.state == "accepted" for tag in entry.tags),
    "tokens": lambda entry, caption: count_tokens(caption()),
    "colors": lambda entry, caption: len(entry.palette),
    "repeats": lambda entry, caption: entry.repeats,
}
FIELDS = (*_STATES, *_WORDS, *_NUMBERS, "text")
"""Words that may stand before a colon."""

Matcher = Callable[[Entry, Callable[[], str]], bool]


@dataclass(frozen=True)
class Query:
    """A search that was understood.

    Examples
    --------
    >>> entry = Entry("ab", "sources/a.png", "0" * 64, theme="forest")
    >>> parse_query("theme:for* -night").matches(entry)
    True
    """

    text: str
    """As it was written."""
    test: Matcher
    """What it means."""

    def matches(self, entry: Entry, caption: Callable[[], str] = str) -> bool:
        """Whether an image fits.

        Parameters
        ----------
        entry : Entry
        caption : callable
            Gives its caption; only ``text:`` and ``tokens:`` ask for it. By default there is none.
        """
        return self.test(entry, caption)


def parse_query(text: str) -> Query:
    """Understand a search; an empty one fits everything.

    Raises
    ------
    QueryError
        Says where it stops making sense.
    """
    reader = _Reader(text)
    test = reader.either() if reader.kind else _always
    if reader.kind:
        raise QueryError(f"the search {text!r}: {reader.shown!r} has no beginning. Put tags with brackets in quotes.")
    return Query(text, test)


class _Reader:
    """Reads a search from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text, self._place = text, 0
        self.kind, self.field, self.value, self.shown = "", "", "", ""
        self._step()

    def either(self) -> Matcher:
        parts = [self._both()]
        while self.kind == "OR":
            self._step()
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda entry, caption: any(part(entry, caption) for part in parts)

    def _both(self) -> Matcher:
        parts = [self._one()]
        while self.kind not in ("", "OR", "close"):
            if self.kind == "AND":
                self._step()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda entry, caption: all(part(entry, caption) for part in parts)

    def _one(self) -> Matcher:
        if self.kind in ("NOT", "minus"):
            self._step()
            turned = self._one()
            return lambda entry, caption: not turned(entry, caption)
        if self.kind == "open":
            self._step()
            inner = self.either()
            if self.kind != "close":
                raise QueryError(f"the search {self._text!r}: a bracket is not closed.")
            self._step()
            return inner
        if self.kind != "term":
            what = f"{self.shown!r} stands" if self.kind else "it ends"
            raise QueryError(f"the search {self._text!r}: {what} where a tag or a field was expected.")
        found = _term(self._text, self.field, self.value)
        self._step()
        return found

    def _step(self) -> None:
        rest = self._text[self._place :]
        if not rest.strip():
            self.kind = ""
            return
        token = _TOKEN.match(self._text, self._place)
        if token is None:
            raise QueryError(f"the search {self._text!r}: can't be read from {rest.strip()!r} on. Is a quote open?")
        self._place, self.shown = token.end(), token.group().strip()
        self.field, self.value = token["field"] or "", token["quoted"] if token["word"] is None else token["word"]
        if token.lastgroup in ("open", "close", "minus"):
            self.kind = token.lastgroup
        else:
            self.kind = self.shown if self.shown in ("AND", "OR", "NOT") else "term"


def _always(entry: Entry, caption: Callable[[], str]) -> bool:
    return True


def _term(text: str, field: str, value: str) -> Matcher:
    name = field or "tag"
    if name in _STATES:
        return _tag_term(_STATES[name], value)
    if name == "text":
        return lambda entry, caption: value.lower() in caption().lower()
    if name in _NUMBERS:
        return _number_term(text, name, value)
    if name not in _WORDS:
        near = difflib.get_close_matches(name, FIELDS, n=1)
        hint = f"Did you mean {near[0]}:?" if near else f"Fields: {', '.join(FIELDS)}."
        raise QueryError(
            f'the search {text!r}: there is no field {name!r}. {hint} A tag with a colon needs quotes: ":d".'
        )
    pattern, read = _pattern(value.lower()), _WORDS[name]
    return lambda entry, caption: any(fnmatchcase(word.lower(), pattern) for word in read(entry))


def _tag_term(state: str, value: str) -> Matcher:
    wild = bool(set(value) & set("*?"))
    pattern = _pattern(value.replace("_", " ").lower() if wild else canonical_tag(value))
    return lambda entry, caption: any(
        tag.state == state and fnmatchcase(canonical_tag(tag.name), pattern) for tag in entry.tags
    )


def _number_term(text: str, name: str, value: str) -> Matcher:
    found = _NUMBER.fullmatch(value)
    if found is None:
        raise QueryError(f"the search {text!r}: {name}: wants a number, such as {name}:>5.")
    compare, wanted, read = _SIGNS[found["sign"] or "="], int(found["value"]), _NUMBERS[name]
    return lambda entry, caption: compare(read(entry, caption), wanted)


def _pattern(value: str) -> str:
    return value.replace("[", "[[]")


def _known(value: str) -> str:
    return "none" if value == UNKNOWN else value


def _distance(entry: Entry) -> tuple[str, ...]:
    words = shipped_vocabulary().tags
    names = {canonical_tag(tag.name) for tag in entry.tags if tag.state == "accepted"}
    names |= {"close-up"} if entry.close_up else set()
    framing = sorted(name for name in names if name in words and words[name].group == "framing")
    kinds = [kind for kind, known in (("close", _NEAR), ("far", _FAR)) if names & known]
    return (*kinds, *framing) if framing else ("none",)
