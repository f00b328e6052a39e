import numpy as np
import pytest
from hypothesis import given

from strategies import natives
from unipixel.caption import color_name, find_subject, measure_tags


def plain(color=(120, 180, 90), height=56, width=72) -> np.ndarray:
    return np.full((height, width, 4), (*color, 255), np.uint8)


def names(native, state="accepted", **options) -> set[str]:
    return {p.name for p in measure_tags(native, **options) if p.state == state}


def busy(low: int, high: int, tint=(1.0, 1.0, 1.0), seed: int = 0) -> np.ndarray:
    native = plain()
    shade = np.random.default_rng(seed).integers(low, high, (56, 72, 1))
    native[..., :3] = (shade * np.array(tint)).astype(np.uint8)
    return native


def sprite(height: int, width: int, row: int, col: int) -> np.ndarray:
    native = np.zeros((56, 72, 4), np.uint8)
    native[row : row + height, col : col + width] = (200, 60, 40, 255)
    return native


@given(natives(alpha=True))
def test_every_tag_has_a_reason_and_scores_are_shares(native):
    found = measure_tags(native)

    assert all(p.reason and p.origin == "measured" and 0 <= p.score <= 1 for p in found)
    assert len({p.name for p in found}) == len(found)
    assert found == measure_tags(native)


def test_a_face_that_fills_the_frame_is_a_close_up():
    assert "close-up" in names(sprite(52, 40, 4, 0))
    assert "far away" not in names(sprite(52, 40, 4, 0))


def test_a_small_figure_is_far_away():
    assert "far away" in names(sprite(7, 5, 30, 30))


def test_a_middling_figure_is_neither():
    assert not names(sprite(30, 20, 10, 20)) & {"close-up", "far away"}


def test_without_alpha_or_mask_distance_is_a_proposal_only():
    native = plain()
    native[30:37, 30:35, :3] = (200, 60, 40)
    mask = native[..., 0] == 200

    assert "far away" in names(native, "proposed")
    assert "far away" not in names(native)
    assert "far away" in names(native, mask=mask)


def test_the_subject_is_measured_in_native_pixels():
    subject = find_subject(sprite(20, 10, 5, 7))

    assert (subject.row, subject.col, subject.height, subject.width, subject.borders) == (5, 7, 20, 10, 0)
    assert subject.area == pytest.approx(200 / (56 * 72))
    assert subject.is_certain


def test_specks_are_not_the_subject():
    native = plain()
    native[30:40, 30:40, :3] = (200, 60, 40)
    native[2:4, 2:4, :3] = (200, 60, 40)

    assert (find_subject(native).height, find_subject(native).row) == (10, 30)


def test_no_subject_in_a_flat_or_empty_picture():
    assert find_subject(plain()) is None
    assert measure_tags(np.zeros((8, 8, 4), np.uint8)) == ()


def test_a_plain_ground_is_named_and_is_no_lighting():
    native = plain((10, 10, 14))
    native[20:40, 20:40, :3] = (240, 200, 60)

    assert {"simple background", "black background"} <= names(native)
    assert not {"dark", "night"} & (names(native) | names(native, "proposed"))


def test_a_transparent_ground_is_named():
    assert "transparent background" in names(sprite(10, 10, 20, 20))


def test_darkness_is_measured_and_night_only_proposed():
    night = busy(5, 40, (0.6, 0.7, 1.0))

    assert "dark" in names(night)
    assert "night" in names(night, "proposed")
    assert "dark" not in names(busy(120, 220)) | names(busy(120, 220), "proposed")


def test_fog_and_high_contrast_are_proposed():
    assert "foggy" in names(busy(150, 200), "proposed")
    assert "high contrast" in names(busy(0, 256), "proposed")


def test_a_sunset_is_warm_above_and_dark_below():
    native = busy(20, 40)
    native[:20, :, :3] = np.linspace((240, 120, 40), (250, 90, 60), 72).astype(np.uint8)

    assert "sunset" in names(native, "proposed")
    assert "sunset" not in names(native[::-1].copy(), "proposed")


def test_palettes():
    assert {"greyscale", "monochrome"} <= names(busy(60, 200))
    assert {"monochrome", "green theme"} <= names(busy(60, 200, (0.3, 1.0, 0.3)))
    assert "limited palette" in names(plain())
    assert "limited palette" not in names(busy(60, 200))


def test_one_accent_of_another_hue_ends_monochrome_but_not_the_theme():
    native = busy(60, 200, (0.3, 1.0, 0.3))
    native[10:14, 10:20, :3] = (255, 30, 20)

    assert "monochrome" not in names(native)
    assert "green theme" in names(native)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "grey"),
        ((220, 20, 20), "red"),
        ((255, 150, 0), "orange"),
        ((255, 230, 0), "yellow"),
        ((40, 160, 40), "green"),
        ((0, 200, 200), "aqua"),
        ((40, 80, 220), "blue"),
        ((130, 40, 180), "purple"),
        ((255, 130, 180), "pink"),
        ((110, 70, 30), "brown"),
    ],
)
def test_colours_have_their_usual_names(rgb, name):
    assert color_name(np.array(rgb, np.uint8)) == name
