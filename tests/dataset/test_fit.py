import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives
from unipixel.dataset import Window, background_color, fit, fit_frames, replay, resolve_alpha
from unipixel.errors import DatasetError, ImageError

sizes = st.tuples(st.integers(1, 20), st.integers(1, 20))


def colors(image: np.ndarray) -> set[bytes]:
    return {bytes(pixel) for pixel in image[..., :3].reshape(-1, 3)}


@given(natives(alpha=True, max_side=16), sizes)
def test_fits_exactly_opaque_and_adds_no_colour(native, canvas):
    fitted = fit(native, canvas, background=(1, 2, 3))

    assert fitted.native.shape == (*canvas, 4)
    assert (fitted.native[..., 3] == 255).all()
    own = colors(native[native[..., 3] >= 128][None])
    assert colors(fitted.native) <= own | {bytes((1, 2, 3))}
    assert 0 <= fitted.loss <= 1
    assert 0 <= fitted.padding < 1


@given(natives(max_side=16), sizes)
def test_what_is_in_view_is_the_source_pixel_by_pixel(native, canvas):
    fitted = fit(native, canvas)
    window, (top, right, bottom, left) = fitted.window, fitted.pad

    inside = fitted.native[top : canvas[0] - bottom, left : canvas[1] - right]
    source = native[window.row : window.row + window.height, window.col : window.col + window.width]
    assert np.array_equal(inside, source)


@given(natives(alpha=True, max_side=16), sizes)
def test_a_transform_can_be_done_again_from_json(native, canvas):
    fitted = fit(native, canvas)
    transform = json.loads(json.dumps(fitted.to_dict()))

    assert np.array_equal(replay(native, transform), fitted.native)


@given(natives(alpha=True))
def test_a_native_of_the_canvas_size_loses_nothing(native):
    fitted = fit(native, native.shape[:2])

    assert fitted.loss == 0
    assert fitted.padding == 0
    assert np.array_equal(fit(fitted.native, native.shape[:2]).native, fitted.native)


def scene() -> np.ndarray:
    native = np.full((6, 6, 4), 255, np.uint8)
    native[:3, :, :3] = (90, 150, 250)
    native[3:, :, :3] = (40, 120, 40)
    return native


def test_sides_that_differ_are_filled_each_with_its_own_colour():
    fitted = fit(scene(), (12, 6))

    assert fitted.pad == (3, 0, 3, 0)
    assert (fitted.native[:6, :, :3] == (90, 150, 250)).all()
    assert (fitted.native[6:, :, :3] == (40, 120, 40)).all()
    assert fitted.fill[0] == "#5a96fa"
    assert np.array_equal(replay(scene(), fitted.to_dict()), fitted.native)


def test_anchor_and_window_are_obeyed():
    assert fit(scene(), (12, 6), anchor=(1.0, 0.5)).pad == (6, 0, 0, 0)
    assert (fit(scene(), (2, 2), window=Window(4, 0, 2, 2)).native[..., :3] == (40, 120, 40)).all()


def test_loss_is_the_busyness_left_out():
    native = scene()
    native[0, 0, :3] = (255, 0, 0)

    kept, dropped = fit(native, (5, 5), window=Window(0, 0, 5, 5)), fit(native, (5, 5), window=Window(1, 1, 5, 5))
    assert 0 < kept.loss < dropped.loss < 1


def test_sprites_on_nothing_get_the_given_background():
    native = np.zeros((6, 6, 4), np.uint8)
    native[1:, 2:4] = (10, 10, 10, 255)  # stands on the bottom border, which must not make it the ground

    assert background_color(native, (9, 8, 7)) == (9, 8, 7)
    assert fit(native, (6, 6), background=(9, 8, 7)).background == "#090807"


def test_a_hole_in_an_opaque_picture_shows_its_border():
    native = scene()
    native[2, 2] = 0
    native[:, 0] = (1, 1, 1, 255)
    native[:, 5] = (1, 1, 1, 255)

    assert background_color(native) == (1, 1, 1)
    assert (resolve_alpha(native, (1, 1, 1))[2, 2] == (1, 1, 1, 255)).all()


def test_half_transparent_pixels_are_not_blended():
    native = np.array([[[200, 0, 0, 127], [200, 0, 0, 128]]], np.uint8)

    assert resolve_alpha(native, (0, 0, 0)).tolist() == [[[0, 0, 0, 255], [200, 0, 0, 255]]]


@pytest.mark.parametrize("window", [Window(-1, 0, 2, 2), Window(5, 0, 2, 2), Window(0, 0, 5, 5), Window(0, 0, 0, 1)])
def test_windows_that_do_not_fit_are_refused(window):
    with pytest.raises(ImageError, match="does not lie"):
        fit(scene(), (4, 4), window=window)


def test_other_arrays_and_broken_transforms_are_refused():
    with pytest.raises(ImageError):
        fit(scene()[..., :3], (4, 4))
    good = fit(scene(), (4, 4)).to_dict()
    for broken in ({}, {**good, "op": "resize"}, {**good, "window": [9, 9, 4, 4]}, {**good, "fill": ["x"] * 4}):
        with pytest.raises(DatasetError):
            replay(scene(), broken)


def test_frames_are_fitted_alike():
    rng = np.random.default_rng(1)
    frames = np.full((3, 20, 24, 4), 255, np.uint8)
    frames[..., :3] = rng.integers(0, 256, (3, 20, 24, 3))
    frames[:, 4:8, 4:8] = 0

    fitted = fit_frames(frames, (12, 30))

    first = fit(frames[0], (12, 30))
    row, col = first.window.row, first.window.col
    part = frames[:, row : row + 12, col : col + 24]
    seen = part[..., 3] == 255
    left = first.pad[3]
    assert fitted.shape == (3, 12, 30, 4)
    assert np.array_equal(fitted[0], first.native)
    assert np.array_equal(fitted[:, :, left : left + 24][seen], part[seen])
    assert len(np.unique(fitted[:, :, left : left + 24][~seen], axis=0)) == 1  # one background for all
