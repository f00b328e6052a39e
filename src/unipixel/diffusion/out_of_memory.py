"""When memory runs out: tell such an error from others, and name the settings that would need less."""

from __future__ import annotations

import torch

from unipixel.diffusion.memory_plan import MemorySettings, cheaper_settings

_SAYINGS = (
    "out of memory",  # CUDA and Apple's Metal
    "can't allocate memory",  # torch on the CPU
    "not enough memory",  # the same on Windows
    "alloc_failed",  # cuBLAS and cuDNN
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a device or the machine has no memory left.

    Parameters
    ----------
    error : BaseException
        As torch, its libraries or Python raise it.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(saying in str(error).lower() for saying in _SAYINGS)


def advice_out_of_memory(settings: MemorySettings) -> str:
    """Name what to change so that a training needs less memory.

    Parameters
    ----------
    settings : MemorySettings
        Of the training that did not fit.

    Returns
    -------
    str
        One sentence: the changes in the order in which they cost least, those not named that are made already.
    """
    steps: list[str] = []
    for changes, _ in cheaper_settings(settings):
        steps += [change for change in changes if change not in steps]
    steps += [step for step, helps in _LAST_RESORTS.items() if helps(settings)]
    return f"out of memory: to need less, take, in this order, {'; '.join(steps)}"


_LAST_RESORTS = {
    "no training of the text encoders": lambda s: s.training.text_encoder_learning_rate > 0,
    "no moving average": lambda s: s.training.ema_decay > 0,
    "a smaller rank": lambda s: s.training.rank > 8,
    "smaller canvases": lambda s: True,
}
"""What changes the result and is therefore named last, and whether it is open."""
