import pytest
from hypothesis import given

from strategies import captions
from unipixel.caption import Caption, caption_problems
from unipixel.errors import CaptionError


@given(captions())
def test_text_round_trip(caption):
    assert Caption.parse(str(caption)) == caption
    assert Caption.parse(f"{caption}\r\n") == caption


def test_order_and_spelling_are_kept():
    assert str(Caption("nv-p1xel4rt", ("Zebra", "o_o", "apple"))) == "nv-p1xel4rt, Zebra, o_o, apple"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("trigger,, tree", "empty"),
        ("trigger, tree,", "empty"),
        ("trigger, tree\nsecond line", "line break"),
        ("trigger, tree, Tree", "twice"),
        ("trigger, trigger", "twice"),
        ("trigger, {tree|bush}", "'{'"),
        ("trigger ||| tree", "|||"),
        ("trigger, a;;;b", ";;;"),
    ],
)
def test_what_a_trainer_would_misread_is_refused(text, problem):
    with pytest.raises(CaptionError) as error:
        Caption.parse(text)
    assert problem in str(error.value)


def test_a_comma_cannot_hide_in_a_tag():
    with pytest.raises(CaptionError, match="','"):
        Caption("trigger", ("a, b",))


def test_all_problems_are_named_at_once():
    assert len(caption_problems(["t", "a", "a", "", "b{"])) == 3


@given(captions())
def test_more_tags_are_more_tokens(caption):
    assert Caption(caption.trigger, (*caption.tags, "one more")).tokens > caption.tokens
