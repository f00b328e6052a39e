"""Say where pictures come from: licences as SPDX expressions, and ``sources.toml`` files that declare many at once."""

from __future__ import annotations

import difflib
import fnmatch
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from unipixel.dataset.manifest import Permission, Provenance
from unipixel.errors import DatasetError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DECLARATION = "sources.toml"
"""Name of the file that declares the pictures beside it and in the folders below."""

OWN_TERMS = "LicenseRef-"
"""How SPDX begins the name of a licence that is not on its list; any letters, digits, ``-`` and ``.`` follow."""

_TOKEN = re.compile(r"\s*(\(|\)|[^\s()]+)")
_OWN = re.compile(re.escape(OWN_TERMS) + r"[A-Za-z0-9.-]+")
_FIELDS = tuple(field.name for field in fields(Provenance))


@dataclass(frozen=True)
class Declaration:
    """What one :data:`DECLARATION` file says of the pictures beside it."""

    common: Mapping[str, str]
    """Fields of :class:`Provenance` that hold for all of them."""
    special: tuple[tuple[str, Mapping[str, str]], ...] = ()
    """(pattern, fields) for some of them; a later one wins."""

    def of(self, name: str) -> Provenance:
        """What is declared of one picture.

        Parameters
        ----------
        name : str
            Path from the declaration's folder, with ``/``; a pattern may match all of it or the file name alone.
        """
        values = dict(self.common)
        for pattern, more in self.special:
            if matches(name, pattern):
                values.update(more)
        return with_fields(Provenance(), values)


def matches(name: str, pattern: str) -> bool:
    """Whether a shell pattern such as ``hero-*.png`` or ``caves/*`` fits a path with ``/``, or its file name alone."""
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name.rsplit("/", 1)[-1], pattern)


def with_fields(provenance: Provenance, values: Mapping[str, Any]) -> Provenance:
    """Change some fields by name, such as ``{"licence": "CC0-1.0", "allow_train": "yes"}``."""
    return replace(provenance, **values)


def read_declaration(path: str | os.PathLike[str]) -> Declaration:
    """Read a declaration.

    ::

        licence = "CC0-1.0"
        allow_train = "yes"
        author = "Kenney"
        url = "https://kenney.nl/assets/tiny-dungeon"

        [[pictures]]
        names = "boss-*.png"
        author = "Somebody Else"

    Raises
    ------
    DatasetError
        Not TOML, an unknown name, a licence that is no SPDX expression; all of it at once.
    """
    file = Path(path)
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file}: not a TOML file.", [str(error)]) from None
    rows = data.pop("pictures", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DatasetError(f"{file}: can't be used.", ["write [[pictures]] in double brackets, each with names = ..."])
    problems = provenance_problems(data)
    special = []
    for number, row in enumerate(rows, start=1):
        pattern = row.pop("names", "")
        if not isinstance(pattern, str) or not pattern:
            problems.append(f'pictures {number}: names is missing, such as names = "hero-*.png"')
        problems += [f"pictures {number}: {problem}" for problem in provenance_problems(row)]
        special.append((str(pattern), row))
    if problems:
        raise DatasetError(f"{file}: can't be used.", problems)
    return Declaration(data, tuple(special))


def provenance_problems(values: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with fields of a :class:`Provenance`, a sentence each."""
    problems = [f"{name} is not known. {_did_you_mean(name, _FIELDS)}" for name in values if name not in _FIELDS]
    problems += [f"{name} must be text" for name in _FIELDS if not isinstance(values.get(name, ""), str)]
    if problems:
        return problems
    if values.get("allow_train", "unknown") not in get_args(Permission):
        problems.append(f"allow_train = {values['allow_train']!r} must be one of: {', '.join(get_args(Permission))}")
    return problems + (licence_problems(values["licence"]) if values.get("licence") else [])


def licence_problems(expression: str) -> list[str]:
    """Everything that is wrong with an SPDX licence expression; empty where it can be read.

    Identifiers are looked up among common ones, ``LicenseRef-...`` names own terms; ``AND``, ``OR``, ``WITH`` and
    parentheses join them.

    Examples
    --------
    >>> licence_problems("MIT OR (CC-BY-4.0 AND LicenseRef-Shop)")
    []
    >>> licence_problems("CC BY 4.0")
    ["licence 'CC BY 4.0' is none that SPDX lists. Did you mean CC-BY-4.0?"]
    """
    tokens = _TOKEN.findall(expression)
    if len(tokens) > 1 and not {"AND", "OR", "WITH", "(", ")"} & set(tokens):
        return _name_problems(expression)  # a name with spaces in it
    depth, wants_name, problems = 0, True, []
    after_with = False
    for token in tokens:
        if token in ("AND", "OR", "WITH", ")"):
            if wants_name:
                problems.append(f"licence {expression!r}: a name is missing before {token!r}")
            depth -= token == ")"
            wants_name, after_with = token != ")", token == "WITH"
        elif not wants_name:
            problems.append(f"licence {expression!r}: AND, OR or WITH is missing before {token!r}")
        elif token == "(":
            depth += 1
        else:
            problems += [] if after_with else _name_problems(token)
            wants_name = after_with = False
        if depth < 0:
            break
    if wants_name and not problems:
        problems.append(f"licence {expression!r}: a name is missing at the end")
    if depth:
        problems.append(f"licence {expression!r}: its parentheses do not match")
    return problems


@lru_cache(maxsize=1)
def common_licences() -> tuple[str, ...]:
    """Common SPDX identifiers, sorted."""
    text = resources.files("unipixel.dataset").joinpath("licences.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _name_problems(name: str) -> list[str]:
    if name.removesuffix("+") in common_licences() or _OWN.fullmatch(name):
        return []
    near = _nearest(name.lower().replace(" ", "-"))
    hint = f"Did you mean {near}?" if near else f"For terms of its own write {OWN_TERMS}NAME."
    return [f"licence {name!r} is none that SPDX lists. {hint}"]


def _nearest(name: str) -> str | None:
    """The shortest of those that begin so, in its latest version; else the most alike, with its version or without."""
    lower = {known.lower(): known for known in common_licences()}
    begun = [known for known in lower if known.startswith(name)]
    if begun:
        shortest = min(map(len, begun))
        return lower[max(known for known in begun if len(known) == shortest)]
    bare = {re.sub(r"-[0-9.]+$", "", known): lower[known] for known in lower}
    near = difflib.get_close_matches(name, {**bare, **lower}, n=1, cutoff=0.65)
    return {**bare, **lower}[near[0]] if near else None


def _did_you_mean(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
