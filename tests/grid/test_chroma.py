"""Chroma that a codec halved is given back to small cells."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from grid.art import Pixels, draw_native
from unipixel.grid import Grid, to_native, upscale
from unipixel.grid.cells import find_places
from unipixel.grid.chroma import restore_chroma
from unipixel.image import RGBA


def calm_native(seed: int) -> RGBA:
    """Colours away from the ends of the range, where chroma is clipped."""
    native = draw_native(36, 44, seed=seed)
    native[..., :3] = 64 + native[..., :3] // 2
    return native


def encode(image: Pixels, kind: str, **options: int) -> Pixels:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image[..., :3])).save(buffer, kind, **options)
    return np.asarray(Image.open(buffer).convert("RGBA")).copy()


def error(native: RGBA, canvas: Pixels, scale: int, rule: str = "auto") -> float:
    back = to_native(canvas, Grid.regular(scale, canvas.shape[:2]), rule=rule)  # type: ignore[arg-type]
    return float(np.abs(back.astype(int) - native).mean())


@pytest.mark.parametrize("scale", [3, 5])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_small_cells_get_their_colour_back(scale: int, kind: str) -> None:
    native = calm_native(scale)
    options = {"quality": 95, "subsampling": 2} if kind == "JPEG" else {"quality": 90}
    canvas = encode(upscale(native, scale), kind, **options)
    assert error(native, canvas, scale) < 0.6 * error(native, canvas, scale, "median")


@pytest.mark.parametrize("shift", [0, 1])
def test_pairs_are_found_wherever_they_start(shift: int) -> None:
    native = calm_native(7)
    canvas = encode(upscale(native, 3), "JPEG", quality=95, subsampling=2)[:, shift:]
    grid = Grid.regular(3, canvas.shape[:2], offset=(0, -shift))
    seen = to_native(canvas, grid, rule="median").astype(np.float32)
    restored = restore_chroma(seen, canvas, grid, find_places(grid))
    assert np.abs(restored - native)[:, 1:].mean() < 0.7 * np.abs(seen - native)[:, 1:].mean()


@pytest.mark.parametrize("scale", [3, 5])
def test_whole_chroma_is_left_alone(scale: int) -> None:
    native = calm_native(scale)
    canvas = encode(upscale(native, scale), "JPEG", quality=95, subsampling=0)
    grid = Grid.regular(scale, canvas.shape[:2])
    seen = to_native(canvas, grid, rule="median").astype(np.float32)
    assert restore_chroma(seen, canvas, grid, find_places(grid)) is seen
