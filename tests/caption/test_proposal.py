from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given

from strategies import proposals
from unipixel.caption import Proposal, Tagger
from unipixel.errors import CaptionError


@given(proposals())
def test_dict_round_trip(proposal):
    assert Proposal.from_dict(proposal.to_dict()) == proposal


@pytest.mark.parametrize(
    "row",
    [
        {"name": "a"},
        {"origin": "hand"},
        {"name": "a", "origin": "hand", "sure": 1},
        {"name": "a", "origin": "guess"},
        {"name": "a", "origin": "hand", "state": "maybe"},
        {"name": "a,b", "origin": "hand"},
    ],
)
def test_rows_that_do_not_fit_are_refused(row):
    with pytest.raises(CaptionError):
        Proposal.from_dict(row)


def test_anything_with_a_name_and_tag_is_a_tagger():
    class Echo:
        name = "echo"

        def tag(self, native: np.ndarray) -> Sequence[Proposal]:
            return [Proposal("tree", "machine", 0.9, "proposed")]

    assert isinstance(Echo(), Tagger)
    assert not isinstance(object(), Tagger)
