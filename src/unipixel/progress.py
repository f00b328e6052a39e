"""How a stage tells whoever watches how far it is: a command, a page or a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One sign of life of a running stage."""

    stage: str
    """Name of the stage, such as ``"train"``."""
    done: int
    """Units of work that are finished, counted from the start of the stage, resumed ones included."""
    total: int
    """Units of work in all; ``0`` where that is not known."""
    note: str = ""
    """A few words on the latest unit, such as ``"loss 0.082"``."""


Progress = Callable[[Event], None]


PROGRESS_FILE = "UNIPIXEL_PROGRESS"
"""Environment variable with a file to which the commands write their latest event as JSON, for whoever started them."""


def quiet(event: Event) -> None:
    """Watch nothing: the default of every ``progress`` parameter."""
