"""Measure how colours are reduced, ours and other ways: python benchmarks/color/run.py; see README.md beside it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from figures import COLORS, Record, group_table
from measures import errors, find_accents, kept
from motifs import Motif, motifs
from quantizers import QUANTIZERS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--natives", type=int, default=40)
    parser.add_argument("--sprites", type=int, default=20)
    parser.add_argument(
        "--tools", default="", help="with commas between; default: all that are installed but k-means in OKLab"
    )
    parser.add_argument("--out", type=Path, default=Path("build/color-benchmark.md"))
    chosen = parser.parse_args()

    tools = chosen.tools.split(",") if chosen.tools else [name for name in QUANTIZERS if name != "k-means in OKLab"]
    if unknown := [name for name in tools if name not in QUANTIZERS]:
        raise SystemExit(f"no {', '.join(unknown)}; there are {', '.join(QUANTIZERS)}")
    missing = [name for name in tools if QUANTIZERS[name].version is None]
    tools = [name for name in tools if name not in missing]
    pictures = list(motifs(chosen.natives, chosen.sprites))
    page = write_page(measure(pictures, tools), tools, missing)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(page, "utf-8")
    print(page)


def measure(pictures: Sequence[Motif], tools: Sequence[str]) -> list[Record]:
    """Reduce every picture by every tool to every number of colours, twice."""
    records = []
    for done, motif in enumerate(pictures, start=1):
        accents = [] if motif.group == "photographs" else find_accents(motif.truth)  # a photograph's are noise
        for colors in COLORS:
            for tool in tools:
                start = time.process_time()
                shown = QUANTIZERS[tool].reduce(motif.image, colors)
                spent = 1e3 * (time.process_time() - start)
                repeats = np.array_equal(shown, QUANTIZERS[tool].reduce(motif.image, colors))
                left = kept(shown, motif.truth, accents)
                figures = *errors(shown, motif.truth), left, len(accents), spent, repeats
                records.append(Record(motif.group, colors, tool, *figures))
        print(f"\r{done}/{len(pictures)} {motif.name:30}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return records


def write_page(records: Sequence[Record], tools: Sequence[str], missing: Sequence[str]) -> str:
    """Everything that was measured, as Markdown; errors in thousandths."""
    versions = ", ".join(f"{name} ({QUANTIZERS[name].package} {QUANTIZERS[name].version})" for name in tools)
    parts = [f"Measured: {versions}." + (f" Not installed: {', '.join(missing)}." if missing else "")]
    for group in dict.fromkeys(record.group for record in records):
        mine = [record for record in records if record.group == group]
        pictures = len(mine) // (len(tools) * len(COLORS))
        parts.append(f"**{group}** ({pictures} pictures)\n\n{group_table(mine, tools)}")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
