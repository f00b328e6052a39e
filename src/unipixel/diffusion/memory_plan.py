"""How much memory a training will need, and which settings make it fit: from shapes alone, before anything is loaded.

What is counted: the weights as they are stored, the trained weights with gradients, the optimizer's numbers and their
moving average, and what a step needs beside them, traced on the meta device (`unipixel.diffusion.traced_step`).
What is estimated: `CONTEXT` and `SLACK`. No GPU was at hand to compare with; on the CPU the traced part was compared
with real steps (``benchmarks/train/memory.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import torch

from unipixel.diffusion.traced_step import (
    Shapes,
    Step,
    Weights,
    count_weights,
    trace_decoding,
    trace_drawing,
    trace_encoding,
    trace_step,
)
from unipixel.lora.settings import TrainingSettings

GIB = 2**30
GPU_SIZES = (8, 12, 16, 24)
"""GiB that graphics cards are sold with."""
CONTEXT = GIB // 2
"""Bytes that CUDA itself takes: some 300 MB since it loads its programs as they are needed (a maintainer in
pytorch/pytorch issue 107667), rounded up by us for the work space of cuBLAS and cuDNN."""
SLACK = 0.05
"""Share by which torch's allocator holds more than is asked of it; ours."""
USABLE = 0.95
"""Share of a card that a program gets, beside driver and desktop; ours."""


@dataclass(frozen=True, kw_only=True)
class MemorySettings:
    """What decides the memory of a training.

    Attributes
    ----------
    training : TrainingSettings
        Rank, targets, batch size, accumulation, optimizer, moving average, text encoders.
    canvases : sequence of (width, height)
        Canvas px.
    dtype : {"float32", "float16", "bfloat16"}
        That the base is held and computed in.
    base_precision : {"full", "fp8", "nf4"}
        That the UNet is stored in.
    gradient_checkpointing : bool
    parts_take_turns : bool
        Whether UNet, text encoders and autoencoder wait in the machine's own memory while another of them works; see
        `unipixel.diffusion.base.alone_on_device`.
    """

    training: TrainingSettings
    canvases: Sequence[tuple[int, int]]
    dtype: str = "bfloat16"
    base_precision: str = "full"
    gradient_checkpointing: bool = True
    parts_take_turns: bool = True


@dataclass(frozen=True)
class MemoryPlan:
    """Memory of a training with certain settings."""

    settings: MemorySettings
    parts: dict[str, int]
    """Bytes of what is in memory at the fullest moment of a training step, by name."""
    phases: dict[str, int]
    """Bytes at the fullest moment of encoding, training and drawing."""
    changes: tuple[str, ...] = ()
    """What was changed so that it fits, in the words of options."""

    @property
    def peak(self) -> int:
        """Bytes of the fullest moment of all."""
        return max(self.phases.values())

    def fits(self, gib: float) -> bool:
        """Whether a card of ``gib`` GiB is enough."""
        return self.peak <= USABLE * gib * GIB


def plan_memory(shapes: Shapes, settings: MemorySettings) -> MemoryPlan:
    """Predict the memory of a training.

    Parameters
    ----------
    shapes : Shapes
        Of the base.
    settings : MemorySettings

    Returns
    -------
    MemoryPlan
    """
    training, dtype = settings.training, getattr(torch, settings.dtype)
    width, height = max(settings.canvases, key=prod)
    trains_text = training.text_encoder_learning_rate > 0
    traced = trace_step(
        shapes,
        Step(
            rank=training.rank,
            targets=training.targets,
            batch_size=training.batch_size,
            width=width,
            height=height,
            dtype=dtype,
            gradient_checkpointing=settings.gradient_checkpointing,
            text_encoders=trains_text,
        ),
    )
    weights = count_weights(shapes, dtype, settings.base_precision)
    trained = 4 * sum(prod(shape) for shape in traced.trained)
    state = {"LoRA": trained, "optimizer": optimizer_bytes(training.optimizer, traced.trained)}
    if training.ema_decay:
        state["moving average"] = trained
    step = {"UNet": weights.unet, **state, "gradients": trained}
    step["activations"] = max(traced.peak - trained, 0) + 2 * weights.widest
    if trains_text:
        step["text encoders"] = weights.text_encoders
    parts = _with_overhead(step)
    size = {"width": width, "height": height, "dtype": dtype}
    others = _encode_and_draw(shapes, weights, size, sum(state.values()), take_turns=settings.parts_take_turns)
    return MemoryPlan(settings, parts, {"training": sum(parts.values()), **others})


