"""The sorting network gives medians."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.grid.median import take_median


@given(st.integers(1, 30), st.integers(0, 999))
def test_median_is_that_of_numpy(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.integers(0, rng.integers(1, 257), (count, 3, 50), dtype=np.uint8)
    np.testing.assert_array_equal(take_median(samples), np.median(samples, 0))
    np.testing.assert_array_equal(take_median(samples.astype(np.float32)), np.median(samples, 0))


@pytest.mark.parametrize("count", [1, 2, 9])
def test_samples_are_left_as_they_were(count: int) -> None:
    samples = np.random.default_rng(0).integers(0, 256, (count, 40), dtype=np.uint8)
    before = samples.copy()
    median = take_median(samples)
    median += 1
    np.testing.assert_array_equal(samples, before)
