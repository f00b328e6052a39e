"""The 43 kinds of damage of the suite ``damage43``, under the names of the public suite *pixel-bench*.

The names and the ranges of cell sizes are theirs; what each does is our reading of its name, said in its docstring.
Each is a function ``(native, rng, severity) -> Case``; severity 0 is a clean enlargement, 1 the worst. Unless said,
cells are 3 to 8 px, square, whole or not with even odds. What changes the native image changes the truth with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from cases import Case, Lines, Pixels, whole_case
from PIL import Image, ImageFilter
from raster import (
    BICUBIC,
    BILINEAR,
    FILTERS,
    Floats,
    add_noise,
    as_pixels,
    blur,
    cell_coordinates,
    displace,
    encode,
    even_lines,
    from_ycbcr,
    move_lines,
    paint,
    paint_soft,
    resize,
    ripple_field,
    smooth_curve,
    smooth_field,
)

Rng = np.random.Generator
Make = Callable[[Pixels, Rng, float], Case]


def lay(
    native: Pixels, rng: Rng, least: float = 3, most: float = 8, *, whole: bool | None = None
) -> tuple[Lines, Lines]:
    """Draw a cell size and lay out its lines; at most 1200 px on the longer side, where cells of 2 px allow that."""
    most = max(min(most, 1200 / max(native.shape[:2])), least)
    if whole is None:
        whole = bool(rng.random() < 0.5)
    cell = float(rng.integers(round(least), int(most) + 1)) if whole else float(rng.uniform(least, most))
    return even_lines(native.shape[0], cell), even_lines(native.shape[1], cell)


def _pitch(lines: Lines) -> float:
    return float(lines[-1] / (len(lines) - 1))


def _on_picture(effect: Callable[[Pixels, Rng, float], Pixels]) -> Make:
    """Damage to the enlarged picture."""

    def make(native: Pixels, rng: Rng, severity: float) -> Case:
        rows, cols = lay(native, rng)
        image = paint(native, rows, cols)
        return whole_case(effect(image, rng, severity) if severity > 0 else image, native, rows, cols)

    return make


def _on_native(effect: Callable[[Pixels, Rng, float], Pixels]) -> Make:
    """Damage to the native image, which then is the truth."""

    def make(native: Pixels, rng: Rng, severity: float) -> Case:
        rows, cols = lay(native, rng)
        if severity > 0:
            native = effect(native, rng, severity)
        return whole_case(paint(native, rows, cols), native, rows, cols)

    return make


def _on_cells(effect: Callable[[Floats, Floats, Rng, float], Floats]) -> Make:
    """Light and dark within every cell: ``effect(down, right, rng, severity)`` gets each px's place, in cells."""

    def make(native: Pixels, rng: Rng, severity: float) -> Case:
        rows, cols = lay(native, rng, 4, 8)
        down, right = cell_coordinates(rows)[:, None], cell_coordinates(cols)[None]
        light = effect(down, right, rng, severity)[..., None]
        return whole_case(as_pixels(paint(native, rows, cols) + light), native, rows, cols)

    return make


def _on_lines(effect: Callable[[Lines, Rng, float], Lines]) -> Make:
    """Grid lines that lie elsewhere; the truth knows where."""

    def make(native: Pixels, rng: Rng, severity: float) -> Case:
        rows, cols = lay(native, rng, 4, 8)
        rows, cols = effect(rows, rng, severity), effect(cols, rng, severity)
        return whole_case(paint(native, rows, cols), native, rows, cols)

    return make


# ---- enlargements


def clean_nn(native: Pixels, rng: Rng, severity: float) -> Case:
    """Nearest neighbour, whole cells of 2 to 8 px."""
    rows, cols = lay(native, rng, 2, 8, whole=True)
    return whole_case(paint(native, rows, cols), native, rows, cols)


def fractional(native: Pixels, rng: Rng, severity: float) -> Case:
    """Nearest neighbour, cells of 2.3 to 7.7 px."""
    rows, cols = lay(native, rng, 2.3, 7.7, whole=False)
    return whole_case(paint(native, rows, cols), native, rows, cols)


