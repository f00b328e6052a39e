import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanup.pictures import INKS, draw, flat
from strategies import natives
from unipixel.cleanup import remove_background
from unipixel.errors import ImageError

RING = """
WWWWWWWWW
WW#####WW
WW#WWo#WW
WW#WWW#WW
WW#####WW
WWWWWWWWW
"""


def test_a_colour_goes_wherever_it_is():
    cut = remove_background(draw(RING), "#ffffff")

    assert np.array_equal(cut, draw(RING.replace("W", ".")))


@pytest.mark.parametrize("how", ["flood", "corner"])
def test_holes_of_the_same_colour_stay(how):
    native = draw(RING)
    cut = remove_background(native, how)

    assert (cut[0] == 0).all()
    assert np.array_equal(cut[1:5, 2:7], native[1:5, 2:7])
    assert (cut[..., 3] == 0).sum() == 9 * 6 - 5 * 4


@pytest.mark.parametrize("how", ["flood", "corner"])
def test_the_fill_does_not_leak_where_an_outline_touches_at_corners(how):
    cut = remove_background(
        draw("""
WWWWWWW
WWW#WWW
WW#W#WW
W#WWW#W
WW#W#WW
WWW#WWW
WWWWWWW
"""),
        how,
    )

    assert cut[3, 3].tolist() == list(INKS["W"])
    assert (cut[..., 3] > 0).sum() == 8 + 5


def test_each_corner_has_a_colour_of_its_own():
    native = draw("""
WWWWWaaaaa
WW######aa
WW#oooo#aa
WW######aa
WWWWWaaaaa
""")
    cut = remove_background(native, "corner")

    assert (cut[..., 3] > 0).sum() == 18
    assert (remove_background(native, "flood")[..., 3] > 0).sum() == 18 + 16


def test_the_tolerance_is_counted_from_the_background_and_not_from_pixel_to_pixel():
    native = np.full((3, 60, 4), 255, np.uint8)
    native[..., :3] = np.arange(255, 195, -1)[None, :, None]
    native[:, 30:] = INKS["#"]
    native[0], native[2] = 255, 255
    cut = remove_background(native, "flood", tolerance=0.05)

    assert 8 <= (cut[1, :30, 3] == 0).sum() <= 20
    assert (remove_background(native, "flood", tolerance=0)[1, :30, 3] == 0).sum() == 1
    assert (cut[1, 30:] == INKS["#"]).all()


@pytest.mark.parametrize("how", ["flood", "corner", "#ff00ff"])
def test_pictures_without_a_background_come_back_as_they_are(how):
    clear = draw("...\n.#.\n...")

    assert np.array_equal(remove_background(clear, how), clear)


def test_a_border_of_many_colours_is_no_background():
    native = np.random.default_rng(0).integers(0, 256, (20, 20, 4)).astype(np.uint8)
    native[..., 3] = 255

    assert np.array_equal(remove_background(native, "flood"), native)


@pytest.mark.parametrize("how", ["flood", "corner", "#ffffff"])
def test_never_is_everything_taken(how):
    with pytest.raises(ImageError, match="all of the picture is background"):
        remove_background(flat("W"), how)


@given(natives(max_side=10, max_colors=3, alpha=True), st.sampled_from(["flood", "corner", "#000000"]))
@settings(deadline=None)
def test_what_is_left_is_untouched_and_something_is(native, how):
    try:
        cut = remove_background(native, how)
    except ImageError:
        return
    left = cut[..., 3] > 0

    assert np.array_equal(cut[left], native[left])
    assert (cut[~left] == 0).all()
    assert left.any() or not native[..., 3].any()


@pytest.mark.parametrize(
    ("how", "tolerance", "words"), [("sky", 0.02, "no background 'sky'"), ("flood", -1, "tolerance")]
)
def test_what_is_not_understood_is_refused(how, tolerance, words):
    with pytest.raises(ImageError, match=words):
        remove_background(flat("W"), how, tolerance=tolerance)
