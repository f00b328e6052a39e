"""Make docs/pictures/cleanup.png: python scripts/cleanup_picture.py

A little creature is drawn and damaged here; what is shown beside it is what the clean-ups answer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from unipixel.cleanup import clean, remove_background
from unipixel.cleanup.ring import find_beside
from unipixel.color import count_colors
from unipixel.files import write_atomic
from unipixel.grid import upscale
from unipixel.image import RGBA, encode_png

TARGET = Path(__file__).parents[1] / "docs" / "pictures" / "cleanup.png"
PAPER, INK, MARK = (250, 249, 246), (32, 30, 36), (230, 30, 120)
SKY, LINE, SKIN, SHADE, LIGHT = (150, 190, 220), (40, 28, 48), (214, 124, 66), (168, 82, 58), (244, 196, 120)
ZOOM, GAP, SIDE = 5, 12, 28


def creature() -> RGBA:
    """A round creature with eyes, a star, a shadow and an outline before a plain ground."""
    row, col = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + 0.5
    native = np.full((SIDE, SIDE, 4), 255, np.uint8)
    native[..., :3] = SKY
    body = row**2 + (0.85 * col) ** 2 < 82
    native[body, :3] = SKIN
    native[body & ((row + 3) ** 2 + (col + 3) ** 2 > 90), :3] = SHADE
    native[body & ((row + 4) ** 2 + (col + 4) ** 2 < 8), :3] = LIGHT
    native[find_beside(~body) & body, :3] = LINE
    for eye in (11, 17):
        native[13, eye, :3], native[14, eye, :3] = (255, 255, 255), LINE
    native[18, 12:17, :3] = LINE
    native[3, 4, :3] = native[5, 24, :3] = (255, 240, 120)
    return native


def with_fringe(native: RGBA) -> RGBA:
    """A rim as anti-aliased drawing gives it: as much ink as the line covers of each pixel."""
    fine = (np.arange(SIDE * 8) + 0.5) / 8 - SIDE / 2
    cover = (fine[:, None] ** 2 + (0.85 * fine) ** 2 < 93).reshape(SIDE, 8, SIDE, 8).mean((1, 3))
    damaged = native.copy()
    ground = (native[..., :3] == SKY).all(-1)
    fringe = cover[..., None] * np.array(LINE) + (1 - cover[..., None]) * np.array(SKY)
    damaged[ground, :3] = fringe.round()[ground]
    return damaged


def with_noise(native: RGBA) -> RGBA:
    shift = np.random.default_rng(0).integers(-2, 3, native[..., :3].shape)
    damaged = native.copy()
    damaged[..., :3] = (native[..., :3] + shift).clip(0, 255)
    return damaged


def with_salt(native: RGBA) -> RGBA:
    rng, damaged = np.random.default_rng(2), native.copy()
    where = rng.random(native.shape[:2]) < 0.04
    damaged[where, :3] = (damaged[where, :3] + rng.choice([-16, 16], (where.sum(), 1))).clip(0, 255)
    return damaged


def with_gaps(native: RGBA) -> RGBA:
    damaged = native.copy()
    line = np.argwhere((native[..., :3] == LINE).all(-1) & find_beside((native[..., :3] == SKY).all(-1)))
    for number, (row, col) in enumerate(line[3::9]):
        damaged[row, col, :3] = SKY if number % 2 else SKIN
    return damaged


def with_corners(_: RGBA) -> RGBA:
    image = Image.new("RGBA", (SIDE, SIDE), (*SKY, 255))
    ImageDraw.Draw(image).line([(2, 24), (9, 6), (17, 20), (25, 4)], fill=(*LINE, 255))
    native = np.asarray(image).copy()
    line = (native[..., :3] == LINE).all(-1)
    for row, col in np.argwhere(line[:-1, :-1] & line[1:, 1:] & ~line[:-1, 1:] & ~line[1:, :-1])[::3]:
        native[row + 1, col, :3] = LINE
    for row, col in np.argwhere(line[:-1, 1:] & line[1:, :-1] & ~line[:-1, :-1] & ~line[1:, 1:])[::4]:
        native[row, col, :3] = LINE
    return native


def main() -> None:
    native = creature()
    rows = []
    for name, damage in (
        ("halo", with_fringe),
        ("near-duplicates", with_noise),
        ("orphans", with_salt),
        ("outline", with_gaps),
        ("jaggies", with_corners),
    ):
        damaged = damage(native)
        rows.append((name, damaged, clean(damaged, [name])))
    rows.append(("background: flood", native, remove_background(native, "flood")))
    wide, high = 3 * (SIDE * ZOOM + 4) + GAP, SIDE * ZOOM + 34
    sheet = Image.new("RGB", (2 * wide + 3 * GAP, 3 * high + 2 * GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (name, before, after) in enumerate(rows):
        left, top = GAP + number % 2 * (wide + GAP), GAP + number // 2 * high
        colors = f"{count_colors(before)} to {count_colors(after)} colours, " if name == "near-duplicates" else ""
        changed = (before != after).any(-1)
        words = f"{name}: {colors}{changed.sum()} pixels changed"
        draw.text((left, top), words, INK, ImageFont.load_default(13))
        for place, panel in enumerate((before, after, mark(after, changed))):
            image = Image.fromarray(upscale(panel, ZOOM))
            sheet.paste(board(image), (left + place * (SIDE * ZOOM + 4), top + 20))
    write_atomic(TARGET, encode_png(np.asarray(sheet.convert("RGBA"))))


def mark(native: RGBA, changed: np.ndarray) -> RGBA:
    """The picture paled, with what changed in one bright colour."""
    marked = native.copy()
    marked[..., :3] = 160 + native[..., :3] // 4
    marked[..., 3] = 255
    marked[changed, :3] = MARK
    return marked


def board(image: Image.Image) -> Image.Image:
    """A picture on a chequered board, which shows through where it is transparent."""
    light = np.add.outer(np.arange(image.height) // 7, np.arange(image.width) // 7) % 2
    ground = Image.fromarray((225 + 20 * light).astype(np.uint8)).convert("RGBA")
    return Image.alpha_composite(ground, image).convert("RGB")


if __name__ == "__main__":
    main()
