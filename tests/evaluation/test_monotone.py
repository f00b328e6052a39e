"""More damage never scores more: the harms of `benchmarks/measure`, on drawn art from any seed."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from strategies import seeds
from unipixel.evaluation import measure_discipline

sys.path.append(str(Path(__file__).parents[2] / "benchmarks" / "measure"))
from harms import HARMS, SCALE, enlarge

CHANCE = 0.1
"""Score that pictures without any grid reach: below it nothing is said."""

SLACK = 0.02
"""By so much a score may rise for the chance in a harm."""


def drawn(seed: int) -> np.ndarray:
    """Patches and single pixels in few colours that are well apart, 32x40 native px."""
    rng = np.random.default_rng(seed)
    colors = np.array([(20, 20, 40), (230, 220, 190), (190, 40, 50), (40, 150, 80), (60, 90, 220)], np.uint8)
    native = colors[rng.integers(0, 5, (8, 10))].repeat(4, axis=0).repeat(4, axis=1)
    native[rng.integers(0, 32, 120), rng.integers(0, 40, 120)] = colors[rng.integers(0, 5, 120)]
    return native


def scores(name: str, seed: int) -> np.ndarray:
    harm, native = HARMS[name], drawn(seed)
    pictures = [enlarge(native)]
    pictures += [harm.make(native, strength, np.random.default_rng(seed)) for strength in harm.strengths]
    return np.array([measure_discipline(picture, SCALE).score for picture in pictures])


@pytest.mark.parametrize("name", HARMS)
@given(seeds)
@settings(max_examples=6, deadline=None)
def test_the_score_falls_as_a_harm_grows(name, seed):
    found = scores(name, seed)

    assert found[0] == 1.0
    assert found[1] < 1.0
    assert (np.diff(found) <= np.where(found[:-1] > CHANCE, SLACK, CHANCE)).all()
    assert found[-1] < found[1]


@pytest.mark.parametrize("name", ["blur", "smooth edges", "mixels", "shift", "noise by contrast"])
def test_one_harm_scores_about_the_same_on_other_art(name):
    table = np.array([scores(name, seed) for seed in range(8)])

    assert table.std(axis=0).max() < 0.05
