"""Read recipes: TOML files that say what differs from the preset they extend."""

from __future__ import annotations

import dataclasses
import difflib
import sys
import typing
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from unipixel.dataset.canvas import Canvas
from unipixel.errors import CanvasError, RecipeError
from unipixel.recipe.check import find_problems
from unipixel.recipe.model import Recipe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MAX_DEPTH = 8
"""Longest chain of ``extends``; a longer one is a circle."""


def list_presets() -> tuple[str, ...]:
    """Names of the presets that the package ships, sorted."""
    folder = resources.files("unipixel.recipe") / "presets"
    return tuple(sorted(file.name[: -len(".toml")] for file in folder.iterdir() if file.name.endswith(".toml")))


def preset_path(name: str) -> Path:
    """File of a shipped preset.

    Raises
    ------
    RecipeError
        There is no such preset; names the nearest.
    """
    if name not in list_presets():
        raise RecipeError(f"There is no preset {name!r}.", [_did_you_mean(name, list_presets())])
    return Path(str(resources.files("unipixel.recipe") / "presets" / f"{name}.toml"))


def load_recipe(source: str | Path, overrides: Mapping[str, Any] | None = None) -> Recipe:
    """Load and check a recipe.

    Parameters
    ----------
    source : str or path
        A preset's name, or a ``.toml`` file.
    overrides : mapping, optional
        Values by dotted name, such as ``{"train.steps": 100}``; they win over the file.

    Returns
    -------
    Recipe

    Raises
    ------
    RecipeError
        Lists every problem: unknown names with the nearest known one, wrong types, canvases off the grid, ...
    """
    path = Path(source) if Path(source).suffix == ".toml" else preset_path(str(source))
    data = _read_chain(path, 0)
    for name, value in (overrides or {}).items():
        _set(data, name.split("."), value)
    data["name"] = path.stem if path.stem != "recipe" else data.get("name", path.parent.name)
    problems: list[str] = []
    recipe = _build(Recipe, data, "", problems)
    if not problems:
        problems = find_problems(recipe)
    if problems:
        raise RecipeError(
            f"{path}: {len(problems)} problem{'s' if len(problems) > 1 else ''} in this recipe.", problems
        )
    return typing.cast("Recipe", recipe)


def parse_override(text: str) -> tuple[str, Any]:
    """Split ``train.steps=100`` into a dotted name and a TOML value; what is no TOML value is text.

    Raises
    ------
    RecipeError
        There is no ``=`` in it.
    """
    name, found, value = text.partition("=")
    if not found or not name:
        raise RecipeError(f"{text!r} is no override.", ["Write NAME=VALUE, such as train.steps=100."])
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value


def _read_chain(path: Path, depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise RecipeError(f"{path}: the recipes extend one another in a circle.", [])
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecipeError(f"{path}: there is no such recipe file.", []) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not a TOML file.", [str(error)]) from None
    base = data.pop("extends", None)
    if base is None:
        return data
    parent = path.parent / base if str(base).endswith(".toml") else preset_path(str(base))
    return _merge(_read_chain(parent, depth + 1), data)


def _merge(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _set(data: dict[str, Any], names: Sequence[str], value: Any) -> None:
    for name in names[:-1]:
        child = data.get(name)
        data[name] = child = dict(child) if isinstance(child, dict) else {}
        data = child
    data[names[-1]] = value


def _build(cls: type, data: Mapping[str, Any], prefix: str, problems: list[str]) -> Any:
    """Turn a table into a dataclass, noting every problem instead of stopping at the first."""
    hints = typing.get_type_hints(cls)
    known = [field.name for field in dataclasses.fields(cls)]
    for name in data:
        if name not in known:
            problems.append(f"{prefix}{name} is not known. {_did_you_mean(name, known)}")
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        where = prefix + field.name
        if field.name in data:
            values[field.name] = _convert(hints[field.name], data[field.name], where, problems)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            problems.append(f'{where} is missing. Set it, or start the file with: extends = "unipixel"')
    return cls(**values) if not problems else None


def _convert(hint: Any, value: Any, where: str, problems: list[str]) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint) and hint is not Canvas:
        if isinstance(value, dict):
            return _build(typing.cast("type", hint), value, f"{where}.", problems)
        problems.append(f"{where} must be a table.")
        return None
    if origin is tuple and isinstance(value, list):
        return tuple(_convert(args[0], item, where, problems) for item in value)
    if hint is Canvas and isinstance(value, str):
        try:
            return Canvas.parse(value)
        except CanvasError as error:
            problems.append(f"{where}: {error}")
            return None
    if hint is float and type(value) is int:
        return float(value)
    if (isinstance(hint, type) and type(value) is hint) or (
        origin is not tuple and origin is not None and isinstance(value, dict)
    ):
        return value
    wanted = {
        tuple: "a list",
        Canvas: 'a size such as "1152x896"',
        int: "a whole number",
        float: "a number",
        str: "text",
        bool: "true or false",
    }
    problems.append(f"{where} = {value!r} must be {wanted.get(origin or hint, 'a table')}.")
    return None


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
