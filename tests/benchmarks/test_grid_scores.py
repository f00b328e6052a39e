import cases
import natives
import numpy as np
import pytest
from chart import ticks
from damage import cut_case
from picture import shade
from records import Record, share_of
from scoring import Answer, Score, judge, line_score
from tables import calibration_table, family_table, tool_table

NATIVE = natives.draw_native(0, (20, 24))


def enlarged(scale: int = 5) -> cases.Case:
    rows, cols = (np.arange(side + 1.0) * scale for side in NATIVE.shape[:2])
    return cases.whole_case(NATIVE.repeat(scale, 0).repeat(scale, 1), NATIVE, rows, cols)


def test_a_perfect_answer_scores_one():
    score = judge(enlarged(), Answer(NATIVE), is_clean=True)

    assert score == Score(True, True, 1.0, 1.0, True, 1.0)


def test_a_row_too_few_is_near_but_wrong():
    score = judge(enlarged(), Answer(NATIVE[1:]), is_clean=True)

    assert (score.size, score.near, score.exact, score.main) == (False, True, False, 0.0)
    assert score.match == pytest.approx(19 / 20)


def test_two_rows_too_few_match_nothing():
    score = judge(enlarged(), Answer(NATIVE[2:]), is_clean=False)

    assert (score.size, score.near, score.match, score.main) == (False, False, 0.0, 0.0)


def test_no_answer_and_the_picture_itself_earn_nothing():
    for answer in (None, enlarged().image):
        score = judge(enlarged(), Answer(answer), is_clean=False)

        assert (score.size, score.main) == (False, 0.0)


def test_colors_may_differ_a_little_where_they_do_not_survive():
    close = NATIVE.astype(int) + np.array([1, 0, -1])
    answer = Answer(close.clip(0, 255).astype(np.uint8))

    assert judge(enlarged(), answer, is_clean=False).main > 0.95
    assert judge(enlarged(), answer, is_clean=True).main == 0


def test_cut_border_cells_may_be_kept_or_not():
    whole = enlarged()
    case = cut_case(whole.image, NATIVE, whole.rows, whole.cols, (2, 100), (0, 117))

    assert case.native is not None
    assert case.native.shape == (20, 24, 3)
    assert case.least == (19, 23)
    for answer in (case.native, case.native[1:], case.native[1:, :-1]):
        assert judge(case, Answer(answer), is_clean=True).exact


def test_native_art_must_come_back_untouched():
    case = cases.native_case(NATIVE)
    changed = NATIVE.copy()
    changed[3, 3] ^= 1

    assert judge(case, Answer(None), is_clean=False).main == 1
    assert judge(case, Answer(NATIVE), is_clean=False).main == 1
    assert judge(case, Answer(changed), is_clean=False).main == 0
    assert judge(case, Answer(NATIVE[::2, ::2]), is_clean=False).kind == "native"


@pytest.mark.parametrize(
    ("found", "score"),
    [
        ([0, 10, 20, 30, 40], 1.0),
        ([0, 10.5, 19.5, 30, 40], 1.0),
        ([0, 11, 21, 31, 40], 0.0),
        ([0, 20, 40], 2 * 1 * (1 / 3) / (1 + 1 / 3)),
        ([0, 5, 10, 15, 20, 25, 30, 35, 40], 2 * (3 / 7) * 1 / (1 + 3 / 7)),
        ([0, 40], 0.0),
    ],
)
def test_lines_count_both_ways(found, score):
    assert line_score(np.array([0.0, 10, 20, 30, 40]), np.array(found, float)) == pytest.approx(score)


def record(source: str, *, size: bool, family: str = "jpeg", confidence: float = 0.8, kind: str = "grid") -> Record:
    score = Score(size, size, float(size), float(size), size, float(size), kind)
    return Record(
        "unipixel", family, source, score, 0.01, "", False, confidence, confidence > 0.9, (8, 8), None, None, None
    )


def test_images_weigh_the_same_however_many_cases_they_have():
    records = [record("a", size=True)] * 9 + [record("b", size=False)]

    assert share_of(records, lambda score: score.size).mean == 50


def test_tables_show_what_was_measured():
    records = {"unipixel": [record("a", size=True), record("b", size=False, confidence=0.95)]}
    records["unipixel"].append(record("a", size=True, family="native", kind="native"))

    assert "| unipixel | 50.0 (0-100) |" in tool_table(records)
    assert "| jpeg | 50 / 50 |" in family_table(records, ["jpeg", "native"])
    assert "1 answers called themselves sure; 1 of them were not exact." in calibration_table(records["unipixel"])


def test_colors_of_the_picture_rise_with_the_share():
    assert shade(0) == (214, 96, 77)
    assert shade(100) == (53, 151, 143)


def test_ticks_frame_the_values():
    assert ticks(1.3, 40) == [1, 2, 5, 10, 20, 50]
