import numpy as np
from hypothesis import given

from strategies import palettes
from unipixel.color import Palette, to_oklab
from unipixel.dither.neighbours import natural_neighbours


def test_a_grey_stands_between_black_and_white():
    palette = Palette.from_hex(["000000", "808080", "ffffff"])

    assert natural_neighbours(palette).tolist() == [[False, True, False], [True, False, True], [False, True, False]]


def test_black_and_white_alone_are_neighbours():
    assert natural_neighbours(Palette.from_hex(["000000", "ffffff"])).tolist() == [[False, True], [True, False]]


def test_equal_colours_are_no_neighbours():
    assert not natural_neighbours(Palette.from_hex(["123456", "123456"])).any()


@given(palettes(min_size=2))
def test_nearest_colours_are_neighbours(palette):
    lab = to_oklab(palette.colors).astype(float)
    away = ((lab[:, None] - lab) ** 2).sum(axis=-1)
    np.fill_diagonal(away, np.inf)
    neighbours = natural_neighbours(palette)

    assert neighbours[np.arange(len(palette)), away.argmin(axis=1)].all()
    assert np.array_equal(neighbours, neighbours.T)
