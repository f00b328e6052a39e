"""Markdown tables of what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from records import ORACLE, Record, Summary, by_family, summarize

BINS = (0, 0.5, 0.7, 0.85, 0.9, 0.97, 1.01)
"""Borders of the confidences that are put together."""


def tool_table(records: dict[str, list[Record]]) -> str:
    """One line a tool, best main figure first, the oracle last."""
    summaries = {tool: summarize(rows) for tool, rows in records.items()}
    lines = [
        "| tool | right size % | main % | within one % | lines % | native safe % | no grid % | CPU ms, median "
        "| CPU s, most | over the limit | errors |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for tool, summary in sorted(summaries.items(), key=lambda pair: (pair[0] == ORACLE, -pair[1].main.mean)):
        lines.append(_tool_line(tool, summary))
    return "\n".join(lines)


def _tool_line(tool: str, summary: Summary) -> str:
    whole = [_percent(value) for value in (summary.aligned, summary.safe, summary.left_alone)]
    return (
        f"| {tool} | {summary.size} | {summary.main} | {summary.near.mean:.1f} | {' | '.join(whole)} "
        f"| {summary.ms:.0f} | {summary.worst:.1f} | {summary.over} | {summary.errors} |"
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def family_table(records: dict[str, list[Record]], families: Sequence[str]) -> str:
    """One line a family, "right size / main" of every tool, and the means of the lines."""
    lines = ["| family | " + " | ".join(records) + " |", "|---|" + "--:|" * len(records)]
    sizes = {tool: by_family(rows, lambda score: score.size) for tool, rows in records.items()}
    mains = {tool: by_family(rows, lambda score: score.main) for tool, rows in records.items()}
    for family in families:
        cells = [f"{sizes[tool][family]:.0f} / {mains[tool][family]:.0f}" for tool in records]
        lines.append(f"| {family} | " + " | ".join(cells) + " |")
    means = [
        f"{np.mean(list(sizes[tool].values())):.0f} / {np.mean(list(mains[tool].values())):.0f}" for tool in records
    ]
    lines.append("| *mean of the lines* | " + " | ".join(means) + " |")
    return "\n".join(lines)


def calibration_table(records: Sequence[Record]) -> str:
    """How often answers of about one confidence have the right size, and how many sure ones were not exact."""
    lines = ["| confidence | n | mean | right size % |", "|---|--:|--:|--:|"]
    for low, high in pairwise(BINS):
        rows = [record for record in records if record.confidence is not None and low <= record.confidence < high]
        if rows:
            mean, right = np.mean([row.confidence for row in rows]), 100 * np.mean([row.score.size for row in rows])
            lines.append(f"| {low}-{min(high, 1)} | {len(rows)} | {mean:.3f} | {right:.1f} |")
    sure = [record for record in records if record.is_sure]
    wrong = sum(not record.score.exact for record in sure)
    return "\n".join(lines) + f"\n\n{len(sure)} answers called themselves sure; {wrong} of them were not exact."


def wrong_table(records: Sequence[Record], most: int = 3) -> str:
    """Answers of a wrong size, a few a family: width x height of the cell in canvas px, of the truth, of the answer."""
    lines = ["| family | source | canvas | cell | native | got | confidence |", "|---|---|--:|--:|--:|--:|--:|"]
    shown: Counter[str] = Counter()
    for record in records:
        if record.score.size or shown[record.family] == most:
            continue
        shown[record.family] += 1
        cell = f"{record.cell[0]:.2f}x{record.cell[1]:.2f}" if record.cell else "–"
        got = record.error or ("over the limit" if record.is_over else _size(record.got))
        lines.append(
            f"| {record.family} | {record.source} | {_size(record.canvas)} | {cell} | {_size(record.want)} | {got} "
            f"| {record.confidence or 0:.2f} |"
        )
    return "\n".join(lines)


def _size(size: tuple[int, int] | None) -> str:
    return "none" if size is None else f"{size[0]}x{size[1]}"
