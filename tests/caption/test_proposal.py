from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given

from strategies import proposals
from unipixel.caption import Proposal, Tagger, Tagging
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

        def tag(self, natives: Sequence[np.ndarray]) -> Sequence[Tagging]:
            return [Tagging((Proposal("tree", "machine", 0.9, "proposed"),)) for _ in natives]

    assert isinstance(Echo(), Tagger)
    assert not isinstance(object(), Tagger)


def test_the_highest_rating_is_the_rating():
    assert Tagging((), {"general": 0.2, "explicit": 0.7}).rating == "explicit"
    assert Tagging(()).rating == ""


def test_who_said_it_is_written_only_where_somebody_did():
    assert "by" not in Proposal("tree", "hand").to_dict()
    assert Proposal("tree", "machine", by="wd-vit-tagger-v3").to_dict()["by"] == "wd-vit-tagger-v3"
