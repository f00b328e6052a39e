import numpy as np
from hypothesis import given

from strategies import natives
from unipixel.color import count_colors, distinct, distinct_colors


@given(natives(alpha=True))
def test_colours_index_and_counts_agree(native):
    found = distinct_colors(native)

    assert np.array_equal(found.colors[found.index], native[..., :3])
    assert found.counts.sum() == native[..., 0].size
    assert len(found.colors) == count_colors(native) == len(np.unique(native[..., :3].reshape(-1, 3), axis=0))


def test_the_table_for_large_pictures_finds_the_same():
    """One picture above the size from which a table is used, one of the same colours below it."""
    large = np.random.default_rng(0).integers(0, 9, (380, 400, 3)).astype(np.uint8) * 28
    small, whole = distinct_colors(large[:200]), distinct_colors(large)

    assert large[..., 0].size > distinct._TABLE_FROM > large[:200, :, 0].size
    assert np.array_equal(whole.colors, small.colors)
    assert np.array_equal(whole.index[:200], small.index)
    assert whole.counts.sum() == large[..., 0].size
    assert count_colors(large) == 9**3
