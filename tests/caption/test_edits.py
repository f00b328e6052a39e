import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import proposals
from unipixel.caption import Proposal, canonical_tag, compose
from unipixel.caption.edits import Change, accept, add, apply, delete, reject, rename, revert, substitute
from unipixel.errors import CaptionError

CAVE = Proposal("cave", "hand", by="a.txt")
FOG = Proposal("fog", "measured", 0.5, "proposed", "pale")
GIRL = Proposal("1girl", "machine", 0.8, "proposed", by="wd")
OLD = Proposal("night", "machine", 0.4, "rejected", by="wd")
TAGS = (CAVE, FOG, GIRL, OLD)

distinct = st.lists(proposals(), max_size=8, unique_by=lambda tag: (canonical_tag(tag.name), tag.origin)).map(tuple)
edits = st.sampled_from(
    [
        add("cave"),
        delete("*"),
        delete("a*"),
        rename("cave", "tunnel"),
        accept("*", 0.4),
        reject("*"),
        substitute("a", "b"),
    ]
)


def edited(edit, tags=TAGS):
    return apply(tags, edit.changes(tags))


def names(tags, state="accepted") -> list[str]:
    return [tag.name for tag in tags if tag.state == state]


@given(distinct, edits)
def test_every_edit_can_be_taken_back_and_made_twice(tags, edit):
    changes = edit.changes(tags)
    made = apply(tags, changes)

    assert apply(made, changes) == made
    assert revert(made, changes) == tags
    assert apply(revert(made, changes), changes) == made
    assert revert(revert(made, changes), changes) == tags


@given(distinct, edits)
def test_an_edit_is_finished_after_one_go(tags, edit):
    made = apply(tags, edit.changes(tags))

    if edit.op != "replace":  # "aa" by "a" goes on
        assert edit.changes(made) == ()
    assert len({(tag.name, tag.origin) for tag in made}) == len(made)


@given(distinct, edits)
def test_changes_survive_being_written_down(tags, edit):
    changes = edit.changes(tags)

    assert tuple(Change.from_dict(change.to_dict()) for change in changes) == changes


def test_a_new_tag_is_by_hand():
    assert edited(add("Moon_light"))[:2] == (CAVE, Proposal("moon light", "hand")), "behind the last one by hand"
    assert edited(add("cave")) == TAGS


def test_adding_what_was_proposed_or_rejected_accepts_it():
    assert names(edited(add("fog"))) == ["cave", "fog"]
    assert names(edited(add("night"))) == ["cave", "night"]


def test_a_deleted_tag_stays_deleted():
    left = edited(delete("cave"))

    assert compose("t", constants=(), proposals=left).tags == ()
    assert names(left, "rejected") == ["cave", "night"]


def test_patterns_delete_many():
    assert names(edited(delete("*")), "rejected") == ["cave", "fog", "1girl", "night"]
    assert names(edited(delete("?girl")), "rejected") == ["1girl", "night"]
    assert edited(delete("[cf]*")) == TAGS, "brackets are letters: (star) [x]"


def test_a_renamed_tag_takes_the_place_of_the_old():
    tags = (CAVE, Proposal("tree", "hand"), FOG)

    assert names(edited(rename("cave", "Rock_Tunnel"), tags)) == ["rock tunnel", "tree"]
    assert names(edited(rename("fog", "haze"), tags), "proposed") == ["haze"]


def test_renaming_to_itself_or_another_spelling_of_it_keeps_it():
    tags = (Proposal("wide shot", "hand"),)

    assert edited(rename("cave", "cave")) == TAGS
    assert edited(rename("far away", "wide_shot"), tags) == tags


def test_renaming_to_a_tag_that_is_there_leaves_one():
    tags = (CAVE, Proposal("tunnel", "hand"))

    assert names(edited(rename("cave", "tunnel"), tags)) == ["tunnel"]


def test_renaming_to_a_tag_that_was_rejected_brings_it_back():
    tags = (CAVE, Proposal("tunnel", "hand", state="rejected"))
    made = edited(rename("cave", "tunnel"), tags)

    assert names(made) == ["tunnel"]
    assert revert(made, rename("cave", "tunnel").changes(tags)) == tags


def test_regular_expressions_replace_inside_tags():
    tags = (Proposal("red cave", "hand"), Proposal("blue cave", "hand"), Proposal("tree", "hand"))

    assert names(edited(substitute(r"(\w+) cave", r"cave of \1"), tags)) == ["cave of red", "cave of blue", "tree"]
    assert names(edited(substitute(r".*cave", ""), tags)) == ["tree"], "what is left empty is deleted"
    assert names(edited(substitute(r"^(red|blue) ", ""), tags)) == ["cave", "tree"], "two become one"


def test_verdicts_by_score():
    assert names(edited(accept("*", 0.6))) == ["cave", "1girl"]
    assert names(edited(accept("*"))) == ["cave", "fog", "1girl"]
    assert names(edited(reject("*", 0.6)), "rejected") == ["fog", "night"]
    assert names(edited(reject("fog")), "rejected") == ["fog", "night"]


@pytest.mark.parametrize("make", [lambda: add("a, b"), lambda: rename("a", "{b}"), lambda: add("  ")])
def test_what_a_trainer_would_misread_is_refused(make):
    with pytest.raises(CaptionError):
        make()


@pytest.mark.parametrize(("expression", "new"), [("(", ""), ("a", r"\1"), ("(a)", r"\g<2>")])
def test_a_broken_expression_is_one_sentence(expression, new):
    with pytest.raises(CaptionError, match="no regular expression"):
        substitute(expression, new)


def test_edits_say_what_they_do():
    assert str(rename("from side", "profile")) == 'rename "from side" profile'
    assert str(accept("*", 0.5)) == "accept * from 0.5"
    assert str(reject("fog")) == "reject fog"
