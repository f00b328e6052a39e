"""Cells that differ by noise alone get one colour; shades that were set apart keep theirs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grid.art import add_noise, draw_native, encode_jpeg
from unipixel.grid import Grid, to_native, upscale
from unipixel.grid.cells import take_samples
from unipixel.grid.consensus import LEAST_NOISE, MOST_NOISE, measure_noise, share_colors
from unipixel.grid.median import take_median
from unipixel.image import RGBA


def fill_unevenly(native: RGBA, spread: float, seed: int) -> RGBA:
    """Each cell a little off as a whole, as image models draw them."""
    off = np.random.default_rng(seed).normal(0, spread, (*native.shape[:2], 1))
    uneven = native.copy()
    uneven[..., :3] = np.clip(np.rint(native[..., :3] + off), 0, 255)
    return uneven


def share_right(found: RGBA, native: RGBA) -> float:
    """Share of cells within two levels of the truth."""
    return float((np.abs(found.astype(int) - native).max(-1) <= 2).mean())


@pytest.mark.parametrize("seed", range(4))
def test_noise_over_pixels_and_over_cells_is_taken_out(seed: int) -> None:
    native = draw_native(40, 48, seed=seed)
    canvas = add_noise(upscale(fill_unevenly(native, 2.0, seed), 8), 4.0, seed=seed)
    grid = Grid.regular(8, canvas.shape[:2])
    assert share_right(to_native(canvas, grid), native) > 0.97
    assert share_right(to_native(canvas, grid, rule="median"), native) < 0.9


def test_jpeg_is_taken_out_better_than_by_medians() -> None:
    native = draw_native(40, 48, seed=9)
    canvas = encode_jpeg(upscale(native, 7), 60)
    grid = Grid.regular(7, canvas.shape[:2])
    shared, medians = to_native(canvas, grid), to_native(canvas, grid, rule="median")
    assert share_right(shared, native) > share_right(medians, native)


def test_black_stays_black_where_noise_can_only_lift_it() -> None:
    native = draw_native(32, 32, seed=3)
    native[4:20, 4:20, :3] = 0
    canvas = add_noise(upscale(native, 8), 4.0, seed=1)
    back = to_native(canvas, Grid.regular(8, canvas.shape[:2]))
    assert (back[5:19, 5:19, :3] == 0).all()


@pytest.mark.parametrize("step", [6, 10, 20])
def test_shades_set_apart_stay_apart(step: int) -> None:
    native = np.full((24, 24, 4), 255, np.uint8)
    native[..., :3] = 90 + step * (np.arange(24)[:, None, None] // 6)
    canvas = add_noise(upscale(native, 8), 2.0, seed=step)
    back = to_native(canvas, Grid.regular(8, canvas.shape[:2]))
    assert np.abs(back.astype(int) - native).max() <= 1


def test_a_single_cell_of_another_colour_is_kept() -> None:
    native = np.full((20, 20, 4), 255, np.uint8)
    native[..., :3] = (40, 90, 160)
    native[7, 11, :3] = (230, 200, 60)
    canvas = add_noise(upscale(native, 8), 3.0, seed=2)
    back = to_native(canvas, Grid.regular(8, canvas.shape[:2]))
    assert np.abs(back.astype(int) - native).max() <= 6


@settings(max_examples=20)
@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.7, 5.0), st.integers(0, 999))
def test_place_does_not_matter(height: int, width: int, noise: float, seed: int) -> None:
    colors = np.random.default_rng(seed).integers(0, 256, (height, width, 4)).astype(np.float32)
    shared = share_colors(colors, noise)
    np.testing.assert_array_equal(share_colors(colors[::-1, ::-1], noise), shared[::-1, ::-1])
    np.testing.assert_array_equal(share_colors(colors.transpose(1, 0, 2), noise), shared.transpose(1, 0, 2))


def test_more_colors_than_pixel_art_has_lose_little() -> None:
    ramp = np.zeros((64, 64, 4), np.float32)
    ramp[..., 0], ramp[..., 1], ramp[..., 3] = np.arange(64)[:, None] * 4, np.arange(64) * 4, 255
    shared = share_colors(ramp, LEAST_NOISE)
    assert np.abs(shared - ramp).max() <= 8
    assert len(np.unique(shared.reshape(-1, 4), axis=0)) > 300


@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0])
def test_noise_is_measured(spread: float) -> None:
    native = draw_native(60, 60, seed=5)
    canvas = add_noise(upscale(fill_unevenly(native, spread, 5), 8), 3.0, seed=5)
    noise = noise_of(canvas)
    assert LEAST_NOISE <= noise <= MOST_NOISE
    assert noise == pytest.approx(max(LEAST_NOISE, np.hypot(spread, 3.0 * 1.25 / 5)), rel=0.5)


def test_what_is_drawn_is_no_noise() -> None:
    shaded = np.full((40, 40, 4), 255, np.uint8)
    shaded[..., :3] = (np.add.outer(np.arange(40), np.arange(40)) * 3)[..., None]
    assert noise_of(upscale(shaded, 8)) == LEAST_NOISE


def noise_of(canvas: RGBA) -> float:
    samples = take_samples(canvas, Grid.regular(8, canvas.shape[:2]))
    return measure_noise(samples, take_median(samples))


def test_a_clean_picture_with_something_smooth_on_top_keeps_its_colors() -> None:
    native = draw_native(40, 48, seed=6)
    native[10:20, 10:40, :3] = np.arange(30)[None, :, None] + np.array((90, 120, 60))  # shades one level apart
    canvas = upscale(native, 4)
    canvas[:40] = (canvas[:40] * np.linspace(0.2, 0.8, 192)[None, :, None]).astype(np.uint8)
    canvas[..., 3] = 255
    back = to_native(canvas, Grid.regular(4, canvas.shape[:2]))
    np.testing.assert_array_equal(back[10:], native[10:])
