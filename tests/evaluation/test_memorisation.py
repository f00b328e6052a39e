"""A LoRA that draws its training images is caught; one that draws others is not."""

import numpy as np
import pytest

from evaluation.made import art
from unipixel.evaluation import copy_bound, find_nearest, memorises

KNOWN = [art(seed, 24, 32) for seed in range(12)]
BOUND = copy_bound([each.distance for each in find_nearest(KNOWN, KNOWN, apart=[{place} for place in range(12)])])


def copies_of(natives):
    return sum(each.distance < BOUND for each in find_nearest(natives, KNOWN))


def noisy(native, seed):
    """A copy as a LoRA draws it: a few native pixels aside, and colours a little off."""
    rng = np.random.default_rng(seed)
    moved = np.roll(native, rng.integers(-1, 2, 2), (0, 1)).astype(int)
    moved[..., :3] += rng.normal(0, 9, moved[..., :3].shape).astype(int)
    moved = np.clip(moved, 0, 255).astype(np.uint8)
    return moved[:, ::-1] if seed % 2 else moved


def test_one_that_copies_is_caught():
    drawn = [noisy(KNOWN[seed % 12], seed) for seed in range(20)]

    assert copies_of(drawn) >= 18
    assert memorises(copies_of(drawn), len(drawn))


def test_one_that_draws_its_own_is_not():
    drawn = [art(1000 + seed, 24, 32) for seed in range(20)]

    assert copies_of(drawn) == 0
    assert not memorises(0, 20)


@pytest.mark.parametrize(("copies", "pictures", "caught"), [(0, 0, False), (1, 20, False), (2, 20, True), (1, 4, True)])
def test_a_tenth_is_too_many(copies, pictures, caught):
    assert memorises(copies, pictures) is caught


def test_without_training_images_nothing_is_near():
    assert copy_bound([]) == 0
