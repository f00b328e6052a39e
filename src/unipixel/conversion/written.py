"""Options as the words of a command line: all that differ from their defaults."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from unipixel.color import Palette, known_palette
from unipixel.conversion.options import Options
from unipixel.conversion.pairs import PAIRS


def to_arguments(options: Options) -> list[str]:
    """Options as words of a command line, those that differ from their defaults, in their own order.

    Returns
    -------
    list of str
        What ``unipixel convert`` reads as the same options; not quoted for a shell.
    """
    words: list[str] = []
    for each in fields(options):
        value = getattr(options, each.name)
        if value != each.default:
            words += _words(each.name, value)
    return words


def _words(name: str, value: Any) -> list[str]:
    flag = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag[2:]}"]
    if name in PAIRS:
        return [flag, PAIRS[name].write(value)]
    if isinstance(value, Palette):
        is_on_shelf = bool(value.name) and known_palette(value.name) == value
        return [flag, value.name if is_on_shelf else ",".join(value.to_hex())]
    if isinstance(value, tuple):
        return [flag, ",".join(value)]
    return [flag, f"{value:.10g}" if isinstance(value, float) else str(value)]
