from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives, palettes, seeds
from unipixel.color import Palette, builtin_palette, snap
from unipixel.dither import DITHERS, DitherMethod, dither
from unipixel.errors import PaletteError

methods = st.sampled_from(list(DITHERS))


def test_every_method_has_its_line():
    assert tuple(DITHERS) == get_args(DitherMethod)
    assert all(DITHERS.values())


@given(natives(alpha=True), palettes(), methods, st.floats(0, 1), st.booleans())
def test_any_picture_comes_out_in_the_palettes_colours_and_twice_the_same(
    native, palette, method, strength, serpentine
):
    first, again = (dither(native, palette, method=method, strength=strength, serpentine=serpentine) for _ in range(2))

    assert first.shape == native.shape[:2]
    assert first.dtype == np.uint8
    assert first.max() < len(palette)
    assert np.array_equal(first, again)


@given(seeds, palettes(), methods)
def test_no_strength_is_none_is_snap(seed, palette, method):
    image = np.random.default_rng(seed).integers(0, 256, (6, 7, 3)).astype(np.uint8)

    assert np.array_equal(dither(image, palette, method=method, strength=0, keep=None), snap(image, palette))
    assert np.array_equal(dither(image, palette, method="none", keep=None), snap(image, palette))


@pytest.mark.parametrize("method", DITHERS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (300, 1, 4), (2, 2, 4)])
def test_thin_pictures(method, shape):
    image = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)

    assert dither(image, builtin_palette("game-boy"), method=method).shape == shape[:2]


@pytest.mark.parametrize("method", DITHERS)
def test_a_palette_of_one_colour(method):
    image = np.random.default_rng(1).integers(0, 256, (9, 9, 3)).astype(np.uint8)

    assert not dither(image, Palette.from_hex(["123456"]), method=method).any()


@pytest.mark.parametrize("method", DITHERS)
def test_what_is_hidden_has_no_say(method):
    """Whatever colour lies under alpha 0, what is shown stays the same."""
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (16, 16, 4)).astype(np.uint8)
    image[..., 3] = rng.choice([0, 255], (16, 16))
    hidden = image[..., 3] == 0
    other = image.copy()
    other[hidden, :3] = 255 - other[hidden, :3]

    shown = [dither(picture, builtin_palette("pico-8"), method=method) for picture in (image, other)]

    assert np.array_equal(shown[0][~hidden], shown[1][~hidden])


@pytest.mark.parametrize("method", DITHERS)
def test_kept_areas_are_plain_and_give_no_error(method):
    rng = np.random.default_rng(3)
    image = np.full((20, 20, 3), 120, np.uint8)
    keep = np.zeros((20, 20), bool)
    keep[:10] = True
    image[:10] = rng.integers(0, 256, (10, 20, 3))
    palette = builtin_palette("1-bit")

    shown = dither(image, palette, method=method, keep=keep)
    below = dither(image[10:], palette, method=method, keep=None)

    assert np.array_equal(shown[:10], snap(image, palette)[:10])
    if method not in ("bayer-16", "bayer-8", "bayer-4", "blue-noise", "pattern"):  # their tiles begin elsewhere
        assert np.array_equal(shown[10:], below)


def test_serpentine_breaks_worms_up():
    """Rows from right to left change the picture, and only for error diffusion."""
    image = np.full((24, 24, 3), 100, np.uint8)
    palette = builtin_palette("1-bit")

    for method, is_same in (("floyd-steinberg", False), ("bayer-4", True)):
        there, back = (dither(image, palette, method=method, serpentine=serpentine) for serpentine in (True, False))
        assert np.array_equal(there, back) is is_same


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "bayer-3"}, "bayer-2"),
        ({"strength": 1.5}, "0 to 1"),
        ({"strength": float("nan")}, "0 to 1"),
        ({"keep": np.zeros((3, 3), bool)}, "shape"),
    ],
)
def test_what_can_not_be_is_refused(options, words):
    with pytest.raises(PaletteError, match=words):
        dither(np.zeros((4, 4, 3), np.uint8), builtin_palette("1-bit"), **options)
