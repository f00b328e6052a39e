"""The findings as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SHARED = {"within": "variance within cells", "edges": "edges on the grid"}
COLUMNS = {
    **SHARED,
    "psnr": "round trip, dB",
    "on grid": "best offset is the grid's",
    "named": "subject named",
    "distance": "distance and size, rho",
}
"""Figures of an arm; the share of samples whose subject could be measured comes last."""
OWN = {
    "own within": "variance within its cells",
    "own edges": "edges on its lines",
    "own on grid": "best offset is its",
}
VARIANT = {**SHARED, "named": "subject named", "distance": "distance and size, rho"}


def write_page(results: Mapping[str, Any]) -> str:
    """All tables; means with 95 % bootstrap intervals."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    yield "## Training images: what can be learned, and what the autoencoder can show\n"
    rows = [[row["arm"], "decoded" if row["decoded"] else "as it is", *_plain(row)] for row in results["references"]]
    yield from _table(["arm", "", *SHARED.values(), COLUMNS["on grid"]], rows)
    yield "\n## Samples, mean [95 % interval]\n"
    yield from _table(
        ["arm", "sizes", "seeds x samples", *COLUMNS.values(), "subject measured"],
        [_row(row) for row in results["arms"]],
    )
    shifted = [row for row in results["arms"] if "own within" in row]
    yield "\n## The shifted arm on its own lattice\n"
    yield from _table(["sizes", *OWN.values()], [[row["sizes"], *_told(row, OWN)] for row in shifted])
    yield "\n## Expected before, and found\n"
    met = [[one["expected"], f"{one['figure']:.4g}", "yes" if one["met"] else "**no**"] for one in results["expected"]]
    yield from _table(["expected", "found", "met"], met)
    for question, variants in results["ablations"].items():
        if len(variants) > 1:  # one alone compares nothing
            yield f"\n## {question}\n"
            yield from _table(["", "seeds x samples", *VARIANT.values()], [_variant(row) for row in variants])


def _row(row: Mapping[str, Any]) -> list[str]:
    return [row["arm"], row["sizes"], _count(row), *_told(row, COLUMNS), f"{row['measured']:.0%}"]


def _variant(row: Mapping[str, Any]) -> list[str]:
    return [row["variant"], _count(row), *_told(row, VARIANT)]


def _count(row: Mapping[str, Any]) -> str:
    return f"{row['seeds']} x {row['samples']}"


def _plain(row: Mapping[str, Any]) -> list[str]:
    return [f"{row['within']:.4f}", f"{row['edges']:.3f}", f"{row['on grid']:.0%}"]


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    return [f"{row[name]['mean']:.3g} [{row[name]['low']:.3g}, {row[name]['high']:.3g}]" for name in names]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
