"""What plots are drawn with: axes with round ticks, lines and words in SVG, colours from the style sheet."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unipixel.report.html import Html, join, tag

_LABEL = 12


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values that cover ``low`` to ``high``: steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> nice_ticks(0, 0.93)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    # A step below 1e-12 of the values is lost in floating point; the range test above keeps it away from zero.
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


@dataclass(frozen=True)
class Axis:
    """Where values lie on the drawing."""

    low: float
    """Value at the start; below ``high``."""
    high: float
    """Value at the end."""
    start: float
    """Place of ``low`` in px of the drawing."""
    stop: float
    """Place of ``high``; may be less than ``start``, as on axes that go up."""

    def __call__(self, value: float) -> float:
        """Place of a value in px of the drawing."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


def draw(width: float, height: float, told: str, *children: object) -> Html:
    """One drawing, as wide as the page lets it be; ``told`` says in words what it shows."""
    box = f"0 0 {px(width)} {px(height)}"
    return tag("svg", join(*children), viewBox=box, role="img", aria_label=told, class_="plot")


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    """One straight line; ``class_`` gives its colour."""
    return tag("line", x1=px(x1), y1=px(y1), x2=px(x2), y2=px(y2), class_=class_)


def text(x: float, y: float, words: str, anchor: str, *, turned: bool = False, class_: str | None = None) -> Html:
    """Words at a place; ``anchor`` says which end of them lies there: ``start``, ``middle`` or ``end``."""
    turn = f"rotate(-90 {px(x)} {px(y)})" if turned else None
    return tag("text", words, x=px(x), y=px(y), text_anchor=anchor, font_size=_LABEL, transform=turn, class_=class_)


def px(value: float) -> str:
    """A place on the drawing, to a tenth of a px."""
    return f"{value:.1f}".removesuffix(".0")


def short(value: float) -> str:
    """A value with as few digits as say it."""
    return f"{value:,.10g}" if abs(value) >= 1 else f"{value:.6g}"
