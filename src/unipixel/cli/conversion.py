"""The options of a conversion as options of a command, made of :class:`unipixel.conversion.Options`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import click

from unipixel.cli.options import ColorCount
from unipixel.conversion import Options

Command = TypeVar("Command", bound=Callable[..., Any])


class Pair(click.ParamType):  # type: ignore[type-arg]  # generic only in the newest click
    """Two numbers with a sign between them, given back as (rows, columns) or (row, column)."""

    def __init__(self, name: str, sign: str, kind: type[int] | type[float], *, swap: bool) -> None:
        self.name, self._sign, self._kind, self._swap = name, sign, kind, swap

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read ``144x112`` or ``3,5``."""
        if not isinstance(value, str):
            return value
        try:
            first, second = (self._kind(part) for part in value.lower().split(self._sign))
        except ValueError:
            self.fail(f"{value!r} is no {self.name}.", param, ctx)
        if min(first, second) < (1 if self._swap else 0):
            self.fail(f"{value!r} is out of range.", param, ctx)
        return (second, first) if self._swap else (first, second)


class Names(click.ParamType):  # type: ignore[type-arg]  # see above
    """Names with commas between them."""

    name = "NAME,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Split them."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


TYPES: dict[str, click.ParamType] = {  # type: ignore[type-arg]  # see above
    "native_size": Pair("WIDTHxHEIGHT", "x", int, swap=True),
    "sheet": Pair("COLUMNSxROWS", "x", int, swap=True),
    "offset": Pair("ROW,COLUMN", ",", float, swap=False),
    "colors": ColorCount(),
    "clean": Names(),
}
"""Options whose values are written in a way of their own."""

METAVARS = {"palette": "NAME|FILE|COLORS", "background": "HOW|COLOR", "scale": "N"}
"""What the help shows for options of any text."""


def conversion_options(command: Command) -> Command:
    """Give a command every option of a conversion, in the order of :class:`unipixel.conversion.Options`."""
    for each in reversed(fields(Options)):
        command = click.option(*_names(each.name, each.default), each.name, **_settings(each))(command)
    return command


def _names(name: str, default: Any) -> list[str]:
    flag = "--" + name.replace("_", "-")
    return [f"{flag}/--no-{flag[2:]}"] if isinstance(default, bool) else [flag]


def _settings(each: Any) -> dict[str, Any]:
    rule, default = each.metadata, each.default
    settings: dict[str, Any] = {"default": default, "help": rule["help"]}
    if each.name in METAVARS:
        settings["metavar"] = METAVARS[each.name]
    if isinstance(default, bool):
        settings["show_default"] = True
        return settings
    settings["show_default"] = default is not None and default != ()
    if each.name in TYPES:
        settings["type"] = TYPES[each.name]
        if rule["choices"]:
            settings["help"] += f" There are: {', '.join(rule['choices'])}."
    elif rule["choices"]:
        settings["type"] = click.Choice(rule["choices"])
    elif rule["least"] is not None:
        span = click.IntRange if isinstance(default, int) else click.FloatRange
        settings["type"] = span(rule["least"], rule["most"])
    return settings
