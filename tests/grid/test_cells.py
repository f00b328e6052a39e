"""Grids by hand, cell rules, and the way back up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from grid.art import add_noise, draw_native, encode_jpeg
from unipixel.errors import GridMismatch
from unipixel.grid import SURE, Grid, Recovery, frames_to_native, recover_frames, to_native, upscale

RULES = ("auto", "nearest", "median", "mode", "mean", "consensus")


@settings(max_examples=30)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 16), st.sampled_from(RULES), st.integers(0, 999))
def test_to_native_undoes_upscale(height: int, width: int, scale: int, rule: str, seed: int) -> None:
    native = draw_native(height, width, seed=seed)
    native[..., 3] = np.random.default_rng(seed).choice([0, 255], (height, width))
    native[native[..., 3] == 0] = 0
    canvas = upscale(native, scale)
    back = to_native(canvas, Grid.regular(scale, canvas.shape[:2]), rule=rule)  # type: ignore[arg-type]
    np.testing.assert_array_equal(back, native)


@pytest.mark.parametrize("scale", [2, 3, 4, 5, 7, 8, 16])
def test_nearest_is_the_pixel_that_pillow_takes(scale: int) -> None:
    canvas = np.random.default_rng(scale).integers(0, 256, (6 * scale, 9 * scale, 4), dtype=np.uint8)
    canvas[..., 3] = 255
    want = np.asarray(Image.fromarray(canvas).resize((9, 6), Image.Resampling.NEAREST))
    got = to_native(canvas, Grid.regular(scale, canvas.shape[:2]), rule="nearest")
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(got, canvas[scale // 2 :: scale, scale // 2 :: scale])


def test_regular_grid_has_partial_cells_at_the_border() -> None:
    grid = Grid.regular(8, (30, 40), offset=(3, 13))
    assert grid.rows == (0, 3, 11, 19, 27, 30)
    assert grid.cols == (0, 5, 13, 21, 29, 37, 40)
    assert grid.offset == (3, 5)
    assert grid.native_size == (5, 6)
    assert grid.canvas_size == (30, 40)
    assert grid.scale == 8


def test_scale_is_none_where_cells_are_not_whole_squares() -> None:
    assert Grid.regular(2.5, (30, 40)).scale is None
    assert Grid.regular((5, 6), (30, 42)).scale is None


@pytest.mark.parametrize("bad", [0, 0.5, -3, float("nan"), float("inf")])
def test_cells_below_a_pixel_are_refused(bad: float) -> None:
    with pytest.raises(GridMismatch, match="do not fit"):
        Grid.regular(bad, (30, 40))


@pytest.mark.parametrize("lines", [(0,), (1, 4), (0, 3, 3, 5)])
def test_lines_must_rise_from_zero(lines: tuple[int, ...]) -> None:
    with pytest.raises(GridMismatch, match="must rise"):
        Grid((1, 1), (0, 0), lines, (0, 1))


def test_a_grid_of_another_canvas_is_refused() -> None:
    with pytest.raises(GridMismatch, match="8x8 px, the grid 16x16"):
        to_native(np.zeros((8, 8, 3), np.uint8), Grid.regular(4, (16, 16)))


def test_unknown_rule_is_refused() -> None:
    with pytest.raises(GridMismatch, match="no cell rule 'best'"):
        to_native(np.zeros((8, 8, 3), np.uint8), Grid.regular(4, (8, 8)), rule="best")  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", [0, -1, 2.5])
def test_upscale_needs_a_whole_scale(scale: float) -> None:
    with pytest.raises(GridMismatch, match="whole number"):
        upscale(draw_native(4, 4), scale)  # type: ignore[arg-type]


def test_mode_keeps_colours_of_the_picture() -> None:
    canvas = upscale(draw_native(8, 8, seed=1), 6)
    canvas[::6, ::6] = (1, 2, 3, 255)
    back = to_native(canvas, Grid.regular(6, (48, 48)), rule="mode")
    np.testing.assert_array_equal(back, draw_native(8, 8, seed=1))


def test_auto_is_no_worse_than_nearest_on_damage() -> None:
    native = draw_native(32, 32, seed=3)
    for canvas in (encode_jpeg(upscale(native, 8), 60), add_noise(upscale(native, 8), 8)):
        grid = Grid.regular(8, (256, 256))
        off = {
            rule: np.abs(to_native(canvas, grid, rule=rule).astype(int) - native).mean() for rule in ("auto", "nearest")
        }  # type: ignore[arg-type]
        assert off["auto"] < off["nearest"]


def test_half_transparent_cells_keep_their_colour() -> None:
    canvas = np.zeros((8, 8, 4), np.uint8)
    canvas[:, :4] = (200, 100, 50, 255)
    canvas[1::2, 4:] = (200, 100, 50, 255)
    back = to_native(canvas, Grid.regular(4, (8, 8)), rule="mean")
    assert back[0, 0].tolist() == [200, 100, 50, 255]
    assert back[0, 1, :3].tolist() == [200, 100, 50]
    assert 0 < back[0, 1, 3] < 255


def test_sure_is_a_matter_of_confidence() -> None:
    empty = np.zeros((1, 1), np.float32)
    assert Recovery(None, None, SURE, (), "", empty, is_exact=True).is_sure
    assert not Recovery(None, None, SURE - 0.001, (), "", empty, is_exact=True).is_sure
    assert not Recovery(None, None, SURE, (), "", empty, is_exact=False).is_sure


def test_frames_are_read_together() -> None:
    native = draw_native(16, 20, seed=3)
    frames = [add_noise(upscale(native, 8), 6, seed=seed) for seed in range(4)]
    grid = Grid.regular(8, frames[0].shape[:2])
    together = frames_to_native(frames, grid)
    assert np.array_equal(
        together, np.stack([found.native for found in recover_frames(frames, scale=8, offset=(0, 0))])
    )
    assert np.array_equal(frames_to_native(frames[:1], grid)[0], to_native(frames[0], grid))


def test_frames_that_do_not_fit_the_grid_are_told() -> None:
    grid = Grid.regular(8, (64, 64))
    with pytest.raises(GridMismatch, match="the picture has 64x56 px, the grid 64x64"):
        frames_to_native([np.zeros((64, 64, 3), np.uint8), np.zeros((56, 64, 3), np.uint8)], grid)
    with pytest.raises(GridMismatch, match="no frames"):
        frames_to_native([], grid)
