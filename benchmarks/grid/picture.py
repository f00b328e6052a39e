"""One picture of a run: tools beside each other, damage below each other, numbers on colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from records import Record, by_family, summarize

ROW, COLUMN, LEFT, TOP = 26, 86, 190, 96
"""Px of a cell, of the names of families, and of the head."""

INK, PALE = (25, 28, 34), (120, 126, 136)

_RAMP = ((214, 96, 77), (244, 190, 150), (247, 240, 220), (146, 202, 190), (53, 151, 143))


def draw_heatmap(title: str, records: dict[str, list[Record]], families: Sequence[str], path: Path) -> None:
    """Write a PNG: main figure of every family and tool in per cent, then the figures of the whole.

    Tools are ordered by their main figure.
    """
    summaries = {tool: summarize(rows) for tool, rows in records.items()}
    tools = sorted(records, key=lambda tool: -summaries[tool].main.mean)
    mains = {tool: by_family(records[tool], lambda score: score.main) for tool in tools}
    shown = [family for family in families if any(family in mains[tool] for tool in tools)]
    width, height = LEFT + COLUMN * len(tools) + 16, TOP + ROW * (len(shown) + 8) + 16
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    pen.text((12, 12), title, INK, ImageFont.load_default(17))
    pen.text(
        (12, 36), "main figure, % (pixel-exact where colours survive, else cells in the right colour)", PALE, _font()
    )
    for column, tool in enumerate(tools):
        _words(pen, tool.replace("-", "-\n", 1) if len(tool) > 11 else tool, column, TOP - 34)
    for row, family in enumerate(shown):
        pen.text((12, TOP + ROW * row + 5), family, INK, _font())
        for column, tool in enumerate(tools):
            _cell(pen, row, column, mains[tool].get(family))
    bottom = {
        "all with a grid": [summaries[tool].main.mean for tool in tools],
        "right size": [summaries[tool].size.mean for tool in tools],
        "within one": [summaries[tool].near.mean for tool in tools],
        "cut lines in place": [summaries[tool].aligned for tool in tools],
        "native art left alone": [summaries[tool].safe for tool in tools],
    }
    row = len(shown) + 0.5
    for name, values in bottom.items():
        pen.text((12, TOP + ROW * row + 5), name, INK, _font())
        for column, value in enumerate(values):
            _cell(pen, row, column, value)
        row += 1
    for name, texts in (
        ("CPU time, median ms", [f"{summaries[tool].ms:.0f}" for tool in tools]),
        ("over the limit + errors", [f"{summaries[tool].over} + {summaries[tool].errors}" for tool in tools]),
    ):
        pen.text((12, TOP + ROW * row + 5), name, INK, _font())
        for column, text in enumerate(texts):
            _words(pen, text, column, TOP + ROW * row + 5)
        row += 1
    image.save(path, optimize=True)


def shade(share: float) -> tuple[int, int, int]:
    """Colour of a share 0..100: red, sand, green."""
    at = min(max(share / 100, 0.0), 1.0) * (len(_RAMP) - 1)
    before = min(int(at), len(_RAMP) - 2)
    low, high = _RAMP[before], _RAMP[before + 1]
    red, green, blue = (round(a + (b - a) * (at - before)) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(12)


def _cell(pen: ImageDraw.ImageDraw, row: float, column: int, share: float | None) -> None:
    left, top = LEFT + COLUMN * column, TOP + round(ROW * row)
    fill = (238, 238, 238) if share is None else shade(share)
    pen.rectangle([left + 1, top + 1, left + COLUMN - 2, top + ROW - 2], fill=fill)
    _words(pen, "–" if share is None else f"{share:.0f}", column, top + 6)


def _words(pen: ImageDraw.ImageDraw, text: str, column: int, top: float) -> None:
    """Text in the middle of a column."""
    center = LEFT + COLUMN * (column + 0.5)
    pen.multiline_text((center, top), text, INK, _font(), anchor="ma", align="center", spacing=2)
