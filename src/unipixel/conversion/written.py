"""Options as a person writes them: pairs of numbers as text, and all that differs from its default as a command."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from unipixel.color import Palette, known_palette
from unipixel.conversion.options import Options
from unipixel.errors import OptionError


@dataclass(frozen=True)
class Pair:
    """Two numbers with a sign between them."""

    name: str
    """What the help calls it, such as ``WIDTHxHEIGHT``."""
    sign: str
    """Stands between the numbers."""
    kind: type[int] | type[float]
    is_size: bool
    """A size is written width first and held height first, and has no 0."""

    def read(self, text: str) -> tuple[Any, Any]:
        """Read ``144x112`` as (112, 144), or ``3,5`` as (3.0, 5.0).

        Raises
        ------
        OptionError
            No such pair, or a number below what it may be.
        """
        try:
            first, second = (self.kind(part) for part in text.lower().split(self.sign))
        except ValueError:
            raise OptionError(f"{text!r} is no {self.name}.") from None
        if not all((1 if self.is_size else 0) <= number < math.inf for number in (first, second)):
            raise OptionError(f"{text!r} is out of range.")
        return (second, first) if self.is_size else (first, second)

    def write(self, value: tuple[float, float]) -> str:
        """Write what :meth:`read` reads."""
        first, second = reversed(value) if self.is_size else value
        return f"{first:g}{self.sign}{second:g}"


PAIRS: Mapping[str, Pair] = {
    "native_size": Pair("WIDTHxHEIGHT", "x", int, is_size=True),
    "sheet": Pair("COLUMNSxROWS", "x", int, is_size=True),
    "offset": Pair("ROW,COLUMN", ",", float, is_size=False),
}
"""Options whose values are pairs, by name."""


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
