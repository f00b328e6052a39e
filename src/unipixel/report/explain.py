"""One picture that shows why a grid was found: the grid itself, the steps it follows, the result and its doubt."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from unipixel.grid import Recovery
from unipixel.grid.edges import find_edges, find_steps
from unipixel.grid.model import Lines
from unipixel.grid.pixels import take_lines
from unipixel.image import RGBA

PANEL = 560
"""Px of each side of a panel."""
GAP = 24
PROFILE = 96
"""Px of height of a profile."""
CLEAR_CELL = 10
"""Px that a cell must have on the panel, so that its lines do not cover it."""
PAPER, INK, FAINT, LINE = (250, 249, 246), (32, 30, 36), (150, 148, 152), (230, 30, 120)


def draw_explanation(image: npt.NDArray[np.uint8], found: Recovery, *, title: str = "") -> RGBA:
    """Draw what was found in a picture, for a person to judge.

    Top left a window of the picture with the grid's lines; below and beside it how strongly each pixel line of that
    window steps, with the grid's lines marked; top right the native image; bottom right how doubtful each of its
    pixels is; at the foot the sentence, the confidence and the next best sizes.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        The picture that was looked at.
    found : Recovery
        What `unipixel.grid.recover` said of it.
    title : str
        Such as the file's name.

    Returns
    -------
    (h, w, 4) uint8
    """
    rgba = _opaque(image)
    sheet = Image.new("RGB", (4 * GAP + PROFILE + 2 * PANEL, 6 * GAP + 2 * PANEL), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP, GAP // 3), title or "unipixel detect", INK, _font(16))
    left, top = GAP, 2 * GAP
    _draw_window(sheet, rgba, found, left, top)
    right = left + PANEL + PROFILE + 2 * GAP
    if found.native is not None:
        _paste(sheet, _opaque(found.native), right, top, "native image")
        _paste(sheet, _heat(found.doubt), right, top + PANEL + 2 * GAP, "doubt: red where a pixel's colour is a guess")
    _draw_words(draw, found, left, top + PANEL + PROFILE + 3 * GAP)
    drawn: RGBA = np.array(sheet.convert("RGBA"))
    return drawn


def draw_candidates(sheet: RGBA, answers: Sequence[Recovery]) -> RGBA:
    """Put the middles of natives of several sizes side by side below a picture, for a person to choose.

    Parameters
    ----------
    sheet : (h, w, 4) uint8
        Such as from :func:`draw_explanation`.
    answers : sequence of Recovery
        Each with a native.

    Returns
    -------
    (h + more, w, 4) uint8
    """
    if not answers:
        return sheet
    side = (sheet.shape[1] - GAP) // len(answers) - GAP
    side = min(side, PANEL)
    below = Image.new("RGB", (sheet.shape[1], side + 3 * GAP), PAPER)
    for place, answer in enumerate(answers):
        if answer.native is not None:
            _paste(below, _opaque(answer.native), GAP + place * (side + GAP), 2 * GAP, "", side=side)
    grown: RGBA = np.concatenate([sheet, np.array(below.convert("RGBA"))])
    return grown


def _draw_window(sheet: Image.Image, rgba: RGBA, found: Recovery, left: int, top: int) -> None:
    """A window of the picture at a whole zoom, its lines, and the profiles of both axes."""
    cell = min(found.grid.cell) if found.grid is not None else CLEAR_CELL
    side = max(rgba.shape[:2])
    zoom = max(1, math.ceil(CLEAR_CELL / cell), PANEL // side)
    by_row, by_col = (find_edges(find_steps(take_lines(rgba[None], axis))).steps for axis in (0, 1))
    rows, cols = (_busiest(steps, PANEL // zoom) for steps in (by_row, by_col))
    shown = rgba[rows, cols].repeat(zoom, 0).repeat(zoom, 1)
    part = "" if shown.size == rgba.size * zoom**2 else "a window of "
    _paste(sheet, shown, left, top, f"{part}the picture, x{zoom}, and the grid", fit=False)
    draw = ImageDraw.Draw(sheet)
    height, width = shown.shape[:2]
    lines: tuple[Lines, Lines] = (found.grid.rows, found.grid.cols) if found.grid is not None else ((), ())
    for y in _inside(lines[0], rows, zoom):
        draw.line([(left, top + y), (left + width - 1, top + y)], LINE)
        draw.line([(left + PANEL + 4, top + y), (left + PANEL + 12, top + y)], LINE)
    for x in _inside(lines[1], cols, zoom):
        draw.line([(left + x, top), (left + x, top + height - 1)], LINE)
        draw.line([(left + x, top + PANEL + 4), (left + x, top + PANEL + 12)], LINE)
    for at, length in _bars(by_col, cols, zoom):
        draw.line([(left + at, top + PANEL + 14), (left + at, top + PANEL + 14 + length)], INK, zoom)
    for at, length in _bars(by_row, rows, zoom):
        draw.line([(left + PANEL + 14, top + at), (left + PANEL + 14 + length, top + at)], INK, zoom)


def _busiest(steps: npt.NDArray[np.float64], most: int) -> slice:
    """The window of an axis that holds the strongest steps."""
    if len(steps) <= most:
        return slice(0, len(steps))
    total = np.concatenate([[0.0], np.cumsum(steps)])
    start = int(np.argmax(np.rint(total[most:] - total[:-most])))
    return slice(start, start + most)


def _middle(length: int, most: int) -> slice:
    start = max(0, (length - most) // 2)
    return slice(start, min(length, start + most))


def _inside(lines: Lines, window: slice, zoom: int) -> list[int]:
    return [(line - window.start) * zoom for line in lines if window.start < line < window.stop]


def _bars(steps: npt.NDArray[np.float64], window: slice, zoom: int) -> list[tuple[int, int]]:
    """Place and length in px of the bar of each pixel line of a window."""
    part = steps[window]
    most = max(float(part.max()), 1e-9)
    return [(i * zoom, round(PROFILE * 0.8 * float(step) / most)) for i, step in enumerate(part)]


def _paste(
    sheet: Image.Image, picture: RGBA, left: int, top: int, caption: str, *, fit: bool = True, side: int = PANEL
) -> None:
    """Paste into a panel: enlarged by a whole number where it fits, else its middle."""
    if fit:
        zoom = max(1, side // max(picture.shape[:2]))
        rows, cols = (_middle(length, side // zoom) for length in picture.shape[:2])
        cut = "" if picture[rows, cols].size == picture.size else ", its middle"
        size = f"{picture.shape[1]}x{picture.shape[0]} px{cut}, shown x{zoom}"
        caption = f"{caption}, {size}" if caption else size
        picture = picture[rows, cols].repeat(zoom, 0).repeat(zoom, 1)
    sheet.paste(Image.fromarray(np.ascontiguousarray(picture[..., :3])), (left, top))
    ImageDraw.Draw(sheet).text((left, top - 20), caption, FAINT, _font(13))


def _draw_words(draw: ImageDraw.ImageDraw, found: Recovery, left: int, top: int) -> None:
    sure = "sure" if found.is_sure else "not sure"
    lines = [*textwrap.wrap(found.reason, 78), f"Confidence {found.confidence:.2f}: {sure}."]
    if found.grid is not None:
        (height, width), (row, col) = found.grid.cell, found.grid.offset
        lines.append(f"Cells {width:.4g} x {height:.4g} px, the first whole one at ({col:.4g}, {row:.4g}).")
    for other in found.alternatives:
        size, cell = other.native_size, other.cell
        lines.append(
            f"Else {size[1]}x{size[0]} native px, cells {cell[1]:.4g} x {cell[0]:.4g} px: {other.confidence:.3f}"
        )
    for number, line in enumerate(lines):
        draw.text((left, top + 22 * number), line, INK, _font(15))


def _opaque(image: npt.NDArray[np.uint8]) -> RGBA:
    """RGBA over a grey chequerboard, so that what is transparent can be seen."""
    if image.shape[2] == 3:
        return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    alpha = image[..., 3:].astype(np.float32) / 255
    square = (np.add.outer(np.arange(image.shape[0]), np.arange(image.shape[1])) % 2)[..., None]
    ground = np.where(square, 206.0, 186.0)
    mixed = np.rint(image[..., :3] * alpha + ground * (1 - alpha)).astype(np.uint8)
    return np.dstack([mixed, np.full(image.shape[:2], 255, np.uint8)])


def _heat(doubt: npt.NDArray[np.float32]) -> RGBA:
    """White where there is no doubt, red where there is nothing else."""
    fade = np.rint(255 * (1 - doubt)).astype(np.uint8)
    full = np.full(doubt.shape, 255, np.uint8)
    return np.dstack([full, fade, fade, full])


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.load_default(size)
    except TypeError:  # Pillow before 10.1 has one size only
        return ImageFont.load_default()
