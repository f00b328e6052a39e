"""Copies are found wherever they were moved to, and only copies are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.made import art
from unipixel.color import to_oklab
from unipixel.evaluation import find_nearest, pixel_distance


def shapes(native):
    lab = to_oklab(native).astype(float)
    rows, cols = range(lab.shape[0] - 4), range(lab.shape[1] - 4)
    return np.array([[lab[row : row + 5, col : col + 5].mean((0, 1)) for col in cols] for row in rows])


def by_hand(native, other):
    """The definition, shift by shift."""
    own, other = shapes(native), shapes(other)
    ground = np.median(own, (0, 1))
    energy = ((own - ground) ** 2).sum()
    (h, w), (high, wide) = own.shape[:2], other.shape[:2]
    best = np.inf
    for side in (other, other[:, ::-1]):
        theirs = side
        for down in range(-h, high + 1):
            for right in range(-w, wide + 1):
                rows = [r for r in range(h) if 0 <= r + down < high]
                cols = [c for c in range(w) if 0 <= c + right < wide]
                if 2 * len(rows) < h or 2 * len(cols) < w:
                    continue
                part = own[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
                under = theirs[rows[0] + down : rows[-1] + down + 1, cols[0] + right : cols[-1] + right + 1]
                rest = energy - ((part - ground) ** 2).sum()
                best = min(best, (((part - under) ** 2).sum() + rest) / energy)
    return min(1.0, np.sqrt(best))


@pytest.mark.parametrize(
    ("size", "other"), [((9, 11), (9, 11)), ((9, 8), (12, 14)), ((12, 12), (9, 8)), ((5, 9), (8, 9))]
)
def test_it_is_what_the_definition_says(size, other):
    for seed in range(4):
        native, known = art(seed, *size), art(seed + 50, *other)
        rows, cols = min(size[0], other[0]) - 1, min(size[1], other[1]) - 1
        known[:rows, :cols] = native[-rows:, -cols:]

        (found,) = find_nearest([native], [known])

        assert found.distance == pytest.approx(by_hand(native, known), abs=1e-6)


@given(st.integers(0, 10**6))
def test_a_copy_is_nought_mirrored_too_and_a_crop_of_what_is_known(seed):
    known = [art(seed), art(seed + 1), art(seed + 2, 26, 20)]

    found = find_nearest([known[2], known[1][:, ::-1], known[0][4:16, 3:20]], known)

    assert [each.index for each in found] == [2, 1, 0]
    assert max(each.distance for each in found) < 1e-3


@given(st.integers(0, 10**6), st.integers(-4, 4), st.integers(-4, 4))
def test_a_shifted_copy_is_near_and_another_picture_is_not(seed, down, right):
    known = [art(seed + 7 * place) for place in range(5)]
    shifted = np.roll(known[3], (down, right), (0, 1))

    copy, other = find_nearest([shifted, art(seed + 1)], known)

    assert copy.index == 3
    assert copy.distance < 0.7 < other.distance
    assert copy.distance < other.distance


def test_a_plain_ground_in_common_does_not_make_pictures_alike():
    def figure(seed, row, col):
        native = np.full((24, 24, 4), (120, 200, 240, 255), np.uint8)
        native[row : row + 8, col : col + 8] = art(seed, 8, 8)
        return native

    known = [figure(1, 8, 8), figure(2, 8, 8)]
    moved, new = find_nearest([figure(1, 11, 4), figure(3, 8, 8)], known)

    assert (moved.index, moved.distance < 1e-3) == (0, True)
    assert new.distance > 0.5


def test_dark_pictures_are_not_near_because_they_are_dark():
    known = [art(seed) // 12 for seed in range(3)]

    (found,) = find_nearest([art(9) // 12], known)

    assert found.distance > 0.6


def test_the_nearest_other_one_and_what_can_not_be_compared():
    known = [art(1), art(2), art(1)]

    among = find_nearest(known, known, apart=[{0}, {1}, {2}])

    assert [each.index for each in among][::2] == [2, 0]
    assert among[0].distance < 1e-3 < among[1].distance
    assert find_nearest([art(1)], []) == [None]
    assert find_nearest([art(1)], [art(1)], apart=[{0}]) == [None]
    assert find_nearest([art(1, 40, 40)], [art(1, 8, 8)]) == [None]
    assert find_nearest([np.full((9, 9, 4), 255, np.uint8)], [art(1)])[0].distance == 1


def test_pixel_distance_is_that_of_colours():
    black, white = np.zeros((4, 5, 4), np.uint8), np.full((4, 5, 4), 255, np.uint8)

    assert pixel_distance(black, black) == 0
    assert pixel_distance(black, white) == pytest.approx(1, abs=1e-3)
