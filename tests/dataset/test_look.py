"""Looks are near for pictures that look alike, whatever is hidden below their transparent pixels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from unipixel.dataset import find_near, look_of, mirror_look


def scene(seed: int, height: int = 60, width: int = 80) -> np.ndarray:
    """A picture of large shapes."""
    rng = np.random.default_rng(seed)
    art = np.full((height, width, 4), 255, np.uint8)
    for _ in range(8):
        row, col = rng.integers(0, height - 10), rng.integers(0, width - 10)
        art[row : row + rng.integers(8, 30), col : col + rng.integers(8, 30), :3] = rng.integers(0, 256, 3)
    return art


def bits(one: str, two: str) -> int:
    return bin(int(one, 16) ^ int(two, 16)).count("1")


@given(st.integers(0, 1000))
def test_enlarged_and_slightly_changed_pictures_are_near_and_others_are_far(seed):
    art, other = scene(seed), scene(seed + 2000)
    changed = art.copy()
    changed[30, 40, :3] ^= 255

    assert bits(look_of(art), look_of(art.repeat(3, 0).repeat(3, 1))) <= 2
    assert bits(look_of(art), look_of(changed)) <= 4
    assert bits(look_of(art), look_of(other)) > 4


@given(st.integers(0, 1000))
def test_a_mirrored_picture_has_the_mirrored_look(seed):
    art = scene(seed)

    assert bits(mirror_look(look_of(art)), look_of(art[:, ::-1])) <= 2


def test_hidden_colours_do_not_count():
    art = scene(1)
    art[:20, :, 3] = 0
    other = art.copy()
    other[:20, :, :3] = 7

    assert look_of(art) == look_of(other)


def test_pairs_are_found_in_order_and_say_whether_they_are_mirrored():
    looks = [look_of(scene(1)), "", look_of(scene(2)), look_of(scene(1)[:, ::-1]), look_of(scene(2))]

    found = list(find_near(looks))

    assert [(one, two, mirrored) for one, two, _, mirrored in found] == [(0, 3, True), (2, 4, False)]
    assert found[1][2] == 0


def test_a_pixel_is_enough_for_a_look():
    assert len(look_of(np.zeros((1, 1, 4), np.uint8))) == 16
