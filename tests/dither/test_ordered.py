import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import palettes, seeds
from unipixel.color import Palette, builtin_palette, snap
from unipixel.color.oklab import to_linear
from unipixel.dither import dither
from unipixel.dither.neighbours import natural_neighbours
from unipixel.dither.ordered import pairs
from unipixel.dither.thresholds import THRESHOLDS

BLACK_WHITE = builtin_palette("1-bit")
FINE = ["bayer-4", "bayer-8", "bayer-16", "blue-noise"]
GREY = {25: 137, 50: 188, 75: 225}
"""sRGB values of 25, 50 and 75 % of white's light."""


def flat(value, side=64):
    return np.full((side, side, 3), value, np.uint8)


def test_bayer_by_hand():
    assert dither(flat(GREY[25], 4), BLACK_WHITE, method="bayer-2").tolist() == [[1, 0, 1, 0], [0] * 4] * 2
    assert dither(flat(GREY[50], 4), BLACK_WHITE, method="bayer-2").tolist() == [[1, 0, 1, 0], [0, 1, 0, 1]] * 2
    assert (
        dither(flat(GREY[75], 4), BLACK_WHITE, method="bayer-4", keep=None).tolist() == [[1, 1, 1, 1], [0, 1, 0, 1]] * 2
    )


def test_checkers_and_lines_by_hand():
    assert dither(flat(GREY[50], 3), BLACK_WHITE, method="checker").tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert dither(flat(GREY[50], 3), BLACK_WHITE, method="lines").tolist() == [[1] * 3, [0] * 3, [1] * 3]
    assert not dither(flat(100, 3), BLACK_WHITE, method="checker").any()


@given(st.integers(0, 255), st.sampled_from(FINE))
def test_greys_keep_their_light(value, method):
    shown = dither(flat(value), BLACK_WHITE, method=method).mean()

    steps = 16 if method == "bayer-4" else 64
    assert shown == pytest.approx(to_linear(np.array([value], np.uint8))[0], abs=0.51 / steps + 0.001)


@given(palettes(min_size=2), seeds, st.sampled_from([*THRESHOLDS, "pattern"]))
def test_only_a_colours_nearest_and_its_natural_neighbours_are_mixed(palette, seed, method):
    image = np.random.default_rng(seed).integers(0, 256, (1, 1, 3)).astype(np.uint8)
    nearest = snap(image, palette)[0, 0]

    shown = np.unique(dither(np.tile(image, (16, 16, 1)), palette, method=method))

    assert {nearest, *np.flatnonzero(natural_neighbours(palette)[nearest])} >= set(shown)
    assert method == "pattern" or len(shown) <= 2


@given(palettes(min_size=2), seeds)
def test_a_mix_is_nearer_than_one_colour(palette, seed):
    color = np.random.default_rng(seed).integers(0, 256, (1, 3)).astype(np.uint8)

    dark, light, share, _ = (part[0] for part in pairs(color, palette))

    lights = to_linear(palette.colors)
    assert 0 <= share <= 1
    if dark == light:
        assert dark == snap(color[None], palette)[0, 0]
    else:
        mixed = lights[dark] + share * (lights[light] - lights[dark])
        weights = [0.2126, 0.7152, 0.0722]
        alone = snap(color[None], palette)[0, 0]
        wanted = to_linear(color[0])
        assert ((mixed - wanted) ** 2 @ weights) <= ((lights[alone] - wanted) ** 2 @ weights) + 1e-9


def test_far_colours_are_not_mixed_where_a_near_pair_serves():
    """A grey between two greys, though black and white would give it as well."""
    palette = Palette.from_hex(["000000", "606060", "a0a0a0", "ffffff"])

    assert set(np.unique(dither(flat(128), palette, method="bayer-4"))) == {1, 2}


def test_a_mix_that_is_hardly_less_wrong_is_left():
    """A blue off the line between two warm greys stays plain."""
    palette = Palette.from_hex(["605850", "807868"])

    assert len(np.unique(dither(np.full((8, 8, 3), (90, 90, 190), np.uint8), palette, method="bayer-4"))) == 1


def test_pattern_mixes_more_than_two():
    """A grey from red, green and blue alone."""
    palette = Palette.from_hex(["ff0000", "00ff00", "0000ff"])
    image = flat(150, 4)

    shown = dither(image, palette, method="pattern")

    assert len(np.unique(shown)) == 3


@pytest.mark.parametrize("method", [*THRESHOLDS, "pattern"])
def test_what_a_pixel_becomes_depends_on_its_colour_and_place_alone(method):
    """So nothing flickers where an animation does not change."""
    rng = np.random.default_rng(0)
    palette = builtin_palette("pico-8")
    first = rng.integers(0, 256, (20, 20, 3)).astype(np.uint8)
    second = first.copy()
    second[5:9, 5:9] = 255 - second[5:9, 5:9]

    same = (first == second).all(axis=2)
    shown = [dither(frame, palette, method=method, keep=None) for frame in (first, second)]

    assert np.array_equal(shown[0][same], shown[1][same])


@pytest.mark.parametrize("method", FINE)
def test_less_strength_dithers_less_of_a_ramp(method):
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 16, axis=0).repeat(3, axis=2)

    mixed = [
        sum(len(np.unique(column)) > 1 for column in dither(ramp, BLACK_WHITE, method=method, strength=strength).T)
        for strength in (0.0, 0.3, 0.6, 1.0)
    ]

    assert mixed == sorted(mixed)
    assert mixed[0] == 0 < mixed[1] < mixed[3]


def test_a_near_pair_goes_before_a_far_one_that_fits_a_little_better():
    """An orange of pink and orange dots, not of the lavender that would give it exactly."""
    palette = builtin_palette("pico-8")

    shown = np.unique(dither(np.full((8, 8, 3), (230, 140, 90), np.uint8), palette, method="bayer-4"))

    assert [palette.to_hex()[index] for index in shown] == ["#ffa300", "#ff77a8"]