def plan_for(shapes: Shapes, settings: MemorySettings, gib: float) -> MemoryPlan:
    """Find the settings nearest to the given ones with which a card is enough.

    Parameters
    ----------
    shapes : Shapes
        Of the base.
    settings : MemorySettings
        As wished.
    gib : float
        Size of the card, GiB.

    Returns
    -------
    MemoryPlan
        Of the first of `cheaper_settings` that fits; of the last, where none does.
    """
    for changes, candidate in cheaper_settings(settings):
        plan = replace(plan_memory(shapes, candidate), changes=changes)
        if plan.fits(gib):
            return plan
    return plan


def cheaper_settings(settings: MemorySettings) -> Iterator[tuple[tuple[str, ...], MemorySettings]]:
    """Settings that need ever less memory, and what was changed; the given ones first.

    Ordered by what a change costs: time alone (gradient checkpointing, smaller batches whose gradients are averaged),
    then rounding of the optimizer, then rounding of the base.
    """
    changes: tuple[str, ...] = ()
    yield changes, settings
    if not settings.gradient_checkpointing:
        changes = (*changes, "gradient checkpointing")
        settings = replace(settings, gradient_checkpointing=True)
        yield changes, settings
    training = settings.training
    if training.batch_size > 1:
        pictures = training.pictures_per_step
        changes = (*changes, f"batch size 1 with accumulation {pictures}")
        settings = replace(settings, training=replace(training, batch_size=1, accumulation=pictures))
        yield changes, settings
    if training.optimizer in ("adamw", "prodigy"):
        changes = (*changes, "optimizer adamw8bit")
        settings = replace(settings, training=replace(settings.training, optimizer="adamw8bit"))
        yield changes, settings
    for precision in ("fp8", "nf4")[{"full": 0, "fp8": 1, "nf4": 2}[settings.base_precision] :]:
        # the one replaces the other
        kept = tuple(change for change in changes if not change.startswith("base precision"))
        changes = (*kept, f"base precision {precision}")
        settings = replace(settings, base_precision=precision)
        yield changes, settings


def optimizer_bytes(optimizer: str, trained: Sequence[tuple[int, ...]]) -> int:
    """Bytes that an optimizer keeps for trained weights of the given shapes.

    By the number of float32 tensors like the weights: AdamW 2, Lion 1, Prodigy 4. AdamW in 8 bits keeps two bytes a
    weight and two scales for each 256, and leaves tensors below 4096 numbers in 32 bits (bitsandbytes). Adafactor keeps
    one number for each row of the last two axes and one for each column.
    """
    if optimizer == "adamw8bit":
        return sum(8 * n if n < 4096 else 2 * n + 8 * n // 256 for n in map(prod, trained))
    if optimizer == "adafactor":
        return 4 * sum(prod(shape) // shape[-1] + prod(shape) // shape[-2] for shape in trained)
    return 4 * {"adamw": 2, "lion": 1, "prodigy": 4}[optimizer] * sum(map(prod, trained))


def _encode_and_draw(
    shapes: Shapes, weights: Weights, size: dict[str, Any], state: int, *, take_turns: bool
) -> dict[str, int]:
    """Bytes while pictures are encoded, before there is any state, and while samples are drawn beside it."""
    encoding, decoding = trace_encoding(shapes, **size), trace_decoding(shapes, **size)
    asking = trace_drawing(shapes, **size) + weights.widest
    if take_turns:
        encode = max(weights.text_encoders, weights.vae + encoding)
        draw = state + max(weights.text_encoders, weights.unet + asking, weights.vae + decoding)
    else:
        everything = weights.unet + weights.text_encoders + weights.vae
        encode, draw = everything + encoding, everything + state + max(asking, decoding)
    return {name: sum(_with_overhead({name: n}).values()) for name, n in (("encoding", encode), ("drawing", draw))}


def _with_overhead(parts: dict[str, int]) -> dict[str, int]:
    return {**parts, "allocator": round(SLACK * sum(parts.values())), "CUDA": CONTEXT}
