"""What is looked at at each checkpoint: whether the LoRA learns, keeps its grid, and does not copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from unipixel.evaluation import NEAR, measure_discipline
from unipixel.files import read_jsonl, write_jsonl
from unipixel.lora.run_files import CHECKPOINTS, LOOKS_FILE

RISE = 1.02
"""Validation loss, in shares of its lowest, from which it has risen; ours: above the noise of a fixed probe."""
COPIES = 0.5
"""Share of previews that are copies from which a LoRA draws its training images; ours."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What to look at, and when to stop because of it.

    Attributes
    ----------
    images, captions
        Validation pictures, each on its grid, and their captions; they are never trained on.
    prompts : sequence of str
        Of previews, drawn at each checkpoint with the same seeds.
    sizes : sequence of (width, height)
        Canvas px; they take turns.
    negative_prompt, steps, guidance, sampler, seed
        Of the previews; see `unipixel.diffusion.sample.sample_images`.
    patience : int
        Checkpoints in a row that show memorising before the training ends early; 0 never ends it.
    keep : int
        Newest checkpoints whose LoRA is kept beside the best one.
    """

    images: Sequence[np.ndarray] = ()
    captions: Sequence[str] = ()
    prompts: Sequence[str] = ()
    sizes: Sequence[tuple[int, int]] = ()
    negative_prompt: str = ""
    steps: int = 20
    guidance: float = 6.0
    sampler: str = "base"
    seed: int = 1
    patience: int = 0
    keep: int = 3


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was seen at a checkpoint."""

    step: int
    """Steps that were done."""
    loss: float
    """Mean loss of the steps since the checkpoint before."""
    validation: float | None = None
    """Loss of validation pictures at fixed noise, unweighted, so that checkpoints compare; None without any."""
    probe: float | None = None
    """The same of as many training pictures."""
    discipline: float | None = None
    """Mean score of the previews, 0 to 1: see `unipixel.evaluation.Discipline`; None without previews."""
    on_grid: int | None = None
    """Previews whose cells lie where the grid is."""
    previews: int = 0
    """Previews that were drawn."""
    copies: int | None = None
    """Previews that come nearer to a training picture than training pictures do to one another."""


def is_memorising(looks: Sequence[Look]) -> bool:
    """Whether the last look shows a LoRA that learns its pictures by heart.

    It does where the validation loss has risen above its lowest while that of training pictures went on falling, or
    where half of the previews are copies.
    """
    now = looks[-1]
    if now.copies is not None and now.copies >= COPIES * max(now.previews, 1):
        return True
    losses = [(look.validation, look.probe) for look in looks if look.validation is not None and look.probe is not None]
    if len(losses) < 2:
        return False
    (lowest, probe_then), (validation, probe_now) = min(losses[:-1]), losses[-1]
    return validation > RISE * lowest and probe_now < probe_then


def best_of(looks: Sequence[Look]) -> Look | None:
    """The checkpoint to use: the best discipline of those that do not memorise, else the lowest validation loss.

    None without looks; the last one where nothing but the training's own loss is known.
    """
    fit = [look for i, look in enumerate(looks) if not is_memorising(looks[: i + 1])] or list(looks)
    if not fit:
        return None

    def merit(look: Look) -> tuple[float, float, int]:
        return look.discipline or 0.0, -(look.validation or 0.0), look.step

    return max(fit, key=merit)


def should_end(looks: Sequence[Look], patience: int) -> bool:
    """Whether memorising has lasted for ``patience`` looks."""
    if not patience or len(looks) < patience:
        return False
    return all(is_memorising(looks[: len(looks) - back]) for back in range(patience))


def in_words(looks: Sequence[Look]) -> str:
    """The last look in a few words, and which was the best; empty without one."""
    if not looks:
        return ""
    now, best = looks[-1], best_of(looks)
    words = [f"validation {now.validation:.4f}"] if now.validation is not None else []
    if now.discipline is not None:
        words.append(f"discipline {now.discipline:.3f}, {now.on_grid} of {now.previews} on the grid")
    if best is not None and best is not now:
        words.append(f"best at step {best.step}")
    return ", ".join(words)


def count_copies(previews: Sequence[torch.Tensor], pictures: Sequence[torch.Tensor]) -> int:
    """Previews that are nearly a training picture.

    Parameters
    ----------
    previews, pictures : sequence of (channels, h, w)
        Latents; only those of one size compare. A distance is the root mean square over a latent.

    Returns
    -------
    int
        Previews that are nearer to a picture than half of the median distance from a picture to its nearest other.
    """
    count = 0
    for size in {latent.shape for latent in previews}:
        known = torch.stack([latent.flatten() for latent in pictures if latent.shape == size] or [torch.empty(0)])
        if len(known) < 2:
            continue
        among = torch.cdist(known, known).fill_diagonal_(float("inf")).min(dim=1).values.median()
        drawn = torch.stack([latent.flatten() for latent in previews if latent.shape == size])
        count += int((torch.cdist(drawn, known).min(dim=1).values < NEAR * among).sum())
    return count


class Looks:
    """The looks of a run, on disk beside its checkpoints.

    Parameters
    ----------
    out : Path
        Folder of the run.
    """

    def __init__(self, out: Path) -> None:
        self.folder = out / CHECKPOINTS
        self._file = out / LOOKS_FILE
        self._all = [Look(**_fields(row)) for row in read_jsonl(self._file)]

    def start_anew(self) -> None:
        """Take away the looks of a training whose state is gone: a new one begins at step 0 and has its own."""
        for look in self._all:
            self.lora(look.step).unlink(missing_ok=True)
        self._file.unlink(missing_ok=True)
        self._all = []

    def until(self, step: int) -> list[Look]:
        """Those of a step and before, in order."""
        return [look for look in self._all if look.step <= step]

    def has(self, step: int) -> bool:
        """Whether a step was looked at."""
        return any(look.step == step for look in self._all)

    def add(self, look: Look) -> None:
        """Note a look, and which checkpoint is the best now."""
        self._all = [*(known for known in self._all if known.step != look.step), look]
        self._all.sort(key=lambda known: known.step)
        best = best_of(self._all)
        rows = [{**asdict(known), "best": known is best} for known in self._all]
        write_jsonl(self._file, rows)

    def lora(self, step: int) -> Path:
        """Where the LoRA of a checkpoint lies, or lay."""
        return self.folder / f"{step:06d}.safetensors"

    def preview(self, step: int, number: int, *, native: bool = False) -> Path:
        """Where a preview lies: as the autoencoder shows it, or as true pixel art."""
        return self.folder / f"{step:06d}-{number}{'-native' if native else ''}.png"

    def keep(self, count: int) -> None:
        """Delete the LoRAs of all checkpoints but the newest and the best one."""
        best = best_of(self._all)
        kept = {look.step for look in self._all[-count:]} if count else set()
        for look in self._all:
            if look.step not in kept and look is not best:
                self.lora(look.step).unlink(missing_ok=True)


def discipline_of(images: Sequence[np.ndarray], scale: int) -> tuple[float | None, int | None]:
    """Mean score of pictures and how many are on the grid; None for none."""
    if not images:
        return None, None
    figures = [measure_discipline(image, scale) for image in images]
    return float(np.mean([figure.score for figure in figures])), sum(figure.is_on_grid for figure in figures)


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "best"}
