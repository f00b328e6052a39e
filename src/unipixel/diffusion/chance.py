"""Chance that can be repeated: a generator for each purpose, with nothing carried over from one to the next."""

from __future__ import annotations

import hashlib

import torch


def generator(seed: int, purpose: str, number: int) -> torch.Generator:
    """Chance that follows from the seed, a purpose and a number alone."""
    digest = hashlib.sha256(f"{seed}/{purpose}/{number}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little"))
