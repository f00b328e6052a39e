"""The numbers that decide what a training does: the trainer, its state and the file's metadata read them here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unipixel.errors import ModelError

SCHEDULES = ("constant", "linear", "cosine")
SAVE_DTYPES = ("float32", "float16", "bfloat16")


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """What a training is told; together with base, images and captions it decides the result.

    Attributes
    ----------
    scale : int
        Canvas px per native px.
    rank, alpha, targets, init
        See `unipixel.diffusion.adapter.add_lora`.
    steps : int
        Steps of the optimizer in all.
    batch_size : int
        Pictures at a step, all of one bucket; buckets come equally often.
    learning_rate : float
    seed : int
    weight_decay : float
    warmup_steps : int
        Steps over which the learning rate rises to its value.
    schedule : {"constant", "linear", "cosine"}
        Course of the learning rate after that; the last two end at zero.
    caption_dropout : float
        Share of pictures, 0 to 1, that are shown with the empty caption.
    min_snr_gamma : float, optional
        Weights the loss over timesteps as Min-SNR does (Hang et al. 2023); not given, all weigh the same.
    noise_offset : float
        Strength of noise that is constant over a picture.
    max_grad_norm : float
        Longer gradients are shortened to this; 0 leaves them.
    save_dtype : {"float32", "float16", "bfloat16"}
        Of the weights in the LoRA file.

    Raises
    ------
    ModelError
        A name that is unknown, or a number below 1 where things are counted.
    """

    scale: int
    rank: int
    alpha: float
    targets: str
    steps: int
    batch_size: int
    learning_rate: float
    seed: int
    weight_decay: float = 0.01
    warmup_steps: int = 0
    schedule: str = "constant"
    caption_dropout: float = 0.0
    min_snr_gamma: float | None = None
    noise_offset: float = 0.0
    max_grad_norm: float = 1.0
    init: str = "kaiming"
    save_dtype: str = "float16"

    def __post_init__(self) -> None:
        if self.schedule not in SCHEDULES:
            raise ModelError(f"no schedule {self.schedule!r}; there are {', '.join(SCHEDULES)}")
        if self.save_dtype not in SAVE_DTYPES:
            raise ModelError(f"no dtype {self.save_dtype!r}; there are {', '.join(SAVE_DTYPES)}")
        if self.steps < 1 or self.batch_size < 1:
            raise ModelError(f"steps and batch size must be at least 1, got {self.steps} and {self.batch_size}")

    def rate(self, step: int) -> float:
        """Learning rate of a step, counted from 0."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / (self.warmup_steps + 1)
        share = (step - self.warmup_steps) / max(self.steps - self.warmup_steps, 1)
        if self.schedule == "linear":
            return self.learning_rate * (1 - share)
        if self.schedule == "cosine":
            return self.learning_rate * (0.5 + 0.5 * math.cos(math.pi * share))
        return self.learning_rate
