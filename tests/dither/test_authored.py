import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from strategies import natives, seeds
from unipixel import recover, upscale
from unipixel.color import Palette, builtin_palette, snap
from unipixel.dither import dither, find_dither

SKY, SEA = (96, 160, 220), (40, 80, 160)


def draw(*rows, colors=((30, 30, 40), (220, 200, 160), (200, 60, 60))):
    """A picture of rows of digits, each a colour."""
    return np.array(colors, np.uint8)[np.array([list(row) for row in rows]).astype(int)]


def planted(shape, patch, at=(6, 7), ground=SKY):
    image = np.full((*shape, 3), ground, np.uint8)
    image[at[0] : at[0] + patch.shape[0], at[1] : at[1] + patch.shape[1]] = patch
    return image


def pattern(ranks, shape, share, colors=(SKY, SEA)):
    """Two colours by a small matrix of ranks."""
    ranks = np.array(ranks)
    is_on = np.tile(ranks, (32, 32))[: shape[0], : shape[1]] < share * ranks.size
    return np.array(colors, np.uint8)[is_on.astype(int)]


CHECKER = [[0, 2], [3, 1]]
BAYER_4 = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]


@given(st.integers(3, 9), st.integers(4, 9), st.integers(0, 1), natives(min_side=20, max_side=20))
def test_checkerboards_of_any_phase_are_found(height, width, phase, art):
    art = art.copy()
    patch = pattern(CHECKER, (height, width + 1), 0.5)[:, phase : phase + width]
    art[6 : 6 + height, 7 : 7 + width, :3] = patch

    assert find_dither(art)[6 : 6 + height, 7 : 7 + width].all()


@pytest.mark.parametrize("ground", [SKY, SEA, (90, 90, 90)])
@pytest.mark.parametrize("share", [0.125, 0.25, 0.5, 0.75, 0.875])
def test_ordered_patterns_are_found(share, ground):
    """Dots up to the border; of plain ground at the border none can say whether it belongs."""
    image = planted((26, 27), pattern(BAYER_4, (12, 12), share), ground=ground)

    assert find_dither(image)[8:16, 9:17].mean() > 0.95


def test_a_dithered_ramp_is_found_to_its_thin_ends():
    values = np.linspace(0, 1, 34)[None].repeat(16, axis=0)
    ramp = (values * 16 > np.tile(BAYER_4, (4, 9))[:, :34] + 0.5).astype(int)
    image = np.array([SKY, SEA], np.uint8)[ramp]
    padded = np.pad(ramp, 1, mode="edge")
    around = sum(np.roll(padded, shift, axis)[1:-1, 1:-1] for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)))
    lone = np.where(ramp == 1, around == 0, around == 4)

    assert find_dither(image)[lone].mean() > 0.9


def test_a_dithered_shadow_is_found():
    """Of a colour and transparency, whatever lies under it."""
    image = np.random.default_rng(0).integers(0, 256, (12, 20, 4)).astype(np.uint8)
    image[..., 3] = 0
    image[3:8, 3:16][pattern(CHECKER, (5, 13), 0.5)[..., 0] == SEA[0]] = (20, 20, 30, 255)

    assert find_dither(image)[3:8, 3:16].all()


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(("0000000", "0101010", "0000000", "0000000"), id="teeth"),
        pytest.param(("00000", "01010", "00000", "01010", "00000"), id="four windows"),
        pytest.param(("0000000", "0010000", "0101000", "0010000", "0000000"), id="a ring"),
        pytest.param(("000000000", "010000010", "001000100", "000101000", "000010000"), id="a V"),
        pytest.param(("0101010", "0101010", "0101010", "0101010", "0101010"), id="a fence"),
        pytest.param(("11111111", "00000000", "11111111", "00000000", "11111111"), id="planks"),
        pytest.param(("0000001", "0000010", "0000100", "0001000", "0010000", "0100000"), id="a rope"),
        pytest.param(("11110111", "00000000", "01111111", "00000000", "11110111"), id="bricks"),
        pytest.param(("0100102", "2010010", "0020100", "1002001", "0210020"), id="gravel"),
        pytest.param(("00000000", "01100110", "01200120", "00000000"), id="eyes"),
    ],
)
def test_detail_is_no_dither(rows):
    assert not find_dither(np.pad(draw(*rows), ((4, 4), (4, 4), (0, 0)), mode="edge")).any()


