"""What depends on one another counts once, and nothing is claimed of too little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import UniPixelError
from unipixel.evaluation import (
    ENOUGH,
    blocked_correlation,
    bootstrap,
    bootstrap_units,
    is_above,
    is_below,
    mean_by_unit,
)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.integers(1, 6))
def test_copies_of_a_witness_do_not_make_an_interval_narrower(values, copies):
    many = [value for value in values for _ in range(copies)]
    units = [place for place in range(len(values)) for _ in range(copies)]

    interval, plain = bootstrap_units(many, units), bootstrap(values)

    assert interval.n == len(values)
    assert (interval.mean, interval.low, interval.high) == pytest.approx((plain.mean, plain.low, plain.high))


def matrix(sizes, words=3, lights=4, units=10):
    """Pictures of every word in every light of every unit: order, value, block, unit."""
    rows = []
    for unit in range(units):
        for light in range(lights):
            for word in range(words):
                rows.append((word, sizes(unit, light, word), (unit, light), unit))
    return list(zip(*rows, strict=True))


def test_a_set_that_follows_its_words_has_a_correlation_near_one():
    rng = np.random.default_rng(0)

    found = blocked_correlation(*matrix(lambda unit, _, word: 100 * unit + 60 - 25 * word + rng.normal(0, 3)))

    assert found.mean < -0.98
    assert is_below(found)
    assert found.n == 10


@pytest.mark.parametrize("seed", range(5))
def test_a_set_that_does_not_has_one_near_nought(seed):
    rng = np.random.default_rng(seed)

    found = blocked_correlation(*matrix(lambda unit, *_: 100 * unit + rng.normal(0, 30), lights=8, units=20))

    assert abs(found.mean) < 0.15
    assert not is_above(found, 0.1)
    assert not is_below(found, -0.1)


def test_blocks_that_say_nothing_are_left_out():
    assert blocked_correlation([], [], [], []) is None
    assert blocked_correlation([1, 1], [1, 2], ["a", "b"], [0, 1]) is None
    found = blocked_correlation([0, 1, 0], [5, 9, 3], ["a", "a", "b"], [0, 0, 1])
    assert (found.mean, found.n) == (pytest.approx(1), 1)


def test_nothing_is_claimed_of_few_units():
    few = bootstrap([1.0] * (ENOUGH - 1))
    enough = bootstrap([1.0] * ENOUGH)

    assert (is_above(few), is_above(enough), is_above(None)) == (False, True, False)
    assert (is_below(few, 2.0), is_below(enough, 2.0), is_below(enough, 1.0)) == (False, True, False)


def test_means_keep_their_order():
    assert mean_by_unit([1, 2, 6], ["b", "a", "b"]) == {"b": 3.5, "a": 2}
    with pytest.raises(UniPixelError, match="3 values"):
        mean_by_unit([1, 2, 3], ["a"])
