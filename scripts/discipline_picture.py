"""Make docs/pictures/discipline.png: python scripts/discipline_picture.py

A sprite is drawn from a seed and harmed here; each row shows a picture, what one figure sees of it, and what is measured.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from unipixel.evaluation import Discipline, measure_discipline
from unipixel.evaluation.drift import find_offsets
from unipixel.evaluation.edges import apart, sum_edges
from unipixel.evaluation.mixels import find_mixels
from unipixel.evaluation.phases import measure_phases
from unipixel.files import write_atomic
from unipixel.grid import upscale
from unipixel.image import encode_png

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks" / "measure"))
from harms import HARMS, SCALE, enlarge  # noqa: E402
from natives import draw_native  # noqa: E402

TARGET = ROOT / "docs" / "pictures" / "discipline.png"
PAPER, INK, FAINT, ON, OFF = (250, 249, 246), (32, 30, 36), (222, 220, 214), (40, 140, 120), (230, 30, 120)
SIDE, WIDE, GAP, WORDS = (24, 32), 256, 14, 360
Pixels = np.ndarray


def main() -> None:
    rows = [variance(), edges(), round_trip(), offset(), drift(), mixels(), score()]
    height = SIDE[0] * SCALE
    sheet = Image.new("RGB", (3 * GAP + 2 * WIDE + WORDS, GAP + len(rows) * (height + GAP)), PAPER)
    pen = ImageDraw.Draw(sheet)
    for place, (image, seen, words) in enumerate(rows):
        top = GAP + place * (height + GAP)
        for left, panel in ((GAP, image), (2 * GAP + WIDE, seen)):
            sheet.paste(Image.fromarray(panel[:height, :WIDE].astype(np.uint8)), (left, top))
        title, *text = words
        pen.text((3 * GAP + 2 * WIDE, top + 4), title, INK, ImageFont.load_default(16))
        pen.multiline_text((3 * GAP + 2 * WIDE, top + 34), "\n".join(text), INK, ImageFont.load_default(13), spacing=7)
    write_atomic(TARGET, encode_png(np.asarray(sheet.convert("RGBA"))))


def harmed(name: str, strength: float, seed: int = 1) -> tuple[Pixels, Discipline]:
    image = HARMS[name].make(draw_native(seed, SIDE), strength, np.random.default_rng(0))
    return image, measure_discipline(image, SCALE)


def variance() -> tuple[Pixels, Pixels, list[str]]:
    image, found = harmed("noise", 16)
    cells = image.reshape(SIDE[0], SCALE, SIDE[1], SCALE, 3).astype(float)
    off = np.abs(cells - cells.mean(axis=(1, 3), keepdims=True)).reshape(image.shape)
    return image, 255 - (4 * off).clip(0, 255), [
        "within_cell_variance", f"{found.within_cell_variance:.1%} of all variance",
        "Left: noise of 16 levels.", "Right: how far each pixel is from", "its cell's mean, four times as strong.",
    ]  # fmt: skip


def edges() -> tuple[Pixels, Pixels, list[str]]:
    image, found = harmed("blur", 1)
    seen = np.full(image.shape, 255.0)
    for axis in (0, 1):
        flat = np.moveaxis(image, axis, 0)
        strength = apart(flat[1:], flat[:-1]).max(axis=-1)[..., None] / 255
        on = (np.arange(1, len(flat)) % SCALE == 0)[:, None, None]
        ink = np.where(on, np.array(ON), np.array(OFF))
        view = np.moveaxis(seen, axis, 0)
        stronger = 255 - (255 - ink) * np.sqrt(strength)
        view[1:] = np.where(
            stronger.sum(axis=-1, keepdims=True) < view[1:].sum(axis=-1, keepdims=True), stronger, view[1:]
        )
    image, seen = (panel[40:104, 80:166].repeat(3, axis=0).repeat(3, axis=1) for panel in (image, seen))
    return image, seen, [
        "edge_energy_on_grid", f"{found.edge_energy_on_grid:.1%} of all differences; chance is 12.5%",
        "Left: blurred, sigma 1 px; a part.", "Right: differences of neighbours,", "green on grid lines, red off them.",
    ]  # fmt: skip


def round_trip() -> tuple[Pixels, Pixels, list[str]]:
    image, found = harmed("jitter", 2)
    means = image.reshape(SIDE[0], SCALE, SIDE[1], SCALE, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    return image, upscale(np.dstack([means, np.full(SIDE, 255, np.uint8)]), SCALE)[..., :3], [
        "round_trip_psnr", f"{found.round_trip_psnr:.1f} dB; 99 for perfect art",
        "Left: each line up to 2 px off.", "Right: its own native (means of cells)", "scaled back up, which it is compared with.",
    ]  # fmt: skip


def offset() -> tuple[Pixels, Pixels, list[str]]:
    native = draw_native(1, (SIDE[0] + 1, SIDE[1] + 1))
    image = enlarge(native)[3:, 6:][: SIDE[0] * SCALE, :WIDE]
    found = measure_discipline(image, SCALE)
    within, _ = measure_phases(np.ascontiguousarray(image.transpose(2, 0, 1)), SCALE)
    shade = np.sqrt(within / within.max()).repeat(24, axis=0).repeat(24, axis=1)
    panel = np.full(image.shape, PAPER, float)
    panel[:, :192] = 255 - shade[..., None] * (255 - np.array(OFF))
    row, col = (24 * side for side in found.best_offset)
    panel[row : row + 24, col : col + 24] = ON
    return image, panel, [
        "best_offset", f"row {found.best_offset[0]}, column {found.best_offset[1]}",
        "Left: cut 3 px down and 6 px right.", "Right: variance within cells at each of", "the 8x8 phases, red is more; green: none.",
    ]  # fmt: skip


def drift() -> tuple[Pixels, Pixels, list[str]]:
    image, found = harmed("scale drift", 6, seed=3)
    offsets = find_offsets(sum_edges(np.ascontiguousarray(image.transpose(2, 0, 1)), SCALE)[1], SCALE)
    assert offsets is not None
    panel = np.full((192, WIDE, 3), 255.0)
    panel[:, ::SCALE] = FAINT
    panel[16::20] = FAINT
    for place, away in zip(offsets.place, offsets.offset, strict=True):
        line, at = round(16 + 20 * float(away)), round(float(place))
        panel[max(0, line - 2) : line + 3, max(0, at - 2) : at + 3] = OFF
    rows, cols = found.pitch
    return image, panel, [
        "drift and pitch", f"{found.drift:.2f} px, pitch {cols:.3f} x {rows:.3f}",
        "Left: cells too large, by up to 6 px at the end.", "Right: how far lines lie off the grid, from", "left to right; a grey line each px, 0 above.",
    ]  # fmt: skip


def mixels() -> tuple[Pixels, Pixels, list[str]]:
    image, found = harmed("mixels", 0.1)
    hit = find_mixels(image.mean(axis=-1).astype(np.uint8), SCALE, 0)
    panel = 200 + image.astype(float) // 5
    panel[hit.repeat(SCALE, axis=0).repeat(SCALE, axis=1)] = OFF
    return image, panel, [
        "mixels", f"{found.mixels:.1%} of the cells",
        "Left: a tenth of the cells drawn in quarters.", "Right: cells with sharp steps inside.", "Quarters of one colour with their cell are none.",
    ]  # fmt: skip


def score() -> tuple[Pixels, Pixels, list[str]]:
    panel = Image.new("RGB", (WIDE, 192), "white")
    pen = ImageDraw.Draw(panel)
    shown = (
        ("noise", 8),
        ("blur", 1),
        ("smooth edges", 0.4),
        ("shift", 0.25),
        ("scale drift", 2),
        ("jitter", 1.5),
        ("mixels", 0.2),
    )
    for place, (name, strength) in enumerate(shown):
        value = harmed(name, strength)[1].score
        pen.rectangle([100, 8 + 26 * place, 100 + round(110 * value), 24 + 26 * place], ON)
        pen.text((92, 16 + 26 * place), f"{name} {strength:g}", INK, ImageFont.load_default(11), anchor="rm")
        pen.text(
            (106 + round(110 * value), 16 + 26 * place), f"{value:.2f}", INK, ImageFont.load_default(11), anchor="lm"
        )
    return enlarge(draw_native(1, SIDE)), np.asarray(panel), [
        "score", "1 for perfect art, about 0 by chance",
        "Left: the sprite unharmed, which scores 1.", "Right: the same under some harms.",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
