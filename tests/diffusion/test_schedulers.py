"""Samplers on a base: they step where hosts step, and find a picture that the UNet knows."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from unipixel.diffusion import Base, model_note
from unipixel.diffusion.schedulers import scheduler_for
from unipixel.errors import OptionError
from unipixel.sampling import BASE, SAMPLER_NAMES, SAMPLERS, host_names

STEPS = 24


def noise_levels(base: Base) -> np.ndarray:
    """Noise over image at each training timestep, 2**-24 of the image standing for none."""
    power = base.signal_power().double().clamp(min=2.0**-24).numpy()
    return np.sqrt((1 - power) / power)


def as_hosts_step(schedule: str, levels: np.ndarray, steps: int) -> np.ndarray:
    """Noise levels by the formulas of ComfyUI's and k-diffusion's schedules of that name, the last zero left out."""
    last = len(levels) - 1
    if schedule == "karras":  # Karras et al. 2022, eq. 5, rho 7
        ramp = np.linspace(0, 1, steps)
        low, high = levels[0] ** (1 / 7), levels[-1] ** (1 / 7)
        return (high + ramp * (low - high)) ** 7
    if schedule == "ddim_uniform":
        return levels[1 : 1 + steps * (len(levels) // steps) : len(levels) // steps][::-1]
    times = np.linspace(last, 0, steps) if schedule == "normal" else np.linspace(last, 0, steps + 1)[:-1]
    return np.exp(np.interp(times, np.arange(len(levels)), np.log(levels)))


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "lcm"])
@pytest.mark.parametrize("which", ["base", "epsilon_base"])
def test_a_sampler_steps_where_hosts_of_its_name_step(name: str, which: str, request: pytest.FixtureRequest) -> None:
    base: Base = request.getfixturevalue(which)
    model = model_note(base)
    scheduler = scheduler_for(base, name, STEPS)
    schedule = host_names(name, base_scheduler=model.scheduler, base_spacing=model.spacing).comfy_schedule
    levels = noise_levels(base)

    if hasattr(scheduler, "sigmas"):
        taken = scheduler.sigmas.numpy()
        assert taken[-1] == 0
        taken = taken[:-1][::2] if name == "heun" else taken[:-1]
    else:
        taken = levels[scheduler.timesteps.numpy()]

    # between two training timesteps hosts go by the logarithm, diffusers straight or to the nearest one
    assert taken[: STEPS - 1] == pytest.approx(as_hosts_step(schedule, levels, STEPS)[: STEPS - 1], rel=0.08)
    assert taken[0] == pytest.approx(levels[-1] if schedule != "ddim_uniform" else taken[0], rel=0.01)


@pytest.mark.parametrize("name", SAMPLER_NAMES)
@pytest.mark.parametrize("which", ["base", "epsilon_base"])
def test_a_sampler_finds_the_picture_that_the_unet_knows(name: str, which: str, request: pytest.FixtureRequest) -> None:
    """With a UNet that always sees the one true picture in the noise, every sampler must end at that picture."""
    base: Base = request.getfixturevalue(which)
    scheduler = scheduler_for(base, name, STEPS)
    generator = torch.Generator().manual_seed(0)
    picture = torch.randn(1, 4, 4, 4, generator=generator).double()
    levels = torch.from_numpy(noise_levels(base))
    latents = torch.randn(picture.shape, generator=generator) * scheduler.init_noise_sigma

    for place, timestep in enumerate(scheduler.timesteps):
        asked = scheduler.scale_model_input(latents, timestep).double()
        level = scheduler.sigmas[place].double() if hasattr(scheduler, "sigmas") else levels[int(timestep)]
        power = 1 / (1 + level**2)
        noise = (asked - power.sqrt() * picture) / (1 - power).sqrt()
        said = power.sqrt() * noise - (1 - power).sqrt() * picture if base.prediction_type == "v_prediction" else noise
        latents = scheduler.step(said.float(), timestep, latents, return_dict=False)[0]

    # DDIM of diffusers ends at the noise of the first timestep, a thirtieth, not at none
    assert (latents - picture).abs().max() < (0.1 if "DDIM" in type(scheduler).__name__ else 1e-4)


def test_the_base_keeps_its_own_scheduler(base: Base) -> None:
    own, config = base.pipeline.scheduler, dict(base.pipeline.scheduler.config)

    for name in SAMPLER_NAMES:
        assert scheduler_for(base, name, 4) is not own

    assert base.pipeline.scheduler is own
    assert dict(own.config) == config
    assert dict(scheduler_for(base, BASE, 4).config) == config


def test_an_unknown_sampler_is_told_before_anything(base: Base) -> None:
    with pytest.raises(OptionError, match="no sampler 'eulr'"):
        scheduler_for(base, "eulr", 4)


def test_a_picture_says_of_its_base_what_hosts_need(base: Base) -> None:
    model = model_note(base)

    assert (model.name, model.file, model.hash) == (base.name, "", "")
    assert model.predicts_v
    assert model.zero_terminal_snr
    assert (model.scheduler, model.spacing) == ("DDIMScheduler", "trailing")
