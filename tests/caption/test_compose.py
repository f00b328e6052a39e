import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import proposals, tags
from unipixel.caption import Proposal, canonical_tag, compose, conflicts
from unipixel.errors import CaptionError


def accepted(name: str, origin: str = "measured") -> Proposal:
    return Proposal(name, origin, reason="seen")


def test_order_is_trigger_constants_hand_measured_machine():
    caption = compose(
        "nv-p1xel4rt",
        hand=["tree", "cow"],
        proposals=[accepted("sheep", "machine"), accepted("green theme"), accepted("lake", "hand")],
    )

    assert str(caption) == "nv-p1xel4rt, masterpiece, pixel art, tree, cow, lake, sheep, green theme"


@given(st.lists(tags, max_size=4), st.lists(proposals(), max_size=6))
def test_never_doubled_never_unaccepted_and_always_the_same(hand, offered):
    caption = compose("trigger-x", hand=hand, proposals=offered)

    spelt = {canonical_tag(tag) for tag in hand}
    accepted_names = {canonical_tag(p.name) for p in offered if p.state == "accepted"}
    assert {canonical_tag(tag) for tag in caption.tags} <= spelt | accepted_names | {"masterpiece", "pixel art"}
    assert len(set(caption.tags)) == len(caption.tags)
    assert not conflicts(caption.tags)
    assert caption == compose("trigger-x", hand=hand, proposals=offered)


def test_proposed_and_rejected_tags_stay_out():
    offered = [
        Proposal("night", "measured", 0.5, "proposed"),
        Proposal("dark", "measured", 0.5, "rejected"),
        accepted("dark", "machine"),
    ]

    assert compose("t", constants=(), proposals=offered).tags == ()


def test_a_person_stands_above_a_measurement():
    assert compose("t", constants=(), hand=["far away"], proposals=[accepted("close-up")]).tags == ("far away",)


def test_a_measurement_stands_above_a_machine():
    offered = [accepted("day", "machine"), accepted("night")]

    assert compose("t", constants=(), proposals=offered).tags == ("night",)


def test_people_who_contradict_themselves_are_told():
    with pytest.raises(CaptionError, match="close-up and wide shot"):
        compose("t", hand=["close-up", "wide shot"])


def test_the_trigger_is_not_said_again():
    assert compose("moss", constants=(), hand=["Moss", "stone"]).tags == ("stone",)


def test_proposals_come_by_group_and_then_by_how_common_they_are():
    names = ["outline", "night", "tree", "1girl", "profile", "moon", "flurbl", "portrait", "sepia", "sword"]
    offered = [accepted(name, "machine") for name in names]

    caption = compose("t", constants=(), proposals=offered, profile="danbooru")

    assert caption.tags == (
        *("portrait", "profile", "1girl", "sword", "flurbl", "tree", "moon", "night", "sepia", "outline"),
    )
    assert compose("t", constants=(), proposals=offered[::-1], profile="danbooru") == caption


def test_profiles_write_their_own_words():
    offered = [accepted("wide shot"), accepted("fog")]

    assert compose("t", constants=(), proposals=offered).tags == ("far away", "foggy")
    assert compose("t", constants=(), proposals=offered, profile="danbooru").tags == ("wide shot", "fog")
    assert compose("t", constants=(), hand=["far away"], proposals=offered).tags == ("far away", "foggy")


def test_what_follows_from_other_tags_can_be_left_out():
    offered = [accepted(name) for name in ("simple background", "white background", "very wide shot", "wide shot")]

    assert compose("t", constants=(), proposals=offered, profile="danbooru", keep_implied=False).tags == (
        *("very wide shot", "white background"),
    )
    assert "simple background" in compose("t", constants=(), proposals=offered).tags
    kept = compose("t", constants=(), hand=["simple background"], proposals=offered, keep_implied=False)
    assert "simple background" in kept.tags, "a person's word stays"


def test_a_rejected_proposal_does_not_silence_a_person():
    offered = [Proposal("cave", "machine", 0.9, "rejected"), accepted("cave", "measured")]

    assert compose("t", constants=(), proposals=offered).tags == ()
    assert compose("t", constants=(), hand=["cave"], proposals=offered).tags == ("cave",)
