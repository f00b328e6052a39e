"""What a trainer made of an export, and what UniPixel would do."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import torch
from diffusers import UNet2DConditionModel

import unipixel.diffusion
from unipixel.diffusion.adapter import target_modules
from unipixel.lora import TrainingSettings

ATTEMPTS = 80
"""Modules that are replaced at most."""


@dataclass(frozen=True)
class Reading:
    """Of one export."""

    faults: Sequence[str]
    """Names that the trainer does not know, and values that arrive as others."""
    rates: Sequence[float]
    """Its learning rate at each step, as a share of the height."""
    modules: frozenset[str]
    """Modules of the UNet that its LoRA adapts, by their names in diffusers."""

    def sentence(self, settings: TrainingSettings) -> str:
        """All of it in a line."""
        ours = [settings.rate(step) for step in range(settings.steps)]
        apart = max(abs(mine - its) for mine, its in zip(ours, self.rates, strict=False))
        wanted = frozenset(target_modules(sdxl_unet(), settings.targets))
        more, less = len(self.modules - wanted), len(wanted - self.modules)
        return (
            f"{'; '.join(self.faults) or 'no fault'}. {len(self.rates)} steps of {settings.steps}, learning rate at"
            f" most {apart:.3f} away. {len(self.modules)} modules, {more} beyond ours, {less} missing."
        )


@cache
def sdxl_unet() -> UNet2DConditionModel:
    """The true UNet without its numbers."""
    config = Path(unipixel.diffusion.__file__).parent / "sdxl_config" / "unet"
    with torch.device("meta"):
        return UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(config))


def adaptable() -> list[str]:
    """Linear layers and convolutions of the UNet."""
    kinds = (torch.nn.Linear, torch.nn.Conv2d)
    return [name for name, module in sdxl_unet().named_modules() if isinstance(module, kinds)]


def course(optimizer: Any, scheduler: Any, steps: int) -> list[float]:
    """Learning rate at each step, as a share of the first group's height."""
    rates = []
    height = optimizer.param_groups[0]["initial_lr"]
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"] / height)
        optimizer.step()
        scheduler.step()
    return rates


def bring(name: str, checkout: Path, *, prepare: Callable[[], None] = lambda: None) -> Any:
    """Import a module of a trainer, with hollow ones for what is not installed; ``prepare`` runs before each try."""
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))
    own = {entry.name.removesuffix(".py") for entry in checkout.iterdir()}
    for _ in range(ATTEMPTS):
        try:
            prepare()
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            sys.modules[str(error.name)] = _Hollow(str(error.name))
        except ImportError as error:  # a name that newer libraries have dropped
            setattr(sys.modules[str(error.name)], str(error).split("'")[1], MagicMock())
        _forget(own)
    raise SystemExit(f"{name}: too much is missing")


def _forget(rooms: Iterable[str]) -> None:
    for loaded in [key for key in sys.modules if key.split(".")[0] in rooms]:
        del sys.modules[loaded]


class _Hollow(types.ModuleType):
    """A module that has every name."""

    __path__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock(name=name)
