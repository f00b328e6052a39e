"""Pictures from prompts: guidance, samplers, batches that fit into memory.

From the outside in: `sample_images` puts LoRAs on, encodes prompts, draws and decodes; `draw_images` draws and decodes
from prompts that are encoded already, with whatever LoRA is in the UNet; `draw_latents` draws. A training that looks at
itself encodes its prompts once (`encode_conditions`) and calls one of the inner two.

The loop over the steps is that of the stock pipeline, written out: latents stay float32 between steps whatever the
UNet's dtype, and only the UNet need be on the device, so that text encoders may lie elsewhere meanwhile.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from unipixel.diffusion.adapter import loras_on
from unipixel.diffusion.base import Base
from unipixel.diffusion.conditions import Condition, encode_conditions
from unipixel.diffusion.latents import decode_latent
from unipixel.diffusion.native_decoder import NativeDecoder
from unipixel.diffusion.out_of_memory import is_out_of_memory
from unipixel.diffusion.picture_memory import pictures_at_once
from unipixel.diffusion.schedulers import scheduler_for
from unipixel.errors import CanvasError, ModelError
from unipixel.grid import upscale
from unipixel.progress import Event, Progress, quiet
from unipixel.sampling.samplers import BASE, check_sampler


def sample_images(
    base: Base,
    prompts: Sequence[str],
    *,
    width: int,
    height: int,
    steps: int,
    guidance: float,
    seeds: Sequence[int],
    negative_prompt: str = "",
    loras: Sequence[tuple[str | Path, float]] = (),
    sampler: str = BASE,
    batch_size: int | None = 1,
    decoder: NativeDecoder | None = None,
    progress: Progress = quiet,
) -> Iterator[tuple[int, np.ndarray]]:
    """Sample one picture for each prompt and seed.

    All noise of a picture, the starting noise and what some samplers add at each step, comes from its seed alone, and
    is drawn on the CPU; so pictures with and without a LoRA, or in batches of another size, can be compared one for one
    (a batch size may move a value by a rounding error).

    Parameters
    ----------
    base : Base
    prompts : sequence of str
        Of any length, see `unipixel.diffusion.conditions.encode_prompt`.
    width, height : int
        Canvas px; whole multiples of the base's stride.
    steps : int
        Steps of the sampler.
    guidance : float
        Classifier-free guidance; 1 or less switches it off, and the negative prompt with it.
    seeds : sequence of int
        One for each prompt.
    negative_prompt : str
        The empty text is encoded as such, the way captions are dropped in training.
    loras : sequence of (path, weight)
        See `unipixel.diffusion.adapter.loras_on`.
    sampler : str
        A name of `unipixel.sampling.SAMPLER_NAMES`.
    batch_size : int, optional
        Pictures at once; None for as many as fit into memory. Where memory runs out, it is halved.
    decoder : NativeDecoder, optional
        Decodes instead of the autoencoder: pictures are native pixels, scaled up.
    progress : callable

    Yields
    ------
    index, image
        Index of the prompt; ``(height, width, 4)`` uint8 RGBA, opaque.

    Raises
    ------
    CanvasError
        If the size is not whole latent cells.
    OptionError
        If there is no such sampler, or it can't take so many steps.
    ModelError
        If a LoRA does not fit the base, or not even one picture fits into memory.
    """
    _check(base, width, height, steps, sampler, len(prompts), len(seeds))

    def sampled() -> Iterator[tuple[int, np.ndarray]]:
        with loras_on(base, loras):
            yield from draw_images(
                base,
                encode_conditions(base, prompts, negative_prompt),
                width=width,
                height=height,
                steps=steps,
                guidance=guidance,
                seeds=seeds,
                sampler=sampler,
                batch_size=batch_size,
                decoder=decoder,
                progress=progress,
            )

    return sampled()


def draw_images(
    base: Base, conditions: Sequence[Condition], *, decoder: NativeDecoder | None = None, **how: Any
) -> Iterator[tuple[int, np.ndarray]]:
    """Draw one picture for each condition with the UNet as it is: `draw_latents`, decoded.

    Parameters
    ----------
    base : Base
    conditions : sequence of Condition
    decoder : NativeDecoder, optional
        As for `sample_images`.
    **how
        Keywords of `draw_latents`.

    Yields
    ------
    index, image
        Index of the condition; ``(height, width, 4)`` uint8 RGBA, opaque.
    """
    for index, latent in draw_latents(base, conditions, **how):
        if decoder is not None:
            yield index, upscale(decoder.decode(latent), decoder.scale)
            continue
        # one by one: at full size the autoencoder is what fills a GPU
        yield index, decode_latent(base, latent.to(next(base.vae.parameters()).device))


def draw_latents(
    base: Base,
    conditions: Sequence[Condition],
    *,
    width: int,
    height: int,
    steps: int,
    guidance: float,
    seeds: Sequence[int],
    sampler: str = BASE,
    batch_size: int | None = 1,
    progress: Progress = quiet,
) -> Iterator[tuple[int, torch.Tensor]]:
    """Draw one latent for each condition and seed, with the UNet as it is; no LoRA is put on or taken off.

    Parameters
    ----------
    base : Base
        Its UNet in evaluation mode, on ``base.device``; no other part is used.
    conditions : sequence of Condition
        From `unipixel.diffusion.conditions.encode_conditions`.
    width, height, steps, guidance, seeds, sampler, batch_size, progress
        As for `sample_images`.

    Yields
    ------
    index, latent
        Index of the condition, in order; ``(channels, height / stride, width / stride)`` float32 on the CPU, as the
        UNet has it.

    Raises
    ------
    CanvasError, OptionError, ModelError
        As for `sample_images`.
    """
    _check(base, width, height, steps, sampler, len(conditions), len(seeds))
    if batch_size is None:
        batch_size = pictures_at_once(base, width=width, height=height, guided=guidance > 1)
    start = 0
    while start < len(conditions):
        batch = _batch(conditions[start : start + batch_size])
        latents = _within_memory(
            base, batch, width, height, seeds[start : start + len(batch)], scheduler_for(base, sampler, steps), guidance
        )
        if latents is None:
            batch_size = _halved(base, len(batch), width, height)
            continue
        for latent in latents:
            start += 1
            progress(Event("sample", start, len(conditions)))
            yield start - 1, latent


def _check(base: Base, width: int, height: int, steps: int, sampler: str, pictures: int, seeds: int) -> None:
    if width % base.stride or height % base.stride or min(width, height) <= 0:
        raise CanvasError(f"{width}x{height}: width and height must be whole multiples of {base.stride} px")
    if pictures != seeds:
        raise ValueError(f"{pictures} prompts but {seeds} seeds; give one seed for each prompt")
    check_sampler(sampler, steps)


def _batch(conditions: Sequence[Condition]) -> Sequence[Condition]:
    """The first conditions that have one length: a picture is never filled up to its neighbour's."""
    lengths = [len(condition.positive.embeds) for condition in conditions]
    other = next((place for place, length in enumerate(lengths) if length != lengths[0]), len(lengths))
    return conditions[:other]


