import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import proposals, tags
from unipixel.caption import EXCLUSIVE, Proposal, canonical_tag, compose, conflicts
from unipixel.errors import CaptionError


def accepted(name: str, origin: str = "measured") -> Proposal:
    return Proposal(name, origin, reason="seen")


def test_order_is_trigger_constants_hand_measured_machine():
    caption = compose(
        "nv-p1xel4rt",
        hand=["tree", "cow"],
        proposals=[accepted("sheep", "machine"), accepted("green theme"), accepted("lake", "hand")],
    )

    assert str(caption) == "nv-p1xel4rt, masterpiece, pixel art, tree, cow, lake, green theme, sheep"


@given(st.lists(tags, max_size=4), st.lists(proposals(), max_size=6))
def test_never_doubled_never_unaccepted_and_always_the_same(hand, offered):
    caption = compose("trigger-x", hand=hand, proposals=offered)

    spelt = {canonical_tag(tag) for tag in hand}
    accepted_names = {canonical_tag(p.name) for p in offered if p.state == "accepted"}
    assert set(caption.tags) <= spelt | accepted_names | {"masterpiece", "pixel art"}
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
    with pytest.raises(CaptionError, match="close-up and far away"):
        compose("t", hand=["close-up", "wide shot"])


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("Far_Away", "far away"),
        ("wide_shot", "far away"),
        ("fog", "foggy"),
        ("side  view", "from side"),
        ("o_o", "o_o"),
        ("tree_", "tree"),
        ("____", "____"),
        ("tree", "tree"),
    ],
)
def test_spelling_is_made_one(written, spelt):
    assert canonical_tag(written) == spelt
    assert canonical_tag(spelt) == spelt


def test_the_trigger_is_not_said_again():
    assert compose("moss", constants=(), hand=["Moss", "stone"]).tags == ("stone",)


def test_groups_are_spelt_as_captions_are():
    assert all(canonical_tag(tag) == tag for group in EXCLUSIVE for tag in group)
