"""Plain values as TOML and YAML, without a package for either: numbers, truths, text, lists and tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_table(head: str, values: Mapping[str, Any]) -> list[str]:
    """Lines of a TOML table, an empty one before it.

    Parameters
    ----------
    head : str
        With its brackets, such as ``[general]``.
    values : mapping
        Numbers, truths, text, and lists of these; no None, which TOML does not know.
    """
    return ["", head, *(f"{key} = {_plain(value)}" for key, value in values.items())]


def yaml_lines(value: Mapping[str, Any] | list[Any]) -> list[str]:
    """Lines of a YAML block, for any depth of mappings and lists.

    Every text stands in quotes, and every number with an exponent has a point: without it YAML 1.1 reads a text.
    """
    if isinstance(value, Mapping):
        lines = []
        for key, item in value.items():
            nested = yaml_lines(item) if _is_block(item) else []
            lines += [f"{key}:", *("  " + line for line in nested)] if nested else [f"{key}: {_plain(item)}"]
        return lines
    lines = []
    for item in value:
        first, *others = yaml_lines(item) if _is_block(item) else [_plain(item)]
        lines += ["- " + first, *("  " + line for line in others)]
    return lines


def _is_block(value: Any) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _plain(value: Any) -> str:
    """A value of JSON, which TOML and YAML read alike."""
    if isinstance(value, list):
        return "[" + ", ".join(_plain(item) for item in value) + "]"
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and "e" in text and "." not in text:
        return text.replace("e", ".0e")
    return "".join(letter if letter.isprintable() else _escape(ord(letter)) for letter in text)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
