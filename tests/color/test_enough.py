import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from strategies import seeds
from unipixel.color import distinct_colors
from unipixel.color.enough import enough_colors


def greys(*levels: int) -> np.ndarray:
    return np.repeat(np.array(levels, np.uint8)[:, None], 3, axis=1)


@given(seeds, st.integers(1, 400))
def test_at_least_one_and_at_most_all_or_256(seed, size):
    rng = np.random.default_rng(seed)
    colors = np.unique(rng.integers(0, 256, (size, 3)).astype(np.uint8), axis=0)

    assert 1 <= enough_colors(colors, np.ones(len(colors), np.int64)) <= min(len(colors), 256)


def test_a_few_shades_that_are_hardly_told_apart_are_kept():
    art = greys(0, 40, 80, 120, 122, 160, 200, 255)

    assert enough_colors(art, np.ones(len(art), np.int64)) == len(art)


def test_where_nearly_all_are_it_is_noise():
    noise = greys(*range(60, 64), *range(160, 164))

    assert enough_colors(noise, np.ones(len(noise), np.int64)) == 2


def test_the_most_used_colour_stands_for_those_around_it():
    """Three greys in a row: each is near its neighbour, the outer two are not near to each other."""
    row = greys(60, 64, 68)

    assert enough_colors(row, np.array([1, 50, 1])) == 1
    assert enough_colors(row, np.array([50, 1, 50])) == 2


def test_a_rare_colour_of_its_own_counts_among_thousands():
    rng = np.random.default_rng(3)
    image = rng.normal((120, 90, 60), 2.0, (80, 80, 3)).round().astype(np.uint8)
    image[40, 40:42] = (250, 30, 200)
    distinct = distinct_colors(image)

    without = enough_colors(distinct.colors[:-1], distinct.counts[:-1])
    assert tuple(distinct.colors[-1]) == (250, 30, 200)
    assert enough_colors(distinct.colors, distinct.counts) == without + 1


def test_all_the_colours_there_are_need_256():
    colors = np.random.default_rng(0).integers(0, 256, (100_000, 3)).astype(np.uint8)

    assert enough_colors(colors, np.ones(len(colors), np.int64)) == 256
