"""Any picture becomes true pixel art, indexed, with nothing invented."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from grid.art import draw_native
from unipixel.color import Palette, distance
from unipixel.conversion import Options, convert, convert_with
from unipixel.errors import GridMismatch, ImageError, NoGridFound, PaletteError
from unipixel.grid import upscale
from unipixel.image import load_image, save_png


def draw(seed: int, colors: int = 8, height: int = 20, width: int = 24) -> np.ndarray:
    rng = np.random.default_rng(seed)
    art = rng.integers(0, 256, (colors, 3))[rng.integers(0, colors, (height, width))]
    return np.dstack([art, np.full((height, width), 255)]).astype(np.uint8)


def as_jpeg(picture: np.ndarray, quality: int = 80) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture[..., :3].copy()).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def photograph() -> bytes:
    y, x = np.mgrid[0:160, 0:160]
    smooth = np.dstack([128 + 90 * np.sin(x / 23 + y / 57), 128 + 80 * np.cos(y / 19), 100 + 70 * np.sin((x + y) / 41)])
    noisy = smooth + np.random.default_rng(0).normal(0, 6, smooth.shape)
    return as_jpeg(np.clip(noisy, 0, 255).astype(np.uint8), 85)


@given(st.integers(0, 1000), st.sampled_from([("unipixel", 8), ("mini-unipixel", 16)]))
def test_a_preset_divides_by_its_scale(seed, known):
    preset, scale = known
    art = draw(seed)

    made = convert(upscale(art, scale), preset=preset)

    assert np.array_equal(made.native, art)
    assert made.grid.scale == scale


@given(st.integers(0, 1000))
def test_nearest_is_plain_division_bit_for_bit(seed):
    noise = np.random.default_rng(seed).integers(0, 256, (64, 80, 3)).astype(np.uint8)
    plain = np.asarray(Image.fromarray(noise).resize((10, 8), Image.Resampling.NEAREST))

    assert np.array_equal(convert(noise, preset="unipixel", cells="nearest").native[..., :3], plain)
    assert np.array_equal(convert(noise, scale=8, offset=(0, 0), cells="nearest").native[..., :3], plain)


def test_without_a_scale_the_grid_is_found():
    art = draw(3)

    made = convert(upscale(art, 7))

    assert np.array_equal(made.native, art)
    assert made.grid.scale == 7
    assert made.confidence > 0.9


def test_a_scale_alone_finds_the_offset():
    art = draw(4)

    made = convert(upscale(art, 8)[3:, 5:], scale=8)

    assert made.grid.offset == (5.0, 3.0)
    assert np.array_equal(made.native, art)


def test_a_native_size_spans_the_picture():
    art = draw(5)
    picture = np.asarray(Image.fromarray(art).resize((150, 130), Image.Resampling.NEAREST))

    assert np.array_equal(convert(picture, native_size=(20, 24)).native, art)


def test_a_size_that_is_no_whole_number_of_cells_is_refused_for_a_preset():
    with pytest.raises(GridMismatch, match=r"100x96 px.*--preset auto"):
        convert(np.zeros((96, 100, 3), np.uint8), preset="unipixel")


def test_a_likely_grid_is_taken_and_its_confidence_told():
    art = draw(6)

    made = convert(as_jpeg(upscale(art, 9)))

    assert made.native.shape == art.shape
    assert 0.5 <= made.confidence < 1
    assert float(distance(made.native, art).mean()) < 0.03


def test_a_grid_less_likely_than_asked_is_refused_with_the_ways_out():
    with pytest.raises(NoGridFound, match=r"doubtful: 24x20 .*--scale or --native-size.*--min-confidence 0"):
        convert(as_jpeg(upscale(draw(6), 9)), min_confidence=1.0)


def test_a_photograph_is_left_alone_with_a_way_out():
    with pytest.raises(NoGridFound, match="--scale"):
        convert(photograph())


def test_native_art_comes_back_as_it_is():
    art = draw_native(64, 72, seed=7)

    assert np.array_equal(convert(art).native, art)


@given(st.integers(0, 1000), st.integers(2, 12))
def test_converting_twice_changes_nothing(seed, colors):
    once = convert(upscale(draw(seed, 20), 8), preset="unipixel", colors=colors)

    twice = convert(upscale(once.native, 8), preset="unipixel", colors=colors)

    assert np.array_equal(twice.native, once.native)
    assert len(once.palette) <= colors


def test_a_fixed_palette_is_kept_and_its_nearest_colours_taken():
    palette = Palette.from_hex(["ffffff", "0f380f", "9bbc0f"])
    art = draw(1)

    made = convert(upscale(art, 8), palette=palette)

    assert made.palette == palette
    chosen = distance(art, made.native)
    assert all((chosen <= distance(art, color[None, None])).all() for color in palette.colors)


@pytest.mark.parametrize("given_as", ["name", "codes", "file"])
def test_a_palette_may_be_a_name_codes_or_a_file(given_as, tmp_path):
    strip = np.array([[[10, 20, 30], [200, 210, 220]]], np.uint8)
    save_png(tmp_path / "strip.png", strip)
    palette = {"name": "1-bit", "codes": "#000000,#ffffff", "file": tmp_path / "strip.png"}[given_as]

    made = convert(upscale(draw(2), 8), palette=palette)

    expected = strip[0] if given_as == "file" else np.array([[0] * 3, [255] * 3])
    assert made.palette.colors.tolist() == expected.tolist()
    assert {tuple(color) for color in made.native[..., :3].reshape(-1, 3).tolist()} <= set(
        map(tuple, expected.tolist())
    )


def test_an_unknown_palette_is_told_the_nearest():
    with pytest.raises(PaletteError, match="pico-8"):
        convert(upscale(draw(2), 8), palette="pico8x")


def test_dithering_shows_colours_between():
    grey = np.full((16, 16, 4), 255, np.uint8)
    grey[..., :3] = np.repeat(np.linspace(60, 200, 16).astype(np.uint8), 16).reshape(16, 16, 1)

    plain = convert(upscale(grey, 8), palette="1-bit", preset="unipixel").native
    mixed = convert(upscale(grey, 8), palette="1-bit", preset="unipixel", dither="bayer-4").native

    changes = [int((np.diff(native[..., 0].astype(int), axis=1) != 0).sum()) for native in (plain, mixed)]
    assert changes[0] == 0
    assert changes[1] > 40


def test_clean_ups_background_and_alpha_reach_the_native():
    art = np.full((12, 12, 4), 255, np.uint8)
    art[..., :3] = (0, 0, 255)
    art[3:9, 3:9, :3] = (200, 40, 40)
    art[5:7, 5:7, :3] = (0, 0, 255)

    made = convert(upscale(art, 8), preset="unipixel", background="flood")

    assert (made.native[0] == 0).all()
    assert made.native[6, 6].tolist() == [0, 0, 255, 255]


def test_translucent_pixels_stay_unless_asked():
    art = draw(8)
    art[:, :4, 3] = 100

    kept = convert(upscale(art, 8), preset="unipixel")
    hard = convert(upscale(art, 8), preset="unipixel", alpha="threshold")

    assert np.array_equal(kept.native, art)
    assert set(np.unique(hard.native[..., 3])) == {0, 255}


def test_an_animation_has_one_grid_one_palette_and_stands_still():
    rng = np.random.default_rng(0)
    first = draw(9, height=24, width=24)
    frames = []
    for shift in range(4):
        art = first.copy()
        art[4:8, 4 + shift : 8 + shift, :3] = (250, 250, 0)
        noisy = upscale(art, 8)[..., :3].astype(int) + rng.integers(-4, 5, (192, 192, 3))
        frames.append(np.clip(noisy, 0, 255).astype(np.uint8))

    made = convert(frames, colors=9)

    assert made.frames.shape == (4, 24, 24, 4)
    assert len({bytes(color) for color in made.frames.reshape(-1, 4)}) <= 9
    still = made.frames[:, 12:]
    assert (still == still[0]).all()
    assert not np.array_equal(made.frames[0], made.frames[3])


def test_a_sheet_shares_one_grid_and_comes_back_as_a_sheet():
    frames = [upscale(draw(seed, height=16, width=16), 6) for seed in range(6)]
    sheet = np.vstack([np.hstack(frames[:3]), np.hstack(frames[3:])])

    made = convert(sheet, sheet=(2, 3))

    assert made.frames.shape == (6, 16, 16, 4)
    assert np.array_equal(made.native, sheet[3::6, 3::6])


def test_frames_of_a_sheet_keep_their_own_shades():
    first = draw(3, height=16, width=16)
    second = np.clip(first + np.array([6, 0, 0, 0]), 0, 255).astype(np.uint8)
    noise = np.random.default_rng(0).integers(-1, 2, (96, 192, 4))
    noise[..., 3] = 0
    sheet = np.clip(np.hstack([upscale(first, 6), upscale(second, 6)]).astype(int) + noise, 0, 255).astype(np.uint8)

    made = convert(sheet, sheet=(1, 2))

    assert not np.array_equal(made.frames[0], made.frames[1])


def test_the_output_is_written_and_nothing_overwritten(tmp_path):
    art = draw(2)
    source = save_png(tmp_path / "in.png", upscale(art, 8))

    convert(source, output=tmp_path / "out.png")

    assert np.array_equal(load_image(tmp_path / "out.png"), art)
    with pytest.raises(ImageError, match="--force"):
        convert(source, output=tmp_path / "out.png")
    convert(source, output=tmp_path / "out.png", force=True, palette="1-bit")
    assert not np.array_equal(load_image(tmp_path / "out.png"), art)
    with pytest.raises(ImageError, match="overwrite the picture itself"):
        convert(source, output=source, force=True)


def test_what_is_given_is_not_changed():
    picture = upscale(draw(1), 8)
    before = picture.copy()

    made = convert(picture, background="flood", clean=("orphans",), colors=4)
    made.native[:] = 7

    assert np.array_equal(picture, before)


def test_the_report_says_it_in_words():
    made = convert_with(upscale(draw(1), 8), Options())

    assert "24x20" in made.report.verdict
    assert made.report.colors == 8


@pytest.mark.parametrize(
    "picture",
    [np.zeros((1, 1, 3), np.uint8), np.zeros((1, 300, 4), np.uint8), np.full((40, 40, 3), 9, np.uint8)],
    ids=["1x1", "transparent", "flat"],
)
def test_pictures_with_nothing_in_them_are_refused_in_words_or_converted(picture):
    with contextlib.suppress(NoGridFound):
        assert convert(picture).native.size
    assert convert(picture, scale=1, offset=(0, 0)).native.shape[:2] == picture.shape[:2]
