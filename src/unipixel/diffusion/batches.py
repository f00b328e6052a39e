"""Which pictures a training step shows: a bucket is a canvas, and each batch is of one bucket."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from unipixel.diffusion.latents import TextEmbeddings


@dataclass(frozen=True)
class Bucket:
    """The pictures of one canvas."""

    latents: torch.Tensor
    """``(n, channels, h, w)``"""
    indices: torch.Tensor
    """``(n,)`` places in the data set."""


def make_buckets(latents: Sequence[torch.Tensor]) -> list[Bucket]:
    """Group latents by size; buckets in the order of their sizes."""
    by_size: dict[tuple[int, ...], list[int]] = {}
    for index, latent in enumerate(latents):
        by_size.setdefault(tuple(latent.shape), []).append(index)
    return [
        Bucket(torch.stack([latents[i] for i in members]), torch.tensor(members))
        for _, members in sorted(by_size.items())
    ]


def draw_batch(buckets: Sequence[Bucket], step: int, batch_size: int, seed: int) -> tuple[Bucket, torch.Tensor]:
    """Bucket of a step and the places in it.

    Every round shows each bucket once, in a new order; a bucket goes through its pictures in a new order each time
    that it has shown all. Both follow from the step's number, with nothing carried over from the step before.
    """
    turn, position = divmod(step, len(buckets))
    order = torch.randperm(len(buckets), generator=generator(seed, "buckets", turn))
    number = int(order[position])
    count = len(buckets[number].indices)
    places = []
    for draw in range(turn * batch_size, (turn + 1) * batch_size):
        epoch, place = divmod(draw, count)
        if not places or place == 0:
            shuffled = torch.randperm(count, generator=generator(seed, f"bucket {number}", epoch))
        places.append(shuffled[place])
    return buckets[number], torch.stack(places)


def draw_captions(
    text: TextEmbeddings, indices: torch.Tensor, dropped: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Embeddings of a batch, the empty caption's where dropped: ``(batch, 77, D)`` and ``(batch, P)``."""
    embeds, pooled = text.embeds[indices], text.pooled[indices]
    embeds[dropped], pooled[dropped] = text.empty_embeds, text.empty_pooled
    return embeds, pooled


def generator(seed: int, purpose: str, number: int) -> torch.Generator:
    """Chance that follows from the seed, a purpose and a number alone."""
    digest = hashlib.sha256(f"{seed}/{purpose}/{number}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little"))
