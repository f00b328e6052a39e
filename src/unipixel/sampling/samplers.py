"""The samplers by name: which class of diffusers each is, and what A1111 and ComfyUI call it.

A schedule says at which noise levels a sampler steps. The hosts' default ("Uniform" in A1111, "normal" in ComfyUI)
spreads the steps over the training timesteps from the last, the noisiest, to the first; "SGM Uniform" does so without
the first. Both begin at full noise. SDXL's own configuration asks diffusers for "leading" steps, which begin below it
(at 24 steps: noise of 11.1 instead of 14.6), so no host draws the same picture: no sampler here but `BASE` does that.
A base that says "trailing", as models with zero terminal SNR do, gets "SGM Uniform": the two are the same but for
rounding. Names of A1111: modules/sd_samplers_*.py and sd_schedulers.py; of ComfyUI: comfy/samplers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from unipixel.errors import OptionError

Spacing = Literal["base", "leading", "trailing", "karras"]
"""Where the steps lie: as the base says (``trailing``, else from end to end), or as fixed for a sampler."""

BASE = "base"
"""Name that stands for the base model's own scheduler, just as its configuration has it."""


@dataclass(frozen=True)
class Sampler:
    """A way from noise to a picture."""

    scheduler: str
    """Class of diffusers."""
    a1111: str
    """Name in A1111 and Forge, under ``Sampler``."""
    comfy: str
    """``sampler_name`` of ComfyUI's KSampler."""
    spacing: Spacing = "base"
    """Where its steps lie."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the class beyond betas, prediction type and spacing."""
    most_steps: int | None = None
    """Most steps that it can take; None for any number."""


_SDE = {"algorithm_type": "sde-dpmsolver++", "solver_order": 2, "final_sigmas_type": "zero"}
_ODE = {"algorithm_type": "dpmsolver++", "solver_order": 2, "final_sigmas_type": "zero"}

SAMPLERS: Mapping[str, Sampler] = {
    "euler": Sampler("EulerDiscreteScheduler", "Euler", "euler"),
    "euler-a": Sampler("EulerAncestralDiscreteScheduler", "Euler a", "euler_ancestral"),
    "heun": Sampler("HeunDiscreteScheduler", "Heun", "heun"),
    "ddim": Sampler(
        "DDIMScheduler",
        "DDIM",
        "ddim",
        "leading",
        {"clip_sample": False, "set_alpha_to_one": True, "steps_offset": 1},
    ),
    "dpm++-2m": Sampler("DPMSolverMultistepScheduler", "DPM++ 2M", "dpmpp_2m", "trailing", _ODE),
    "dpm++-2m-karras": Sampler("DPMSolverMultistepScheduler", "DPM++ 2M", "dpmpp_2m", "karras", _ODE),
    "dpm++-2m-sde": Sampler("DPMSolverMultistepScheduler", "DPM++ 2M SDE", "dpmpp_2m_sde", "trailing", _SDE),
    "dpm++-2m-sde-karras": Sampler("DPMSolverMultistepScheduler", "DPM++ 2M SDE", "dpmpp_2m_sde", "karras", _SDE),
    # the other variant, bh1, divides by zero in diffusers' last step, which ends at no noise
    "unipc": Sampler(
        "UniPCMultistepScheduler", "UniPC", "uni_pc_bh2", "trailing", {"solver_order": 3, "solver_type": "bh2"}
    ),
    # a distilled model, or a LoRA that makes one, has learnt 50 steps and takes a few of them
    "lcm": Sampler("LCMScheduler", "LCM", "lcm", "trailing", {"clip_sample": False}, most_steps=50),
}
"""Every sampler with its name here."""

SAMPLER_NAMES = (BASE, *SAMPLERS)
"""What can be asked for."""


@dataclass(frozen=True)
class HostNames:
    """What hosts call a sampler and its schedule."""

    a1111: str
    a1111_schedule: str
    comfy: str
    comfy_schedule: str


_SCHEDULES = {
    "linspace": ("Uniform", "normal"),
    "trailing": ("SGM Uniform", "sgm_uniform"),
    "leading": ("DDIM", "ddim_uniform"),
    "karras": ("Karras", "karras"),
}


def check_sampler(name: str, steps: int) -> None:
    """Refuse a sampler that is not known, or a number of steps that it can't take.

    Raises
    ------
    OptionError
        With what there is.
    """
    if name not in SAMPLER_NAMES:
        raise OptionError(f"There is no sampler {name!r}. There are: {', '.join(SAMPLER_NAMES)}.")
    most = SAMPLERS[name].most_steps if name in SAMPLERS else None
    if most is not None and steps > most:
        raise OptionError(f"The sampler {name} takes at most {most} steps, not {steps}: ask for fewer, such as 8.")


def spacing_of(name: str, base_spacing: str) -> str:
    """Where the steps lie: ``linspace`` (from end to end), ``leading``, ``trailing`` or ``karras``.

    Parameters
    ----------
    name : str
        A name of :data:`SAMPLER_NAMES`.
    base_spacing : str
        ``timestep_spacing`` of the base's own scheduler.
    """
    if name == BASE:
        return base_spacing
    own = SAMPLERS[name].spacing
    if own == "karras":
        return own
    if base_spacing == "trailing":
        return base_spacing
    return "linspace" if own == "base" else own


def host_names(name: str, *, base_scheduler: str, base_spacing: str) -> HostNames:
    """What A1111 and ComfyUI call a sampler.

    Parameters
    ----------
    name : str
        A name of :data:`SAMPLER_NAMES`.
    base_scheduler, base_spacing : str
        Class and ``timestep_spacing`` of the base's own scheduler, which `BASE` stands for. One whose class no sampler
        here has is called Euler: of the samplers that hosts have it is the plainest.
    """
    kinds = [kind for kind in SAMPLERS.values() if kind.scheduler == base_scheduler] or [SAMPLERS["euler"]]
    sampler = kinds[0] if name == BASE else SAMPLERS[name]
    schedule = _SCHEDULES.get(spacing_of(name, base_spacing), _SCHEDULES["linspace"])
    return HostNames(sampler.a1111, schedule[0], sampler.comfy, schedule[1])
