"""Hidden colours are cleared and alpha is set; what is given is never changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from unipixel.image.pixels import add_alpha, hide_hidden, make_opaque

PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 5), st.just(4)),
                         elements=st.sampled_from([0, 1, 128, 255]))  # fmt: skip


@given(PICTURES)
def test_only_hidden_colours_change(picture):
    before = picture.copy()

    shown = hide_hidden(picture)

    seen = before[..., 3] > 0
    assert (shown[seen] == before[seen]).all()
    assert not shown[~seen].any()
    assert (picture == before).all()


@given(PICTURES)
def test_opaque_keeps_colours(picture):
    before = picture.copy()

    opaque = make_opaque(picture)

    assert (picture == before).all()
    assert (opaque[..., :3] == picture[..., :3]).all()
    assert (opaque[..., 3] == 255).all()


def test_a_view_that_is_not_contiguous_will_do():
    picture = np.arange(48, dtype=np.uint8).reshape(3, 4, 4)[:, ::-1]

    assert (hide_hidden(picture) == picture).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (7, 1), (3, 4)])
def test_alpha_of_255_is_given_to_pictures_of_any_size_and_layout(shape):
    colors = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    expected = np.dstack([colors, np.full(shape, 255, np.uint8)])

    assert np.array_equal(add_alpha(colors), expected)
    assert np.array_equal(add_alpha(colors[::-1, ::-1]), expected[::-1, ::-1])
    assert np.array_equal(add_alpha(np.asfortranarray(colors)), expected)
