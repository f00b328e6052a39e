import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives, seeds
from unipixel.color import count_colors, distinct_colors
from unipixel.color.distinct import distinct_codes, unpack


@given(natives(alpha=True))
def test_colours_index_and_counts_agree(native):
    found = distinct_colors(native)

    assert np.array_equal(found.colors[found.index], native[..., :3])
    assert found.counts.sum() == native[..., 0].size
    assert len(found.colors) == count_colors(native) == len(np.unique(native[..., :3].reshape(-1, 3), axis=0))


@given(seeds, st.integers(1, 4))
def test_pixels_of_one_colour_beside_each_other_change_nothing(seed, scale):
    art = np.random.default_rng(seed).integers(0, 3, (5, 7, 3)).astype(np.uint8) * 90
    enlarged = art.repeat(scale, 0).repeat(scale, 1)
    small, large = distinct_colors(art), distinct_colors(enlarged)

    assert np.array_equal(large.colors, small.colors)
    assert np.array_equal(large.index[::scale, ::scale], small.index)
    assert np.array_equal(large.counts, small.counts * scale**2)


def test_a_picture_of_a_million_colours_keeps_each():
    order = np.random.default_rng(0).permutation(1 << 20).astype(np.int32).reshape(1024, 1024)
    found = distinct_colors(unpack(order * 16 + 15))

    assert np.array_equal(found.index, order)
    assert (found.counts == 1).all()


@given(seeds, st.sampled_from([3, 4]), st.sampled_from([2, 256]))
def test_colours_are_counted_alike_in_any_layout_and_nothing_is_changed(seed, channels, levels):
    image = np.random.default_rng(seed).integers(0, levels, (9, 30, channels)).astype(np.uint8)
    before, expected = image.copy(), len(np.unique(image[..., :3].reshape(-1, 3), axis=0))

    assert count_colors(image) == count_colors(image[:, ::-1]) == count_colors(image.transpose(1, 0, 2)) == expected
    assert np.array_equal(image, before)


@given(seeds, st.sampled_from([2, 1 << 24]))
def test_distinct_numbers_are_sorted_and_those_given_stay_as_they_are(seed, most):
    codes = np.random.default_rng(seed).integers(0, most, (7, 20)).astype(np.int32)
    before = codes.copy()

    assert np.array_equal(distinct_codes(codes), np.unique(before))
    assert np.array_equal(codes, before)