def _within_memory(
    base: Base,
    batch: Sequence[Condition],
    width: int,
    height: int,
    seeds: Sequence[int],
    scheduler: Any,
    guidance: float,
) -> torch.Tensor | None:
    """Latents of a batch, or None where they do not fit into memory."""
    try:
        return _draw(base, batch, width, height, seeds, scheduler, guidance)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        return None


def _halved(base: Base, count: int, width: int, height: int) -> int:
    """The next smaller batch, after what torch keeps of the failed one is given back."""
    if count == 1:
        raise ModelError(
            f"{width}x{height}: there is not enough memory on {base.device.type} for one picture. Draw a smaller one, "
            "close other programs, or take another device"
        )
    if base.device.type == "cuda":
        torch.cuda.empty_cache()
    return count // 2


@torch.no_grad()
def _draw(
    base: Base,
    batch: Sequence[Condition],
    width: int,
    height: int,
    seeds: Sequence[int],
    scheduler: Any,
    guidance: float,
) -> torch.Tensor:
    """Go from noise to latents ``(n, channels, h, w)``."""
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    shape = (1, base.latent_channels, height // base.stride, width // base.stride)
    noise = torch.cat([torch.randn(shape, generator=generator) for generator in generators])
    latents = noise.to(base.device) * scheduler.init_noise_sigma
    parts = [condition.negative for condition in batch] if guidance > 1 else []
    parts += [condition.positive for condition in batch]
    embeds = torch.stack([part.embeds for part in parts]).to(base.device, base.dtype)
    pooled = torch.stack([part.pooled for part in parts]).to(base.device, base.dtype)
    # original size, crop corner, target size: the true canvas, never cropped
    sizes = torch.tensor([[height, width, 0, 0, height, width]] * len(parts), device=base.device)
    added = {"text_embeds": pooled, "time_ids": sizes}
    extra = {"generator": generators} if "generator" in inspect.signature(scheduler.step).parameters else {}
    for timestep in scheduler.timesteps:
        asked = torch.cat([latents] * (len(parts) // len(batch)))
        asked = scheduler.scale_model_input(asked, timestep).to(base.dtype)
        said = base.unet(
            asked, timestep, encoder_hidden_states=embeds, added_cond_kwargs=added, return_dict=False
        )[0].float()  # fmt: skip
        if guidance > 1:
            without, along = said.chunk(2)
            said = without + guidance * (along - without)
        latents = scheduler.step(said, timestep, latents, **extra, return_dict=False)[0]
    return latents.float().cpu()
