"""Merged LoRAs are the sum, and a resized one is the nearest of its rank."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lora.made import CONV, LINEAR, QUERY, SHAPES, made
from unipixel.errors import ModelError
from unipixel.lora import LoraWeights, Pair, merge, resize


def test_a_merge_does_what_all_do_together() -> None:
    first, second = made(1), made(2, rank=2, alpha=4.0, keys=(LINEAR, CONV))
    merged = merge([(first, 0.5), (second, -2.0)])

    for key, pair in merged.pairs.items():
        expected = 0.5 * first.pairs[key].delta()
        if key in second.pairs:
            expected = expected - 2.0 * second.pairs[key].delta()
        assert pair.delta().shape == SHAPES[key]
        assert np.abs(pair.delta() - expected).max() < 1e-5
    assert merged.pairs[LINEAR].rank == 5
    assert merged.pairs[QUERY].rank == 3


def test_a_merge_keeps_what_all_state_and_all_tags() -> None:
    one = replace(made(), metadata={"a": "1", "b": "1", "ss_tag_frequency": '{"x": {"tree": 2}}'})
    two = replace(made(), metadata={"a": "1", "b": "2", "ss_tag_frequency": '{"x": {"rock": 1}, "y": {"sky": 1}}'})

    assert merge([(one, 1), (two, 1)]).metadata == {
        "a": "1",
        "ss_tag_frequency": '{"x": {"tree": 2, "rock": 1}, "y": {"sky": 1}}',
    }


def test_full_rank_changes_nothing() -> None:
    smaller, kept = resize(made(), rank=3)

    assert kept == pytest.approx(1.0)
    for key, pair in made().pairs.items():
        assert np.abs(smaller.pairs[key].delta() - pair.delta()).max() < 1e-5
        assert smaller.pairs[key].alpha == smaller.pairs[key].rank == 3


def test_a_smaller_rank_is_the_truncated_decomposition() -> None:
    smaller, kept = resize(made(), rank=2)
    squares = total = 0.0
    for key, pair in made().pairs.items():
        u, s, v = np.linalg.svd(pair.delta().reshape(len(pair.up), -1).astype(np.float64))
        expected = (u[:, :2] * s[:2]) @ v[:2]
        assert np.abs(smaller.pairs[key].delta().reshape(expected.shape) - expected).max() < 1e-5
        squares, total = squares + np.sum(s[:2] ** 2), total + np.sum(s**2)
    assert kept == pytest.approx(squares / total)
    merged = merge([(made(), 1.0)], rank=2)
    assert merged.ranks() == {2: 6}


def test_an_energy_finds_the_smallest_rank_that_keeps_it() -> None:
    down = np.diag([4.0, 2.0, 1.0, 0.0]).astype(np.float32)  # squares: 16, 4, 1 of 21
    weights = LoraWeights({LINEAR: Pair(down, np.eye(4, dtype=np.float32), 4.0)})

    for energy, rank in ((0.5, 1), (16 / 21, 1), (0.8, 2), (20 / 21, 2), (0.99, 3), (1.0, 3)):
        smaller, kept = resize(weights, energy=energy)
        assert smaller.pairs[LINEAR].rank == rank
        assert kept >= energy - 1e-9


def test_a_module_of_zeros_stays_one() -> None:
    weights = LoraWeights({LINEAR: Pair(np.ones((2, 8), np.float32), np.zeros((10, 2), np.float32), 2.0)})
    smaller, kept = resize(weights, energy=0.9)

    assert kept == 1.0
    assert not smaller.pairs[LINEAR].delta().any()


def test_what_can_not_be_is_refused() -> None:
    small = LoraWeights({LINEAR: Pair(np.ones((1, 4), np.float32), np.ones((10, 1), np.float32), 1.0)})
    with pytest.raises(ModelError, match="different sizes"):
        merge([(made(), 1), (small, 1)])
    with pytest.raises(ModelError, match="no LoRA to merge"):
        merge([])
    for wrong in ({}, {"rank": 1, "energy": 0.5}, {"rank": 0}, {"energy": 0.0}, {"energy": 1.5}):
        with pytest.raises(ModelError, match=r"energy"):
            resize(made(), **wrong)
