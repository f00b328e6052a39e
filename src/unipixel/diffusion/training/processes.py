"""One process or many: who does which batches of a step, and how their gradients meet.

Several processes are started by ``accelerate launch``, one for each GPU, on one machine or many. Each holds the whole
model and trains the same LoRA; only the LoRA's gradients travel.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from unipixel.errors import OptionError


@dataclass(frozen=True)
class Processes:
    """The processes of a training, seen from one of them."""

    rank: int = 0
    """Number of this one."""
    count: int = 1
    """How many there are."""
    accelerator: Any = None
    """What joins them: an ``accelerate.Accelerator``; None for one process."""

    @property
    def is_main(self) -> bool:
        """Whether this is the one that writes files and tells how far it is."""
        return self.rank == 0

    @property
    def device(self) -> str:
        """Device of this process, such as ``"cuda:1"``; empty where there is one process, which may choose."""
        return "" if self.accelerator is None else str(self.accelerator.device)

    def share(self, batches: int) -> range:
        """Numbers of the batches of a step that are this process's.

        Raises
        ------
        OptionError
            If they can't be shared out evenly.
        """
        if batches % self.count:
            raise OptionError(
                f"{self.count} processes can't share {batches} batches a step. Set train.accumulation to a multiple "
                f"of {self.count}: processes share batches, so that their number does not change the result"
            )
        return range(self.rank, batches, self.count)

    def sum_gradients(self, weights: Sequence[nn.Parameter], loss: torch.Tensor) -> torch.Tensor:
        """Add up gradients over all processes, in place; returns the sum of their losses."""
        if self.count == 1:
            return loss
        learning = [weight for weight in weights if weight.grad is not None]
        flat = torch.cat([loss.reshape(1), *(weight.grad.reshape(-1) for weight in learning)])
        flat = self.accelerator.reduce(flat, reduction="sum")
        total, *parts = flat.split([1, *(weight.numel() for weight in learning)])
        for weight, part in zip(learning, parts, strict=True):
            weight.grad.copy_(part.view_as(weight))
        return total[0]

    def any(self, fact: bool) -> bool:
        """Whether something is true in one of the processes."""
        if self.count == 1:
            return fact
        told = torch.tensor([float(fact)], device=self.accelerator.device)
        return bool(self.accelerator.reduce(told, reduction="sum").item())

    @contextmanager
    def main_first(self) -> Iterator[None]:
        """Let the main process do a ``with`` block before all others, which then find what it made."""
        if not self.is_main:
            self.wait()
        yield
        if self.is_main:
            self.wait()

    def wait(self) -> None:
        """Wait for all others to come here."""
        if self.count > 1:
            self.accelerator.wait_for_everyone()


def join_processes(device: str = "auto") -> Processes:
    """Join the processes that ``accelerate launch`` started; one alone where nobody launched any.

    Parameters
    ----------
    device : str
        ``"cpu"`` keeps them off the GPUs.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Processes()
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=device == "cpu")
    return Processes(accelerator.process_index, accelerator.num_processes, accelerator)
