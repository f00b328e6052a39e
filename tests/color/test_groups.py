from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import seeds
from unipixel.color import distance
from unipixel.color.distinct import unpack
from unipixel.color.groups import choose_colors, thin_out


def some_colors(seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = np.sort(rng.choice(1 << 24, size, replace=False)).astype(np.int32)
    return unpack(codes), rng.integers(1, 50, size)


@given(seeds, st.integers(1, 60), st.integers(1, 60))
def test_rows_of_the_colours_each_once_and_no_more_than_wanted(seed, size, wanted):
    colors, counts = some_colors(seed, size)
    chosen = choose_colors(colors, counts, wanted)

    rows = [bytes(color) for color in chosen]
    assert set(rows) <= {bytes(color) for color in colors}
    assert len(set(rows)) == len(rows) <= wanted
    assert size > wanted or len(rows) == size


def test_two_crowds_and_a_loner_get_one_colour_each():
    rng = np.random.default_rng(0)
    dark, bright = rng.integers(30, 40, (60, 3)), rng.integers(200, 210, (60, 3))
    colors = np.unique(np.vstack([dark, bright, [[230, 20, 30]]]).astype(np.uint8), axis=0)
    counts = np.where((colors == (230, 20, 30)).all(axis=1), 2, 40)
    chosen = choose_colors(colors, counts, 3)

    for wanted in ((35, 35, 35), (204, 204, 204), (230, 20, 30)):
        assert distance(chosen, np.array(wanted, np.uint8)).min() < 0.02


def test_few_colours_are_not_thinned_out():
    colors, counts = some_colors(1, 1 << 15)
    same, still = thin_out(colors, counts)

    assert same is colors
    assert still is counts


@pytest.mark.parametrize(("low", "high", "side"), [(100, 140, 4), (0, 256, 8)])
def test_the_most_used_colour_of_each_box_speaks_for_all_in_it(low, high, side):
    """Most colours of a cube of 40 levels a side, and colours from everywhere: smaller and larger boxes."""
    rng = np.random.default_rng(2)
    colors = np.unique(rng.integers(low, high, (60_000, 3)).astype(np.uint8), axis=0)
    counts = rng.permutation(len(colors)) + 1
    fewer, sums = thin_out(colors, counts)

    boxes = [tuple(box) for box in (colors // side).tolist()]
    most, pixels = {}, Counter()
    for box, color, count in zip(boxes, colors.tolist(), counts.tolist(), strict=True):
        most[box] = max(most.get(box, (0, [])), (count, color))
        pixels[box] += count
    found = {tuple(color // side): (color.tolist(), count) for color, count in zip(fewer, sums.tolist(), strict=True)}
    assert len(colors) > 1 << 15 >= len(fewer)
    assert found == {box: (most[box][1], pixels[box]) for box in most}
