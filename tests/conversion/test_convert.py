"""Any picture becomes true pixel art, indexed, with nothing invented."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from unipixel.color import Palette
from unipixel.conversion import convert, save_conversion
from unipixel.errors import GridMismatch, ImageError, NoGridFound
from unipixel.grid import upscale
from unipixel.image import load_image


def draw(seed: int, colors: int = 8, height: int = 20, width: int = 24) -> np.ndarray:
    rng = np.random.default_rng(seed)
    art = rng.integers(0, 256, (colors, 3))[rng.integers(0, colors, (height, width))]
    return np.dstack([art, np.full((height, width), 255)]).astype(np.uint8)


@given(st.integers(0, 1000), st.sampled_from([8, 16]))
def test_dividing_by_the_scale_gives_the_art_back(seed, scale):
    art = draw(seed)

    assert np.array_equal(convert(upscale(art, scale), scale=scale).native, art)


@given(st.integers(0, 1000))
def test_nearest_is_plain_division_bit_for_bit(seed):
    noise = np.random.default_rng(seed).integers(0, 256, (64, 80, 3)).astype(np.uint8)
    plain = np.asarray(Image.fromarray(noise).resize((10, 8), Image.Resampling.NEAREST))

    assert np.array_equal(convert(noise, scale=8, cells="nearest").native[..., :3], plain)


def test_without_a_scale_the_grid_is_found():
    art = draw(3)

    result = convert(upscale(art, 7))

    assert np.array_equal(result.native, art)
    assert result.grid.scale == 7


@given(st.integers(0, 1000), st.integers(2, 12))
def test_converting_twice_changes_nothing(seed, colors):
    once = convert(upscale(draw(seed, 20), 8), scale=8, colors=colors)

    twice = convert(upscale(once.native, 8), scale=8, colors=colors)

    assert np.array_equal(twice.native, once.native)
    assert len(once.palette) <= colors


def test_a_fixed_palette_keeps_its_order_in_the_file(tmp_path):
    palette = Palette.from_hex(["ffffff", "0f380f", "9bbc0f"])

    file = save_conversion(tmp_path / "a.png", convert(upscale(draw(1), 8), scale=8, palette=palette))

    with Image.open(file) as image:
        assert image.mode == "P"
        assert image.getpalette()[:9] == palette.colors.ravel().tolist()
        assert image.size == (24, 20)


def test_transparency_survives_as_one_index(tmp_path):
    art = draw(2)
    art[:4, :6] = 0

    file = save_conversion(tmp_path / "a.png", convert(upscale(art, 8), scale=8))

    with Image.open(file) as image:
        assert image.mode == "P"
    assert np.array_equal(load_image(file), art)


def test_a_zoomed_result_is_the_native_in_squares(tmp_path):
    art = draw(4)

    file = save_conversion(tmp_path / "a.png", convert(upscale(art, 8), scale=8), scale=3)

    assert np.array_equal(load_image(file), upscale(art, 3))


def test_more_than_256_colours_are_kept_where_nobody_asked_for_fewer(tmp_path):
    art = draw(5, colors=400, height=30, width=40)

    result = convert(upscale(art, 8), scale=8)

    assert result.palette is None
    assert np.array_equal(load_image(save_conversion(tmp_path / "a.png", result)), art)


def test_a_size_that_is_no_whole_number_of_cells_is_refused():
    with pytest.raises(GridMismatch, match="100x96"):
        convert(np.zeros((96, 100, 3), np.uint8), scale=8)


def test_colours_and_palette_together_are_refused():
    with pytest.raises(ImageError, match="not both"):
        convert(upscale(draw(0), 8), scale=8, colors=4, palette=Palette.from_hex(["000000"]))


def test_a_grid_that_is_not_sure_is_taken_only_when_told():
    art = draw(6)
    buffer = io.BytesIO()
    Image.fromarray(upscale(art, 9)[..., :3].copy()).save(buffer, "JPEG", quality=80)

    with pytest.raises(NoGridFound, match=r"not sure.*--force"):
        convert(buffer.getvalue())
    forced = convert(buffer.getvalue(), force=True)

    assert forced.native.shape == art.shape


def test_a_photograph_is_left_alone_with_a_way_out():
    y, x = np.mgrid[0:160, 0:160]
    smooth = np.dstack([128 + 90 * np.sin(x / 23 + y / 57), 128 + 80 * np.cos(y / 19), 100 + 70 * np.sin((x + y) / 41)])
    noisy = smooth + np.random.default_rng(0).normal(0, 6, smooth.shape)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=85)

    with pytest.raises(NoGridFound, match="--scale"):
        convert(buffer.getvalue())
