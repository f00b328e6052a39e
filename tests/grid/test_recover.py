"""The grid finder on whole pictures: clean art exactly, damage honestly, no grid where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from grid.art import (
    add_noise,
    draw_native,
    draw_photo,
    draw_tiles,
    encode_jpeg,
    resize_nearest,
    resize_smooth,
)
from unipixel.errors import GridMismatch, ImageError
from unipixel.grid import Grid, Recovery, recover, to_native, upscale

calm = settings(max_examples=25)
SIDES = st.integers(10, 40)
SEEDS = st.integers(0, 10_000)


def same(recovery: Recovery, native: np.ndarray) -> bool:
    """Whether the answer is this native image, pixel for pixel."""
    found = recovery.native
    return found is not None and found.shape == native.shape and bool((found == native).all())


@calm
@given(st.integers(12, 60), st.integers(12, 60), SEEDS)
def test_native_art_comes_back_untouched(height: int, width: int, seed: int) -> None:
    native = draw_native(height, width, seed=seed)
    answer = recover(native)
    assert answer.native is None or same(answer, native)


def test_native_art_has_scale_one() -> None:
    native = draw_native(64, 48, seed=5)
    answer = recover(native)
    assert same(answer, native)
    assert answer.grid is not None
    assert answer.grid.scale == 1


@pytest.mark.parametrize("size", [(513, 511), (700, 700), (576, 576), (400, 333), (233, 233)])
@pytest.mark.parametrize("noise", [0, 12])
def test_tiles_are_not_taken_for_pixels(size: tuple[int, int], noise: int) -> None:
    native = draw_tiles(9, 9, seed=3, noise=noise)
    answer = recover(resize_nearest(native, *size))
    assert same(answer, native)
    assert answer.is_sure


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_cropped_fractional_tiles_are_exact(seed: int) -> None:
    native = draw_tiles(9, 9, seed=seed)
    rows = ((np.arange(511) + 0.5) * 144 / 511).astype(int)[7 + seed : 497]
    cols = ((np.arange(513) + 0.5) * 144 / 513).astype(int)[5:501]
    answer = recover(native[rows][:, cols])
    assert same(answer, native[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1])


@pytest.mark.parametrize("quality", [95, 85])
@pytest.mark.parametrize("size", [(513, 511), (700, 700)])
def test_jpeg_screens_have_the_right_size_and_are_not_sure(size: tuple[int, int], quality: int) -> None:
    native = draw_tiles(9, 9, seed=1)
    answer = recover(encode_jpeg(resize_nearest(native, *size), quality))
    assert answer.native is not None
    assert answer.native.shape == native.shape
    assert not answer.is_sure


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answer = recover(rng.integers(0, 256, (96, 128, 3), dtype=np.uint8))
    assert answer.native is None
    assert answer.grid is None
    assert not answer.is_sure


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("quality", [None, 90, 60])
def test_photos_have_no_grid(seed: int, quality: int | None) -> None:
    photo = draw_photo(200, 260, seed=seed)
    answer = recover(photo if quality is None else encode_jpeg(photo, quality))
    assert answer.native is None


def test_gradient_has_no_grid() -> None:
    ramp = np.linspace(0, 255, 200).astype(np.uint8)
    image = np.dstack([np.broadcast_to(ramp, (150, 200)), np.broadcast_to(ramp[:150, None], (150, 200))] * 2)[..., :3]
    assert not recover(np.ascontiguousarray(image)).is_sure


DAMAGE = {
    "jpeg 95": lambda canvas: encode_jpeg(canvas, 95),
    "jpeg 60": lambda canvas: encode_jpeg(canvas, 60),
    "noise": lambda canvas: add_noise(canvas, 4),
    "one pixel": lambda canvas: np.where(np.arange(canvas.size).reshape(canvas.shape) == canvas.size // 2, 99, canvas),
    "bilinear up": lambda canvas: resize_smooth(canvas, canvas.shape[0] * 5 // 4, canvas.shape[1] * 5 // 4, 2),
    "lanczos down": lambda canvas: resize_smooth(canvas, canvas.shape[0] * 4 // 5, canvas.shape[1] * 4 // 5, 1),
    "bicubic": lambda canvas: resize_smooth(canvas, canvas.shape[0] + 17, canvas.shape[1] + 9, 3),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("scale", [2, 3, 6, 9])
@pytest.mark.parametrize("seed", range(3))
def test_never_sure_and_wrong(damage: str, scale: int, seed: int) -> None:
    native = draw_native(20 + 7 * seed, 24 + 5 * seed, seed=seed, colors=(2, 5, 16)[seed])
    answer = recover(DAMAGE[damage](upscale(native, scale)).astype(np.uint8))
    assert same(answer, native) or not answer.is_sure


@pytest.mark.parametrize("method", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
def test_smooth_resize_keeps_the_size(method: int) -> None:
    native = draw_native(32, 40, seed=2)
    answer = recover(resize_smooth(upscale(native, 8), 290, 362, method))
    assert answer.native is not None
    assert answer.native.shape == native.shape


def test_known_values_that_contradict_are_refused() -> None:
    canvas = upscale(draw_native(12, 16), 4)
    with pytest.raises(GridMismatch, match="native size alone"):
        recover(canvas, scale=4, native_size=(12, 16))
    with pytest.raises(GridMismatch, match="needs a scale"):
        recover(canvas, offset=(0, 0))
    with pytest.raises(GridMismatch, match="does not fit"):
        recover(canvas, native_size=(1000, 16))


def test_not_a_picture_is_refused() -> None:
    with pytest.raises(ImageError, match="uint8"):
        recover(np.zeros((4, 4, 3)))  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (3, 2), (8, 8), (40, 40)])
def test_flat_and_tiny_pictures_are_never_sure_of_an_enlargement(shape: tuple[int, int]) -> None:
    answer = recover(np.full((*shape, 3), 77, np.uint8))
    assert not answer.is_sure


def test_lines_give_the_native_image_back() -> None:
    canvas = resize_nearest(draw_native(21, 34, seed=6), 77, 131)
    answer = recover(canvas)
    assert answer.grid is not None
    np.testing.assert_array_equal(to_native(canvas, answer.grid), answer.native)
    assert Grid.spanning((21, 34), (77, 131)).rows == answer.grid.rows


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_few_large_cells_are_found_under_grain(seed: int) -> None:
    """Sixteen lines on an axis against a thousand of grain: cells that image models like to draw."""
    rng = np.random.default_rng(seed)
    native = np.full((16, 16, 4), 255, np.uint8)
    native[..., :3] = np.array((236, 216, 172)) + rng.integers(-6, 7, (16, 16, 1))
    native[4:13, 3:12, :3] = np.array((190, 30, 22)) + rng.integers(-20, 21, (9, 9, 1))
    answer = recover(add_noise(upscale(native, 64), 4.0, seed=seed))
    assert answer.native is not None
    assert answer.native.shape == native.shape
    assert not answer.is_sure


def test_a_few_round_things_in_a_row_are_no_grid() -> None:
    rows, cols = np.mgrid[0:32, 0:160]
    soft = np.clip(12.5 - np.hypot(rows - 16, cols % 32 - 16), 0, 1)[..., None]
    image = (np.array((200, 200, 200)) * (1 - soft) + np.array((20, 180, 40)) * soft).astype(np.uint8)
    answer = recover(image)
    assert answer.native is None or answer.native.shape[:2] == (32, 160)


@pytest.mark.parametrize("scale", [5.0, 6.0, 8.0, 7.3])
@pytest.mark.parametrize("seed", [0, 1])
def test_linear_enlargements_have_their_grid_where_they_bend(scale: float, seed: int) -> None:
    native = draw_native(60, 72, seed=seed)
    height, width = round(60 * scale), round(72 * scale)
    found = recover(resize_smooth(native, height, width, 2))
    assert found.native is not None
    assert found.grid is not None
    assert found.native.shape == native.shape
    assert found.grid.offset == (0.0, 0.0)


def test_photos_that_were_enlarged_have_no_grid() -> None:
    photo = resize_smooth(draw_photo(150, 200, seed=1), 900, 1200, 2)
    assert recover(photo).native is None


def test_a_speck_of_dirt_makes_an_enlargement_no_native_art() -> None:
    canvas = resize_nearest(draw_native(36, 36, seed=0), 54, 54).copy()
    canvas[26, 26, 0] ^= 64
    assert not recover(canvas).is_sure
