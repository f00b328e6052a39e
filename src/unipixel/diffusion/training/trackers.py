"""Show a training elsewhere while it runs: TensorBoard, and Weights & Biases where somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from unipixel.diffusion.training.watch import Look
from unipixel.errors import OptionError
from unipixel.extras import need

FIGURES = ("validation", "probe", "discipline", "on_grid", "copies")
"""What of a `Look` is told."""


class Tracker(Protocol):
    """Who is told of a training."""

    def losses(self, losses: Sequence[float], rates: Sequence[float]) -> None:
        """Take the losses of all steps so far and the learning rates of all; those told before are left out."""

    def look(self, look: Look, previews: Sequence[Path]) -> None:
        """Take what was seen at a checkpoint."""

    def close(self) -> None:
        """End."""


class Told:
    """A tracker that hands each figure on once.

    Parameters
    ----------
    scalar : callable
        Takes name, value and step.
    picture : callable
        Takes name, file and step.
    close : callable
    done : int
        Steps that were told in an earlier session.
    """

    def __init__(
        self,
        scalar: Callable[[str, float, int], object],
        picture: Callable[[str, Path, int], object],
        close: Callable[[], object],
        done: int = 0,
    ) -> None:
        self._scalar, self._picture, self._close, self._told = scalar, picture, close, done

    def losses(self, losses: Sequence[float], rates: Sequence[float]) -> None:
        """See `Tracker`."""
        for step in range(self._told, len(losses)):
            self._scalar("loss", losses[step], step + 1)
            self._scalar("learning rate", rates[step], step + 1)
        self._told = max(self._told, len(losses))

    def look(self, look: Look, previews: Sequence[Path]) -> None:
        """See `Tracker`."""
        for name in FIGURES:
            if getattr(look, name) is not None:
                self._scalar(name, float(getattr(look, name)), look.step)
        for number, file in enumerate(previews):
            self._picture(f"preview {number}", file, look.step)

    def close(self) -> None:
        """See `Tracker`."""
        self._close()


def open_tracker(name: str, folder: Path, run: str, done: int, facts: Mapping[str, Any]) -> Tracker:
    """Open a tracker by its name.

    Parameters
    ----------
    name : {"tensorboard", "wandb"}
    folder : Path
        Of the run; TensorBoard's files go to ``tensorboard`` in it.
    run : str
        Name of the run.
    done : int
        Steps that are done already.
    facts : mapping
        What the run is told by.

    Raises
    ------
    OptionError
        If there is no such tracker.
    MissingExtra
        If its package is not installed.
    """
    openers = {"tensorboard": _tensorboard, "wandb": _wandb}
    if name not in openers:
        raise OptionError(f"there is no tracker {name!r}. Choose one of: {', '.join(openers)}")
    return openers[name](folder, run, done, facts)


def _tensorboard(folder: Path, run: str, done: int, facts: Mapping[str, Any]) -> Tracker:
    need("tensorboard", extra="tensorboard", purpose="TensorBoard")
    from torch.utils.tensorboard import SummaryWriter

    from unipixel.image import load_image

    # what a killed session told of later steps is taken back
    writer = SummaryWriter(str(folder / "tensorboard"), purge_step=done + 1)
    writer.add_text("run", run + "".join(f"\n\n{key}: {value}" for key, value in facts.items()), done)

    def picture(name: str, file: Path, step: int) -> None:
        writer.add_image(name, load_image(file)[..., :3], step, dataformats="HWC")

    return Told(writer.add_scalar, picture, writer.close, done)


def _wandb(folder: Path, run: str, done: int, facts: Mapping[str, Any]) -> Tracker:
    wandb = need("wandb", extra="wandb", purpose="Weights & Biases")
    session = wandb.init(project="unipixel", name=run, dir=str(folder), config=dict(facts), resume="allow")
    return Told(
        lambda name, value, step: session.log({name: value}, step=step),
        lambda name, file, step: session.log({name: wandb.Image(str(file))}, step=step),
        session.finish,
        done,
    )
