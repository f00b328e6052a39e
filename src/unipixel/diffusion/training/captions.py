"""What the UNet is told about a batch: embeddings of its captions, kept ready or made with text encoders that learn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch

from unipixel.diffusion.base import Base
from unipixel.diffusion.chance import generator
from unipixel.diffusion.latents import Texts, embed_tokens, to_tokens
from unipixel.diffusion.training.batches import Batch


class Captions(Protocol):
    """Where embeddings come from."""

    def embed(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Embeddings ``(batch, 77, D)`` and pooled ones ``(batch, P)`` of a batch's captions."""


def in_other_orders(caption: str, *, variants: int, kept: int, seed: int) -> list[str]:
    """A caption with its tags in other orders.

    Parameters
    ----------
    caption : str
        Tags with commas between them.
    variants : int
        Orders in all; the first is the caption as it is.
    kept : int
        Tags at the front that keep their place.
    seed : int

    Returns
    -------
    list of str

    Examples
    --------
    >>> in_other_orders("word, a, b", variants=2, kept=2, seed=0)
    ['word, a, b', 'word, a, b']
    """
    tags = [tag.strip() for tag in caption.split(",")]
    front, rest = tags[:kept], tags[kept:]
    result = [caption]
    for number in range(1, variants):
        order = torch.randperm(len(rest), generator=generator(seed, f"order of {caption}", number)).tolist()
        result.append(", ".join([*front, *(rest[i] for i in order)]))
    return result


class KeptCaptions:
    """Embeddings that are made once, of text encoders that don't learn.

    Parameters
    ----------
    base : Base
    variants : sequence of sequence of str
        Of each caption, its orders.
    cache : Path, optional
        See `Texts`.
    """

    def __init__(self, base: Base, variants: Sequence[Sequence[str]], *, cache: Path | None = None) -> None:
        self._each = len(variants[0])
        self.texts = Texts(base, [*(text for orders in variants for text in orders), ""], cache=cache)

    def embed(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """See `Captions`; on the CPU."""
        places = [
            -1 if dropped else index * self._each + variant
            for index, variant, dropped in zip(batch.indices, batch.variants, batch.dropped, strict=True)
        ]
        found = [self.texts[place] for place in places]
        return torch.stack([text.embeds for text in found]), torch.stack([text.pooled for text in found])


class LiveCaptions:
    """Embeddings made anew for each batch, with gradients into the text encoders."""

    def __init__(self, base: Base, variants: Sequence[Sequence[str]]) -> None:
        self._base = base
        self._tokens = [[to_tokens(base, text) for text in orders] for orders in variants]
        self._empty = to_tokens(base, "")

    def embed(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """See `Captions`; on the base's device."""
        chosen = [
            self._empty if dropped else self._tokens[index][variant]
            for index, variant, dropped in zip(batch.indices, batch.variants, batch.dropped, strict=True)
        ]
        first, second = (torch.cat([pair[which] for pair in chosen]) for which in (0, 1))
        base = self._base
        with torch.autocast(base.device.type, dtype=base.dtype, enabled=base.dtype != torch.float32):
            return embed_tokens(base, first, second)
