"""Options of two numbers, as people write them: ``144x112``, ``3,5``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """How two numbers are written with a sign between them."""

    name: str
    """As help texts show it."""
    sign: str
    kind: type[int] | type[float]
    swap: bool
    """Whether the first is the width, or the columns, which arrays name last."""
    least: int
    """Of both."""

    def read(self, text: str) -> tuple[float, float]:
        """Read the two as (rows, columns) or (row, column).

        Raises
        ------
        ValueError
            They are not written so, or too small; the message is a sentence.
        """
        try:
            first, second = (self.kind(part) for part in text.lower().split(self.sign))
        except ValueError:
            raise ValueError(f"{text!r} is no {self.name}.") from None
        if min(first, second) < self.least:
            raise ValueError(f"{text!r} is out of range.")
        return (second, first) if self.swap else (first, second)


WIDTH_HEIGHT = Pair("WIDTHxHEIGHT", "x", int, swap=True, least=1)
COLUMNS_ROWS = Pair("COLUMNSxROWS", "x", int, swap=True, least=1)
ROW_COLUMN = Pair("ROW,COLUMN", ",", float, swap=False, least=0)
