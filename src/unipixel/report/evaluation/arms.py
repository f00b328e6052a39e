"""The arms of an evaluation: how each is drawn in plots, and called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

Sample = Mapping[str, Any]
"""One picture of the report data."""

LORA, BASE = "lora", "base"
"""Names of the arms that every evaluation has."""

_KNOWN = {
    LORA: ("with", "with the LoRA"),
    BASE: ("without", "base, no LoRA"),
    "no-trigger": ("plain", "LoRA, no trigger"),
}

Item = TypeVar("Item")


def arms_of(data: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Series of the plots and name on the page of every arm, in the order of the data."""
    rows = [*(data.get("discipline") or []), *(data.get("samples") or [])]
    arms = dict.fromkeys(str(row.get("arm")) for row in rows)
    return {arm: _KNOWN.get(arm) or _other(arm) for arm in arms}


def of_arm(samples: Iterable[Sample], arm: str) -> list[Sample]:
    """Samples of one arm, in their order."""
    return [sample for sample in samples if sample.get("arm") == arm]


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many items, evenly over all of them, the first among them."""
    if len(items) <= most:
        return list(items)
    return [items[place * len(items) // most] for place in range(most)]


def about(sample: Sample) -> str:
    """Words for what a sample is, for those who can't see it: prompt, size, seed."""
    return f"{sample.get('prompt') or 'no prompt'}, {sample.get('size')}, seed {sample.get('seed')}"


def _other(arm: str) -> tuple[str, str]:
    if arm.startswith("weight "):
        return "weight", arm
    return ("stacked", arm) if arm.startswith("with ") else ("training", arm)
