"""Tones of a picture: shares of its visible pixels."""

import numpy as np
import pytest

from unipixel.color.tones import tones_of


def pixels(*colors):
    return np.array([colors], np.uint8)


def test_shares_add_up_and_hidden_colours_are_left_out():
    native = pixels((255, 0, 0, 255), (255, 0, 0, 255), (0, 0, 0, 255), (0, 255, 0, 0))

    tones = tones_of(native)

    assert sorted(tones.share) == pytest.approx([1 / 3, 2 / 3])
    assert tones.warm_share == 1
    assert tones.light_at(0.0) == 0
    assert tones_of(native, np.array([[False, False, False, True]])) is None


def test_light_at_and_contrast():
    native = pixels(*[(value, value, value, 255) for value in range(0, 200, 10)])

    tones = tones_of(native)

    assert 0 == tones.light_at(0.05) < tones.light_at(0.5) < tones.light_at(0.95)
    assert tones.contrast == tones.light_at(0.95)
    assert tones.mean_chroma == pytest.approx(0, abs=1e-3)
    assert tones.warm_share == 0
