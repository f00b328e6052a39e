"""What was measured: one record for each tool and case, and the figures made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scoring import Score

ORACLE = "oracle"
"""Not a tool: it knows the lines, and shows how much of the colours the damage leaves."""


@dataclass(frozen=True)
class Record:
    """One tool's answer to one case; sizes are (width, height)."""

    tool: str
    family: str
    source: str
    score: Score
    cpu: float
    error: str
    is_over: bool
    confidence: float | None
    is_sure: bool
    canvas: tuple[int, int]
    got: tuple[int, int] | None
    want: tuple[int, int] | None
    cell: tuple[float, float] | None


@dataclass(frozen=True)
class Share:
    """A mean in per cent and its 95 % bootstrap interval over source images."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.1f} ({self.low:.0f}-{self.high:.0f})"


@dataclass(frozen=True)
class Summary:
    """A tool on a suite; shares leave out native art and pictures without a grid, which have their own figures.

    Attributes
    ----------
    size, near, main : Share
    aligned, safe, left_alone : float or None
        Per cent; None where the suite has no such cases.
    ms, worst : float
        Median milliseconds and most seconds of CPU time.
    over, errors : int
        Answers that were cut off at the limit, and those that ended in an error.
    """

    size: Share
    near: Share
    main: Share
    aligned: float | None
    safe: float | None
    left_alone: float | None
    ms: float
    worst: float
    over: int
    errors: int


def summarize(records: Sequence[Record]) -> Summary:
    """Put all records of one tool together."""
    grid = [record for record in records if record.score.kind == "grid"]
    aligned = [record.score.aligned for record in grid if record.score.aligned is not None]
    return Summary(
        share_of(grid, lambda score: score.size),
        share_of(grid, lambda score: score.near),
        share_of(grid, lambda score: score.main),
        100 * float(np.mean(aligned)) if aligned else None,
        _main_of(records, "native"),
        _main_of(records, "no grid"),
        1e3 * float(np.median([record.cpu for record in records])),
        max(record.cpu for record in records),
        sum(record.is_over for record in records),
        sum(bool(record.error) for record in records),
    )


def share_of(records: Sequence[Record], figure: Callable[[Score], float], draws: int = 2000) -> Share:
    """Mean over source images of each image's mean, and its interval over images drawn anew.

    Damages of one image are not independent, so that images are what is drawn.
    """
    by_source: dict[str, list[float]] = {}
    for record in records:
        by_source.setdefault(record.source, []).append(float(figure(record.score)))
    if not by_source:
        return Share(0.0, 0.0, 0.0)
    means = 100 * np.array([np.mean(values) for values in by_source.values()])
    drawn = means[np.random.default_rng(0).integers(0, len(means), (draws, len(means)))].mean(1)
    return Share(float(means.mean()), *(float(value) for value in np.percentile(drawn, [2.5, 97.5])))


def by_family(records: Sequence[Record], figure: Callable[[Score], float]) -> dict[str, float]:
    """Mean of a figure in each family, per cent."""
    values: dict[str, list[float]] = {}
    for record in records:
        values.setdefault(record.family, []).append(float(figure(record.score)))
    return {family: 100 * float(np.mean(row)) for family, row in values.items()}


def _main_of(records: Sequence[Record], kind: str) -> float | None:
    values = [record.score.main for record in records if record.score.kind == kind]
    return 100 * float(np.mean(values)) if values else None
