"""Numbers as a reader wants them: fixed digits for each measure, units, plain words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DASH = "–"


@dataclass(frozen=True)
class Metric:
    """How one measure is named, written and explained on the page."""

    key: str
    """Name in the report data."""
    name: str
    """Name on the page."""
    unit: str
    """Unit or range, as text."""
    better: str
    """``"higher"``, ``"lower"``, or empty where neither is better."""
    digits: int
    """Digits behind the point."""
    meaning: str
    """Definition in a sentence or two."""

    @property
    def direction(self) -> str:
        """``"higher is better"`` or the like; empty where neither is."""
        return f"{self.better} is better" if self.better else "depends on content"


METRICS = (
    Metric(
        "score",
        "Score",
        "0 to 1",
        "higher",
        3,
        "Grid discipline as one number: the geometric mean of the edge share above chance and of how much better the "
        "grid's phase fits than the other phases do. 1 is perfect pixel art, 0 is chance.",
    ),
    Metric(
        "within_cell_variance",
        "Within-cell variance",
        "share, 0 to 1",
        "lower",
        4,
        "Share of a picture's colour variance that lies inside cells. 0 where every cell is one flat colour.",
    ),
    Metric(
        "edge_energy_on_grid",
        "Edge energy on grid",
        "share, 0 to 1",
        "higher",
        3,
        "Share of all differences between neighbouring pixels that lies on the grid's lines. 1 where no edge lies "
        "inside a cell; a picture that knows no grid has about 1 divided by the scale.",
    ),
    Metric(
        "round_trip_psnr",
        "Round trip",
        "PSNR in dB, at most 99",
        "higher",
        1,
        "Likeness of a picture to its own native (the mean of each cell) scaled back up. 99 dB is an exact match.",
    ),
    Metric(
        "mixels",
        "Mixels",
        "share, 0 to 1",
        "lower",
        3,
        "Share of the cells that art pixels of another size fill: sharp steps inside a cell, or blocks of several "
        "cells. 0 for perfect pixel art.",
    ),
    Metric(
        "colors",
        "Colours",
        "count",
        "",
        0,
        "Distinct colours in a picture before it is converted. Noise inside cells shows as thousands of them.",
    ),
)
"""Measures in the order of the page."""

METRIC_OF = {metric.key: metric for metric in METRICS}
"""The same by key."""


def fixed(value: Any, digits: int) -> str:
    """Write a number with fixed digits and thousands set apart; a dash for none, nan or infinity."""
    if not is_number(value):
        return DASH
    text = f"{float(value):,.{digits}f}"
    return text[1:] if float(text.replace(",", "")) == 0 and text.startswith("-") else text


def signed(value: Any, digits: int) -> str:
    """Like :func:`fixed`, with a sign in front; a true minus, which is as wide as a plus."""
    text = fixed(value, digits)
    if text == DASH:
        return text
    return f"−{text[1:]}" if text.startswith("-") else f"+{text}"


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def interval(value: Mapping[str, Any] | None, digits: int) -> tuple[str, str]:
    """Mean and ``[low, high]`` as text; a dash and nothing where there is none."""
    if not value or not is_number(value.get("mean")):
        return DASH, ""
    mean = fixed(value["mean"], digits)
    if not (is_number(value.get("low")) and is_number(value.get("high"))):
        return mean, ""
    return mean, f"[{fixed(value['low'], digits)}, {fixed(value['high'], digits)}]"


def duration(seconds: Any) -> str | None:
    """``3 min 20 s`` and the like; ``None`` for none."""
    if not is_number(seconds):
        return None
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def filesize(count: Any) -> str | None:
    """``3.4 MB (3,412,345 bytes)``; ``None`` for none."""
    if not is_number(count):
        return None
    short = f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
    return f"{short} ({int(count):,} bytes)"


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 image``, ``2 images``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def size_of(text: Any) -> tuple[int, int] | None:
    """``"256x192"`` as (width, height); ``None`` where it is no size."""
    width, cross, height = str(text).partition("x")
    return (int(width), int(height)) if cross and width.isdecimal() and height.isdecimal() else None
