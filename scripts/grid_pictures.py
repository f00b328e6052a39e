"""Make the pictures of docs/explanation/grid.md: python scripts/grid_pictures.py

Everything on them is computed: the art is drawn from seeds, the damage is done here, and the words are what `recover` answers.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from unipixel.files import write_atomic
from unipixel.grid import Grid, find_parts, recover, to_native
from unipixel.grid.edges import find_edges, find_steps
from unipixel.grid.gain import information
from unipixel.grid.pixels import as_rgba, take_lines
from unipixel.image import encode_png

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks" / "grid"))
from natives import draw_native  # noqa: E402

TARGET = ROOT / "docs" / "pictures"
PAPER, INK, LINE, BAR = (250, 249, 246), (32, 30, 36), (230, 30, 120), (70, 110, 190)
GAP = 20
Panel = tuple[str, Image.Image]


def main() -> None:
    save("grid-failures", [twice(), faint(), apart(), marked()], columns=2)
    save("grid-clean", [cuts()], columns=1)
    save("grid-damaged", [steps_of_damaged(), gains_of_damaged()], columns=2)
    save("grid-colours", colours(), columns=4)


# ---- failures


def twice() -> Panel:
    native = draw_native(1, (48, 60)).repeat(2, 0).repeat(2, 1)
    return say(native, native.repeat(2, 0).repeat(2, 1), "Art that was drawn in blocks of 2x2 on purpose")


def faint() -> Panel:
    rng = np.random.default_rng(0)
    native = 120 + draw_native(2, (40, 50)) // 24
    canvas = native.repeat(7, 0).repeat(7, 1) + rng.normal(0, 4, (280, 350, 1))
    return say(native, canvas.round().clip(0, 255).astype(np.uint8), "Shades a few levels apart, below their noise")


def apart() -> Panel:
    rng = np.random.default_rng(1)
    canvas = np.full((280, 350, 3), 60, np.uint8)
    for seed, (top, left) in enumerate(((10, 10), (10, 180), (150, 10), (143, 184))):
        sprite = draw_native(5 * seed + 1, (12, 16)).repeat(10, 0).repeat(10, 1)
        canvas[top : top + 120, left : left + 160] = sprite
    canvas = (canvas + rng.normal(0, 2, canvas.shape)).round().clip(0, 255).astype(np.uint8)
    title, image = say(canvas, canvas, "Sprites that do not share their lines")
    draw = ImageDraw.Draw(image)
    for part in find_parts(recover(canvas)):
        top, left, bottom, right = part.region
        draw.rectangle((left, top, right, bottom), outline=LINE, width=3)
    return title + "\n(framed: parts with a grid of their own, which `unipixel detect` names)", image


def marked() -> Panel:
    native = draw_native(6, (35, 44)).astype(np.float64)
    canvas = native.repeat(8, 0).repeat(8, 1)
    canvas[2::8, 2::8] += 60
    canvas[3::8, 2::8] += 60
    return say(native, canvas.clip(0, 255).astype(np.uint8), "A mark in every cell: the mark is finer than the cell")


def say(native: np.ndarray, canvas: np.ndarray, title: str) -> Panel:
    found = recover(canvas)
    if found.grid is None:
        got = f"no grid (confidence {found.confidence:.2f})"
    else:
        height, width = found.grid.native_size
        got = f"{width}x{height} (confidence {found.confidence:.2f}{', sure' if found.is_sure else ''})"
    meant = "" if native is canvas else f"meant {native.shape[1]}x{native.shape[0]}, "
    return f"{title}:\n{meant}answered {got}", Image.fromarray(canvas[:280, :350]).convert("RGB")


# ---- how it works


def cuts() -> Panel:
    native = draw_native(1, (24, 90))
    width = round(90 * 7.3)
    canvas = np.asarray(Image.fromarray(native).resize((width, round(24 * 7.3)), Image.Resampling.NEAREST))
    found = recover(canvas)
    image = Image.new("RGB", (canvas.shape[1], canvas.shape[0] + 60), PAPER)
    image.paste(Image.fromarray(canvas), (0, 60))
    draw = ImageDraw.Draw(image)
    seen = (np.diff(canvas.astype(int), axis=1) != 0).any((0, 2))
    for place in np.flatnonzero(seen) + 1:
        draw.line((place, 8, place, 26), INK)
    for place in found.grid.cols if found.grid else ():
        draw.line((place, 32, place, 50), LINE)
    words = f"Every one of these places lies on a lattice of {found.grid.cell[1]:.2f} px" if found.grid else "no grid"
    return (
        f"Above: where any two neighbouring columns differ. Below: the coarsest lattice that holds\nthem all. {words}",
        image,
    )


def damaged() -> np.ndarray:
    native = draw_native(1, (44, 60))
    canvas = np.asarray(Image.fromarray(native.repeat(9, 0).repeat(9, 1)).resize((486, 356), Image.Resampling.BICUBIC))
    buffer = io.BytesIO()
    Image.fromarray(canvas).save(buffer, "JPEG", quality=75)
    noisy = np.asarray(Image.open(buffer)) + np.random.default_rng(0).normal(0, 3, canvas.shape)
    return noisy.round().clip(0, 255).astype(np.uint8)


def steps_of_damaged() -> Panel:
    canvas = damaged()
    found = recover(canvas)
    edges = find_edges(find_steps(take_lines(as_rgba(canvas)[None], 1)))
    image = Image.new("RGB", (420, 356), PAPER)
    image.paste(Image.fromarray(canvas[:230, :420]), (0, 0))
    draw = ImageDraw.Draw(image)
    height = edges.mass / edges.mass[: 4 * 420].max()
    for place in range(4 * 420):
        if height[place] > 0:
            draw.line((place / 4, 330, place / 4, 330 - 90 * height[place]), INK)
    for line in found.grid.cols if found.grid else ():
        draw.line((line, 334, line, 350), LINE)
    return (
        "Resized to 8.1 px a cell, JPEG, noise. Black: edges of all\nrows, added up and levelled; red: the lines found",
        image,
    )


def gains_of_damaged() -> Panel:
    canvas = damaged()
    edges = find_edges(find_steps(take_lines(as_rgba(canvas)[None], 1)))
    image = Image.new("RGB", (420, 356), PAPER)
    draw = ImageDraw.Draw(image)
    pitches = [8.1 / 3, 8.1 / 2, 8.1 * 2 / 3, 8.1, 8.1 * 1.5, 8.1 * 2, 8.1 * 3]
    gains = [information(edges, pitch) for pitch in pitches]
    for place, (pitch, nats) in enumerate(zip(pitches, gains, strict=True)):
        top = 310 - 270 * nats / max(gains)
        draw.rectangle((14 + 58 * place, top, 52 + 58 * place, 310), fill=LINE if nats == max(gains) else BAR)
        draw.text((14 + 58 * place, top - 20), f"{nats:.2f}", INK, font(13))
        draw.text((14 + 58 * place, 316), f"{pitch:.2f} px", INK, font(13))
    return (
        "What lattices say about these edges, in nats for each: parts\nand multiples of the true pitch say less",
        image,
    )


def colours() -> list[Panel]:
    native = draw_native(5, (30, 34))
    buffer = io.BytesIO()
    Image.fromarray(native.repeat(3, 0).repeat(3, 1)).save(buffer, "JPEG", quality=92, subsampling=2)
    canvas = np.asarray(Image.open(buffer))
    grid = Grid.regular(3, canvas.shape[:2])
    panels = []
    for title, picture in (
        ("JPEG, 3 px a cell,\nchroma at half the size", canvas),
        ("Median of each cell", to_native(canvas, grid, rule="median")[..., :3]),
        ("Chroma given back,\ncolours shared", to_native(canvas, grid)[..., :3]),
        ("What was drawn", native),
    ):
        off = ""
        if picture is not canvas and picture is not native:
            off = f"\n{np.abs(picture.astype(int) - native).mean():.1f} levels off on average"
        panels.append((title + off, Image.fromarray(picture).resize((34 * 7, 30 * 7), Image.Resampling.NEAREST)))
    return panels


# ---- the sheet


def save(name: str, panels: list[Panel], columns: int) -> None:
    words = 20 * max(title.count("\n") + 1 for title, _ in panels) + 8
    width, height = max(image.width for _, image in panels), max(image.height for _, image in panels)
    rows = -(-len(panels) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + words + GAP) + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    for place, (title, image) in enumerate(panels):
        left, top = GAP + place % columns * (width + GAP), GAP + place // columns * (height + words + GAP)
        draw.multiline_text((left, top), title, INK, font(14), spacing=4)
        sheet.paste(image, (left, top + words))
    write_atomic(TARGET / f"{name}.png", encode_png(np.asarray(sheet.convert("RGBA"))))


def font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


if __name__ == "__main__":
    main()
