import numpy as np
import pytest

from cleanup.pictures import INKS, draw, flat
from unipixel.cleanup.orphans import remove_orphans


def test_a_speck_near_its_patch_in_colour_goes():
    native = flat("a")
    native[5, 6] = INKS["b"]

    assert np.array_equal(remove_orphans(native), flat("a"))


def test_salt_in_near_colours_goes():
    rng, clean = np.random.default_rng(0), flat("a", 60, 60)
    native = clean.copy()
    at = rng.permutation(58 * 58)[:60]
    native[at // 58 + 1, at % 58 + 1, :3] += rng.integers(4, 12, (60, 3)).astype(np.uint8)

    assert (remove_orphans(native) != clean).any(-1).sum() <= 6  # specks that touch one another are left


@pytest.mark.parametrize("ink", ["*", "#", "W", "o"])
def test_accents_stay(ink):
    native = flat("a")
    native[4, 4] = native[4, 8] = INKS[ink]

    assert np.array_equal(remove_orphans(native), native)


def test_drawn_texture_stays():
    native = flat("a", 40, 40)
    native[2::5, 2::5] = INKS["b"]

    assert np.array_equal(remove_orphans(native), native)


def test_pixels_of_lines_and_corners_of_shapes_stay():
    native = draw("""
aaaaaaaaaaaaaaa
aabaaaaaaabbbba
aaabaaaaaabbbba
aaaabaaaaabbbba
aaaaaaaaaaaaaaa
aaaaaaaaaaaaaaa
""")

    assert np.array_equal(remove_orphans(native), native)


def test_specks_between_specks_go_too():
    native = flat("a", 40, 40)
    for number, (row, col) in enumerate([(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)]):
        native[9 + row, 9 + col, 1] += 3 + 2 * number

    assert np.array_equal(remove_orphans(native), flat("a", 40, 40))


def test_the_heart_of_a_flower_stays():
    native = flat("a", 40, 40)
    native[9, 9] = INKS["b"]
    for row, col in [(0, 1), (1, 0), (0, -1), (-1, 0)]:
        native[9 + row, 9 + col] = INKS["o"]

    assert np.array_equal(remove_orphans(native), native)


@pytest.mark.parametrize("color", [(24, 20, 32), (4, 4, 4)])
def test_a_speck_before_transparency_stays(color):
    native = flat(".")
    native[5, 5] = (*color, 255)

    assert np.array_equal(remove_orphans(native), native)
