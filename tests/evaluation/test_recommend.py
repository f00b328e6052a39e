"""Which one is recommended, step by step."""

import pytest

from unipixel.errors import UniPixelError
from unipixel.evaluation.recommend import Merits, recommend


def never(one, other):
    return False


def merits(name, **changes):
    return Merits(**{"name": name, "on_grid": 1.0, "score": 0.8, "copies": 0.0, "steerability": 0.5, **changes})


def test_what_does_not_keep_the_grid_is_out_whatever_else_it_can():
    chosen, reasons = recommend([merits("loose", on_grid=0.5, steerability=1.0), merits("tight")], never)

    assert chosen == "tight"
    assert any("loose does not keep the grid: 50%" in reason for reason in reasons)


def test_one_that_memorises_is_out_though_it_scores_best():
    chosen, reasons = recommend([merits("old", score=0.99, copies=0.6, memorises=True), merits("young")], never)

    assert chosen == "young"
    assert any("old memorises: 60% copies" in reason for reason in reasons)


def test_a_score_below_the_best_beyond_chance_is_out_and_one_within_chance_is_not():
    two = [merits("best", score=0.9, steerability=0.2), merits("near", score=0.85, steerability=0.7)]

    assert recommend(two, never)[0] == "near"
    chosen, reasons = recommend(two, lambda one, other: (one, other) == ("near", "best"))
    assert chosen == "best"
    assert any("near scores below best beyond chance" in reason for reason in reasons)


def test_words_decide_then_prompts_then_the_score():
    assert recommend([merits("a", steerability=0.1), merits("b")], never)[0] == "b"
    shown = [merits("a", adherence=0.3, score=0.7), merits("b", adherence=0.2)]
    chosen, reasons = recommend(shown, never)
    assert chosen == "a"
    assert any("b would do as well; of these a shows its prompts best" in reason for reason in reasons)
    assert recommend([merits("a", adherence=0.3, score=0.7), merits("b")], never)[0] == "b"
    assert recommend([merits("a", steerability=None), merits("b", score=0.9)], never)[0] == "b"


def test_a_step_that_would_leave_none_says_so():
    chosen, reasons = recommend([merits("a", on_grid=0.1), merits("b", on_grid=0.2, score=0.9)], never)

    assert chosen == "b"
    assert "Every one left does not keep the grid, so that this decides nothing." in reasons


def test_there_must_be_one():
    assert recommend([merits("only")], never)[0] == "only"
    with pytest.raises(UniPixelError, match="nothing to choose"):
        recommend([], never)
