"""The values of a recipe one by one: what each means, in the words of its dataclass, and which it may have."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from unipixel.recipe import model
from unipixel.recipe.check import CHOICES

Kind = Literal["integer", "number", "boolean", "text", "list"]
_KINDS: Mapping[type, Kind] = {int: "integer", float: "number", bool: "boolean", str: "text"}


@dataclass(frozen=True)
class RecipeField:
    """One value of a recipe."""

    name: str
    """With dots, such as ``train.steps``."""
    help: str
    """A sentence or two, plain text."""
    kind: Kind
    choices: Sequence[str] = ()
    """Words that it may have; empty where anything of its kind goes, within what the recipe's check says."""


@cache
def recipe_fields() -> Mapping[str, RecipeField]:
    """All values by dotted name, in the order of the dataclasses."""
    helps = _sentences()
    found: dict[str, RecipeField] = {}
    for name, hint in typing.get_type_hints(model.Recipe).items():
        if is_dataclass(hint):
            found |= {f"{name}.{key}": _field(f"{name}.{key}", helps, each) for key, each in _hints(hint).items()}
        elif name != "ours":
            found[name] = _field(name, helps, hint)
    return found


def _hints(owner: Any) -> Mapping[str, Any]:
    return typing.get_type_hints(owner)


def _field(name: str, helps: Mapping[str, str], hint: Any) -> RecipeField:
    return RecipeField(name, helps[name], _KINDS.get(hint, "list"), tuple(CHOICES.get(name, ())))


def _sentences() -> dict[str, str]:
    """What stands below each field in the source, by dotted name."""
    tables = {hint.__name__: f"{name}." for name, hint in _hints(model.Recipe).items() if isinstance(hint, type)}
    found: dict[str, str] = {}
    for made in ast.parse(inspect.getsource(model)).body:
        if not isinstance(made, ast.ClassDef):
            continue
        for field, below in pairwise(made.body):
            if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)):
                continue
            if isinstance(field, ast.AnnAssign):
                found[tables.get(made.name, "") + ast.unparse(field.target)] = _plain(str(below.value.value))
    return found


def _plain(text: str) -> str:
    """One line without the marks of reStructuredText."""
    return " ".join(text.split()).replace("``", "").replace(":data:", "").replace(":attr:", "").replace("`", "")
