"""The moving average: what it is after some steps, and that it only visits the weights' place."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from unipixel.diffusion.training.average import Average


def test_it_is_the_weighted_mean_of_the_steps() -> None:
    weight = nn.Parameter(torch.zeros(3))
    average = Average([weight], 0.9)
    expected = 0.0
    for step in range(200):
        weight.data.fill_(float(step))
        average.update(step)
        decay = min(0.9, (step + 1) / (step + 10))
        expected = decay * expected + (1 - decay) * step

    assert average.tensors[0].tolist() == pytest.approx([expected] * 3, rel=1e-5)
    assert expected == pytest.approx(199 - 9, abs=0.1), "it lags by decay / (1 - decay) steps"


def test_it_visits_the_place_of_the_weights_even_through_an_error() -> None:
    weight = nn.Parameter(torch.zeros(2))
    average = Average([weight], 0.5)
    weight.data.fill_(8.0)
    average.update(0)

    def visit() -> None:
        with average.in_place():
            assert weight.tolist() == pytest.approx(average.tensors[0].tolist())
            assert weight.tolist() != [8.0, 8.0]
            raise KeyError

    with pytest.raises(KeyError):
        visit()

    assert weight.tolist() == [8.0, 8.0]


def test_none_is_no_average() -> None:
    weight = nn.Parameter(torch.ones(2))
    average = Average([weight], 0.0)
    average.update(0)
    with average.in_place():
        assert weight.tolist() == [1.0, 1.0]

    assert average.tensors == []
