"""The 13 families of damage of the suite ``own``: each ``(native, rng) -> Case``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from cases import Case, Lines, Pixels, gridless_case, native_case, whole_case
from damage import cut_case, lay
from gridless import draw_gridless
from PIL import Image, ImageDraw, ImageFont
from raster import (
    FILTERS,
    add_noise,
    blur,
    displace,
    encode,
    even_lines,
    move_lines,
    paint,
    paint_soft,
    resize,
    smooth_curve,
    smooth_field,
)

Rng = np.random.Generator


@dataclass(frozen=True)
class Family:
    """One kind of damage.

    Attributes
    ----------
    make : function ``(native, rng) -> Case``
    is_clean : bool
        Colours survive, so that the native image must come back pixel for pixel.
    """

    make: Callable[[Pixels, Rng], Case]
    is_clean: bool


def _integer(native: Pixels, rng: Rng) -> Case:
    """Cells of 2 to 16 whole px."""
    rows, cols = lay(native, rng, 2, 16, whole=True)
    return whole_case(paint(native, rows, cols), native, rows, cols)


def _crop(native: Pixels, rng: Rng) -> Case:
    """Cells of 2 to 16 whole px, and a cut through cells on all four sides."""
    rows, cols = lay(native, rng, 2, 16, whole=True)
    image = paint(native, rows, cols)
    return cut_case(image, native, rows, cols, _uneven_cut(rows, rng), _uneven_cut(cols, rng))


def _uneven_cut(lines: Lines, rng: Rng) -> tuple[int, int]:
    cells, cell = len(lines) - 1, round(lines[-1]) // (len(lines) - 1)
    first, last = int(rng.integers(cells // 6 + 1)), cells - int(rng.integers(cells // 6 + 1))
    return first * cell + int(rng.integers(1, cell)), last * cell - int(rng.integers(cell))


def _fraction(native: Pixels, rng: Rng) -> Case:
    """Nearest neighbour to any size: cells of 1.5 to 12 px."""
    rows, cols = lay(native, rng, 1.5, 12, whole=False)
    return whole_case(paint(native, rows, cols), native, rows, cols)


def _anisotropic(native: Pixels, rng: Rng) -> Case:
    """Cells that are no squares: old displays' 5:6, double width, or any whole sides."""
    kind = int(rng.integers(3))
    if kind == 0:
        sides = np.array([1.2, 1.0]) * rng.integers(2, 7)
    elif kind == 1:
        sides = np.array([1, 2]) * int(rng.integers(2, 5))
    else:
        sides = np.array([(5, 6), (4, 5), (3, 4), (6, 7), (8, 9), (2, 3)][rng.integers(6)])
    sides = rng.permutation(sides)
    rows, cols = (even_lines(cells, float(side)) for cells, side in zip(native.shape[:2], sides, strict=True))
    return whole_case(paint(native, rows, cols), native, rows, cols)


def _whole_or_cut(native: Pixels, rng: Rng) -> Case:
    return _crop(native, rng) if rng.random() < 0.5 else _integer(native, rng)


def _jpeg(native: Pixels, rng: Rng) -> Case:
    """JPEG of quality 95, 80 or 60, 4:4:4 or 4:2:0."""
    case = _whole_or_cut(native, rng)
    quality, sampling = int(rng.choice([95, 80, 60])), int(rng.choice([0, 2]))
    return replace(case, image=encode(case.image, "JPEG", quality=quality, subsampling=sampling))


def _webp(native: Pixels, rng: Rng) -> Case:
    """WebP of quality 80."""
    case = _whole_or_cut(native, rng)
    return replace(case, image=encode(case.image, "WEBP", quality=80, method=4))


def _smooth(native: Pixels, rng: Rng) -> Case:
    """Whole cells, then resized once more with a smooth filter."""
    rows, cols = lay(native, rng, 4, 10, whole=True)
    factor = float(rng.choice([rng.uniform(0.7, 0.97), rng.uniform(1.03, 1.3)]))
    size = (round(rows[-1] * factor), round(cols[-1] * factor))
    image = resize(paint(native, rows, cols), size, FILTERS[rng.integers(3)])
    return whole_case(image, native, rows * (size[0] / rows[-1]), cols * (size[1] / cols[-1]))


def _soft_and_noisy(native: Pixels, rng: Rng) -> Case:
    """Gaussian blur and noise."""
    rows, cols = lay(native, rng, 4, 16, whole=True)
    image = blur(paint(native, rows, cols), float(rng.uniform(0.4, 1.3)))
    return whole_case(add_noise(image, float(rng.uniform(2, 6)), rng), native, rows, cols)


