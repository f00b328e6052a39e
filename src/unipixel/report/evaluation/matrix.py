"""Chapter of contact sheets: the samples in the rows and columns of their matrix, pixel by pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from unipixel.report.dataset import sheet_zoom
from unipixel.report.evaluation.arms import LORA, Sample, about, evenly, of_arm
from unipixel.report.html import Html, join, link, scroller, section, tag
from unipixel.report.numbers import fixed, is_number, plural
from unipixel.report.pictures import read, show, to_picture
from unipixel.report.windows import Windows

MOST_ROWS, MOST_COLUMNS = 40, 4
"""Rows and columns of the sheet of words: 160 natives take about a megabyte."""
MOST_COMPARED = 6
"""Rows of the sheet of arms."""
COMPARED = 160
"""Px of the widest and highest window of the sheet of arms."""

Row = tuple[str, str, str]
"""Theme, distance, light."""
Column = tuple[str, int]
"""Size, seed."""


def matrix_section(
    samples: Sequence[Sample], arms: Mapping[str, tuple[str, str]], windows: Windows, root: Path, scale: int
) -> Html:
    """Show the natives by words and sizes, and the arms side by side."""
    sheets = join(_words_sheet(of_arm(samples, LORA), root), _arms_sheet(samples, arms, windows, scale))
    return section("sheets", "Contact sheets", sheets)


def pick_compared(samples: Sequence[Sample]) -> list[tuple[Sample, list[Sample]]]:
    """Rows of the sheet of arms: a neutral sample with the LoRA, and those of the other arms that pair with it."""
    others: dict[tuple[Any, ...], list[Sample]] = {}
    for sample in samples:
        if sample.get("arm") != LORA:
            others.setdefault(place_of(sample), []).append(sample)
    neutral = [one for one in of_arm(samples, LORA) if not one.get("distance") and not one.get("light")]
    paired = [(one, others[place_of(one)]) for one in neutral if place_of(one) in others]
    return evenly(paired, MOST_COMPARED)


def pick_rows(samples: Sequence[Sample]) -> list[Row]:
    """Rows of the sheet of words: first those where one word at most is said, then others, evenly; themes together."""
    rows = list(dict.fromkeys(_row_of(sample) for sample in samples))
    single = [row for row in rows if not (row[1] and row[2])]
    double = [row for row in rows if row[1] and row[2]]
    kept = evenly(single, MOST_ROWS)
    kept += evenly(double, MOST_ROWS - len(kept)) if len(kept) < MOST_ROWS else []
    return sorted(kept, key=rows.index)


def pick_columns(samples: Sequence[Sample]) -> list[Column]:
    """Columns of the sheet of words: every size with its first seed, then with its next, as far as there is room."""
    seeds: dict[str, list[int]] = {}
    for sample in samples:
        of_size = seeds.setdefault(str(sample.get("size")), [])
        if sample.get("seed") not in of_size:
            of_size.append(int(sample.get("seed") or 0))
    turns = max(map(len, seeds.values()), default=0)
    columns = [(size, found[turn]) for turn in range(turns) for size, found in seeds.items() if turn < len(found)]
    sizes = list(seeds)
    return sorted(columns[:MOST_COLUMNS], key=lambda column: sizes.index(column[0]))


def _words_sheet(samples: Sequence[Sample], root: Path) -> Html:
    if not samples:
        return Html("")
    rows, columns = pick_rows(samples), pick_columns(samples)
    places = {(*_row_of(sample), str(sample.get("size")), sample.get("seed")): sample for sample in samples}
    shown = sum((*row, *column) in places for row in rows for column in columns)
    lead = (
        "What the LoRA draws, converted to native pixels: words down, sizes and seeds across. Along a row the words "
        "stay the same; down a column the noise does."
    )
    part = (
        f"All {plural(shown, 'sample')} with the LoRA."
        if shown == len(samples)
        else f"{shown} of {plural(len(samples), 'sample')} with the LoRA, so that the page stays light: rows that say "
        "one word more than their theme come first, the rest evenly. Every file is linked below."
    )
    heads = [[size, tag("small", f"seed {seed}")] for size, seed in columns]

    def cell(row: Row, column: Column) -> Html | None:
        sample = places.get((*row, *column))
        return None if sample is None else _native_figure(sample, root)

    bodies = []
    for theme, members in groupby(rows, key=lambda row: row[0]):
        lines = [(_words(row), [cell(row, column) for column in columns]) for row in members]
        bodies.append((theme, lines))
    sheet = contact_sheet("Samples by words, sizes and seeds", heads, bodies)
    return join(tag("h3", "By words and sizes"), tag("p", lead, class_="lead"), sheet, tag("p", part, class_="note"))


def _arms_sheet(
    samples: Sequence[Sample], arms: Mapping[str, tuple[str, str]], windows: Windows, scale: int
) -> Html | None:
    picked = pick_compared(samples)
    if not picked:
        return None
    names = [arm for arm in arms if arm == LORA or any(one.get("arm") == arm for _, row in picked for one in row)]
    lead = (
        "The same words and the same noise in every arm, as drawn, not converted. Turn on the grid to see which of "
        f"them keep to it. Each is the middle of a sample, at most {COMPARED} px wide and high."
    )
    lines = []
    for one, others in picked:
        row = {str(other.get("arm")): other for other in (one, *others)}
        figures = [raw_figure(row[arm], windows, scale) if arm in row else None for arm in names]
        lines.append((join(one.get("theme"), tag("small", f"{one.get('size')}, seed {one.get('seed')}")), figures))
    heads = [[arms[arm][1]] for arm in names]
    return join(
        tag("h3", "Arm by arm"),
        tag("p", lead, class_="lead"),
        contact_sheet("Samples of all arms", heads, [(None, lines)]),
    )


def contact_sheet(
    label: str, heads: Sequence[object], bodies: Sequence[tuple[str | None, Sequence[tuple[object, Sequence[object]]]]]
) -> Html:
    """Write pictures as a table.

    Parameters
    ----------
    label : str
        What it shows.
    heads : sequence of text or markup
        One for each column of pictures.
    bodies : sequence of (name, rows)
        Groups of rows, each with its heading or ``None``; a row is its words and its pictures, ``None`` for a gap.
    """
    head = tag("tr", tag("td"), [tag("th", name, scope="col") for name in heads])
    parts = []
    for name, lines in bodies:
        group = tag("th", name, colspan=1 + len(heads), scope="rowgroup", class_="group") if name else None
        rows = [tag("tr", tag("th", words, scope="row"), [tag("td", cell) for cell in cells]) for words, cells in lines]
        parts.append(tag("tbody", tag("tr", group) if group else None, rows))
    return scroller(label, tag("table", tag("caption", label), tag("thead", head), parts, class_="matrix"))


def _native_figure(sample: Sample, root: Path) -> Html:
    native = read(root, sample.get("native"))
    alt = f"Converted sample: {about(sample)}"
    subject = f", subject {fixed(sample['subject'], 0)} px" if is_number(sample.get("subject")) else ""
    words = tag("small", f"score {fixed(sample.get('score'), 2)}{subject}")
    if native is None:
        return show(None, alt, words)
    return show(to_picture(native), alt, words, zoom=sheet_zoom(native), cell=1)


def raw_figure(sample: Sample, windows: Windows, scale: int) -> Html:
    """Figure of a sample as it was drawn, 1:1."""
    path = str(sample.get("file"))
    alt = f"Sample of {sample.get('arm')}: {about(sample)}"
    words = tag("small", f"score {fixed(sample.get('score'), 2)}, ", link(path, "whole"))
    return show(windows.pictures.get(path), alt, words, cell=scale)


def _words(row: Row) -> Html:
    said = [word for word in row[1:] if word]
    return join(", ".join(said) if said else tag("small", "theme alone"))


def _row_of(sample: Sample) -> Row:
    return str(sample.get("theme") or ""), str(sample.get("distance") or ""), str(sample.get("light") or "")


def place_of(sample: Sample) -> tuple[Any, ...]:
    """What pairs a sample with that of another arm or LoRA: theme, distance, light, size, seed."""
    return (*_row_of(sample), sample.get("size"), sample.get("seed"))
