"""Seeds as a person writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import OptionError
from unipixel.sampling import parse_seeds


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, unique=True))
def test_a_list_comes_back(seeds):
    assert parse_seeds(", ".join(map(str, seeds))) == tuple(seeds)


def test_ranges_and_numbers_mix_and_none_comes_twice():
    assert parse_seeds("3-5,4,0") == (3, 4, 5, 0)


@pytest.mark.parametrize("text", ["", "x", "-1", "4-2", "1,,2", "4294967296", "1.5", "0-4294967295", "٣"])
def test_what_is_no_seed_is_refused(text):
    with pytest.raises(OptionError, match="no seeds"):
        parse_seeds(text)
