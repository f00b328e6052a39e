from hypothesis import given
from hypothesis import strategies as st

from unipixel.dataset import Canvas
from unipixel.dataset.checks.counts import MOST_REPEATS, check_counts, check_length, equal_repeats

WIDE, HIGH, SQUARE = Canvas(64, 48), Canvas(48, 64), Canvas(56, 56)


def test_equal_counts_are_fine_and_short_ones_are_named_with_what_mends_them():
    assert check_counts({WIDE: 4, HIGH: 4}, [WIDE, HIGH]) == []
    (finding,) = check_counts({WIDE: 4, HIGH: 2}, [WIDE, HIGH])

    assert finding.problem == "2 images of 48x64, 4 wanted"
    assert finding.mend.endswith("or repeats of 1 for 64x48, 2 for 48x64")


def test_a_canvas_without_images_can_not_be_repeated():
    (finding,) = check_counts({WIDE: 4}, [WIDE, HIGH])

    assert "repeats" not in finding.mend


def test_repeats_do_not_make_up_for_a_wanted_number():
    findings = check_counts({WIDE: 4, HIGH: 2}, [WIDE, HIGH], expected=5)

    assert len(findings) == 2
    assert not any("repeats" in finding.mend for finding in findings)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_repeats_equalise_and_are_the_fewest(wide, high, square):
    seen = {WIDE: wide, HIGH: high, SQUARE: square}
    repeats = equal_repeats(seen)

    fewest = next(
        (
            target
            for target in range(max(seen.values()), MOST_REPEATS * min(seen.values()) + 1)
            if all(target % count == 0 for count in seen.values())
        ),
        None,
    )
    if fewest is None:
        assert repeats == {}
    else:
        assert {seen[canvas] * repeats[canvas] for canvas in seen} == {fewest}


def test_steps_that_are_far_too_few_or_many_are_noted():
    assert list(check_length(120, 4928, 1)) == []
    assert list(check_length(81, 3628, 1)) == []
    assert list(check_length(0, 100, 1)) == []
    (few,), (many,) = check_length(120, 100, 4), check_length(12, 4928, 1)

    assert "each of 120 images 3.33 times" in few.problem
    assert "300 to 3000 steps" in few.mend
    assert (many.severity, "411 times" in many.problem) == ("note", True)
