import numpy as np
import pytest
from hypothesis import given

from strategies import natives
from unipixel.caption import color_name, find_subject, measure_tags
from unipixel.caption.subject import subject_mask


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


def scene(seed: int = 0) -> np.ndarray:
    """A complete background: a blue sky of two tones over a green ground of three."""
    rng = np.random.default_rng(seed)
    native = plain((120, 160, 230))
    native[10:14, :, :3] = (150, 190, 240)
    native[36:, :, :3] = np.array([(60, 120, 50), (70, 130, 60), (80, 150, 60)])[rng.integers(0, 3, (20, 72))]
    return native


def with_figure(height: int, width: int, row: int, col: int) -> np.ndarray:
    native = scene()
    native[row : row + height, col : col + width, :3] = (200, 60, 40)
    return native


def test_a_face_that_fills_the_frame_may_be_a_close_up_or_a_portrait():
    assert {"close-up", "portrait"} <= names(sprite(52, 40, 4, 0), "proposed")
    assert not {"close-up", "wide shot", "very wide shot"} & names(sprite(52, 40, 4, 0))


@pytest.mark.parametrize(
    ("size", "shot"),
    [((20, 20, 30, 30), "wide shot"), ((7, 5, 30, 30), "very wide shot"), ((40, 14, 10, 30), "full body")],
)
def test_distance_in_a_scene_is_proposed(size, shot):
    assert shot in names(with_figure(*size), "proposed")
    assert not {"wide shot", "very wide shot", "full body", "close-up"} & names(with_figure(*size))


def test_what_a_person_has_marked_is_measured():
    native = with_figure(20, 20, 30, 30)

    assert "wide shot" in names(native, box=(30, 30, 20, 20))
    assert "wide shot" in names(native, mask=native[..., 0] == 200)
    assert "very wide shot" in names(native, box=(30, 30, 7, 5)), "the person's box, not what the colours say"


def test_before_a_plain_ground_no_shot_is_wide():
    assert "transparent background" in names(sprite(7, 5, 30, 30))
    for state in ("accepted", "proposed"):
        assert not {"wide shot", "very wide shot"} & names(sprite(7, 5, 30, 30), state)


def test_a_middling_figure_is_neither():
    assert not names(with_figure(30, 50, 10, 10), "proposed") & {"close-up", "wide shot", "very wide shot", "full body"}


def test_a_scene_without_a_figure_may_be_scenery():
    native = scene()
    native[36:, 0, :3] = [(60, 120, 50), (70, 130, 60), (80, 150, 60)] * 6 + [(60, 120, 50)] * 2

    assert {"scenery", "no humans"} <= names(native, "proposed")
    assert not {"scenery", "no humans"} & names(with_figure(20, 20, 30, 30), "proposed")


def test_where_looks_disagree_nothing_is_said_of_distance():
    rng = np.random.default_rng(3)
    tiles = rng.integers(0, 256, (30, 3))[rng.integers(0, 30, (7, 9))].repeat(8, 0).repeat(8, 1)
    noise = np.dstack([tiles, np.full((56, 72), 255)]).astype(np.uint8)

    assert subject_mask(noise)[1] == "unknown"
    assert find_subject(noise) is None
    found = names(noise, "proposed") | names(noise)
    assert not found & {"wide shot", "very wide shot", "full body", "close-up", "scenery"}


def test_in_a_box_alpha_shows_the_subject():
    native = sprite(20, 10, 5, 7)

    found = find_subject(native, box=(0, 0, 40, 12))

    assert (found.row, found.col, found.height, found.width, found.is_certain) == (5, 7, 20, 5, True)
    assert find_subject(native, box=(40, 40, 5, 5)).height == 5, "an empty box is still the person's"


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


def test_darkness_and_night_are_proposed():
    night = busy(5, 40, (0.6, 0.7, 1.0))

    assert {"dark", "night"} <= names(night, "proposed")
    assert "dark" not in names(busy(120, 220)) | names(busy(120, 220), "proposed")


