"""What a step asks: noise of the stated kind, mixed in the stated share, and errors weighed as the papers say."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from unipixel.diffusion import Base
from unipixel.diffusion.training.loss import ask, draw_noise, weights
from unipixel.lora import TrainingSettings

POWER = torch.tensor([0.0, 0.5, 0.9, 0.99])
"""Shares of signal; the signal-to-noise ratios are 0, 1, 9 and 99."""


def rng() -> torch.Generator:
    """Chance that is always the same."""
    return torch.Generator().manual_seed(0)


def test_min_snr_weights_are_those_of_the_paper(settings: TrainingSettings) -> None:
    assert weights(POWER, settings, predicts_v=False)[1:].tolist() == pytest.approx([1.0, 5 / 9, 5 / 99], rel=1e-4)
    assert weights(POWER, settings, predicts_v=True).tolist() == pytest.approx([1.0, 1.0, 0.5, 0.05], rel=1e-4)


def test_debiased_weights_are_those_of_the_paper(settings: TrainingSettings) -> None:
    debiased = replace(settings, min_snr_gamma=None, debiased=True)

    assert weights(POWER, debiased, predicts_v=False)[1:].tolist() == pytest.approx([1.0, 1 / 3, 99**-0.5], rel=1e-4)
    assert weights(POWER, debiased, predicts_v=True).tolist() == pytest.approx([1.0, 0.5, 0.1, 0.01], rel=1e-4)
    assert weights(POWER, replace(settings, min_snr_gamma=None), predicts_v=True) is None


def test_the_answer_gives_picture_and_noise_back(base: Base, epsilon_base: Base) -> None:
    latents, noise = (torch.randn(3, 4, 2, 5, generator=rng()) for _ in range(2))
    noise = noise.flip(0)
    at = torch.tensor([0, 500, 999])
    for model in (base, epsilon_base):
        power = model.signal_power()
        share = power[at].view(-1, 1, 1, 1)
        question = ask(model, power, latents, noise, at)
        if model.prediction_type == "v_prediction":
            clean = share.sqrt() * question.noisy - (1 - share).sqrt() * question.target
        else:
            clean = (question.noisy - (1 - share).sqrt() * question.target) / share.sqrt()

        assert torch.allclose(clean, latents, atol=1e-4)
        assert torch.equal(question.timesteps, at)


def test_noise_is_normal_where_nothing_is_asked_for() -> None:
    noise = draw_noise(torch.Size([8, 4, 32, 32]), rng())

    assert torch.equal(noise, torch.randn(8, 4, 32, 32, generator=rng()))


def test_offset_noise_shifts_whole_channels() -> None:
    shape = torch.Size([64, 4, 16, 16])
    shift = draw_noise(shape, rng(), offset=0.5) - draw_noise(shape, rng())

    assert torch.allclose(shift, shift.mean(dim=(2, 3), keepdim=True).expand(shape), atol=1e-5)
    assert shift.mean(dim=(2, 3)).std().item() == pytest.approx(0.5, rel=0.15)


def test_pyramid_noise_is_as_strong_and_coarser() -> None:
    def likeness(noise: torch.Tensor) -> float:
        return float((noise[..., 1:] * noise[..., :-1]).mean() / noise.square().mean())

    shape = torch.Size([16, 4, 24, 40])
    plain, coarse = draw_noise(shape, rng()), draw_noise(shape, rng(), pyramid=0.6)

    assert coarse.std(dim=(1, 2, 3)).tolist() == pytest.approx([1.0] * 16, abs=1e-4)
    assert abs(likeness(plain)) < 0.03
    assert likeness(coarse) > 0.15
