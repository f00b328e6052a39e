import numpy as np
from hypothesis import given

from strategies import natives
from unipixel.cleanup.colors import NOTICEABLE, appearance, distances, number_colors


@given(natives(alpha=True))
def test_numbers_give_the_picture_back(native):
    colors = number_colors(native)

    assert np.array_equal(colors.table[colors.index], native)
    assert len(np.unique(colors.table, axis=0)) == len(np.unique(native.reshape(-1, 4), axis=0))
    assert colors.counts.sum() == native.shape[0] * native.shape[1]


@given(natives())
def test_transparent_black_is_not_black(native):
    native[0, 0] = 0
    colors = number_colors(native)

    assert np.array_equal(colors.table[colors.index], native)
    assert np.array_equal(colors.is_clear[colors.index], native[..., 3] == 0)


def test_appearance_leaves_the_ends_and_draws_dark_colours_together():
    black, white, nearly = (np.array(color, np.uint8) for color in ((0, 0, 0), (255, 255, 255), (1, 1, 1)))

    assert np.allclose(appearance(white), (1, 0, 0), atol=1e-3)
    assert np.array_equal(appearance(black), (0, 0, 0))
    assert distances(appearance(black), appearance(nearly)) < NOTICEABLE
