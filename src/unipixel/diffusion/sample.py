"""Pictures from prompts: the stock SDXL pipeline with the base's own sampler."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from unipixel.diffusion.adapter import loras_on
from unipixel.diffusion.base import Base
from unipixel.diffusion.latents import decode_latent
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.errors import CanvasError
from unipixel.progress import Event, Progress, quiet


def draw_latents(
    base: Base,
    embeds: torch.Tensor,
    pooled: torch.Tensor,
    negative: torch.Tensor,
    negative_pooled: torch.Tensor,
    *,
    width: int,
    height: int,
    steps: int,
    guidance: float,
    sampler: str,
    seeds: Sequence[int],
) -> Iterator[torch.Tensor]:
    """Draw latents."""
    old = base.pipeline
    from diffusers import StableDiffusionXLPipeline

    pipeline = StableDiffusionXLPipeline(
        vae=old.vae,
        text_encoder=None,
        text_encoder_2=None,
        tokenizer=None,
        tokenizer_2=None,
        unet=old.unet,
        scheduler=old.scheduler,
        add_watermarker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    n = len(embeds)
    with quiet_libraries(), torch.no_grad():
        yield from pipeline(
            prompt_embeds=embeds,
            pooled_prompt_embeds=pooled,
            negative_prompt_embeds=negative.expand(n, -1, -1),
            negative_pooled_prompt_embeds=negative_pooled.expand(n, -1),
            width=width,
            height=height,
            num_inference_steps=steps,
            guidance_scale=guidance,
            generator=[torch.Generator().manual_seed(seed) for seed in seeds],
            output_type="latent",
        ).images


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
    batch_size: int = 1,
    progress: Progress = quiet,
) -> Iterator[tuple[int, np.ndarray]]:
    """Sample one picture for each prompt and seed.

    The starting noise of a picture comes from its seed alone, so pictures with and without a LoRA, or in batches
    of another size, can be compared one for one (a batch size may move a value by a rounding error).

    Parameters
    ----------
    base : Base
    prompts : sequence of str
    width, height : int
        Canvas px; whole multiples of the base's stride.
    steps : int
        Steps of the sampler.
    guidance : float
        Classifier-free guidance; 1 or less switches it off.
    seeds : sequence of int
        One for each prompt.
    negative_prompt : str
        The empty text is encoded as such, the way captions are dropped in training.
    loras : sequence of (path, weight)
        See `unipixel.diffusion.adapter.loras_on`.
    batch_size : int
        Pictures at once.
    progress : callable

    Yields
    ------
    index, image
        Index of the prompt; ``(height, width, 4)`` uint8 RGBA, opaque.

    Raises
    ------
    CanvasError
        If the size is not whole latent cells.
    ModelError
        If a LoRA does not fit the base.
    """
    if width % base.stride or height % base.stride or min(width, height) <= 0:
        raise CanvasError(f"{width}x{height}: width and height must be whole multiples of {base.stride} px")
    if len(prompts) != len(seeds):
        raise ValueError(f"{len(prompts)} prompts but {len(seeds)} seeds; give one seed for each prompt")
    return _sample(base, prompts, width, height, steps, guidance, seeds, negative_prompt, loras, batch_size, progress)


def _sample(
    base: Base,
    prompts: Sequence[str],
    width: int,
    height: int,
    steps: int,
    guidance: float,
    seeds: Sequence[int],
    negative_prompt: str,
    loras: Sequence[tuple[str | Path, float]],
    batch_size: int,
    progress: Progress,
) -> Iterator[tuple[int, np.ndarray]]:
    with loras_on(base, loras):
        for start in range(0, len(prompts), batch_size):
            batch = slice(start, start + batch_size)
            with quiet_libraries(), torch.no_grad():
                latents = base.pipeline(
                    prompt=list(prompts[batch]),
                    negative_prompt=[negative_prompt] * len(prompts[batch]),
                    width=width,
                    height=height,
                    num_inference_steps=steps,
                    guidance_scale=guidance,
                    # noise is drawn on the CPU, so that a seed means the same picture on every device
                    generator=[torch.Generator().manual_seed(seed) for seed in seeds[batch]],
                    output_type="latent",
                ).images
            for offset, latent in enumerate(latents):  # decoded one by one: at full size that is what fills a GPU
                progress(Event("sample", start + offset + 1, len(prompts)))
                yield start + offset, decode_latent(base, latent)
