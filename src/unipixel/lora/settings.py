"""The numbers that decide what a training does: the trainer, its state and the file's metadata read them here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unipixel.errors import ModelError

OPTIMIZERS = ("adamw", "adamw8bit", "prodigy", "lion", "adafactor")
SCHEDULES = ("constant", "linear", "cosine", "cosine-restarts", "polynomial")
LATENTS = ("mean", "sample")
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
        Pictures at once on one device, all of one bucket; buckets come equally often.
    accumulation : int
        Batches whose gradients are averaged for one step. Several processes share them out, so that their number
        does not change the result.
    learning_rate : float
        Highest learning rate; of Prodigy, which finds its own, a factor of it, usually 1.
    text_encoder_learning_rate : float
        The same for a LoRA on both text encoders; 0 trains none.
    seed : int
    optimizer : {"adamw", "adamw8bit", "prodigy", "lion", "adafactor"}
    weight_decay : float
    warmup_steps : int
        Steps over which the learning rate rises to its value.
    schedule : {"constant", "linear", "cosine", "cosine-restarts", "polynomial"}
        Course of the learning rate after that; all but the first end at zero. The polynomial is a square.
    cycles : int
        Falls of ``"cosine-restarts"``.
    caption_dropout : float
        Share of pictures, 0 to 1, that are shown with the empty caption.
    caption_variants : int
        Orders of a caption's tags that take turns; 1 leaves captions as they are written.
    kept_tags : int
        Tags at the front of a caption that keep their place in every order.
    flip : bool
        Whether pictures are shown mirrored left to right half of the time. A canvas is whole cells wide, so a mirrored
        picture is on the grid too.
    latents : {"mean", "sample"}
        What of the autoencoder's posterior is learnt: its mean, which keeps flat cells flat, or a sample, drawn anew
        each time.
    min_snr_gamma : float, optional
        Weights the loss over timesteps as Min-SNR does (Hang et al. 2023, arXiv 2303.09556); not given, all weigh the
        same.
    debiased : bool
        Weights the loss by the inverse root of the signal-to-noise ratio (Yu et al. 2023, arXiv 2310.08442).
    noise_offset : float
        Strength of noise that is constant over a picture.
    pyramid_noise : float
        Strength, 0 to 1, of each coarser layer of noise against the one before; 0 has none.
    max_grad_norm : float
        Longer gradients are shortened to this; 0 leaves them.
    ema_decay : float
        Share, 0 to 1, that a moving average of the weights keeps at a step; the average is what is saved. 0 has none.
    save_dtype : {"float32", "float16", "bfloat16"}
        Of the weights in the LoRA file.

    Raises
    ------
    ModelError
        A name that is unknown, a number out of its range, or two weightings of the loss at once.
    """

    scale: int
    rank: int
    alpha: float
    targets: str
    steps: int
    batch_size: int
    learning_rate: float
    seed: int
    accumulation: int = 1
    text_encoder_learning_rate: float = 0.0
    optimizer: str = "adamw"
    weight_decay: float = 0.01
    warmup_steps: int = 0
    schedule: str = "constant"
    cycles: int = 1
    caption_dropout: float = 0.0
    caption_variants: int = 1
    kept_tags: int = 1
    flip: bool = False
    latents: str = "mean"
    min_snr_gamma: float | None = None
    debiased: bool = False
    noise_offset: float = 0.0
    pyramid_noise: float = 0.0
    max_grad_norm: float = 1.0
    ema_decay: float = 0.0
    init: str = "kaiming"
    save_dtype: str = "float16"

    def __post_init__(self) -> None:
        for name, value, known in (
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("schedule", self.schedule, SCHEDULES),
            ("latents", self.latents, LATENTS),
            ("dtype", self.save_dtype, SAVE_DTYPES),
        ):
            if value not in known:
                raise ModelError(f"no {name} {value!r}; there are {', '.join(known)}")
        counts = ("steps", "batch_size", "accumulation", "caption_variants", "cycles")
        if low := [name for name in counts if getattr(self, name) < 1]:
            raise ModelError(f"{low[0]} must be at least 1, got {getattr(self, low[0])}")
        shares = ("caption_dropout", "pyramid_noise", "ema_decay")
        if wrong := [name for name in shares if not 0 <= getattr(self, name) <= 1]:
            raise ModelError(f"{wrong[0]} must be 0 to 1, got {getattr(self, wrong[0])}")
        if self.debiased and self.min_snr_gamma is not None:
            raise ModelError("min_snr_gamma and debiased both weigh the loss; choose one")

    @property
    def pictures_per_step(self) -> int:
        """Pictures that one step of the optimizer learns from."""
        return self.batch_size * self.accumulation

    def rate(self, step: int) -> float:
        """Share of the learning rate at a step, counted from 0."""
        if step < self.warmup_steps:
            return (step + 1) / (self.warmup_steps + 1)
        share = (step - self.warmup_steps) / max(self.steps - self.warmup_steps, 1)
        if self.schedule == "linear":
            return 1 - share
        if self.schedule == "polynomial":
            return (1 - share) ** 2
        if self.schedule == "cosine-restarts":
            share = share * self.cycles % 1.0
        return 1.0 if self.schedule == "constant" else 0.5 + 0.5 * math.cos(math.pi * share)