def _ai_like(native: Pixels, rng: Rng) -> Case:
    """Lines that drift and jitter, a slow warp, uneven colours, soft borders, grain, light JPEG."""
    rows, cols = (_unsteady(lines, rng) for lines in lay(native, rng, 8, 16, whole=True))
    uneven = add_noise(native, float(rng.uniform(1.5, 4)), rng)
    image = paint_soft(uneven, rows, cols, 0.1)
    size = (image.shape[0], image.shape[1])
    warp = [0.5 * smooth_field(size, 6, rng) for _ in range(2)]
    image = blur(displace(image, *warp), float(rng.uniform(0.5, 0.9)))
    image = encode(add_noise(image, float(rng.uniform(1, 4)), rng), "JPEG", quality=int(rng.choice([88, 92, 95])))
    return whole_case(image, native, rows, cols)


def _unsteady(lines: Lines, rng: Rng) -> Lines:
    inner = len(lines) - 2
    return move_lines(lines, rng.uniform(0.3, 1) * (smooth_curve(inner, 5, rng) + rng.uniform(-1, 1, inner)))


def _native(native: Pixels, rng: Rng) -> Case:
    """Native art as it is: it must come back untouched."""
    return native_case(native)


def _no_grid(native: Pixels, rng: Rng) -> Case:
    """A photo-like picture, a gradient, a vector drawing, smooth text or a plot: there is nothing to find."""
    return gridless_case(draw_gridless(int(rng.integers(1 << 20))))


def _overlay(native: Pixels, rng: Rng) -> Case:
    """A panel with smooth text over a part of the picture; cells below it don't count."""
    rows, cols = lay(native, rng, 4, 6, whole=True)
    image = paint(native, rows, cols)
    height, width = image.shape[:2]
    high = max(20, round(height * rng.uniform(0.12, 0.22)))
    top = int(rng.integers(height - high + 1))
    panel = Image.new("RGBA", (width, height))
    pen = ImageDraw.Draw(panel)
    pen.rounded_rectangle([0, top, width - 1, top + high - 1], 9, fill=(20, 20, 28, int(rng.integers(200, 256))))
    text = ("Score 12480  Lives 3", "Press any key...", "@player_one | 1.2k views")[rng.integers(3)]
    pen.text((9, top + high / 5), text, font=ImageFont.load_default(max(10, high * 0.45)), fill=(250, 240, 200, 255))
    shown = Image.alpha_composite(Image.fromarray(image).convert("RGBA"), panel).convert("RGB")
    left, upper, right, lower = panel.getbbox() or (0, 0, 0, 0)
    case = whole_case(np.asarray(shown), native, rows, cols)
    hidden = (case.rows[1:, None] > upper) & (case.rows[:-1, None] < lower)
    hidden = hidden & (case.cols[None, 1:] > left) & (case.cols[None, :-1] < right)
    return replace(case, scored=case.scored & ~hidden)


def _mixels(native: Pixels, rng: Rng) -> Case:
    """A fine sprite on a background of cells two or three times as wide: the truth is the fine grid."""
    ratio = int(rng.choice([2, 2, 3]))
    fine = native.repeat(ratio, 0).repeat(ratio, 1)
    high, wide = max(8, native.shape[0] // 2), max(8, native.shape[1] // 2)
    sprite = native[::-1, ::-1][:high, :wide]
    top, left = int(rng.integers(fine.shape[0] - high + 1)), int(rng.integers(fine.shape[1] - wide + 1))
    seen = (sprite != sprite[0, 0]).any(-1)
    fine[top : top + high, left : left + wide][seen] = sprite[seen]
    rows, cols = lay(fine, rng, 2, 4, whole=True)
    return whole_case(paint(fine, rows, cols), fine, rows, cols)


FAMILIES: dict[str, Family] = {
    "integer": Family(_integer, True),
    "crop": Family(_crop, True),
    "fraction": Family(_fraction, True),
    "anisotropic": Family(_anisotropic, True),
    "jpeg": Family(_jpeg, False),
    "webp": Family(_webp, False),
    "smooth": Family(_smooth, False),
    "blur+noise": Family(_soft_and_noisy, False),
    "ai-like": Family(_ai_like, False),
    "native": Family(_native, True),
    "no grid": Family(_no_grid, True),
    "overlay": Family(_overlay, True),
    "mixels": Family(_mixels, True),
}
