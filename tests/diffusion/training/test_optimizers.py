"""Optimizers by name: each learns, and each goes on from its written state as if it had not stopped."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch
from torch import nn

from unipixel import extras
from unipixel.diffusion.training.optimizers import load_optimizer_state, make_optimizer, optimizer_state
from unipixel.errors import MissingExtra
from unipixel.lora import TrainingSettings
from unipixel.lora.settings import OPTIMIZERS

RATES = {"adamw": 1e-2, "adamw8bit": 1e-2, "prodigy": 1.0, "lion": 1e-2, "adafactor": 1e-2}


def problem() -> tuple[list[nn.Parameter], torch.Tensor]:
    """Weights, large enough for eight bits, and what they should become."""
    rng = torch.Generator().manual_seed(1)
    weights = [nn.Parameter(torch.randn(64, 96, generator=rng)), nn.Parameter(torch.zeros(96, 4))]
    return weights, torch.randn(64, 4, generator=rng)


def steps(optimizer: torch.optim.Optimizer, weights: list[nn.Parameter], wanted: torch.Tensor, count: int) -> float:
    """Take steps; the last loss."""
    for _ in range(count):
        loss = (weights[0] @ weights[1] - wanted).square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return loss.item()


def made(name: str, settings: TrainingSettings, weights: list[nn.Parameter]) -> torch.optim.Optimizer:
    """Make the optimizer, each weight in a group of its own."""
    groups = [([weight], RATES[name]) for weight in weights]
    return make_optimizer(replace(settings, optimizer=name), groups)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_learns(name: str, settings: TrainingSettings) -> None:
    weights, wanted = problem()
    optimizer = made(name, settings, weights)
    first = steps(optimizer, weights, wanted, 1)

    assert [group["lr"] for group in optimizer.param_groups] == [RATES[name]] * 2
    assert steps(optimizer, weights, wanted, 120 if name == "prodigy" else 40) < 0.7 * first


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_goes_on_from_its_state_to_the_bit(name: str, settings: TrainingSettings) -> None:
    weights, wanted = problem()
    optimizer = made(name, settings, weights)
    steps(optimizer, weights, wanted, 3)
    notes, tensors = optimizer_state(optimizer)
    kept = {path: tensor.clone() for path, tensor in tensors.items()}
    copies = [nn.Parameter(weight.detach().clone()) for weight in weights]
    steps(optimizer, weights, wanted, 3)

    resumed = made(name, settings, copies)
    load_optimizer_state(resumed, json.dumps(json.loads(notes)), kept)
    steps(resumed, copies, wanted, 3)

    assert tensors
    assert all(torch.equal(a, b) for a, b in zip(weights, copies, strict=True))


@pytest.mark.parametrize("name", ["adamw8bit", "prodigy", "lion"])
def test_a_missing_package_is_named(name: str, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(module: str) -> None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(extras, "import_module", absent)
    with pytest.raises(MissingExtra, match=rf"the optimizer {name} needs .* pip install 'unipixel-kit\[optimizers\]'"):
        made(name, settings, problem()[0])
