"""Still parts of an animation stand still; what moves, moves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from unipixel.conversion.steady import hold_still


def blink(*levels: int) -> np.ndarray:
    frames = np.full((len(levels), 3, 4, 4), 255, np.uint8)
    frames[..., :3] = np.array(levels)[:, None, None, None]
    return frames


def test_noise_is_held():
    held = hold_still(blink(100, 103, 98, 101))

    assert (held[..., :3] == 100).all()


def test_a_change_is_kept():
    frames = blink(100, 100, 180, 181, 100)

    assert hold_still(frames)[:, 0, 0, 0].tolist() == [100, 100, 180, 180, 100]


def test_a_slow_fade_goes_on():
    frames = blink(*range(60, 220, 4))

    held = hold_still(frames)[:, 0, 0, 0].astype(int)

    assert (np.abs(held - frames[:, 0, 0, 0]) <= 16).all()
    assert held[-1] >= 200


def test_alpha_that_changes_is_a_change():
    frames = blink(100, 101)
    frames[1, ..., 3] = 0

    assert (hold_still(frames)[1, ..., 3] == 0).all()


@given(st.integers(0, 500))
def test_each_colour_was_there_before(seed):
    frames = np.random.default_rng(seed).integers(0, 40, (5, 2, 2, 4)).astype(np.uint8)
    frames[..., 3] = 255

    held = hold_still(frames)

    for now in range(5):
        past = [np.array_equal(frames[before], held[now]) for before in range(now + 1)]
        same = (frames[: now + 1] == held[now]).all(-1).any(0)
        assert any(past) or same.all()
