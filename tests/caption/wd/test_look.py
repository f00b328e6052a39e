import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives
from unipixel.caption.wd import LOOKS, scale2x, show
from unipixel.errors import ModelError


def plain(color, height=64, width=64) -> np.ndarray:
    return np.full((height, width, 4), color, np.uint8)


@given(natives(alpha=True), st.sampled_from(sorted(LOOKS)))
def test_every_look_has_the_contract_of_the_taggers(native, look):
    shown = show(native, look)

    assert (shown.shape, shown.dtype) == ((448, 448, 3), np.float32)
    assert 0 <= shown.min() <= shown.max() <= 255
    assert np.array_equal(shown, show(native, look))


def test_channels_are_blue_green_red_from_0_to_255():
    assert show(plain((10, 20, 30, 255)))[224, 224].tolist() == [30.0, 20.0, 10.0]


def test_alpha_is_laid_over_white_and_hidden_colours_stay_hidden():
    assert show(plain((200, 0, 0, 0)))[224, 224].tolist() == [255.0] * 3
    assert show(plain((0, 0, 0, 128)))[224, 224].tolist() == [127.0] * 3


@pytest.mark.parametrize(
    ("width", "height", "zoom"), [(64, 64, 7), (72, 56, 6), (56, 72, 6), (128, 128, 3), (144, 112, 3), (448, 300, 1)]
)
def test_nearest_shows_whole_pixels_in_the_middle_of_white(width, height, zoom):
    native = np.random.default_rng(1).integers(0, 200, (height, width, 4)).astype(np.uint8)
    native[..., 3] = 255

    shown = show(native, "nearest")

    top, left = (448 - zoom * height) // 2, (448 - zoom * width) // 2
    inside = shown[top : top + zoom * height, left : left + zoom * width, ::-1]
    assert np.array_equal(inside[::zoom, ::zoom], native[..., :3])
    assert np.array_equal(inside, native[..., :3].repeat(zoom, 0).repeat(zoom, 1))
    assert (shown < 255).any(axis=2).sum() == zoom * zoom * height * width


@pytest.mark.parametrize("look", ["lanczos", "epx"])
def test_the_smooth_looks_fill_the_longer_side(look):
    shown = show(plain((10, 20, 30, 255), 56, 72), look)

    filled = (shown < 200).all(axis=2)
    assert (filled.any(axis=0).sum(), filled.any(axis=1).sum()) == (448, 348)


def test_the_loaders_look_is_padded_before_it_is_enlarged():
    filled = (show(plain((10, 20, 30, 255), 32, 64), "loader") < 128).all(axis=2)

    assert (filled.any(axis=0).sum(), filled.any(axis=1).sum()) == (448, 224)


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_natives_larger_than_the_input_are_shrunk_by_area(look):
    native = plain((0, 0, 0, 255), 896, 896)
    native[::2] = 255

    assert np.ptp(show(native, look)) <= 1
    assert abs(float(show(native, look).mean()) - 127.5) <= 1


def test_an_unknown_look_names_the_known():
    with pytest.raises(ModelError, match="nearest"):
        show(plain((0, 0, 0, 255)), "bicubic")


@given(natives())
def test_epx_makes_no_new_colour_and_keeps_flat_parts(native):
    doubled = scale2x(native)

    assert doubled.shape == (2 * native.shape[0], 2 * native.shape[1], 4)
    assert {tuple(p) for p in doubled.reshape(-1, 4)} <= {tuple(p) for p in native.reshape(-1, 4)}
    assert np.array_equal(scale2x(np.full_like(native, 9)), np.full_like(doubled, 9))


def test_epx_leaves_single_pixels_and_straight_lines_whole():
    dot, line = np.zeros((3, 3, 1), np.uint8), np.zeros((3, 3, 1), np.uint8)
    dot[1, 1] = line[1] = 200

    assert np.array_equal(scale2x(dot), dot.repeat(2, 0).repeat(2, 1))
    assert np.array_equal(scale2x(line), line.repeat(2, 0).repeat(2, 1))


def test_epx_cuts_the_corners_of_a_staircase():
    art = np.array([[0, 0, 1], [0, 1, 1], [1, 1, 1]], np.uint8)[..., None] * 200

    drawn = scale2x(art)[..., 0] // 200

    assert drawn.tolist() == [
        [0, 0, 0, 0, 1, 1],
        [0, 0, 0, 1, 1, 1],
        [0, 0, 0, 1, 1, 1],
        [0, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1],
    ]
