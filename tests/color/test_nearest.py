import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives, palettes, seeds
from unipixel.color import Palette, distinct_colors, nearest_colors, nearest_lab, snap, to_oklab
from unipixel.color.distinct import unpack
from unipixel.color.nearest import _answers


def brute_force(points: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """The first of those with the least squared distance in float64, every pair by itself."""
    differences = points[:, None].astype(np.float64) - goals.astype(np.float64)
    return (differences**2).sum(axis=2).argmin(axis=1)


@given(natives(), palettes())
def test_each_pixel_gets_the_nearest_colour(native, palette):
    pixels = to_oklab(native[..., :3].reshape(-1, 3))
    expected = brute_force(pixels, to_oklab(palette.colors)).reshape(native.shape[:2])

    assert np.array_equal(snap(native, palette), expected)
    assert np.array_equal(snap(native, palette), expected)  # from memory


@given(seeds, st.integers(1, 256), st.sampled_from([1, 4, 256]))
def test_colours_of_any_palette(seed, size, spread):
    """A small spread puts hundreds of colours, many of them equal, into a corner where each is the next one's rival."""
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 257 - spread, 3)
    targets, colors = ((base + rng.integers(0, spread, (count, 3))).astype(np.uint8) for count in (size, 300))

    assert np.array_equal(nearest_colors(colors, targets), brute_force(to_oklab(colors), to_oklab(targets)))


@given(seeds, st.sampled_from([1e-6, 0.3, 1.0, 40.0]))
def test_points_on_the_bisector_go_to_the_first(seed, size):
    """Halfway between two goals and a hair to either side, at any scale; errors of dithering lie outside 0..1 too."""
    rng = np.random.default_rng(seed)
    goals = rng.normal(0, size, (12, 3)).astype(np.float32).astype(np.float64)
    goals = np.concatenate([goals, goals[:3]])
    middle = (goals[:, None] + goals).reshape(-1, 3) / 2
    points = np.concatenate([middle, middle + rng.normal(0, 1e-9 * size, middle.shape), middle * (1 + 1e-16)])

    assert np.array_equal(nearest_lab(points, goals), brute_force(points, goals))


def test_of_equal_colours_the_first_is_taken():
    palette = Palette.from_hex(["ff0000", "00ff00", "00ff00"])

    assert 2 not in snap(unpack(np.arange(0, 1 << 24, 41, np.int32).reshape(1, -1)), palette)


@given(natives(), palettes())
def test_nothing_changes_twice(native, palette):
    snapped = palette.colors[snap(native, palette)]

    assert np.array_equal(palette.colors[snap(snapped, palette)], snapped)


@pytest.mark.parametrize("size", [255, 256])
def test_large_pictures_and_palettes(size):
    """More pixels than are looked up at once; 256 colours and "not sought yet" are 257 answers."""
    rng = np.random.default_rng(size)
    palette = Palette(rng.integers(0, 256, (size, 3), dtype=np.uint8))
    image = rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    image[0, :size] = palette.colors
    distinct = distinct_colors(image)

    assert np.array_equal(snap(image, palette), nearest_colors(distinct.colors, palette.colors)[distinct.index])
    assert snap(image, palette).max() == size - 1


def test_no_pixels_and_no_points():
    assert snap(np.zeros((0, 4, 3), np.uint8), Palette.from_hex(["000000"])).shape == (0, 4)
    assert nearest_lab(np.zeros((0, 3)), np.zeros((2, 3))).shape == (0,)


def test_a_view_of_a_picture_is_mapped_like_its_copy():
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 4), dtype=np.uint8)
    palette = Palette.from_hex(["000000", "ff0000", "ffffff"])

    assert np.array_equal(snap(image[::-2, ::3], palette), snap(image[::-2, ::3].copy(), palette))


def test_few_palettes_are_remembered():
    for red in range(9):
        snap(np.zeros((1, 1, 3), np.uint8), Palette(np.array([[red, 0, 0]], np.uint8)))

    assert _answers.cache_info().currsize <= 4
