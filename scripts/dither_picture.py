"""Make docs/pictures/dithering.png: python scripts/dither_picture.py

A shaded ball before a dusk sky, drawn here, in every way of dithering, each pixel shown as 3x3.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from unipixel.color import Palette, builtin_palette
from unipixel.dither import DITHERS, dither
from unipixel.files import write_atomic
from unipixel.grid import upscale
from unipixel.image import encode_png

TARGET = Path(__file__).parents[1] / "docs" / "pictures" / "dithering.png"
SIDE, SCALE, GAP, LINE, COLUMNS = 64, 3, 12, 18, 5
PAPER, INK = (250, 249, 246), (32, 30, 36)
RAMP = Palette.from_hex(["1b1426", "3b2a4f", "7a3b5e", "c8604f", "f0a860", "fbe9b0"], "dusk")


def draw_ball(side: int) -> np.ndarray:
    """A warm ball lit from the upper left, before a sky from violet to gold, ``(side, side, 3)`` uint8."""
    y, x = (np.mgrid[:side, :side] + 0.5) / side * 2 - 1
    sky = blend((y + 1) / 2 * 0.8)
    radius = 0.72
    height = np.sqrt(np.clip(radius**2 - x**2 - y**2, 0, None))
    facing = np.clip((-0.55 * x - 0.6 * y + 0.58 * height) / radius, 0, 1)
    ball = blend(0.08 + 0.92 * facing)
    return np.where((x**2 + y**2 < radius**2)[..., None], ball, sky).round().astype(np.uint8)


def blend(share: np.ndarray) -> np.ndarray:
    """Colours along the ramp, shares from 0 to 1."""
    at = share * (len(RAMP) - 1)
    return np.stack([np.interp(at, np.arange(len(RAMP)), RAMP.colors[:, channel]) for channel in range(3)], axis=-1)


def panels(palette: Palette) -> list[tuple[str, np.ndarray]]:
    ball = draw_ball(SIDE)
    shown = [("as drawn", ball)]
    return shown + [(name, palette.colors[dither(ball, palette, method=name)]) for name in DITHERS]


def save(palette: Palette, target: Path) -> None:
    shown = panels(palette)
    rows = -(-len(shown) // COLUMNS)
    wide, high = SIDE * SCALE + GAP, SIDE * SCALE + GAP + LINE
    sheet = Image.new("RGB", (COLUMNS * wide + GAP, rows * high + GAP), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default()
    for place, (name, picture) in enumerate(shown):
        left, top = GAP + place % COLUMNS * wide, GAP + place // COLUMNS * high
        sheet.paste(Image.fromarray(upscale(picture, SCALE)[..., :3]), (left, top + LINE))
        pen.text((left, top + 2), name, INK, font)
    write_atomic(target, encode_png(np.asarray(sheet)))


if __name__ == "__main__":
    if len(sys.argv) > 1:  # another palette of the shelf, to look at
        save(builtin_palette(sys.argv[1]), Path(sys.argv[2]))
    else:
        save(RAMP, TARGET)
