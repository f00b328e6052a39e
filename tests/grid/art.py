"""Pictures for the grid tests, drawn from seeds: natives, damage, pictures without a grid."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from unipixel.image import RGBA

Pixels = npt.NDArray[np.uint8]


def draw_native(height: int, width: int, *, seed: int = 0, colors: int = 12) -> RGBA:
    """Opaque art of random pixels and random blocks: no repeated structure."""
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (colors, 3))
    native = np.full((height, width, 4), 255, np.uint8)
    native[..., :3] = palette[rng.integers(0, colors, (height, width))]
    for _ in range(max(1, height * width // 60)):
        y, x = rng.integers(0, height), rng.integers(0, width)
        h, w = rng.integers(1, max(2, height // 3)), rng.integers(1, max(2, width // 3))
        native[y : y + h, x : x + w, :3] = palette[rng.integers(0, colors)]
    lone = rng.random((height, width)) < 0.15
    native[lone, :3] = palette[rng.integers(0, colors, int(lone.sum()))]
    return native


def draw_tiles(rows: int, cols: int, *, seed: int = 0, noise: int = 0) -> RGBA:
    """A game screen: textured 16x16 tiles that repeat, with noise of its own where asked."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 256, (4, 1, 1, 3)) + rng.integers(-40, 40, (4, 16, 16, 3))
    screen = kinds[rng.integers(0, 4, (rows, cols))].transpose(0, 2, 1, 3, 4).reshape(rows * 16, cols * 16, 3)
    screen = screen + rng.integers(-noise, noise + 1, screen.shape)
    native = np.full((*screen.shape[:2], 4), 255, np.uint8)
    native[..., :3] = screen.clip(0, 255)
    return native


def resize_nearest(native: RGBA, height: int, width: int) -> RGBA:
    """What an editor's nearest-neighbour resize does: sample pixel centres."""
    rows = ((np.arange(height) + 0.5) * native.shape[0] / height).astype(int)
    cols = ((np.arange(width) + 0.5) * native.shape[1] / width).astype(int)
    return native[rows][:, cols]


def resize_smooth(image: RGBA, height: int, width: int, method: int) -> RGBA:
    """Pillow's resampling filters."""
    return np.asarray(Image.fromarray(image).resize((width, height), method)).copy()


def encode_jpeg(image: RGBA, quality: int) -> RGBA:
    """There and back through JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(image[..., :3].copy()).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGBA")).copy()


def add_noise(image: RGBA, sigma: float, seed: int = 0) -> RGBA:
    """Gaussian noise on the colours."""
    noisy = image.astype(np.float64)
    noisy[..., :3] += np.random.default_rng(seed).normal(0, sigma, image[..., :3].shape)
    return noisy.round().clip(0, 255).astype(np.uint8)


def draw_photo(height: int, width: int, *, seed: int = 0) -> RGBA:
    """Soft blobs at many sizes with grain, like a photo."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3))
    for size in (3, 6, 12, 24, 48):
        coarse = rng.uniform(0, 255, (size, size, 3)).astype(np.uint8)
        total += np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)) / size
    total = 255 * (total - total.min()) / (total.max() - total.min()) + rng.normal(0, 3, total.shape)
    image = np.full((height, width, 4), 255, np.uint8)
    image[..., :3] = total.clip(0, 255)
    return image
