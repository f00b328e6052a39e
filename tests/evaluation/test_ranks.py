"""Rank correlation: what is in order gives 1, whatever the units; what says nothing says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import UniPixelError
from unipixel.evaluation import average_ranks, spearman

NUMBERS = st.lists(st.integers(-50, 50), min_size=2, max_size=12)


@given(NUMBERS)
def test_ranks_keep_the_order_and_their_sum(values):
    ranks = average_ranks(values)

    assert ranks.sum() == len(values) * (len(values) + 1) / 2
    for one, other in zip(range(len(values) - 1), range(1, len(values)), strict=True):
        assert np.sign(ranks[one] - ranks[other]) == np.sign(values[one] - values[other])


@given(NUMBERS)
def test_any_rising_change_of_units_leaves_it_as_it_is(values):
    order = list(range(len(values)))

    assert spearman(order, values) == pytest.approx(spearman(order, [3.0 * value**3 + 1 for value in values]))
    assert spearman(order, values) == pytest.approx(-spearman(order, [-value for value in values]))


def test_in_order_is_one_and_against_it_minus_one():
    assert spearman([0, 1, 2, 3], [2.0, 3.0, 50.0, 51.0]) == pytest.approx(1)
    assert spearman([0, 1, 2, 3], [9, 5, 1, 0]) == pytest.approx(-1)


def test_a_known_case_with_ties():
    # average ranks 1, 2.5, 2.5, 4 and 1.5, 1.5, 3, 4; Pearson's correlation of those by hand: 3.75 / 4.5
    assert spearman([1, 2, 2, 3], [0, 0, 5, 9]) == pytest.approx(3.75 / 4.5)


def test_what_does_not_move_is_zero_and_what_was_not_asked_is_nothing():
    assert spearman([0, 1, 2], [7, 7, 7]) == 0
    assert spearman([1, 1, 1], [1, 2, 3]) is None
    assert spearman([1], [1]) is None
    with pytest.raises(UniPixelError, match="paired"):
        spearman([1, 2], [1])
