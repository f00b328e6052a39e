import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import UniPixelError
from unipixel.evaluation import bootstrap, paired_difference

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


@given(values)
def test_the_mean_lies_inside_and_the_interval_inside_the_values(data):
    interval = bootstrap(data, samples=200)
    slack = 1e-9 * (1 + max(map(abs, data)))

    assert min(data) - slack <= interval.low <= interval.high <= max(data) + slack
    assert interval.mean == pytest.approx(np.mean(data))
    assert interval.n == len(data)


def test_the_same_seed_gives_the_same_interval():
    data = np.random.default_rng(0).normal(size=30)

    assert bootstrap(data) == bootstrap(data)
    assert bootstrap(data) != bootstrap(data, seed=1)


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = [bootstrap(rng.normal(5, 2, 30), samples=400, seed=trial) for trial in range(300)]

    assert 0.88 <= np.mean([interval.low <= 5 <= interval.high for interval in intervals]) <= 0.98


def test_more_confidence_is_wider():
    data = np.random.default_rng(0).normal(size=30)
    narrow, wide = bootstrap(data, confidence=0.5), bootstrap(data, confidence=0.99)

    assert wide.low < narrow.low < narrow.high < wide.high


def test_many_values_are_resampled_in_parts():
    interval = bootstrap(np.arange(30_000.0), samples=300)

    assert interval.low < 14_999.5 < interval.high


def test_pairs_are_sharper_than_two_means():
    rng = np.random.default_rng(0)
    base = rng.normal(0, 10, 40)
    interval = paired_difference(base + 1 + rng.normal(0, 0.1, 40), base)

    assert interval.low > 0.9
    assert interval.high < 1.1


def test_one_value_has_no_spread():
    assert bootstrap([3.0]).low == bootstrap([3.0]).high == 3.0
    assert str(bootstrap([3.0])) == "3 [3, 3]"


@pytest.mark.parametrize("data", [[], [1.0, float("nan")], [float("inf")]])
def test_no_interval_without_finite_values(data):
    with pytest.raises(UniPixelError):
        bootstrap(data)


def test_impossible_wishes_are_refused():
    with pytest.raises(UniPixelError):
        bootstrap([1.0, 2.0], confidence=1.0)
    with pytest.raises(UniPixelError):
        paired_difference([1.0], [1.0, 2.0])
