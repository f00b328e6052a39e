"""Chapters on what the run was made from: every value of the recipe, and every version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from unipixel.report.html import Html, facts, join, scroller, section, tag
from unipixel.report.numbers import plural


def recipe_section(data: Mapping[str, Any]) -> Html:
    """Every value by table; values that the UniPixel article does not state marked with our reason; changes first."""
    recipe = dict(data.get("recipe") or {})
    if not recipe:
        return Html("")
    ours = {name: reason for name, reason in (data.get("ours") or {}).items() if reason}
    changes = dict(data.get("changes") or {})
    lead = "The recipe as it was resolved."
    if ours:
        lead += f" {plural(len(ours), 'value')} marked ours are not stated by the UniPixel article; each carries the "
        lead += "reason for it."
    parts = groupby(recipe, key=lambda name: name.rpartition(".")[0])
    bodies = [_body(table, list(names), recipe, ours, changes) for table, names in parts]
    heads = tag("tr", [tag("th", head, scope="col") for head in ("Name", "Value", "Changed, or ours")])
    table = tag("table", tag("caption", "All values of the recipe"), tag("thead", heads), bodies, class_="recipe")
    return section(
        "recipe",
        "Recipe",
        tag("p", lead, class_="lead"),
        _changes(changes, str(data.get("preset") or "")),
        scroller("Table of the recipe", table),
    )


def versions_section(data: Mapping[str, Any]) -> Html:
    """Name the base model and every version."""
    base = data.get("base") or {}
    versions = data.get("versions") or {}
    rows: dict[str, object] = {str(name): value for name, value in versions.items()}
    model: dict[str, object] = {
        "base model": base.get("name"),
        "its hash": tag("code", base["hash"], class_="hash") if base.get("hash") else None,
    }
    if not rows and not base:
        return Html("")
    return section("versions", "Made with", facts(model) if base else None, facts(rows) if rows else None)


def plain(value: Any) -> str:
    """Write a value as a recipe file would: lists and truth values as JSON, texts without their quotes."""
    if isinstance(value, str):
        return value or "(empty)"
    return json.dumps(value, ensure_ascii=False, default=str)


def _value(value: Any) -> Html:
    if isinstance(value, list | tuple) and any(
        isinstance(item, str) and (len(item) > 24 or "," in item) for item in value
    ):
        return tag("ul", [tag("li", plain(item)) for item in value])
    if isinstance(value, list | tuple):
        return tag("code", ", ".join(plain(item) for item in value) or "(none)")
    return tag("code", plain(value))


def _body(
    table: str, names: list[str], recipe: Mapping[str, Any], ours: Mapping[str, str], changes: Mapping[str, Any]
) -> Html:
    head = tag("tr", tag("th", table, colspan=3, scope="rowgroup", class_="group")) if table else None
    rows = []
    for name in names:
        source: list[object] = []
        if name in changes:
            source.append([tag("span", "changed", class_="mark changed"), " ", _was(changes[name]), " "])
        if name in ours:
            source.append([tag("span", "ours", class_="mark ours"), " ", ours[name]])
        head_cell = tag("th", tag("code", name), scope="row")
        rows.append(tag("tr", head_cell, tag("td", _value(recipe[name])), tag("td", source)))
    return tag("tbody", head, rows)


def _was(pair: Any) -> Html:
    before = pair[0] if isinstance(pair, list | tuple) and pair else pair
    return join("preset: ", _value(before))


def _changes(changes: Mapping[str, Any], preset: str) -> Html:
    against = f"the preset {preset}".strip()
    if not changes:
        return tag("p", f"No value was changed against {against}.", class_="fine")
    heads = tag("tr", [tag("th", head, scope="col") for head in ("Name", "Preset", "This run")])
    rows = [
        tag("tr", tag("th", tag("code", name), scope="row"), tag("td", _value(pair[0])), tag("td", _value(pair[1])))
        for name, pair in changes.items()
    ]
    caption = tag("caption", f"{plural(len(changes), 'value')} changed against {against}")
    return scroller("Table of changes", tag("table", caption, tag("thead", heads), tag("tbody", rows), class_="recipe"))
