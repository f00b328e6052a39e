"""The options of a conversion as options of a command, made of :class:`unipixel.conversion.Options`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import click

from unipixel.cli.options import ColorCount
from unipixel.conversion import PAIRS, Options, Pair
from unipixel.errors import OptionError

Command = TypeVar("Command", bound=Callable[..., Any])


class PairType(click.ParamType):  # type: ignore[type-arg]  # generic only in the newest click
    """Two numbers with a sign between them, given back as (rows, columns) or (row, column)."""

    def __init__(self, pair: Pair) -> None:
        self.name, self._pair = pair.name, pair

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read ``144x112`` or ``3,5``."""
        try:
            return self._pair.read(value) if isinstance(value, str) else value
        except OptionError as error:
            self.fail(str(error), param, ctx)


class Names(click.ParamType):  # type: ignore[type-arg]  # see above
    """Names with commas between them."""

    name = "NAME,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Split them."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


TYPES: dict[str, click.ParamType] = {  # type: ignore[type-arg]  # see above
    **{name: PairType(pair) for name, pair in PAIRS.items()},
    "colors": ColorCount(),
    "clean": Names(),
}
"""Options whose values are written in a way of their own."""

METAVARS = {"palette": "NAME|FILE|COLORS", "keep": "NAME|FILE|COLORS", "background": "HOW|COLOR", "scale": "N"}
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
