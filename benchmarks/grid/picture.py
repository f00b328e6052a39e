"""One picture of a run: tools beside each other, damage below each other, numbers on colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from records import ORACLE, Record, Summary, by_family, summarize

ROW, COLUMN, LEFT, TOP = 26, 86, 190, 96
"""Px of a cell, of the names of families, and of the head."""

INK, PALE = (25, 28, 34), (120, 126, 136)

_RAMP = ((214, 96, 77), (244, 190, 150), (247, 240, 220), (146, 202, 190), (53, 151, 143))


def draw_heatmap(title: str, records: dict[str, list[Record]], families: Sequence[str], path: Path) -> None:
    """Write a PNG: main figure of every family and tool in per cent, then the figures of the whole.

    Tools are ordered by their main figure, the oracle last.
    """
    summaries = {tool: summarize(rows) for tool, rows in records.items()}
    tools = sorted(records, key=lambda tool: (tool == ORACLE, -summaries[tool].main.mean))
    mains = [by_family(records[tool], lambda score: score.main) for tool in tools]
    image = Image.new("RGB", (LEFT + COLUMN * len(tools) + 16, TOP + ROW * (len(families) + 8) + 16), "white")
    pen = ImageDraw.Draw(image)
    pen.text((12, 12), title, INK, ImageFont.load_default(17))
    legend = "main figure, % (pixel-exact where colours survive, else cells in the right colour)"
    pen.text((12, 36), legend, PALE, _font())
    for column, tool in enumerate(tools):
        _words(pen, tool.replace("-", "-\n", 1) if len(tool) > 11 else tool, column, TOP - 34)
    for row, family in enumerate(families):
        _row(pen, row, family, [main.get(family) for main in mains])
    _draw_whole(pen, len(families) + 0.5, [summaries[tool] for tool in tools])
    image.save(path, optimize=True)


def _draw_whole(pen: ImageDraw.ImageDraw, row: float, summaries: Sequence[Summary]) -> None:
    """The figures over all families."""
    shares: list[tuple[str, list[float | None]]] = [
        ("all with a grid", [summary.main.mean for summary in summaries]),
        ("right size", [summary.size.mean for summary in summaries]),
        ("within one", [summary.near.mean for summary in summaries]),
        ("cut lines in place", [summary.aligned for summary in summaries]),
        ("native art left alone", [summary.safe for summary in summaries]),
    ]
    for below, (name, values) in enumerate(shares):
        _row(pen, row + below, name, values)
    texts = [
        ("CPU time, median ms", [f"{summary.ms:.0f}" for summary in summaries]),
        ("over the limit + errors", [f"{summary.over} + {summary.errors}" for summary in summaries]),
    ]
    for below, (name, words) in enumerate(texts, start=len(shares)):
        top = round(TOP + ROW * (row + below)) + 6
        pen.text((12, top), name, INK, _font())
        for column, text in enumerate(words):
            _words(pen, text, column, top)


def shade(share: float) -> tuple[int, int, int]:
    """Colour of a share 0..100: red, sand, green."""
    at = min(max(share / 100, 0.0), 1.0) * (len(_RAMP) - 1)
    before = min(int(at), len(_RAMP) - 2)
    low, high = _RAMP[before], _RAMP[before + 1]
    red, green, blue = (round(a + (b - a) * (at - before)) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(12)


def _row(pen: ImageDraw.ImageDraw, row: float, name: str, shares: Sequence[float | None]) -> None:
    """A name and one coloured number a tool."""
    top = TOP + round(ROW * row)
    pen.text((12, top + 6), name, INK, _font())
    for column, share in enumerate(shares):
        left = LEFT + COLUMN * column
        fill = (238, 238, 238) if share is None else shade(share)
        pen.rectangle([left + 1, top + 1, left + COLUMN - 2, top + ROW - 2], fill=fill)
        _words(pen, "–" if share is None else f"{share:.0f}", column, top + 6)


def _words(pen: ImageDraw.ImageDraw, text: str, column: int, top: float) -> None:
    """Text in the middle of a column."""
    center = LEFT + COLUMN * (column + 0.5)
    pen.multiline_text((center, top), text, INK, _font(), anchor="ma", align="center", spacing=2)
