"""What both suites do to pictures: lay cells on a canvas, soften, shift, add noise, compress.

Pictures are ``(H, W, 3)`` uint8 in and out; lines are borders of cells in canvas px, from 0 to the side.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from cases import Lines, Pixels
from PIL import Image, ImageFilter

Floats = npt.NDArray[np.float64]

NEAREST, BILINEAR = Image.Resampling.NEAREST, Image.Resampling.BILINEAR
BICUBIC, LANCZOS = Image.Resampling.BICUBIC, Image.Resampling.LANCZOS
FILTERS = (BILINEAR, BICUBIC, LANCZOS)


def even_lines(cells: int, cell: float) -> Lines:
    """Borders of equal cells that span a whole number of canvas px."""
    return np.linspace(0, max(cells, round(cells * cell)), cells + 1)


def move_lines(lines: Lines, by: Floats) -> Lines:
    """Move the inner borders, each by its own px, but leave every cell at least 40 % of its width."""
    steps = np.diff(lines + np.concatenate([[0.0], by, [0.0]]))
    steps = np.maximum(steps, 0.4 * np.diff(lines))
    moved = np.concatenate([[0.0], np.cumsum(steps)])
    return moved * (lines[-1] / moved[-1])


def cell_coordinates(lines: Lines) -> Floats:
    """Where the centre of every canvas px lies, in cells: 2.5 is the middle of the third cell."""
    return np.interp(np.arange(round(lines[-1])) + 0.5, lines, np.arange(len(lines)))


def paint(native: Pixels, rows: Lines, cols: Lines, shift: tuple[Floats, Floats] | None = None) -> Pixels:
    """Lay cells on a canvas, each px taking the colour below its centre.

    ``shift`` moves the px, in cells: two fields that broadcast to ``(H, W)``, for rows and for columns.
    """
    down, right = cell_coordinates(rows)[:, None], cell_coordinates(cols)[None]
    if shift is not None:
        down, right = down + shift[0], right + shift[1]
    y = np.clip(down.astype(int), 0, native.shape[0] - 1)
    x = np.clip(right.astype(int), 0, native.shape[1] - 1)
    return native[y, x]


def paint_soft(native: Pixels, rows: Lines, cols: Lines, width: float, *, is_cubic: bool = False) -> Pixels:
    """Lay cells on a canvas with soft borders.

    ``width`` is the share of a cell over which one colour turns into the next: 0 is `paint`, 1 is the bilinear (or
    bicubic, Catmull-Rom) enlargement of the native image.
    """
    if width <= 0:
        return paint(native, rows, cols)
    tall = _read_softly(native.astype(float), rows, width, is_cubic)
    return as_pixels(_read_softly(tall.transpose(1, 0, 2), cols, width, is_cubic).transpose(1, 0, 2))


def _read_softly(values: Floats, lines: Lines, width: float, is_cubic: bool) -> Floats:
    """Enlarge the first axis."""
    at, cells = cell_coordinates(lines), len(values)
    middle = np.floor(at) + 0.5
    off = at - middle
    flat = 0.5 * (1 - min(width, 1.0))
    read = middle + np.sign(off) * 0.5 * np.clip((np.abs(off) - flat) / (0.5 - flat), 0, 1) - 0.5
    before = np.floor(read).astype(int)
    return sum(
        _kernel(read - before - tap, is_cubic)[:, None, None] * values[np.clip(before + tap, 0, cells - 1)]
        for tap in (range(-1, 3) if is_cubic else range(2))
    )


def _kernel(at: Floats, is_cubic: bool) -> Floats:
    """Weight of a sample ``at`` native px away."""
    far = np.abs(at)
    if not is_cubic:
        return np.clip(1 - far, 0, 1)
    near = 1.5 * far**3 - 2.5 * far**2 + 1
    return np.where(far < 1, near, np.where(far < 2, -0.5 * far**3 + 2.5 * far**2 - 4 * far + 2, 0))


def as_pixels(values: Floats) -> Pixels:
    """Round to 8 bits."""
    return values.round().clip(0, 255).astype(np.uint8)


def smooth_field(size: tuple[int, int], waves: float, rng: np.random.Generator) -> Floats:
    """Slow random field of ``size`` (H, W) in -1..1 with about ``waves`` ups and downs along the longer side."""
    height, width = size
    step = max(height, width) / max(1.0, waves)
    coarse = rng.uniform(-1, 1, (max(2, round(height / step) + 1), max(2, round(width / step) + 1)))
    field = Image.fromarray(coarse.astype(np.float32)).resize((width, height), BICUBIC)
    values = np.asarray(field, float)
    return np.asarray(values / max(1e-9, float(np.abs(values).max())))


def ripple_field(size: tuple[int, int], waves: float, rng: np.random.Generator) -> Floats:
    """Random field of ``size`` (H, W), standard deviation 1, with about ``waves`` ups and downs along the longer side.

    A sum of plane waves in all directions: unlike `smooth_field`, which is drawn coarsely and enlarged, it hides no
    lattice, which matters where its waves are about as long as cells.
    """
    height, width = size
    count = 24
    turn = 2 * np.pi * waves / max(size) * rng.uniform(0.6, 1.4, count)
    angle, start = rng.uniform(0, 2 * np.pi, (2, count))
    down = np.exp(1j * (np.arange(height)[:, None] * turn * np.sin(angle) + start))
    right = np.exp(1j * np.arange(width)[:, None] * turn * np.cos(angle))
    return np.asarray((down @ right.T).real / np.sqrt(count / 2))


def smooth_curve(count: int, waves: float, rng: np.random.Generator) -> Floats:
    """Slow random curve of ``count`` values in -1..1."""
    return smooth_field((1, count), waves, rng)[0]


def blur(image: Pixels, sigma: float) -> Pixels:
    """Gaussian blur."""
    if sigma <= 0:
        return image
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(sigma)))


def displace(image: Pixels, down: Floats, right: Floats) -> Pixels:
    """Read every px somewhere else, ``down`` and ``right`` px away, between px bilinearly."""
    height, width = image.shape[:2]
    y = np.clip(np.arange(height)[:, None] + down, 0, height - 1)
    x = np.clip(np.arange(width)[None] + right, 0, width - 1)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    low, far = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    fall, run = (y - top)[..., None], (x - left)[..., None]
    values = image.astype(float)
    upper = values[top, left] * (1 - run) + values[top, far] * run
    lower = values[low, left] * (1 - run) + values[low, far] * run
    return as_pixels(upper * (1 - fall) + lower * fall)


def add_noise(image: Pixels, sigma: float, rng: np.random.Generator) -> Pixels:
    """Gaussian noise, one value for each px and channel."""
    return as_pixels(image + rng.normal(0, sigma, image.shape)) if sigma > 0 else image


def resize(image: Pixels, size: tuple[int, int], method: Image.Resampling) -> Pixels:
    """Pillow's resampling to ``size`` (H, W)."""
    return np.asarray(Image.fromarray(image).resize(size[::-1], method))


def encode(image: Pixels, kind: str, **options: int) -> Pixels:
    """There and back through a lossy file format, such as ``"JPEG"`` or ``"WEBP"``."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, kind, **options)
    return np.asarray(Image.open(buffer).convert("RGB"))


def from_ycbcr(channels: Pixels) -> Pixels:
    """Brightness and two colour channels, as JPEG counts them, back to RGB."""
    bands = [Image.fromarray(np.ascontiguousarray(channels[..., index])) for index in range(3)]
    return np.asarray(Image.merge("YCbCr", bands).convert("RGB"))
