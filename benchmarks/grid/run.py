"""Measure `recover` and its peers: python benchmarks/grid/run.py [--suite own]; see README.md beside it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cases import Case, Pixels
from natives import has_game
from peers import PEERS
from picture import draw_heatmap
from records import ORACLE, Record
from scoring import NOTHING, Answer, left_alone, read_truth
from suites import SUITES, Suite, open_suite
from tables import calibration_table, family_table, tool_table, wrong_table
from workers import Reply, Worker

OURS = "unipixel"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", choices=SUITES, default="own")
    parser.add_argument("--set", choices=["fast", "full"], default="fast", dest="which")
    parser.add_argument("--images", type=int, help="source images, instead of the set's (own, damage43)")
    parser.add_argument("--family", default="", help="names or first words, with commas between")
    parser.add_argument("--tools", default="", help="with commas between; default: all that are installed")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for one picture")
    parser.add_argument("--out", type=Path, default=Path("build/grid-benchmark"), help="folder for the files")
    chosen = parser.parse_args()

    suite = open_suite(chosen.suite, chosen.which, chosen.images)
    tools, missing = choose_tools(chosen.tools)
    families = choose_families(suite.families, chosen.family)
    records = measure(suite, families, tools, chosen.limit)
    title = f"{chosen.suite}, {chosen.which}: {len(records[tools[0]])} pictures"
    page = write_page(title, records, families, missing)
    chosen.out.mkdir(parents=True, exist_ok=True)
    stem = chosen.out / f"{chosen.suite}-{chosen.which}"
    stem.with_suffix(".md").write_text(page, "utf-8")
    stem.with_suffix(".json").write_text(as_json(records), "utf-8")
    draw_heatmap(title, records, families, stem.with_suffix(".png"))
    print(page)
    print(f"Written: {stem}.md, .json, .png")


def choose_tools(wanted: str) -> tuple[list[str], list[str]]:
    """Tools to run, and those that are not installed."""
    names = wanted.split(",") if wanted else list(PEERS)
    unknown = [name for name in names if name not in (*PEERS, ORACLE)]
    if unknown:
        raise SystemExit(f"no tool {', '.join(unknown)}; there are {', '.join((*PEERS, ORACLE))}")
    missing = [name for name in names if name != ORACLE and PEERS[name].version is None]
    tools = [name for name in names if name not in missing]
    if not tools:
        raise SystemExit(f"not installed: {', '.join(missing)}")
    return tools, missing


def choose_families(families: Sequence[str], wanted: str) -> list[str]:
    """Families whose name or first word is wanted; all where nothing is."""
    words = wanted.split(",") if wanted else []
    chosen = [name for name in families if not words or name in words or name.split()[0] in words]
    if not chosen:
        raise SystemExit(f"no family {wanted}; there are {', '.join(families)}")
    return chosen


def measure(suite: Suite, families: Sequence[str], tools: Sequence[str], limit: float) -> dict[str, list[Record]]:
    """Ask every tool about every case, one after the other."""
    workers = {tool: Worker(tool) for tool in tools if tool != ORACLE}
    records: dict[str, list[Record]] = {tool: [] for tool in tools}
    cases = [case for case in suite.cases() if case[0] in families]
    try:
        for done, (family, source) in enumerate(cases, start=1):
            made, image = suite.make(family, source)
            for tool in tools:
                reply = Reply(_know(made), 0.0) if tool == ORACLE else workers[tool].ask(image, limit)
                records[tool].append(_record(suite, tool, family, source, made, image, reply))
            print(f"\r{done}/{len(cases)} {family:24}", end="", file=sys.stderr, flush=True)
    finally:
        for worker in workers.values():
            worker.stop()
    print(file=sys.stderr)
    return records


def _know(made: Any) -> Answer:
    if not isinstance(made, Case):
        raise SystemExit("the oracle knows own and damage43 only")
    return read_truth(made)


def _record(suite: Suite, tool: str, family: str, source: str, made: Any, image: Pixels, reply: Reply) -> Record:
    answer = reply.answer
    score = suite.judge(family, made, answer if answer is not None else Answer(None))
    if answer is None:  # an error or an overrun is no way of saying "no grid"
        score = NOTHING if score.kind == "grid" else left_alone(False, score.kind)
    want, cell = suite.truth(made)
    return Record(
        tool,
        family,
        source,
        score,
        reply.cpu,
        reply.error,
        reply.is_over,
        None if answer is None else answer.confidence,
        answer is not None and answer.is_sure,
        (image.shape[1], image.shape[0]),
        None if answer is None or answer.native is None else (answer.native.shape[1], answer.native.shape[0]),
        want,
        cell,
    )


def write_page(title: str, records: dict[str, list[Record]], families: Sequence[str], missing: Sequence[str]) -> str:
    """Everything that was measured, as Markdown."""
    parts = [f"# {title}", " ".join(_notes(records, missing)), tool_table(records), family_table(records, families)]
    if OURS in records:
        parts.append(f"Confidence of {OURS}:\n\n{calibration_table(records[OURS])}")
        parts.append(f"Wrong sizes of {OURS}, at most three a family:\n\n{wrong_table(records[OURS])}")
    return "\n\n".join(parts) + "\n"


def _notes(records: dict[str, list[Record]], missing: Sequence[str]) -> Iterator[str]:
    yield "Measured: " + ", ".join(f"{tool} {PEERS[tool].version}" for tool in records if tool in PEERS) + "."
    if missing:
        yield f"Not installed: {', '.join(missing)}."
    if not has_game():
        yield "Crafter is not installed: natives of our own are drawings alone."


def as_json(records: dict[str, list[Record]]) -> str:
    """All records, one a line."""
    rows: Iterator[dict[str, object]] = (asdict(record) for row in records.values() for record in row)
    return "[\n" + ",\n".join(json.dumps(row, default=float) for row in rows) + "\n]\n"


if __name__ == "__main__":
    main()
