import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import seeds
from unipixel.cleanup.regions import flood, label_regions


def plain_labels(mask: np.ndarray) -> np.ndarray:
    """One pixel after the other."""
    labels = np.full(mask.shape, -1)
    for seed in zip(*np.nonzero(mask), strict=True):
        stack = [seed] if labels[seed] < 0 else []
        while stack:
            row, col = stack.pop()
            if 0 <= row < mask.shape[0] and 0 <= col < mask.shape[1] and mask[row, col] and labels[row, col] < 0:
                labels[row, col] = seed[0] * mask.shape[1] + seed[1]
                stack += [(row + 1, col), (row - 1, col), (row, col + 1), (row, col - 1)]
    return labels


@given(seeds, st.integers(1, 16), st.integers(1, 16), st.floats(0.2, 0.9))
@settings(max_examples=150)
def test_parts_are_those_of_a_plain_fill(seed, height, width, share):
    mask = np.random.default_rng(seed).random((height, width)) < share
    labels, meant = label_regions(mask), plain_labels(mask)
    pairs = set(zip(labels.ravel().tolist(), meant.ravel().tolist(), strict=True))

    assert np.array_equal(labels >= 0, mask)
    assert len(pairs) == len({first for first, _ in pairs}) == len({second for _, second in pairs})


def test_a_snake_through_the_whole_picture_is_one_part():
    mask = np.zeros((41, 30), np.bool_)
    mask[::2] = True
    mask[1::4, -1] = mask[3::4, 0] = True

    assert len(np.unique(label_regions(mask)[mask])) == 1


def test_a_flood_stays_in_the_parts_of_its_seeds():
    mask = np.array([[1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 0]], np.bool_)
    seed = np.zeros(mask.shape, np.bool_)
    seed[0, 0] = seed[1, 0] = True

    assert flood(mask, seed).astype(int).tolist() == [[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert not flood(mask, np.zeros(mask.shape, np.bool_)).any()
