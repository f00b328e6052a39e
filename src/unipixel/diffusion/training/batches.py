"""Which pictures a training step shows: a bucket is a canvas, and each batch is of one bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from unipixel.diffusion.chance import generator
from unipixel.diffusion.latents import Latents, Posterior


@dataclass(frozen=True)
class Bucket:
    """The pictures of one canvas."""

    pictures: Sequence[Posterior]
    """Those of the whole data set, as the autoencoder makes them."""
    mirrored: Sequence[Posterior]
    """The same mirrored left to right; empty where pictures are never mirrored."""
    indices: Sequence[int]
    """Places of this canvas's pictures."""


@dataclass(frozen=True)
class Batch:
    """What the UNet is shown at once."""

    latents: torch.Tensor
    """``(batch, channels, h, w)`` float32"""
    indices: tuple[int, ...]
    """Places of the pictures in the data set."""
    variants: tuple[int, ...]
    """Which order of its tags each caption is in."""
    dropped: tuple[bool, ...]
    """Whether the empty caption stands for it."""


def make_buckets(pictures: Latents, mirrored: Sequence[Posterior] = ()) -> list[Bucket]:
    """Group pictures by their size; buckets in the order of their sizes."""
    by_size: dict[tuple[int, int], list[int]] = {}
    for index, size in enumerate(pictures.sizes):
        by_size.setdefault(size, []).append(index)
    return [Bucket(pictures, mirrored, members) for _, members in sorted(by_size.items())]


def draw_places(buckets: Sequence[Bucket], draw: int, batch_size: int, seed: int) -> tuple[Bucket, list[int]]:
    """Bucket of a draw, and places in the data set.

    Every round shows each bucket once, in a new order; a bucket goes through its pictures in a new order each time
    that it has shown all. Both follow from the draw's number, with nothing carried over from the one before.
    """
    turn, position = divmod(draw, len(buckets))
    number = int(torch.randperm(len(buckets), generator=generator(seed, "buckets", turn))[position])
    count = len(buckets[number].indices)
    places = []
    for shown in range(turn * batch_size, (turn + 1) * batch_size):
        epoch, place = divmod(shown, count)
        if not places or place == 0:
            shuffled = torch.randperm(count, generator=generator(seed, f"bucket {number}", epoch)).tolist()
        places.append(buckets[number].indices[shuffled[place]])
    return buckets[number], places


def draw_batch(
    buckets: Sequence[Bucket],
    draw: int,
    *,
    batch_size: int,
    seed: int,
    rng: torch.Generator,
    caption_dropout: float = 0.0,
    caption_variants: int = 1,
) -> Batch:
    """Draw a batch.

    Parameters
    ----------
    buckets : sequence of Bucket
    draw : int
        Number of the batch, from 0.
    batch_size : int
    seed : int
        Which pictures come when follows from it and from ``draw``.
    rng : Generator
        All other chance: mirroring, posteriors, captions.
    caption_dropout : float
        Share of captions, 0 to 1, that are left out.
    caption_variants : int
        Orders of tags to choose from.
    """
    bucket, places = draw_places(buckets, draw, batch_size, seed)
    latents = []
    for place in places:
        turned = bool(bucket.mirrored) and bool(torch.rand((), generator=rng) < 0.5)
        latents.append((bucket.mirrored if turned else bucket.pictures)[place].draw(rng))
    dropped = (torch.rand(len(places), generator=rng) < caption_dropout).tolist()
    variants = [0] * len(places)
    if caption_variants > 1:
        variants = torch.randint(caption_variants, (len(places),), generator=rng).tolist()
    return Batch(torch.stack(latents), tuple(places), tuple(variants), tuple(dropped))
