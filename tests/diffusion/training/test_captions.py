"""Captions in other orders, and the same embeddings whether they are kept or made anew."""

from __future__ import annotations

from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st

from unipixel.diffusion import Base
from unipixel.diffusion.training.batches import Batch
from unipixel.diffusion.training.captions import KeptCaptions, LiveCaptions, in_other_orders

TAGS = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=6)


@given(TAGS, st.integers(1, 5), st.integers(0, 7))
def test_orders_keep_the_front_and_every_tag(tags: list[str], variants: int, kept: int) -> None:
    orders = in_other_orders(", ".join(tags), variants=variants, kept=kept, seed=4)

    assert len(orders) == variants
    assert orders[0] == ", ".join(tags)
    for order in orders:
        assert sorted(order.split(", ")) == sorted(tags)
        assert order.split(", ")[:kept] == tags[:kept]


def test_orders_differ_and_follow_the_seed() -> None:
    caption = "word, a, b, c, d, e, f"
    first = in_other_orders(caption, variants=4, kept=1, seed=1)

    assert len(set(first)) == 4
    assert first == in_other_orders(caption, variants=4, kept=1, seed=1)
    assert first[1:] != in_other_orders(caption, variants=4, kept=1, seed=2)[1:]


def test_kept_and_live_embeddings_are_the_same(base: Base, tmp_path: Path) -> None:
    variants = [["a, b", "b, a"], ["c", "c"]]
    batch = Batch(torch.zeros(3, 4, 1, 1), (1, 0, 0), (0, 1, 0), (False, False, True))
    kept, live = KeptCaptions(base, variants, cache=tmp_path).embed(batch), LiveCaptions(base, variants).embed(batch)
    embeds, _, pooled, _ = base.pipeline.encode_prompt(["c", "b, a", ""], do_classifier_free_guidance=False)

    for found in (kept, live):
        assert torch.allclose(found[0], embeds, atol=1e-5)
        assert torch.allclose(found[1], pooled, atol=1e-5)
