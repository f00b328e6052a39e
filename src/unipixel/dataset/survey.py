"""What a data set shows how often: theme, canvas, distance and light, what never meets, and what always does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from unipixel.caption import canonical_tag
from unipixel.dataset.manifest import Entry

AXES = ("theme", "canvas", "distance", "light")
"""What images are told apart by."""

DISTANCES = ("close-up", "wide shot", "very wide shot")
"""Tags that say how far away the subject is, spelt as :func:`unipixel.caption.canonical_tag` does."""

LIGHTS = ("night", "sunset", "sunrise", "dark", "fog", "backlighting", "day")
"""Tags that say how the light is; where an image has several, the first of these counts."""

UNKNOWN = "?"
"""Value of an axis of which no accepted tag says anything."""

ALWAYS = 0.9
"""Share from which one value always comes with another."""
OFTEN = 0.75
"""Values of more than this share of all images come with everything: that is no confound."""
FEW = 3
"""Fewer images of a value say nothing about what it always comes with."""


@dataclass(frozen=True)
class Table:
    """How often the values of two axes meet."""

    axes: tuple[str, str]
    """Down and across."""
    counts: dict[str, dict[str, int]]
    """Images by the value down, then the value across; zeros are in it."""
    information: float
    """What one axis tells of the other, 0 to 1: mutual information over the lesser entropy."""

    @property
    def empty(self) -> tuple[tuple[str, str], ...]:
        """Known values that never meet."""
        return tuple(
            (down, across)
            for down, row in self.counts.items()
            for across, count in row.items()
            if not count and UNKNOWN not in (down, across)
        )


@dataclass(frozen=True)
class Confound:
    """A value that always comes with another, so that a model can't tell the two apart."""

    value: str
    """Such as ``night``."""
    always: str
    """Such as ``city``."""
    together: int
    """Images that have both."""
    of: int
    """Images that have the first."""

    def __str__(self) -> str:
        return f"{self.together} of {self.of} images of {self.value} are also {self.always}"


@dataclass(frozen=True)
class Survey:
    """What a data set shows how often."""

    images: int
    counts: dict[str, dict[str, int]]
    """Images by axis and value."""
    tables: tuple[Table, ...]
    """Every two axes."""
    confounds: tuple[Confound, ...]


def describe(row: Entry) -> dict[str, str]:
    """Value of each axis for one image."""
    tags = {canonical_tag(tag.name) for tag in row.tags if tag.state == "accepted"}
    if row.close_up:
        tags.add("close-up")
    return {
        "theme": row.theme or UNKNOWN,
        "canvas": row.canvas or UNKNOWN,
        "distance": next((tag for tag in DISTANCES if tag in tags), UNKNOWN),
        "light": next((tag for tag in LIGHTS if tag in tags), UNKNOWN),
    }


def survey(rows: Sequence[Entry]) -> Survey:
    """Count what the images of a data set show; rows without a canvas are left out."""
    facts = [describe(row) for row in rows if row.canvas]
    counts = {axis: dict(sorted(Counter(fact[axis] for fact in facts).items())) for axis in AXES}
    tables = tuple(_table(facts, counts, pair) for pair in combinations(AXES, 2))
    return Survey(len(facts), counts, tables, tuple(_confounds(facts, counts)))


def _table(facts: Sequence[Mapping[str, str]], counts: Mapping[str, Mapping[str, int]], axes: tuple[str, str]) -> Table:
    down, across = axes
    pairs = Counter((fact[down], fact[across]) for fact in facts)
    grid = {one: {two: pairs[one, two] for two in counts[across]} for one in counts[down]}
    return Table(axes, grid, round(_information(pairs, counts[down], counts[across]), 4))


def _information(pairs: Counter[tuple[str, str]], down: Mapping[str, int], across: Mapping[str, int]) -> float:
    total = sum(pairs.values())
    least = min(_entropy(down, total), _entropy(across, total))
    if least <= 0:
        return 0.0
    shared = sum(
        count / total * math.log2(count * total / (down[one] * across[two])) for (one, two), count in pairs.items()
    )
    return min(1.0, max(0.0, shared / least))


def _entropy(counts: Mapping[str, int], total: int) -> float:
    return -sum(count / total * math.log2(count / total) for count in counts.values() if count)


def _confounds(facts: Sequence[Mapping[str, str]], counts: Mapping[str, Mapping[str, int]]) -> list[Confound]:
    found = []
    for axis in AXES:
        for value, number in counts[axis].items():
            if value == UNKNOWN or number < FEW:
                continue
            for other in (name for name in AXES if name != axis):
                with_value = Counter(fact[other] for fact in facts if fact[axis] == value)
                (always, together), *_ = with_value.most_common(1)
                is_rare = counts[other][always] <= OFTEN * len(facts)
                if always != UNKNOWN and together >= ALWAYS * number and is_rare:
                    found.append(Confound(value, always, together, number))
    return found
