"""The first screen's answer: does the LoRA keep its grid? Pure figures and words, no markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from unipixel.report.numbers import is_number

WITH, WITHOUT, CEILING, TRAINING = "with LoRA", "without LoRA", "training through the autoencoder", "training"
"""Names of the sets of pictures in the report data."""

KEEPS_ON_GRID = 0.95
"""Share of samples whose best-fitting phase is the grid, from which on a LoRA keeps its grid. Ours: at most 1 in 20."""

KEEPS_SCORE = 0.9
"""Share of the way from the base model's score to the ceiling's, from which on a LoRA keeps its grid. Ours."""


@dataclass(frozen=True)
class Pool:
    """One set of pictures over several sizes."""

    n: int
    """Pictures."""
    on_grid: int
    """Pictures whose best-fitting phase is the grid."""
    score: float
    """Mean score over all pictures: the sizes' means weighted by their numbers."""
    low: float
    """Lowest mean of a size; with one size, the lower end of its interval."""
    high: float
    """Highest mean of a size; with one size, the upper end of its interval."""
    sizes: tuple[str, ...]
    """Sizes, WIDTHxHEIGHT."""

    @property
    def on_grid_share(self) -> float:
        """Share of pictures on the grid, 0 to 1."""
        return self.on_grid / self.n if self.n else 0.0


@dataclass(frozen=True)
class Verdict:
    """The answer in a word and a sentence."""

    word: str
    """``"keeps"``, ``"partly"``, ``"not"`` or ``"unknown"``."""
    answer: str
    """For the top of the page."""
    counts: str
    """What the answer rests on, empty where nothing was measured."""


def pool(measures: Iterable[Mapping[str, Any]], name: str, *, seen: bool) -> Pool | None:
    """Put the sizes of one set together; ``None`` where nothing was measured."""
    rows = [
        row
        for row in measures
        if row.get("set") == name
        and bool(row.get("seen")) is seen
        and int(row.get("n") or 0) > 0
        and is_number((row.get("score") or {}).get("mean"))
    ]
    if not rows:
        return None
    n = sum(int(row["n"]) for row in rows)
    means = [float(row["score"]["mean"]) for row in rows]
    ends = means
    if len(rows) == 1:
        ends = [float(rows[0]["score"].get(end, means[0])) for end in ("low", "high")]
    return Pool(
        n=n,
        on_grid=sum(int(row.get("on_grid") or 0) for row in rows),
        score=sum(mean * int(row["n"]) for mean, row in zip(means, rows, strict=True)) / n,
        low=min(ends),
        high=max(ends),
        sizes=tuple(str(row.get("size", "")) for row in rows),
    )


def judge(measures: Iterable[Mapping[str, Any]], scale: int) -> Verdict:
    """Say whether the LoRA keeps its grid, at the sizes it was trained on and at others.

    It keeps the grid at a group of sizes where at least :data:`KEEPS_ON_GRID` of its samples lie on it and their score
    comes :data:`KEEPS_SCORE` of the way from the samples without the LoRA (or 0) to the training images through the
    same autoencoder (or 1).
    """
    rows = list(measures)
    trained, unseen = pool(rows, WITH, seen=True), pool(rows, WITH, seen=False)
    ceiling = pool(rows, CEILING, seen=True)
    groups = [
        (group, _keeps(group, pool(rows, WITHOUT, seen=seen), ceiling), words)
        for group, seen, words in ((trained, True, "at trained sizes"), (unseen, False, "at sizes not trained on"))
        if group is not None
    ]
    if not groups:
        return Verdict("unknown", "Whether the LoRA keeps its grid was not measured yet.", "")
    counts = " and ".join(f"{group.on_grid} of {group.n} samples {words}" for group, _, words in groups)
    counts += f" lie on the x{scale} grid"
    bare = [found for seen in (True, False) if (found := pool(rows, WITHOUT, seen=seen)) is not None]
    if bare:
        counts += f"; without it {sum(one.on_grid for one in bare)} of {sum(one.n for one in bare)} do"
    counts += "."
    kept = [keeps for _, keeps, _ in groups]
    if all(kept):
        return Verdict("keeps", "This LoRA keeps its grid.", counts)
    if any(kept):
        first, last = (next(words for _, keeps, words in groups if keeps is wanted) for wanted in (True, False))
        return Verdict("partly", f"This LoRA keeps its grid {first}, but not {last}.", counts)
    if any(group.on_grid_share >= 0.5 for group, _, _ in groups):
        return Verdict("partly", "This LoRA finds its grid, but does not keep it cleanly.", counts)
    return Verdict("not", "This LoRA does not keep its grid.", counts)


def _keeps(group: Pool, without: Pool | None, ceiling: Pool | None) -> bool:
    floor = without.score if without else 0.0
    top = ceiling.score if ceiling else 1.0
    # Where the base model alone reaches the ceiling, there is no way to go, and the samples on the grid decide alone.
    return group.on_grid_share >= KEEPS_ON_GRID and group.score - floor >= KEEPS_SCORE * max(0.0, top - floor)
