"""Samplers as schedulers of diffusers, fitted to a base: its betas, its prediction type, its zero terminal SNR."""

from __future__ import annotations

import inspect
from typing import Any

import diffusers
import torch

from unipixel.diffusion.base import Base
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.sampling.drawing import Model
from unipixel.sampling.samplers import BASE, SAMPLERS, check_sampler, spacing_of

_LEAST_POWER = 2.0**-24
"""Share of the image that stands for none, as the schedulers of diffusers take it: noise must stay finite."""


def model_note(base: Base) -> Model:
    """What pictures say of the base that they were drawn with."""
    single = base.path.is_file()
    config = base.pipeline.scheduler.config
    return Model(
        name=base.name,
        file=base.path.name if single else "",
        hash=base.hash if single else "",
        predicts_v=base.prediction_type == "v_prediction",
        zero_terminal_snr=base.zero_terminal_snr,
        scheduler=type(base.pipeline.scheduler).__name__,
        spacing=config.get("timestep_spacing", "leading"),
    )


def scheduler_for(base: Base, sampler: str, steps: int) -> Any:
    """Build the scheduler of a sampler, set to a number of steps.

    Parameters
    ----------
    base : Base
        Its own scheduler is left as it is.
    sampler : str
        A name of :data:`unipixel.sampling.SAMPLER_NAMES`; see :mod:`unipixel.sampling.samplers` for what hosts call it
        and why no schedule is that of SDXL's own configuration.
    steps : int

    Returns
    -------
    scheduler
        Of diffusers, a new one each time.

    Raises
    ------
    OptionError
        There is no such sampler, or it can't take so many steps.
    """
    check_sampler(sampler, steps)
    own = base.pipeline.scheduler
    if sampler == BASE:
        scheduler = type(own).from_config(own.config)
    else:
        kind = getattr(diffusers, SAMPLERS[sampler].scheduler)
        taken = inspect.signature(kind).parameters
        settings = {name: value for name, value in _settings(base, sampler, taken).items() if name in taken}
        with quiet_libraries():
            scheduler = kind.from_config(own.config, **settings)
    scheduler.set_timesteps(steps, device=base.device)
    if hasattr(scheduler, "set_begin_index"):  # else it looks its place up by timestep, of which two can be alike
        scheduler.set_begin_index(0)
    return scheduler


def _settings(base: Base, sampler: str, taken: Any) -> dict[str, Any]:
    spacing = spacing_of(sampler, base.pipeline.scheduler.config.get("timestep_spacing", "leading"))
    settings = {
        "use_karras_sigmas": spacing == "karras",
        "timestep_spacing": "linspace" if spacing == "karras" else spacing,
        **SAMPLERS[sampler].settings,
    }
    if base.zero_terminal_snr and "rescale_betas_zero_snr" not in taken:
        settings["trained_betas"] = _zero_snr_betas(base)
    return settings


def _zero_snr_betas(base: Base) -> list[float]:
    """Betas of a base with zero terminal SNR, for a scheduler that can't rescale them itself."""
    power = base.signal_power().double().clamp(min=_LEAST_POWER)
    before = torch.cat([torch.ones(1, dtype=power.dtype), power[:-1]])
    return (1 - power / before).tolist()
