"""Line charts with a logarithmic height."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN = 460, 330, 56

INK, PALE, INKS = (25, 28, 34), (205, 209, 215), ((53, 151, 143), (214, 96, 77), (90, 90, 170), (150, 120, 40))


@dataclass(frozen=True)
class Panel:
    """One chart: a title, names along the bottom, and one positive value a name for each line."""

    title: str
    names: Sequence[str]
    lines: Mapping[str, Sequence[float]]


def draw_panels(title: str, panels: Sequence[Panel], path: Path) -> None:
    """Write a PNG with charts beside each other."""
    image = Image.new("RGB", (WIDTH * len(panels), HEIGHT + 40), "white")
    pen = ImageDraw.Draw(image)
    pen.text((14, 10), title, INK, _font(16))
    for place, panel in enumerate(panels):
        _draw_panel(pen, panel, WIDTH * place, 40)
    image.save(path, optimize=True)


def ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten around a range."""
    steps = [10.0**power * part for power in range(-6, 10) for part in (1, 2, 5)]
    first = max(index for index, step in enumerate(steps) if step <= low)
    last = min(index for index, step in enumerate(steps) if step >= high)
    return steps[first : max(last, first + 1) + 1]


def _draw_panel(pen: ImageDraw.ImageDraw, panel: Panel, left: int, top: int) -> None:
    values = [value for line in panel.lines.values() for value in line]
    marks = ticks(min(values), max(values))
    floor, ceiling = math.log(marks[0]), math.log(marks[-1])

    def place(index: int, value: float) -> tuple[float, float]:
        x = left + MARGIN + (WIDTH - 2 * MARGIN) * index / max(1, len(panel.names) - 1)
        y = top + HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (math.log(value) - floor) / (ceiling - floor)
        return x, y

    pen.text((left + 14, top), panel.title, INK, _font(13))
    for mark in marks:
        (start, y), (end, _) = place(0, mark), place(len(panel.names) - 1, mark)
        pen.line([start, y, end, y], PALE)
        pen.text((start - 8, y), f"{mark:g}", INK, _font(11), anchor="rm")
    for index, name in enumerate(panel.names):
        pen.text((place(index, marks[0])[0], top + HEIGHT - MARGIN + 8), name, INK, _font(11), anchor="ma")
    for (name, line), ink in zip(panel.lines.items(), INKS, strict=False):
        points = [place(index, value) for index, value in enumerate(line)]
        pen.line(points, ink, 2)
        for x, y in points:
            pen.ellipse([x - 3, y - 3, x + 3, y + 3], ink)
        pen.text((points[-1][0] + 6, points[-1][1]), name, ink, _font(12), anchor="lm")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
