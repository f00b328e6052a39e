import time
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from strategies import natives, palettes, seeds
from unipixel.color import METHODS, Palette, count_colors, distance, extract, quantize, snap
from unipixel.errors import PaletteError

AT_HAND = [name for name in METHODS if name != "libimagequant" or find_spec("imagequant")]
"""libimagequant takes part where it is installed."""


def gradient_with_eyes() -> np.ndarray:
    """A sky of 4,000 shades with two red pixels and two white ones."""
    rows, cols = np.mgrid[:64, :64]
    image = np.stack([rows + 20, cols + 60, rows + cols + 80, np.full((64, 64), 255)], axis=-1).astype(np.uint8)
    image[30, 20], image[30, 24] = (220, 20, 30, 255), (220, 20, 30, 255)
    image[40, 20:22] = (255, 255, 255, 255)
    return image


@given(natives(max_colors=8), st.integers(8, 256))
def test_few_colours_stay_exactly_as_they_are(native, colors):
    indices, palette = quantize(native, colors)

    assert np.array_equal(palette.colors[indices], native[..., :3])
    assert len(palette) == count_colors(native)


@given(seeds, st.integers(1, 40))
def test_representatives_are_colours_of_the_picture_and_no_more_than_asked(seed, colors):
    image = np.random.default_rng(seed).integers(0, 256, (9, 11, 4)).astype(np.uint8)
    image[..., 3] = 255
    indices, palette = quantize(image, colors)

    own = {bytes(pixel) for pixel in image[..., :3].reshape(-1, 3)}
    assert {bytes(color) for color in palette.colors} <= own
    assert len(palette) <= colors
    again, same = quantize(palette.colors[indices], colors)
    assert np.array_equal(same.colors[again], palette.colors[indices])


def test_small_accents_survive():
    image = gradient_with_eyes()
    indices, palette = quantize(image, 16)
    shown = palette.colors[indices]

    assert distance(shown[30, 20], image[30, 20]) < 0.02
    assert distance(shown[40, 20], image[40, 20]) < 0.02


@given(seeds, st.sampled_from(AT_HAND), st.sampled_from([1, 2, 7, 30, "auto"]))
def test_every_method_gives_own_colours_nearest_for_each_pixel_and_the_same_again(seed, method, colors):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (9, 11, 4)).astype(np.uint8)
    image[..., 3] = rng.choice([0, 90, 255], (9, 11))
    indices, palette = quantize(image, colors, method=method)

    shown = image[..., 3] > 0
    assert {bytes(color) for color in palette.colors} <= {bytes(pixel) for pixel in image[shown][:, :3]}
    assert colors == "auto" or len(palette) <= colors
    assert np.array_equal(indices, snap(image, palette))
    assert np.array_equal(quantize(image, colors, method=method)[0], indices)
    again, same = quantize(palette.colors[indices], colors, method=method)
    assert np.array_equal(same.colors[again], palette.colors[indices])


@given(natives(max_colors=8), st.sampled_from(AT_HAND))
def test_art_of_few_colours_is_left_alone_by_every_method(native, method):
    indices, palette = quantize(native, 8, method=method)

    assert np.array_equal(palette.colors[indices], native[..., :3])


def test_auto_finds_the_colours_under_noise():
    """Sixteen colours, a different error in each of 4,096 cells: hundreds of colours, then sixteen again."""
    rng = np.random.default_rng(5)
    colors = np.array([[r, g, b] for r in (90, 200) for g in (80, 220) for b in (60, 120, 180, 240)])
    truth = colors[rng.integers(0, 16, (64, 64))].astype(np.uint8)
    noisy = (truth + rng.normal(0, 1.5, truth.shape)).round().clip(0, 255).astype(np.uint8)
    indices, palette = quantize(noisy, "auto")

    assert count_colors(noisy) > 1500
    assert len(palette) == 16
    assert distance(palette.colors[indices], truth).max() < 0.02


@given(seeds)
def test_auto_finds_nothing_more_to_do_in_what_it_left(seed):
    """Clouds of noise, the widest of which leave colours that are near to one another."""
    rng = np.random.default_rng(seed)
    middles = rng.integers(20, 235, (rng.integers(1, 4), 3))
    cloud = middles[rng.integers(0, len(middles), (6, 15))] + rng.normal(0, rng.uniform(1, 9), (6, 15, 3))
    indices, palette = quantize(cloud.clip(0, 255).astype(np.uint8), "auto")

    again, same = quantize(palette.colors[indices], "auto")
    assert same == palette
    assert np.array_equal(again, indices)


def test_auto_keeps_every_colour_of_art():
    green, blue = np.mgrid[0:256:16, 0:256:16]
    art = np.stack([np.full((16, 16), 90), green, blue], axis=-1).astype(np.uint8)
    indices, palette = quantize(art, "auto")

    assert len(palette) == 256
    assert np.array_equal(palette.colors[indices], art)


