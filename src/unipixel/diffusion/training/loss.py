"""The question that a step asks the UNet, and how wrong its answer is."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from unipixel.diffusion.base import Base
from unipixel.lora.settings import TrainingSettings

_LARGEST_RATIO = 1000.0
"""Signal-to-noise ratio at which the debiased weight stops falling, as in kohya's trainer."""


@dataclass(frozen=True)
class Question:
    """Noisy latents, and what the UNet should say to them."""

    noisy: torch.Tensor
    """``(batch, channels, h, w)`` float32"""
    timesteps: torch.Tensor
    """``(batch,)`` int64, 0 for nearly clean"""
    target: torch.Tensor
    """``(batch, channels, h, w)`` float32: the noise, or the velocity"""


def ask(
    base: Base, signal_power: torch.Tensor, latents: torch.Tensor, noise: torch.Tensor, at: torch.Tensor
) -> Question:
    """Mix latents with noise.

    Parameters
    ----------
    base : Base
    signal_power : (timesteps,) float32
        See `Base.signal_power`.
    latents, noise : (batch, channels, h, w) float32
    at : (batch,) int64
        Timesteps.
    """
    power = signal_power[at].view(-1, 1, 1, 1)
    noisy = power.sqrt() * latents + (1 - power).sqrt() * noise
    predicts_v = base.prediction_type == "v_prediction"
    return Question(noisy, at, power.sqrt() * noise - (1 - power).sqrt() * latents if predicts_v else noise)


def errors(
    base: Base, unet: torch.nn.Module, question: Question, embeds: torch.Tensor, pooled: torch.Tensor
) -> torch.Tensor:
    """Mean squared error of the UNet's answer to each picture of a batch: ``(batch,)`` float32.

    Parameters
    ----------
    base : Base
    unet : UNet2DConditionModel
        That of the base, or what was compiled from it.
    question : Question
    embeds : (batch, 77, D)
    pooled : (batch, P)
    """
    device = base.device
    # original size, crop corner, target size: the true canvas, never cropped
    height, width = (base.stride * cells for cells in question.noisy.shape[2:])
    size = torch.tensor([[height, width, 0, 0, height, width]], device=device).expand(len(question.noisy), -1)
    with torch.autocast(device.type, dtype=base.dtype, enabled=base.dtype != torch.float32):
        said: torch.Tensor = unet(
            question.noisy.to(device),
            question.timesteps.to(device),
            encoder_hidden_states=embeds.to(device),
            added_cond_kwargs={"text_embeds": pooled.to(device), "time_ids": size},
            return_dict=False,
        )[0]
    return F.mse_loss(said.float(), question.target.to(device), reduction="none").mean(dim=(1, 2, 3))


def draw_noise(shape: torch.Size, rng: torch.Generator, *, offset: float = 0.0, pyramid: float = 0.0) -> torch.Tensor:
    """Noise of a shape ``(batch, channels, h, w)``, drawn on the CPU.

    Parameters
    ----------
    shape : Size
    rng : Generator
    offset : float
        Strength of noise that is constant over a channel of a picture (N. Guttenberg, "Diffusion with offset noise",
        2023).
    pyramid : float
        Strength of each coarser layer, half as fine as the one before, against that one; the sum has a deviation of
        one again (J. Whitaker, "Multi-resolution noise for diffusion model training", 2023).
    """
    noise = torch.randn(shape, generator=rng)
    if pyramid:
        height, width, strength = *shape[2:], pyramid
        while max(height, width) > 1:
            height, width = max(1, height // 2), max(1, width // 2)
            layer = torch.randn((*shape[:2], height, width), generator=rng)
            noise = noise + strength * F.interpolate(layer, size=shape[2:], mode="bilinear")
            strength *= pyramid
        noise = noise / noise.std(dim=(1, 2, 3), keepdim=True)
    if offset:
        noise = noise + offset * torch.randn((*shape[:2], 1, 1), generator=rng)
    return noise


def weights(power: torch.Tensor, settings: TrainingSettings, *, predicts_v: bool) -> torch.Tensor | None:
    """Weight of each picture's error at its share of signal, ``(batch,)``; None where all weigh the same.

    Min-SNR as in Hang et al. 2023 (arXiv 2303.09556), debiased as in Yu et al. 2023 (arXiv 2310.08442). For
    v-prediction one is added to the signal-to-noise ratio, as the usual trainers do: pure noise, the last
    step of a zero-terminal-SNR model, would otherwise weigh nothing, or without bound, and never be learnt.
    """
    ratio = (power / (1 - power).clamp(min=1e-8)).clamp(min=1e-8)
    if settings.debiased:
        return 1 / (ratio + 1) if predicts_v else ratio.clamp(max=_LARGEST_RATIO).rsqrt()
    if settings.min_snr_gamma is None:
        return None
    ratio = ratio + (1.0 if predicts_v else 0.0)
    return ratio.clamp(max=settings.min_snr_gamma) / ratio
