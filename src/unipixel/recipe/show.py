"""Write recipes down: resolved, as TOML with every reason; and the difference of two."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from unipixel.dataset.canvas import Canvas
from unipixel.recipe.model import Recipe


def flatten(recipe: Recipe) -> dict[str, Any]:
    """Every value by dotted name, such as ``train.steps``, in the order of the dataclasses; JSON types only."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(recipe):
        value = getattr(recipe, field.name)
        if field.name == "ours":
            continue
        if dataclasses.is_dataclass(value):
            for inner in dataclasses.fields(value):
                values[f"{field.name}.{inner.name}"] = _plain(getattr(value, inner.name))
        else:
            values[field.name] = _plain(value)
    return values


def dump_recipe(recipe: Recipe) -> str:
    """Write the resolved recipe as TOML that :func:`~unipixel.recipe.load_recipe` reads back.

    Values that the article does not state carry a comment with our reason.
    """
    lines: list[str] = []
    table = ""
    for name, value in flatten(recipe).items():
        head, _, key = name.rpartition(".")
        if head != table:
            lines += ["", f"[{head}]"]
            table = head
        reason = recipe.ours.get(name)
        lines.append(f"{key} = {_toml(value)}" + (f"  # ours: {reason}" if reason else ""))
    lines += ["", "[ours]", *(f"{json.dumps(name)} = {_toml(reason)}" for name, reason in recipe.ours.items())]
    return "\n".join(lines).lstrip() + "\n"


def diff_recipes(first: Recipe, second: Recipe) -> dict[str, tuple[Any, Any]]:
    """Values that differ: ``{dotted name: (in the first, in the second)}``."""
    left, right = flatten(first), flatten(second)
    return {name: (left[name], right[name]) for name in left if left[name] != right[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Canvas) else value


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    # A JSON string is a TOML basic string; numbers and booleans look the same in both.
    return json.dumps(value, ensure_ascii=False)
