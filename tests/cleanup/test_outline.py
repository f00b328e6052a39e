import numpy as np
import pytest

from cleanup.pictures import INKS, draw
from unipixel.cleanup.outline import close_outline

FIGURE = """
ggggggggggggggggg
gggggg#####gggggg
ggggg#ooooo#ggggg
gggg#ooooooo#gggg
ggg#ooooooooo#ggg
ggg#ooooooooo#ggg
ggg#ooooooooo#ggg
gggg#ooooooo#gggg
ggggg#######ggggg
ggggggggggggggggg
"""


@pytest.fixture(params=["W", "."], ids=["opaque", "transparent"])
def figure(request):
    return draw(FIGURE.replace("g", request.param))


@pytest.mark.parametrize("place", [(1, 8), (5, 3), (3, 4), (8, 9), (5, 13), (7, 12)])
@pytest.mark.parametrize("leak", ["figure", "ground"])
def test_gaps_of_one_pixel_are_closed(figure, place, leak):
    broken = figure.copy()
    broken[place] = INKS["o"] if leak == "figure" else figure[0, 0]

    assert np.array_equal(close_outline(broken), figure)


def test_wide_openings_stay(figure):
    figure[1, 7:10] = INKS["o"]

    assert np.array_equal(close_outline(figure), figure)


def test_a_pixel_of_a_third_colour_stays(figure):
    figure[1, 8] = INKS["*"]

    assert np.array_equal(close_outline(figure), figure)


def test_figures_without_an_outline_stay():
    native = draw(FIGURE.replace("g", ".").replace("#", "a"))
    native[1, 6:9] = native[8, 6:9] = INKS["#"]

    assert np.array_equal(close_outline(native), native)


def test_figures_with_half_an_outline_stay():
    native = draw(FIGURE.replace("g", "."))
    left = native[:, :6]
    left[(left == INKS["#"]).all(-1)] = INKS["a"]
    native[1, 9] = INKS["o"]

    assert np.array_equal(close_outline(native), native)


def test_a_line_no_darker_than_its_ground_is_no_outline():
    native = draw(FIGURE.replace("g", "."))
    native[(native == INKS["#"]).all(-1)] = (60, 50, 70, 255)
    native[native[..., 3] == 0] = INKS["#"]
    native[5, 3] = INKS["o"]

    assert np.array_equal(close_outline(native), native)


def test_a_light_line_before_a_dark_ground_is_no_outline():
    native = draw(FIGURE.replace("#", "W").replace("g", "#"))
    native[1, 8] = INKS["o"]

    assert np.array_equal(close_outline(native), native)
