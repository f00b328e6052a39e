"""Each word for the light moves the figure that is expected of it, on drawn scenes."""

import numpy as np
import pytest

from unipixel.color import to_oklab, to_srgb
from unipixel.evaluation import LIGHT_EFFECTS, measure_palette

RNG = np.random.default_rng(3)
SCENE = np.dstack([RNG.integers(40, 220, (24, 32, 3)), np.full((24, 32), 255)]).astype(np.uint8)
RELIT = {
    "lightness": lambda lab, way: lab * [1 + 0.3 * way, 1, 1],
    "warmth": lambda lab, way: lab + np.array([0, 0.08, 0.08]) * way,
    "chroma": lambda lab, way: lab * [1, 1 + 0.4 * way, 1 + 0.4 * way],
    "contrast": lambda lab, way: (lab - [0.6, 0, 0]) * [1 + 0.4 * way, 1, 1] + [0.6, 0, 0],
}


def relit(statistic, way):
    """The scene with one figure moved up (1) or down (-1)."""
    moved = RELIT[statistic](to_oklab(SCENE).astype(np.float64), way)
    return np.dstack([to_srgb(moved), SCENE[..., 3]])


@pytest.mark.parametrize("word", LIGHT_EFFECTS)
def test_a_word_that_does_what_it_says_is_seen(word):
    effect = LIGHT_EFFECTS[word]
    way = 1 if effect.expected == "higher" else -1

    change = getattr(measure_palette(relit(effect.statistic, way)), effect.statistic) - getattr(
        measure_palette(SCENE), effect.statistic
    )

    assert way * change > 0.05


@pytest.mark.parametrize("statistic", RELIT)
def test_figures_rise_and_fall(statistic):
    low, middle, high = (getattr(measure_palette(relit(statistic, way)), statistic) for way in (-1, 0, 1))

    assert low < middle < high
    assert low >= 0
    assert high <= 1


def test_known_values():
    black_and_white = np.full((2, 4, 4), 255, np.uint8)
    black_and_white[:, :2, :3] = 0
    figures = vars(measure_palette(black_and_white))
    assert figures == pytest.approx({"lightness": 0, "warmth": 0, "chroma": 0, "contrast": 1}, abs=1e-6)
    orange = np.full((3, 3, 4), (255, 140, 0, 255), np.uint8)
    assert (measure_palette(orange).warmth, measure_palette(orange).contrast) == (1, 0)
    assert measure_palette(np.full((3, 3, 4), (0, 90, 255, 255), np.uint8)).warmth == 0
    assert set(vars(measure_palette(np.zeros((2, 2, 4), np.uint8))).values()) == {0.0}
