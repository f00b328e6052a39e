import numpy as np
import pytest

from cleanup.pictures import draw
from unipixel.cleanup.jaggies import smooth_jaggies

BEFORE = """
aaaaaaaaaaaaaaaaaaaa
a##aaaaaaaaaaaaaaaaa
aaa###aaaaaaaaaaaaaa
aaaaa###aaaaaaaaaaaa
aaaaaaaa##aaaaaaaaaa
aaaaaaaaaa###aaaaaaa
aaaaaaaaaaaaa##aaaaa
aaaaaaaaaaaaaaa##aaa
aaaaaaaaaaaaaaaaaaaa
"""
AFTER = """
aaaaaaaaaaaaaaaaaaaa
a##aaaaaaaaaaaaaaaaa
aaa##aaaaaaaaaaaaaaa
aaaaa###aaaaaaaaaaaa
aaaaaaaa##aaaaaaaaaa
aaaaaaaaaa###aaaaaaa
aaaaaaaaaaaaa##aaaaa
aaaaaaaaaaaaaaa##aaa
aaaaaaaaaaaaaaaaaaaa
"""


@pytest.mark.parametrize("turn", range(8))
def test_a_doubled_step_is_made_single_whichever_way_it_lies(turn):
    before, after = (np.rot90(draw(text), turn) for text in (BEFORE, AFTER))
    if turn >= 4:
        before, after = before[:, ::-1], after[:, ::-1]
    mended = smooth_jaggies(before)
    taken = (mended != before).any(-1)

    assert taken.sum() == 1
    if turn in (0, 4):  # of two runs of equal length the first in reading order gives way
        assert np.array_equal(mended, after)


def test_the_longer_run_gives_way():
    native = draw("""
aaaaaaaaaaaaaaaaaa
a#aaaaaaaaaaaaaaaa
aa#aaaaaaaaaaaaaaa
aaa##aaaaaaaaaaaaa
aaaa#####aaaaaaaaa
aaaaaaaaa##aaaaaaa
aaaaaaaaaaa##aaaaa
aaaaaaaaaaaaaaaaaa
""")
    mended = smooth_jaggies(native)

    assert list(zip(*np.nonzero((mended != native).any(-1)), strict=True)) == [(4, 4)]


@pytest.mark.parametrize(
    "text",
    [
        """
aaaaaaaaaaaa
a##########a
a#aaaaaaaa#a
a#aaaaaaaa#a
a##########a
aaaaaaaaaaaa
""",
        """
aaaaaaaaaaaa
aa##aaaaaaaa
aaa##aaaaaaa
aaaa##aaaaaa
aaaaa##aaaaa
aaaaaa##aaaa
aaaaaaaaaaaa
""",
        """
aaaaaaaaaaaa
aa##aaaa##aa
aaa##aa##aaa
aaaaaaaaaaaa
""",
        """
aaaaaaaaaaaa
a####aaaaaaa
a####aaaaaaa
aaaa####aaaa
aaaa####aaaa
aaaaaaaaaaaa
""",
    ],
    ids=["box", "stairs", "specks", "thick"],
)
def test_what_is_drawn_so_stays(text):
    native = draw(text)

    assert np.array_equal(smooth_jaggies(native), native)


def test_short_pieces_stay_where_lines_are_smooth():
    native = draw("""
aaaaaaaaaaaa
a##aaaaaa#aa
aa##aaaa#aaa
aaaaaaa#aaaa
aaaaaa#aaaaa
aaaaa#aaaaaa
aaaaaaaaaaaa
""")

    assert np.array_equal(smooth_jaggies(native), native)


def test_what_is_transparent_draws_no_lines():
    native = draw(BEFORE.replace("#", "."))

    assert np.array_equal(smooth_jaggies(native), native)
