"""Options of two numbers, as people write them: ``144x112``, ``3,5``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
