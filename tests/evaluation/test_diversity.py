"""Pictures of one prompt: equal ones have no diversity."""

import numpy as np
import pytest

from unipixel.evaluation import mean_pairwise_distance

BLACK, WHITE = np.zeros((3, 4, 4), np.uint8), np.full((3, 4, 4), 255, np.uint8)


def test_it_is_the_mean_over_pairs():
    assert mean_pairwise_distance([BLACK, BLACK]) == 0
    assert mean_pairwise_distance([BLACK, WHITE]) == pytest.approx(1, abs=1e-3)
    assert mean_pairwise_distance([BLACK, BLACK, WHITE]) == pytest.approx(2 / 3, abs=1e-3)
    assert mean_pairwise_distance([BLACK]) is None
