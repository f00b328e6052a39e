"""Grids that drift: their cells are counted along the lines, and read there."""

from __future__ import annotations

import numpy as np
import pytest

from grid.art import Pixels, add_noise, draw_native
from unipixel.grid import recover
from unipixel.image import RGBA


def draw_along(native: RGBA, rows: np.ndarray, cols: np.ndarray) -> Pixels:
    """Cells whose borders lie at given canvas px, softened and with grain."""
    tall, wide = (np.searchsorted(lines, np.arange(lines[-1]) + 0.5) - 1 for lines in (rows, cols))
    canvas = native[tall][:, wide].astype(np.float64)
    soft = canvas.copy()
    soft[1:-1, 1:-1] = (2 * canvas[1:-1, 1:-1] + canvas[:-2, 1:-1] + canvas[2:, 1:-1]) / 4
    return add_noise(soft.round().astype(np.uint8), 2.0)


def bent_lines(cells: int, pitch: float, swing: float) -> np.ndarray:
    """Lines that run off by up to ``swing`` cells and come back."""
    at = np.arange(cells + 1.0)
    lines = pitch * (at + swing * np.sin(np.pi * at / cells) ** 2)
    return np.rint(lines).astype(int)


@pytest.mark.parametrize("swing", [0.7, 1.1])
@pytest.mark.parametrize("seed", range(3))
def test_cells_are_counted_along_drifting_lines(swing: float, seed: int) -> None:
    native = draw_native(70, 80, seed=seed)
    rows, cols = bent_lines(70, 9.0, swing), bent_lines(80, 9.0, -swing)
    found = recover(draw_along(native, rows, cols))
    assert found.native is not None
    assert found.grid is not None
    assert found.native.shape == native.shape
    assert np.abs(np.array(found.grid.rows) - rows).max() <= 4
    assert (np.abs(found.native.astype(int) - native).max(-1) <= 16).mean() > 0.85


@pytest.mark.parametrize("seed", range(3))
def test_jitter_is_no_drift(seed: int) -> None:
    rng = np.random.default_rng(seed)
    native = draw_native(60, 70, seed=seed)
    rows, cols = (
        np.concatenate([[0], np.arange(1, cells) * 8 + rng.integers(-1, 2, cells - 1), [cells * 8]])
        for cells in (60, 70)
    )
    found = recover(draw_along(native, rows, cols))
    assert found.grid is not None
    assert found.grid.native_size == (60, 70)
    assert np.abs(np.array(found.grid.rows) - 8 * np.arange(61)).max() <= 1
