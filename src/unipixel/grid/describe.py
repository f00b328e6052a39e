"""What the grid finder says, as JSON types and in words."""

from __future__ import annotations

from typing import Any

from unipixel.grid.model import SURE, Candidate, Recovery
from unipixel.grid.parts import find_parts

WORDS = ((SURE, "very likely"), (0.7, "likely"), (0.5, "more likely than not"), (0.2, "doubtful"), (0.0, "a guess"))
"""The least confidence of each word."""


def describe_recovery(found: Recovery) -> dict[str, Any]:
    """Grid, confidence, next best sizes and parts; pairs of cells and offsets are (height, width) and (row, col)."""
    size = None if found.native is None else [found.native.shape[1], found.native.shape[0]]
    return {
        "native": size,
        "cell": None if found.grid is None else list(found.grid.cell),
        "offset": None if found.grid is None else list(found.grid.offset),
        "confidence": round(found.confidence, 4),
        "sure": found.is_sure,
        "reason": found.reason,
        "alternatives": describe_candidates(found.alternatives),
        "parts": [
            {"region": list(part.region), "cell": list(part.cell), "offset": list(part.offset)}
            for part in find_parts(found)
        ],
    }


def describe_candidates(candidates: tuple[Candidate, ...]) -> list[dict[str, Any]]:
    """Native size [width, height] and confidence of each."""
    return [
        {"native": [other.native_size[1], other.native_size[0]], "confidence": round(other.confidence, 4)}
        for other in candidates
    ]


def say_confidence(confidence: float, *, is_sure: bool = False) -> str:
    """A confidence of 0 to 1 in words; ``is_sure`` as :attr:`unipixel.grid.Recovery.is_sure` says."""
    return "sure" if is_sure else next(word for least, word in WORDS if confidence >= least)
