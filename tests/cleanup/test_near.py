import numpy as np
from hypothesis import given, settings

from cleanup.pictures import flat
from strategies import natives
from unipixel.cleanup.colors import NOTICEABLE, appearance, distances
from unipixel.cleanup.near import find_targets, merge_near_duplicates


def test_the_more_frequent_colour_stays():
    native = flat("a")
    native[3:5, 3:6, 1] += 2

    assert np.array_equal(merge_near_duplicates(native), flat("a"))


def test_colours_that_can_be_told_apart_stay():
    native = flat("a")
    native[3:5, 3:6] = flat("b")[0, 0]

    assert np.array_equal(merge_near_duplicates(native), native)


def test_a_smooth_ramp_is_thinned_and_does_not_collapse():
    ramp = np.full((4, 200, 4), 255, np.uint8)
    ramp[..., :3] = np.arange(30, 230)[None, :, None]
    merged = merge_near_duplicates(ramp)
    kept = np.unique(merged[..., 0])

    assert 20 < len(kept) < 70
    assert np.abs(merged.astype(int) - ramp).max() < 8
    assert (np.diff(merged[0, :, 0].astype(int)) >= 0).all()


@given(natives(max_side=20, max_colors=16))
@settings(max_examples=60, deadline=None)
def test_nothing_moves_farther_than_is_noticeable_and_what_stays_is_apart(native):
    merged = merge_near_duplicates(native)
    left = appearance(np.unique(merged.reshape(-1, 4), axis=0))
    apart = distances(left[:, None], left[None])

    assert (distances(appearance(merged), appearance(native)) < NOTICEABLE).all()
    assert (apart[~np.eye(len(left), dtype=bool)] >= NOTICEABLE).all()


def test_targets_are_those_of_the_plain_definition():
    rng = np.random.default_rng(0)
    table = np.unique(np.column_stack([rng.integers(100, 130, (300, 3)), rng.choice([90, 255], 300)]), axis=0)
    counts = rng.integers(1, 50, len(table))
    points, stay = appearance(table.astype(np.uint8)), []
    for row in np.argsort(-counts, kind="stable"):
        if not any(table[row, 3] == table[s, 3] and distances(points[row], points[s]) < NOTICEABLE for s in stay):
            stay.append(row)
    meant = [min((s for s in stay if table[row, 3] == table[s, 3]), key=lambda s: distances(points[row], points[s]))
             for row in range(len(table))]  # fmt: skip

    assert find_targets(table.astype(np.uint8), counts).tolist() == meant


def test_unlike_alpha_is_never_merged():
    native = flat("a")
    native[2, 2, 3] = 254

    assert np.array_equal(merge_near_duplicates(native), native)