def nonsquare(native: Pixels, rng: Rng, severity: float) -> Case:
    """Nearest neighbour, cells of 2.3 to 7.7 px, one side at least 1.3 times the other."""
    short = rng.uniform(2.3, 5.0)
    sides = [short, min(short * rng.uniform(1.3, 2.0), 7.7)]
    rng.shuffle(sides)
    rows, cols = (even_lines(cells, side) for cells, side in zip(native.shape[:2], sides, strict=True))
    return whole_case(paint(native, rows, cols), native, rows, cols)


def _resized(method: Image.Resampling) -> Make:
    """Build: whole cells, then the whole picture resized once more by up to a third either way."""

    def make(native: Pixels, rng: Rng, severity: float) -> Case:
        rows, cols = lay(native, rng, 4, 8, whole=True)
        factor = 1 + severity * rng.choice([-0.33, 0.33]) * rng.uniform(0.3, 1)
        size = (round(rows[-1] * factor), round(cols[-1] * factor))
        image = paint(native, rows, cols)
        image = resize(image, size, method) if severity > 0 else image
        return whole_case(image, native, rows * (image.shape[0] / rows[-1]), cols * (image.shape[1] / cols[-1]))

    return make


def _interpolated(is_cubic: bool) -> Make:
    """Build: enlarged with a smooth filter straight away; below severity 2/3 the filter is narrower than a cell."""

    def make(native: Pixels, rng: Rng, severity: float) -> Case:
        rows, cols = lay(native, rng)
        image = paint_soft(native, rows, cols, min(1.0, 1.5 * severity), is_cubic=is_cubic)
        return whole_case(image, native, rows, cols)

    return make


def grid_soften(native: Pixels, rng: Rng, severity: float) -> Case:
    """Only the borders of cells are soft, up to 2 px wide."""
    rows, cols = lay(native, rng)
    return whole_case(paint_soft(native, rows, cols, 2 * severity / _pitch(rows)), native, rows, cols)


def subpixel_shift(native: Pixels, rng: Rng, severity: float) -> Case:
    """The picture lies up to half a px off the canvas's raster, so that borders are mixtures."""
    rows, cols = lay(native, rng)
    down, right = 0.5 * severity * rng.uniform(-1, 1, 2)
    image = displace(paint(native, rows, cols), np.full((1, 1), down), np.full((1, 1), right))
    moved = [np.concatenate([[0], lines[1:-1] - by, lines[-1:]]) for lines, by in ((rows, down), (cols, right))]
    return whole_case(image, native, *moved)


