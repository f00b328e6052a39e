"""Pictures without a pixel grid, drawn from seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from cases import Pixels, rng_for
from PIL import Image, ImageDraw, ImageFont
from raster import BICUBIC, LANCZOS, as_pixels, encode, ripple_field


def draw_gridless(index: int) -> Pixels:
    """One picture, the kinds in turn."""
    rng = rng_for("gridless", str(index))
    height, width = int(rng.integers(180, 520)), int(rng.integers(180, 520))
    return KINDS[index % len(KINDS)](height, width, rng)


def _photo(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Soft shapes at many sizes, shading and grain, as JPEG."""
    image = np.full((height, width, 3), 128.0)
    for waves in (2, 4, 9, 18, 40, 80):
        layer = np.stack([ripple_field((height, width), waves, rng) for _ in range(3)], axis=-1)
        shape = ripple_field((height, width), waves, rng)[..., None]
        image += 60 / waves**0.5 * layer + 40 / waves**0.3 * np.tanh(4 * shape)
    image += rng.normal(0, 4, image.shape)
    return encode(as_pixels(image), "JPEG", quality=int(rng.integers(75, 95)))


def _gradient(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """One or two smooth slopes of colour."""
    y, x = np.mgrid[0:height, 0:width]
    angle, ends = rng.uniform(0, np.pi), rng.uniform(0, 255, (3, 3))
    slope = (y * np.sin(angle) + x * np.cos(angle)) / (height + width)
    far = np.hypot(y - rng.uniform(0, height), x - rng.uniform(0, width)) / (height + width)
    return as_pixels(ends[0] + (ends[1] - ends[0]) * slope[..., None] + (ends[2] - ends[0]) * far[..., None])


def _vector(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Shapes with smooth borders."""
    over = 4
    canvas = Image.new("RGB", (over * width, over * height), tuple(int(v) for v in rng.integers(150, 255, 3)))
    pen = ImageDraw.Draw(canvas)
    for _ in range(40):
        x, y, r = rng.uniform(0, over * width), rng.uniform(0, over * height), rng.uniform(20, 220)
        color = tuple(int(v) for v in rng.integers(0, 255, 3))
        if rng.random() < 0.5:
            pen.ellipse([x - r, y - r * 0.7, x + r, y + r * 0.7], fill=color)
        else:
            pen.polygon([(x + r * np.cos(a), y + r * np.sin(a)) for a in rng.uniform(0, 6.3, 3)], fill=color)
    return np.asarray(canvas.resize((width, height), LANCZOS))


def _text(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """A page of text with smooth letters."""
    page = Image.new("RGB", (width, height), (250, 250, 245))
    pen = ImageDraw.Draw(page)
    size = float(rng.uniform(11, 19))
    letters = np.array(list("etaoin shrdlu cmfwyp vbgkjq"))
    for line in range(int(height / (1.4 * size))):
        words = "".join(rng.choice(letters, int(width / (0.5 * size))))
        pen.text((8, 6 + 1.4 * size * line), words, font=ImageFont.load_default(size), fill=(30, 30, 40))
    return np.asarray(page)


def _plot(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Curves with smooth borders on white."""
    over = 3
    canvas = Image.new("RGB", (over * width, over * height), "white")
    pen = ImageDraw.Draw(canvas)
    x = np.linspace(0.08, 0.95, 200)
    for _ in range(5):
        y = 0.5 + 0.3 * np.interp(x, np.linspace(0, 1, 12), rng.uniform(-1, 1, 12))
        points = [(float(over * width * a), float(over * height * b)) for a, b in zip(x, y, strict=True)]
        pen.line(points, fill=tuple(int(v) for v in rng.integers(0, 200, 3)), width=2 * over)
    return np.asarray(canvas.resize((width, height), BICUBIC))


KINDS: tuple[Callable[[int, int, np.random.Generator], Pixels], ...] = (_photo, _gradient, _vector, _text, _plot)