def test_stars_make_a_night_of_darkness_without_blue():
    cave = busy(10, 40, (1.0, 0.7, 0.5))
    stars = cave.copy()
    stars[[3, 7, 12, 20], [5, 30, 61, 44], :3] = 250

    assert "dark" in names(cave, "proposed")
    assert "night" not in names(cave, "proposed")
    assert "night" in names(stars, "proposed")


def test_fog_takes_contrast_from_the_distance():
    fog = busy(190, 200)
    fog[37:] = busy(160, 215)[37:]

    assert "fog" in names(fog, "proposed")
    assert "fog" not in names(busy(150, 200), "proposed"), "pale all over"
    assert "fog" not in names(fog[::-1].copy(), "proposed")


def test_high_contrast_is_black_and_white_not_all_greys():
    ink = busy(0, 256)
    ink[..., :3] = np.where(ink[..., :3] > 128, 255 - ink[..., :3] // 16, ink[..., :3] // 8)

    assert "high contrast" in names(ink, "proposed")
    assert "high contrast" not in names(busy(90, 200), "proposed")


def sunset(first=(240, 120, 40), last=(250, 200, 90)) -> np.ndarray:
    native = busy(20, 40)
    native[:30, :, :3] = np.linspace(first, last, 30).astype(np.uint8)[:, None]
    return native


def test_a_sunset_is_warm_above_changes_downwards_and_is_dark_below():
    assert "sunset" in names(sunset(), "proposed")
    assert "sunset" in names(sunset((150, 20, 130), (255, 70, 150)), "proposed"), "many drawn ones are magenta"
    assert "sunset" not in names(sunset()[::-1].copy(), "proposed")
    assert "sunset" not in names(sunset((240, 120, 40), (240, 120, 40)), "proposed"), "an orange wall"
    assert "sunset" not in names(sunset((90, 140, 240), (170, 200, 250)), "proposed")


def test_a_dark_figure_before_light_is_backlit_and_of_one_tone_a_silhouette():
    native = busy(150, 215, (0.7, 0.9, 1.0))
    figure = np.s_[14:44, 28:44]
    native[(*figure, np.s_[:3])] = (18, 16, 20)
    rim = native.copy()
    rim[14:44, 28, :3] = rim[14:44, 43, :3] = rim[14, 28:44, :3] = (255, 240, 200)

    assert {"backlighting", "silhouette"} <= names(native, "proposed", box=(14, 28, 30, 16))
    assert "silhouette" not in names(rim, "proposed", box=(14, 28, 30, 16))
    reason = next(p.reason for p in measure_tags(rim, box=(14, 28, 30, 16)) if p.name == "backlighting")
    assert "of its outline is bright" in reason
    bright = native.copy()
    bright[(*figure, np.s_[:3])] = (230, 120, 90)
    assert not {"backlighting", "silhouette"} & names(bright, "proposed", box=(14, 28, 30, 16))


def test_the_subject_does_not_darken_the_scene():
    native = busy(150, 215, (0.7, 0.9, 1.0))
    native[2:54, 4:68, :3] = (18, 16, 20)

    assert "dark" in names(native, "proposed", mask=np.zeros((56, 72), bool))
    assert "dark" not in names(native, "proposed", box=(2, 4, 52, 64))


def test_palettes():
    assert {"greyscale", "monochrome"} <= names(busy(60, 200))
    green = busy(60, 200, (0.3, 1.0, 0.3))
    assert "monochrome" in names(green)
    assert "green theme" in names(green, "proposed")


def test_a_palette_is_limited_only_beside_others():
    assert "limited palette" in names(plain(), "proposed", usual_colors=20)
    assert "limited palette" not in names(plain(), "proposed", usual_colors=1)
    assert "limited palette" not in names(plain(), "proposed")
    assert "limited palette" not in names(busy(60, 200), "proposed", usual_colors=30)


def test_one_accent_of_another_hue_ends_monochrome_but_not_the_theme():
    native = busy(60, 200, (0.3, 1.0, 0.3))
    native[10:14, 10:20, :3] = (255, 30, 20)

    assert "monochrome" not in names(native)
    assert "green theme" in names(native, "proposed")


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
