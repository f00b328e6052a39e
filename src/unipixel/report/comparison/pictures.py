"""Chapter of pictures: what each LoRA drew of the same words and the same noise."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from pathlib import Path

from unipixel.report.comparison.figures import Candidate
from unipixel.report.evaluation.arms import LORA, Sample, evenly, of_arm
from unipixel.report.evaluation.matrix import COMPARED, contact_sheet, place_of, raw_figure
from unipixel.report.html import Html, join, section, tag
from unipixel.report.numbers import plural
from unipixel.report.windows import Windows

SHOWN = 10
"""Prompts and seeds that are shown side by side."""


def load_shared(candidates: Sequence[Candidate], root: Path) -> list[list[Sample]]:
    """Samples of all candidates for the same words, size and seed, one row each, evenly over all that they share."""
    drawn = [{place_of(one): one for one in of_arm(_samples(each, root), LORA)} for each in candidates]
    if len(drawn) < 2:
        return []
    places = [place for place in drawn[0] if all(place in other for other in drawn[1:])]
    return [[each[place] for each in drawn] for place in evenly(places, SHOWN)]


def _samples(candidate: Candidate, root: Path) -> list[Sample]:
    """Samples of an evaluation, by paths from the comparison's folder; none where its figures can't be read."""
    folder = str(candidate.get("folder") or "")
    try:
        found = json.loads((root / folder / "report.json").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    samples = found.get("samples") if isinstance(found, dict) else None
    return [
        {**one, "file": posixpath.normpath(posixpath.join(folder, str(one["file"])))}
        for one in samples or []
        if isinstance(one, dict) and one.get("file")
    ]


def pictures_section(
    candidates: Sequence[Candidate], rows: Sequence[Sequence[Sample]], windows: Windows, scale: int
) -> Html:
    """Show what all of them drew, one row for the same words, size and seed."""
    if not candidates:
        return Html("")
    if not rows:
        return section(
            "pictures", "Side by side", tag("p", "There are no pictures that all of them drew.", class_="missing")
        )
    lines = []
    for row in rows:
        said = ", ".join(str(row[0][key]) for key in ("theme", "distance", "light") if row[0].get(key))
        words = join(said, tag("small", f"{row[0].get('size')}, seed {row[0].get('seed')}"))
        named = [{**one, "arm": each.get("name")} for one, each in zip(row, candidates, strict=True)]
        lines.append((words, [raw_figure(one, windows, scale) for one in named]))
    lead = (
        f"The same words and the same noise, as drawn: {plural(len(rows), 'prompt')}, evenly over all that they share. "
        f"Each is the middle of a sample, at most {COMPARED} px wide and high."
    )
    sheet = contact_sheet("Samples of all LoRAs", [one.get("name") for one in candidates], [(None, lines)])
    return section(
        "pictures",
        "Side by side",
        tag("p", lead, class_="lead"),
        sheet,
        tag("p", windows.note(), class_="note"),
    )
