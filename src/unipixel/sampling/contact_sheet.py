"""A contact sheet: pictures in rows and columns with words beside them, each pixel of a native a square block."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from unipixel.image import RGBA

CELL = 384
"""About the longer side of a picture on the sheet, px; natives are enlarged and canvases reduced by whole numbers."""
_GAP, _LINE, _LETTERS = 8, 22, 15
_PAPER, _INK = (24, 24, 28), (232, 232, 232)


def contact_sheet(pictures: Sequence[Sequence[RGBA]], *, rows: Sequence[str], columns: Sequence[str]) -> RGBA:
    """Lay pictures out with a line above each row and a word above each column.

    Parameters
    ----------
    pictures : sequence of rows, each a sequence of (h, w, 4) uint8
        As many in each row as there are columns; sizes may differ.
    rows : sequence of str
        What a row shows; cut where it is longer than the sheet is wide.
    columns : sequence of str
        What a column shows.

    Returns
    -------
    (H, W, 4) uint8
        Opaque. A picture smaller than :data:`CELL` is enlarged by nearest neighbour, a larger one reduced by averaging
        squares; both by a whole number, so that native pixels stay square and alike.
    """
    cells = [[_fitted(picture) for picture in row] for row in pictures]
    width = max(cell.width for row in cells for cell in row)
    heights = [max(cell.height for cell in row) for row in cells]
    size = (
        _GAP + len(columns) * (width + _GAP),
        _GAP + _LINE + sum(_LINE + height + _GAP for height in heights),
    )
    sheet = Image.new("RGB", size, _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, word in enumerate(columns):
        _write(pen, word, (_GAP + number * (width + _GAP), _GAP), width)
    top = _GAP + _LINE
    for words, row, height in zip(rows, cells, heights, strict=True):
        _write(pen, words, (_GAP, top), size[0] - 2 * _GAP)
        for number, cell in enumerate(row):
            sheet.paste(cell, (_GAP + number * (width + _GAP), top + _LINE), cell)
        top += _LINE + height + _GAP
    return np.asarray(sheet.convert("RGBA"))


def _fitted(picture: RGBA) -> Image.Image:
    """A picture on its way to the sheet, with its alpha."""
    longer = max(picture.shape[:2])
    if longer > CELL:
        return Image.fromarray(picture).reduce(-(-longer // CELL))
    zoom = CELL // longer
    return Image.fromarray(picture.repeat(zoom, 0).repeat(zoom, 1))


def _write(pen: ImageDraw.ImageDraw, words: str, place: tuple[int, int], width: int) -> None:
    """Write one line, cut to a width in px."""
    font = _font()
    line = " ".join(words.split())
    if pen.textlength(line, font) > width:
        while line and pen.textlength(line + "...", font) > width:
            line = line[:-1]
        line += "..."
    pen.text(place, line, _INK, font)


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.load_default(_LETTERS)
    except TypeError:  # Pillow before 10.1 has one size only
        return ImageFont.load_default()