@pytest.mark.parametrize("method", [Image.Quantize.MEDIANCUT, Image.Quantize.MAXCOVERAGE, Image.Quantize.FASTOCTREE])
def test_errors_are_below_those_of_pillow(method):
    image = gradient_with_eyes()
    indices, palette = quantize(image, 16)
    theirs = Image.fromarray(image[..., :3]).quantize(16, method=method, dither=Image.Dither.NONE).convert("RGB")

    ours = distance(palette.colors[indices], image)
    other = distance(np.asarray(theirs), image)
    assert ours.mean() < other.mean()
    assert np.quantile(ours, 0.99) < np.quantile(other, 0.99)


def test_the_palette_runs_from_dark_to_light():
    assert extract(gradient_with_eyes(), 8, name="sky").name == "sky"
    levels = distance(extract(gradient_with_eyes(), 8).colors, np.zeros(3, np.uint8))
    assert levels.argmin() == 0
    assert levels.argmax() == len(levels) - 1


def test_hidden_pixels_have_no_say():
    image = np.zeros((4, 4, 4), np.uint8)
    image[:2] = (200, 10, 10, 255)

    assert extract(image, 4).to_hex() == ("#c80a0a",)


def test_a_fully_transparent_picture_still_has_a_palette():
    assert len(extract(np.zeros((2, 2, 4), np.uint8))) == 1


@pytest.mark.parametrize("colors", [0, -1, 257])
def test_impossible_numbers_are_refused(colors):
    with pytest.raises(PaletteError, match="1 to 256"):
        quantize(gradient_with_eyes(), colors)


def test_an_unknown_method_is_refused():
    with pytest.raises(PaletteError, match=r"no method 'oklap'.* median-cut"):
        quantize(gradient_with_eyes(), 8, method="oklap")


def test_noise_of_many_colours_is_quick():
    noise = np.random.default_rng(0).integers(0, 256, (112, 144, 4)).astype(np.uint8)
    start = time.process_time()
    quantize(noise, 32)

    assert time.process_time() - start < 1.0  # 0.05 s on an idle core; room for a busy machine


@given(natives(), palettes(max_size=6), st.integers(0, 6), st.sampled_from(["oklab", "median-cut"]))
def test_kept_colours_are_there_among_as_many_as_are_wanted(image, keep, more, method):
    wanted = len(keep) + more
    indices, palette = quantize(image, wanted, method=method, keep=keep)
    held, own = ({bytes(color) for color in colors.reshape(-1, 3)} for colors in (palette.colors, image[..., :3]))

    assert len(palette) == len(held) <= wanted
    kept = {bytes(color) for color in keep.colors}
    assert kept <= held
    assert held - kept <= own
    again, same = quantize(palette.colors[indices], wanted, method=method, keep=keep)
    assert np.array_equal(same.colors[again], palette.colors[indices])


def test_what_is_kept_leaves_its_place_to_others():
    rng = np.random.default_rng(0)
    ramp = np.stack([rng.integers(0, 256, 4000), rng.integers(0, 40, 4000), rng.integers(0, 40, 4000)], 1)
    image = ramp.astype(np.uint8).reshape(50, 80, 3)
    keep = extract(image, 3)

    palette = extract(image, 4, keep=keep)

    added = [color for color in palette.colors.tolist() if color not in keep.colors.tolist()]
    assert len(added) == 1
    assert distance(np.array(added, np.uint8), keep.colors).min() > 0.05


def test_a_number_that_is_found_holds_what_is_kept():
    image = np.random.default_rng(0).integers(0, 256, (2, 2, 3)).astype(np.uint8)
    keep = Palette.from_hex([f"{level:02x}00ff" for level in range(0, 250, 25)])

    assert len(extract(image, "auto", keep=keep)) == len(keep) == 10


def test_more_to_keep_than_is_wanted_is_refused():
    with pytest.raises(PaletteError, match="3 colours to keep are more than the 2"):
        quantize(np.zeros((2, 2, 3), np.uint8), 2, keep=Palette.from_hex(["000000", "111111", "222222"]))


@pytest.mark.parametrize("method", AT_HAND)
def test_of_many_colours_every_method_keeps_what_it_is_told(method):
    image = np.random.default_rng(0).integers(0, 256, (20, 20, 3)).astype(np.uint8)
    keep = Palette(np.concatenate([image[0, :1], [[1, 2, 3], [254, 253, 252]]]).astype(np.uint8))

    palette = extract(image, 8, method=method, keep=keep)

    assert len(palette) == len(set(palette.to_hex())) == 8
    assert set(keep.to_hex()) <= set(palette.to_hex())


def test_the_first_colour_beside_those_kept_is_what_they_show_worst():
    """Most pixels are grey, and grey is kept: the one red pixel is what is missing."""
    image = np.full((20, 20, 3), 128, np.uint8)
    image[:19] += np.random.default_rng(0).integers(0, 4, (19, 20, 1), dtype=np.uint8)
    image[19, 19] = (255, 0, 0)

    palette = extract(image, 2, keep=Palette.from_hex(["818181"]))

    assert set(palette.to_hex()) == {"#818181", "#ff0000"}
