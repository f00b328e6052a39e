"""Pictures for tests of host programs: natives of few colours, and the same softened as image models draw them."""

import numpy as np
from PIL import Image


def draw(seed: int = 0, colors: int = 8, height: int = 20, width: int = 24, *, clear: bool = False) -> np.ndarray:
    """A native ``(h, w, 4)`` uint8 of so many colours; ``clear`` makes a corner transparent."""
    rng = np.random.default_rng(seed)
    art = rng.integers(0, 256, (colors, 3))[rng.integers(0, colors, (height, width))]
    native = np.dstack([art, np.full((height, width), 255)]).astype(np.uint8)
    if clear:
        native[: height // 3, : width // 3] = 0
    return native


def soften(picture: np.ndarray) -> np.ndarray:
    """Noise as an image model leaves it."""
    noisy = picture.astype(np.int16)
    noisy[..., :3] += np.random.default_rng(0).integers(-4, 5, noisy[..., :3].shape, dtype=np.int16)
    return np.where(picture[..., 3:] > 0, noisy.clip(0, 255), picture).astype(np.uint8)


def enlarged(art: np.ndarray, scale: int = 8, *, soft: bool = False) -> Image.Image:
    """A native enlarged, and softened if asked, as host programs hold pictures; without alpha where it is opaque."""
    large = art.repeat(scale, 0).repeat(scale, 1)
    large = soften(large) if soft else large
    return Image.fromarray(large if large[..., 3].min() < 255 else large[..., :3].copy())


def smooth() -> Image.Image:
    """A picture without a grid."""
    y, x = np.mgrid[0:160, 0:160]
    waves = np.dstack([128 + 90 * np.sin(x / 23 + y / 57), 128 + 80 * np.cos(y / 19), 100 + 70 * np.sin((x + y) / 41)])
    return Image.fromarray(waves.round().clip(0, 255).astype(np.uint8))