def resize_chain(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Two to four resizes with changing filters, back to the first size at the end."""
    height, width = image.shape[:2]
    for _ in range(1 + round(2 * severity)):
        factor = 1 + severity * rng.uniform(-0.3, 0.4)
        image = resize(image, (round(height * factor), round(width * factor)), FILTERS[rng.integers(3)])
    return resize(image, (height, width), FILTERS[rng.integers(3)])


def downup(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Down to as little as a half and up again."""
    height, width = image.shape[:2]
    factor = 1 - 0.5 * severity
    small = resize(image, (round(height * factor), round(width * factor)), FILTERS[rng.integers(3)])
    return resize(small, (height, width), FILTERS[rng.integers(3)])


def ai_upscale(native: Pixels, rng: Rng, severity: float) -> Case:
    """What upscaling models leave: soft corners, edges sharpened to a ring, a little grain."""
    rows, cols = lay(native, rng, 4, 8)
    image = paint_soft(native, rows, cols, 0.7 * severity, is_cubic=True)
    if severity > 0:
        image = sharpen(median(image, rng, 0.2), rng, 0.8 * severity)
        image = add_noise(image, 2 * severity, rng)
    return whole_case(image, native, rows, cols)


def screenshot(native: Pixels, rng: Rng, severity: float) -> Case:
    """A window of any size (cells of 2.2 to 7.5 px), cut by hand off the grid, every other one as JPEG 92."""
    rows, cols = lay(native, rng, 2.2, 7.5, whole=False)
    image = paint(native, rows, cols)
    if severity > 0:
        bounds = [_cut_by_hand(lines, rng, severity) for lines in (rows, cols)]
        case = cut_case(image, native, rows, cols, *bounds)
        return replace(case, image=encode(case.image, "JPEG", quality=92)) if rng.random() < 0.5 else case
    return whole_case(image, native, rows, cols)


def _cut_by_hand(lines: Lines, rng: Rng, severity: float) -> tuple[int, int]:
    length = round(lines[-1])
    margin = max(1, round(0.12 * severity * length))
    return int(rng.integers(margin)), length - int(rng.integers(margin))


def cut_case(
    image: Pixels, native: Pixels, rows: Lines, cols: Lines, down: tuple[int, int], right: tuple[int, int]
) -> Case:
    """Keep a part of a picture, first px and end given; cells that the cut leaves in part are not scored."""
    kept, lines, whole = [], [], []
    for border, (start, end) in ((rows, down), (cols, right)):
        # A cell is there when it holds the centre of a px that was kept.
        first = int(np.searchsorted(border, start + 0.5, "right")) - 1
        last = int(np.searchsorted(border, end - 0.5, "right"))
        visible = border[first : last + 1]
        painted = np.ceil(visible - 0.5)
        whole.append((painted[:-1] >= start) & (painted[1:] <= end))
        kept.append(slice(first, last))
        lines.append(np.clip(visible - start, 0, end - start))
    scored = whole[0][:, None] & whole[1][None]
    part = np.ascontiguousarray(image[down[0] : down[1], right[0] : right[1]])
    least = (int(whole[0].sum()), int(whole[1].sum()))
    return Case(part, native[kept[0], kept[1]], lines[0], lines[1], scored, least)


# ---- lines


def drift(lines: Lines, rng: Rng, severity: float) -> Lines:
    """Lines drift slowly, up to 0.6 cells from where they belong."""
    return move_lines(lines, 0.6 * severity * _pitch(lines) * smooth_curve(len(lines) - 2, 4, rng))


def jitter(lines: Lines, rng: Rng, severity: float) -> Lines:
    """Every line by itself up to a quarter of a cell off."""
    return move_lines(lines, 0.25 * severity * _pitch(lines) * rng.uniform(-1, 1, len(lines) - 2))


def block_reset(lines: Lines, rng: Rng, severity: float) -> Lines:
    """Every 8 to 16 cells one cell is up to 45 % shorter or longer: the grid starts anew behind it."""
    steps = np.diff(lines)
    at = 0
    while (at := at + int(rng.integers(8, 17))) < len(steps):
        steps[at] *= 1 + severity * rng.choice([-0.45, 0.45]) * rng.uniform(0.5, 1)
    ends = np.concatenate([[0.0], np.cumsum(steps)])
    return ends * (round(ends[-1]) / ends[-1])


def row_jitter(native: Pixels, rng: Rng, severity: float) -> Case:
    """Every row of cells is pushed sideways by up to a third of a cell."""
    rows, cols = lay(native, rng, 4, 8)
    push = severity * rng.uniform(-1 / 3, 1 / 3, len(rows) - 1)
    each = push[cell_coordinates(rows).astype(int)][:, None]
    return whole_case(paint(native, rows, cols, (np.zeros((1, 1)), each)), native, rows, cols)


def warp(native: Pixels, rng: Rng, severity: float) -> Case:
    """A slow warp in both directions, up to 0.4 cells."""
    rows, cols = lay(native, rng, 4, 8)
    size = (round(rows[-1]), round(cols[-1]))
    shift = tuple(0.4 * severity * smooth_field(size, 6, rng) for _ in range(2))
    return whole_case(paint(native, rows, cols, (shift[0], shift[1])), native, rows, cols)


# ---- filters


def soft_focus(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Gaussian blur, sigma up to 2 px."""
    return blur(image, 0.3 + 1.7 * severity)


def sharpen(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Soft, then sharpened until edges ring."""
    soft = blur(image, 0.8)
    return as_pixels(soft + (0.5 + 2 * severity) * (soft.astype(float) - blur(soft, 1.5)))


def glow(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Bright parts shine over their surroundings."""
    bright = np.where(image.max(-1, keepdims=True) > 150, image, 0).astype(np.uint8)
    return as_pixels(image + 0.7 * severity * blur(bright, 3 + 6 * severity))


def chroma_noise(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Noise in the two colour channels alone, soft as sensors leave it."""
    ycc = np.asarray(Image.fromarray(image).convert("YCbCr")).astype(float)
    grain = as_pixels(128 + rng.normal(0, 40 * severity, (*ycc.shape[:2], 3)))
    ycc[..., 1:] += blur(grain, 0.7).astype(float)[..., 1:] - 128
    return from_ycbcr(as_pixels(ycc))


def color_field(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Colours vary slowly over the picture, up to 20 %."""
    height, width = image.shape[:2]
    field = np.stack([smooth_field((height, width), 3, rng) for _ in range(3)], axis=-1)
    return as_pixels(image * (1 + 0.2 * severity * field))


def banding(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """A slow shade over everything, in visible steps."""
    height, width = image.shape[:2]
    levels = 4 + round(8 * severity)
    shade = np.round(levels * smooth_field((height, width), 2, rng)) / levels
    return as_pixels(image + 30 * severity * shade[..., None])


def median(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Median filter of 3x3 px, from severity 0.6 on twice."""
    picture = Image.fromarray(image)
    for _ in range(1 + (severity >= 0.6)):
        picture = picture.filter(ImageFilter.MedianFilter(3))
    return np.asarray(picture)


def noise(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Gaussian noise, sigma up to 25 levels."""
    return add_noise(image, 25 * severity, rng)


# ---- files


def jpeg(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """JPEG of quality 95 down to 50, 4:4:4 or 4:2:0."""
    return encode(image, "JPEG", quality=round(95 - 45 * severity), subsampling=int(rng.choice([0, 2])))


def jpeg_twice(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """JPEG, cut by a few px and filled up again, JPEG once more: two lattices of blocks."""
    by = int(rng.integers(1, 8))
    once = encode(np.pad(image, ((by, 0), (by, 0), (0, 0)), mode="edge"), "JPEG", quality=round(92 - 40 * severity))
    return encode(np.ascontiguousarray(once[by:, by:]), "JPEG", quality=round(95 - 35 * severity))


def heavy_jpeg(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """JPEG of quality 40 down to 12."""
    return encode(image, "JPEG", quality=round(40 - 28 * severity))


def webp(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """WebP of quality 95 down to 40."""
    return encode(image, "WEBP", quality=round(95 - 55 * severity), method=4)


def chroma_sub(image: Pixels, rng: Rng, severity: float) -> Pixels:
    """Colour at half the size, from severity 0.6 on at a quarter; brightness untouched."""
    height, width = image.shape[:2]
    step = 4 if severity >= 0.6 else 2
    ycc = np.asarray(Image.fromarray(image).convert("YCbCr")).copy()
    small = resize(ycc, (-(-height // step), -(-width // step)), Image.Resampling.BOX)
    ycc[..., 1:] = resize(small, (height, width), BILINEAR)[..., 1:]
    return from_ycbcr(ycc)


# ---- inside cells


def cell_gradient(down: Floats, right: Floats, rng: Rng, severity: float) -> Floats:
    """Every cell has a slope of its own, up to 50 levels from side to side."""
    y, x = down.astype(int), right.astype(int)
    angle = rng.uniform(0, 2 * np.pi, (y.max() + 1, x.max() + 1))[y, x]
    return 50 * severity * (np.sin(angle) * (down - y - 0.5) + np.cos(angle) * (right - x - 0.5))


def cell_noise(down: Floats, right: Floats, rng: Rng, severity: float) -> Floats:
    """Grain whose strength differs from cell to cell, sigma up to 30 levels."""
    y, x = down.astype(int), right.astype(int)
    strength = rng.uniform(0, 30 * severity, (y.max() + 1, x.max() + 1))[y, x]
    return np.asarray(strength * rng.normal(0, 1, strength.shape))


def cell_texture(down: Floats, right: Floats, rng: Rng, severity: float) -> Floats:
    """The same mark in every cell: a lit border above and left, and a soft middle, up to 36 levels."""
    y, x = down - np.floor(down), right - np.floor(right)
    lit = np.where((y < 0.2) | (x < 0.2), 1.0, np.where((y > 0.8) | (x > 0.8), -1.0, 0.0))
    return 36 * severity * (0.7 * lit + 0.3 * np.cos(2 * np.pi * y) * np.cos(2 * np.pi * x))


# ---- the native image


def dead_cells(native: Pixels, rng: Rng, severity: float) -> Pixels:
    """Up to 6 % of the native pixels take a colour from elsewhere in the picture."""
    dead = rng.random(native.shape[:2]) < 0.06 * severity
    damaged = native.copy()
    damaged[dead] = native.reshape(-1, 3)[rng.integers(0, dead.size, int(dead.sum()))]
    return damaged


def break_outlines(native: Pixels, rng: Rng, severity: float) -> Pixels:
    """Dark thin lines lose up to 60 % of their pixels to what lies beside them."""
    light = np.pad(native.astype(int).sum(-1), 1, mode="edge")
    thin = (light[1:-1, 1:-1] < light[1:-1, :-2] - 60) & (light[1:-1, 1:-1] < light[1:-1, 2:] - 60)
    thin |= (light[1:-1, 1:-1] < light[:-2, 1:-1] - 60) & (light[1:-1, 1:-1] < light[2:, 1:-1] - 60)
    lost = thin & (rng.random(thin.shape) < 0.6 * severity)
    damaged = native.copy()
    damaged[lost] = np.roll(native, 1, axis=1)[lost]
    return damaged


def native_aa(native: Pixels, rng: Rng, severity: float) -> Pixels:
    """Steps of outlines get in-between colours, as hand-made smoothing does."""
    right, below = np.roll(native, -1, axis=1), np.roll(native, -1, axis=0)
    corner = (native != right).any(-1) & (native != below).any(-1) & (right == below).all(-1)
    corner &= rng.random(corner.shape) < severity
    corner[-1], corner[:, -1] = False, False
    damaged = native.astype(float)
    damaged[corner] = 0.5 * (damaged[corner] + right[corner])
    return as_pixels(damaged)


def overquantize(native: Pixels, rng: Rng, severity: float) -> Pixels:
    """Down to as few as 4 colours."""
    colors = round(4 + 20 * (1 - severity))
    return np.asarray(Image.fromarray(native).quantize(colors, method=Image.Quantize.MEDIANCUT).convert("RGB"))


def alpha_halo(native: Pixels, rng: Rng, severity: float) -> Pixels:
    """A pale rim around everything that stands before the most frequent colour."""
    codes = native.astype(int) @ (1, 256, 65536)
    values, counts = np.unique(codes, return_counts=True)
    front = np.pad(codes != values[counts.argmax()], 1)
    near = front[2:, 1:-1] | front[:-2, 1:-1] | front[1:-1, 2:] | front[1:-1, :-2]
    rim = near & ~front[1:-1, 1:-1]
    damaged = native.astype(float)
    damaged[rim] += 0.7 * severity * (255 - damaged[rim])
    return as_pixels(damaged)


# ---- several at once


def mush(native: Pixels, rng: Rng, severity: float) -> Case:
    """What image models draw: lines off, colours uneven, borders soft, a little noise, light JPEG."""
    rows, cols = (jitter(lines, rng, 0.6 * severity) for lines in lay(native, rng, 4, 8))
    uneven = add_noise(native, 4 * severity, rng)
    image = blur(paint_soft(uneven, rows, cols, 0.4 * severity), 0.8 * severity)
    if severity > 0:
        image = encode(add_noise(image, 4 * severity, rng), "JPEG", quality=90)
    return whole_case(image, native, rows, cols)


def mush_warp(native: Pixels, rng: Rng, severity: float) -> Case:
    """`mush`, and the slow warp on top."""
    case = mush(native, rng, severity)
    size = (case.image.shape[0], case.image.shape[1])
    by = [0.3 * severity * _pitch(lines) * smooth_field(size, 6, rng) for lines in (case.rows, case.cols)]
    return replace(case, image=displace(case.image, *by)) if severity > 0 else case


def painterly(native: Pixels, rng: Rng, severity: float) -> Case:
    """Cells of 6 to 11 px with brush strokes: shades within cells, ragged borders, rounded corners."""
    rows, cols = lay(native, rng, 6, 11)
    size = (round(rows[-1]), round(cols[-1]))
    ragged = tuple(0.06 * severity * ripple_field(size, size[0] / 6, rng) for _ in range(2))
    image = paint(native, rows, cols, (ragged[0], ragged[1]))
    if severity > 0:
        strokes = 0.4 * (ripple_field(size, max(size) / 8, rng) + ripple_field(size, max(size) / 18, rng))
        image = median(as_pixels(image + 14 * severity * strokes[..., None]), rng, severity)
    return whole_case(image, native, rows, cols)


def kitchen_sink(native: Pixels, rng: Rng, severity: float) -> Case:
    """Drift, soft borders, uneven colours, blur, noise and JPEG, each at half strength."""
    half = 0.5 * severity
    rows, cols = (drift(lines, rng, half) for lines in lay(native, rng, 4, 8))
    image = paint_soft(native, rows, cols, half)
    if severity > 0:
        image = add_noise(blur(color_field(image, rng, half), half), 10 * half, rng)
        image = jpeg(image, rng, half)
    return whole_case(image, native, rows, cols)


GROUPS: dict[str, dict[str, Make]] = {
    "enlargement": {
        "clean_nn": clean_nn,
        "fractional": fractional,
        "nonsquare": nonsquare,
        "screenshot": screenshot,
    },
    "resampling": {
        "soft_bilinear": _resized(BILINEAR),
        "soft_bicubic": _resized(BICUBIC),
        "bilinear": _interpolated(is_cubic=False),
        "bicubic": _interpolated(is_cubic=True),
        "grid_soften": grid_soften,
        "subpixel_shift": subpixel_shift,
        "resize_chain": _on_picture(resize_chain),
        "downup": _on_picture(downup),
        "ai_upscale": ai_upscale,
    },
    "lines": {
        "drift": _on_lines(drift),
        "jitter": _on_lines(jitter),
        "row_jitter": row_jitter,
        "block_reset": _on_lines(block_reset),
        "warp": warp,
    },
    "filters": {
        "noise": _on_picture(noise),
        "blur": _on_picture(soft_focus),
        "sharpen": _on_picture(sharpen),
        "glow": _on_picture(glow),
        "chroma_noise": _on_picture(chroma_noise),
        "color_field": _on_picture(color_field),
        "banding": _on_picture(banding),
        "median": _on_picture(median),
    },
    "files": {
        "jpeg": _on_picture(jpeg),
        "jpeg_twice": _on_picture(jpeg_twice),
        "heavy_jpeg": _on_picture(heavy_jpeg),
        "webp": _on_picture(webp),
        "chroma_sub": _on_picture(chroma_sub),
    },
    "inside cells": {
        "cell_gradient": _on_cells(cell_gradient),
        "cell_noise": _on_cells(cell_noise),
        "cell_texture": _on_cells(cell_texture),
    },
    "native": {
        "dead_cells": _on_native(dead_cells),
        "break_outlines": _on_native(break_outlines),
        "native_aa": _on_native(native_aa),
        "overquantize": _on_native(overquantize),
        "alpha_halo": _on_native(alpha_halo),
    },
    "mixtures": {
        "mush": mush,
        "mush_warp": mush_warp,
        "painterly": painterly,
        "kitchen_sink": kitchen_sink,
    },
}

DAMAGES: dict[str, Make] = {name: make for group in GROUPS.values() for name, make in group.items()}
