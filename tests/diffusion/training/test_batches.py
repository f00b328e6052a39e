"""Batches: of one canvas each, every canvas and picture equally often, all from the seed and the draw's number."""

from __future__ import annotations

from types import SimpleNamespace

import torch
from hypothesis import given
from hypothesis import strategies as st

from unipixel.diffusion.chance import generator
from unipixel.diffusion.latents import Posterior
from unipixel.diffusion.training.batches import Bucket, draw_batch, draw_places, make_buckets


class Pictures(list[Posterior]):
    """Posteriors with their sizes, as `Latents` has them."""

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Height and width of each."""
        return [tuple(picture.mean.shape[1:]) for picture in self]


def pictures(*widths: int) -> Pictures:
    """Latents of two rows, each filled with its number."""
    return Pictures(Posterior(torch.full((1, 2, width), float(i))) for i, width in enumerate(widths))


def test_buckets_come_equally_often_and_show_every_picture() -> None:
    buckets = make_buckets(pictures(2, 2, 2, 4, 4, 4, 4, 4))
    shown: list[list[int]] = [[], []]
    for draw in range(20):
        bucket, places = draw_places(buckets, draw, 3, seed=1)
        shown[bucket is buckets[1]] += places

    assert [len(part) for part in shown] == [30, 30]
    assert [shown[0].count(i) for i in range(3)] == [10, 10, 10]
    assert [shown[1].count(i) for i in range(3, 8)] == [6] * 5
    assert shown[0][:3] != shown[0][3:6] or shown[0][3:6] != shown[0][6:9]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.integers(0, 50), st.integers(1, 5))
def test_a_batch_is_of_one_size_and_shows_the_pictures_it_names(widths: list[int], draw: int, size: int) -> None:
    buckets = make_buckets(pictures(*widths))
    batch = draw_batch(buckets, draw, batch_size=size, seed=3, rng=generator(3, "batch", draw))

    assert batch.latents.shape[0] == len(batch.indices) == size
    assert {widths[i] for i in batch.indices} == {batch.latents.shape[3]}
    assert [int(latent.mean()) for latent in batch.latents] == list(batch.indices)


def test_a_draw_follows_from_its_number_alone() -> None:
    buckets = make_buckets(pictures(2, 2, 4), pictures(2, 2, 4))
    options = {"batch_size": 2, "seed": 5, "caption_dropout": 0.5, "caption_variants": 4}
    draws = [draw_batch(buckets, draw, rng=generator(5, "batch", draw), **options) for draw in range(12)]
    again = [draw_batch(buckets, draw, rng=generator(5, "batch", draw), **options) for draw in reversed(range(12))]

    for one, two in zip(draws, reversed(again), strict=True):
        assert torch.equal(one.latents, two.latents)
        assert (one.indices, one.variants, one.dropped) == (two.indices, two.variants, two.dropped)


def test_chances_are_what_was_asked_for() -> None:
    straight = [Posterior(torch.zeros(1, 1, 1))]
    mirrored = [Posterior(torch.ones(1, 1, 1))]
    buckets = [Bucket(straight, mirrored, [0])]
    batches = [
        draw_batch(
            buckets,
            draw,
            batch_size=4,
            seed=1,
            rng=generator(1, "batch", draw),
            caption_dropout=0.25,
            caption_variants=3,
        )
        for draw in range(500)
    ]
    turned = torch.cat([batch.latents for batch in batches]).mean().item()
    dropped = sum(sum(batch.dropped) for batch in batches) / 2000
    variants = [sum(batch.variants.count(i) for batch in batches) / 2000 for i in range(3)]

    assert abs(turned - 0.5) < 0.04
    assert abs(dropped - 0.25) < 0.04
    assert all(abs(share - 1 / 3) < 0.04 for share in variants)


def test_nothing_is_mirrored_dropped_or_reordered_unless_asked() -> None:
    batch = draw_batch(make_buckets(pictures(2, 2)), 0, batch_size=8, seed=1, rng=generator(1, "batch", 0))

    assert set(batch.variants) == {0}
    assert not any(batch.dropped)
    assert SimpleNamespace(mirrored=make_buckets(pictures(2))[0].mirrored).mirrored == ()
