"""Many items on all cores: the same results in the same order, few of them ahead."""

import math
import operator
import os
from itertools import count, islice

import pytest

from unipixel.errors import WorkerLost
from unipixel.parallel import AHEAD, in_order


@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_in_the_order_of_the_items(workers):
    assert list(in_order(operator.neg, range(20), workers=workers)) == [-number for number in range(20)]


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_to_do_is_done(workers):
    assert list(in_order(operator.neg, [], workers=workers)) == []


def test_items_are_taken_as_they_are_needed():
    taken = count()

    assert list(islice(in_order(operator.neg, taken, workers=2), 3)) == [0, -1, -2]
    assert next(taken) <= 2 * AHEAD + 3 + 1


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_through(workers):
    with pytest.raises(ValueError, match="math domain"):
        list(in_order(math.sqrt, [4, -1, 9], workers=workers))


def test_a_worker_that_is_killed_is_named():
    with pytest.raises(WorkerLost, match="memory"):
        list(in_order(os._exit, [1, 1], workers=2))
