"""What a run of the benchmark noted, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

COLORS = (8, 16, 32)


@dataclass(frozen=True)
class Record:
    """One picture reduced once: errors are OKLab distances, time is CPU time."""

    group: str
    colors: int
    tool: str
    mean: float
    p99: float
    kept: int
    accents: int
    milliseconds: float
    repeats: bool


def group_table(records: Sequence[Record], tools: Sequence[str]) -> str:
    """Mean error / 99th percentile / accents kept, for each number of colours."""
    lines = [
        "| tool | " + " | ".join(f"{colors} colours" for colors in COLORS) + " | ms, median | repeats |",
        "|---|" + "--:|" * (len(COLORS) + 2),
    ]
    for tool in tools:
        mine = [record for record in records if record.tool == tool]
        cells = [_cell([record for record in mine if record.colors == colors]) for colors in COLORS]
        spent = float(np.median([record.milliseconds for record in mine]))
        repeats = np.mean([record.repeats for record in mine])
        lines.append(f"| {tool} | {' | '.join(cells)} | {spent:.1f} | {repeats:.0%} |")
    return "\n".join(lines)


def _cell(records: Sequence[Record]) -> str:
    mean = 1e3 * float(np.mean([record.mean for record in records]))
    p99 = 1e3 * float(np.mean([record.p99 for record in records]))
    accents = sum(record.accents for record in records)
    share = f" / {sum(record.kept for record in records) / accents:.0%}" if accents else ""
    return f"{mean:.1f} / {p99:.0f}{share}"
