import pytest

from unipixel.dataset.policy import is_refused, rating_tags


@pytest.mark.parametrize(
    ("rating", "policy", "refused", "tags"),
    [
        ("explicit", "refuse", True, ()),
        ("questionable", "refuse", True, ()),
        ("sensitive", "refuse", False, ()),
        ("", "refuse", False, ()),
        ("explicit", "label", False, ("explicit",)),
        ("general", "label", False, ()),
        ("explicit", "allow", False, ()),
    ],
)
def test_what_is_refused_and_what_is_said(rating, policy, refused, tags):
    assert is_refused(rating, policy) == refused
    assert rating_tags(rating, policy) == tags