def test_noise_is_no_dither():
    """Textures of a few random colours, as ground in games has: below one pixel in a hundred."""
    rng = np.random.default_rng(0)
    image = np.array([SKY, SEA, (90, 160, 90), (120, 190, 110)], np.uint8)[rng.integers(0, 4, (200, 200))]

    assert find_dither(image).mean() < 0.01


@given(seeds)
def test_it_looks_at_shape_alone(seed):
    """Whatever the colours, mirrored or turned, the same pixels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:20, :24]
    ramp = np.clip(0.5 + rng.normal(0, 0.05) * (x - 12) + rng.normal(0, 0.05) * (y - 10), 0, 1)
    image = np.array([SKY, SEA], np.uint8)[(ramp * 16 > np.tile(BAYER_4, (5, 6)) + 0.5).astype(int)]

    found = find_dither(image)

    assert np.array_equal(find_dither(255 - image), found)
    assert np.array_equal(find_dither(image[:, ::-1]), found[:, ::-1])
    assert np.array_equal(find_dither(image.swapaxes(0, 1)), found.T)


@pytest.mark.parametrize("method", ["none", "floyd-steinberg", "bayer-4", "pattern"])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_an_artists_dither_survives_another_palette(method, share):
    """Both colours are nearest to one; they become two, the lighter one still the lighter."""
    palette = Palette.from_hex(["102030", "5078b0", "c0e0f0"])
    dark, light = (115, 150, 196), (136, 170, 206)
    patch = pattern(BAYER_4, (12, 12), share, (dark, light))
    image = planted((24, 26), patch, ground=dark)
    assert len(np.unique(snap(patch, palette))) == 1

    inner = dither(image, palette, method=method)[8:16, 9:17]

    drawn = image[8:16, 9:17, 0] == light[0]
    assert len(np.unique(inner)) == 2
    assert len(np.unique(inner[drawn])) == 1
    assert inner[drawn][0] > inner[~drawn][0]


def test_two_colours_stay_one_where_no_pair_serves():
    """Two near shades around a colour of the palette itself."""
    palette = Palette.from_hex(["000000", "808080", "ffffff"])
    patch = pattern(CHECKER, (10, 10), 0.5, ((126, 126, 126), (130, 130, 130)))

    assert (dither(patch, palette, method="none") == 1).all()


@given(seeds)
def test_our_own_dithers_are_kept_as_drawn(seed):
    """What was dithered with a palette is not dithered again."""
    palette = builtin_palette("pico-8")
    rng = np.random.default_rng(seed)
    ramp = np.linspace(rng.integers(0, 256, 3), rng.integers(0, 256, 3), 24)[None].repeat(16, axis=0)
    drawn = palette.colors[dither(ramp.astype(np.uint8), palette, method="bayer-4")]

    assert np.array_equal(palette.colors[dither(drawn, palette)], drawn)


@pytest.mark.parametrize("quality", [None, 80])
@pytest.mark.parametrize("method", ["checker", "bayer-2", "bayer-8", "lines", "floyd-steinberg"])
def test_dithered_art_is_not_taken_for_half_cells(method, quality):
    palette = builtin_palette("game-boy")
    y, x = np.mgrid[:40, :48]
    shaded = (255 * np.clip(1.1 - np.hypot(y - 16, x - 20) / 30, 0, 1)).astype(np.uint8)[..., None].repeat(3, axis=2)
    art = palette.colors[dither(shaded, palette, method=method)]
    canvas = upscale(art, 6)[..., :3]
    if quality:
        file = io.BytesIO()
        Image.fromarray(canvas).save(file, "JPEG", quality=quality)
        canvas = np.asarray(Image.open(file))

    found = recover(canvas)

    assert found.native.shape[:2] == art.shape[:2]
    if not quality:
        assert found.is_sure
        assert np.array_equal(found.native[..., :3], art)
