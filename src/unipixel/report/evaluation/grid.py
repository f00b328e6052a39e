"""Chapters on grid discipline: by size and arm, against the other arms pair by pair, and over the LoRA's weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.report.curves import curve_plot
from unipixel.report.evaluation.arms import BASE, LORA
from unipixel.report.html import Html, join, section, tag
from unipixel.report.measures import (
    ON_GRID,
    definitions,
    difference_table,
    legend,
    measure_plots,
    measure_table,
    to_dot,
)
from unipixel.report.numbers import METRICS, is_number, plural
from unipixel.report.plots import interval_plot

Arms = Mapping[str, tuple[str, str]]

_PAIRED = "Same theme, size and seed, with neither distance nor light said."


def by_set(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Discipline of every arm and size, in the form that the tables of measures read."""
    return [{**row, "set": row.get("arm")} for row in data.get("discipline") or []]


def discipline_section(data: Mapping[str, Any], arms: Arms) -> Html:
    """Every measure by size and arm, and how the LoRA differs from each other arm."""
    rows = by_set(data)
    if not rows:
        return Html("")
    lead = (
        "Means with 95 % bootstrap intervals over what is independent: themes with seeds. The arm with the LoRA holds "
        "the whole matrix, the others the part with neither distance nor light said."
    )
    known = {name: kind for name, kind in arms.items() if any(row["set"] == name for row in rows)}
    return section(
        "discipline",
        "Grid discipline",
        tag("p", lead, class_="lead"),
        legend(known),
        measure_plots(rows, known, named=True),
        measure_table(rows, known),
        _differences(list(data.get("differences") or []), known),
        tag("h3", "What the measures mean"),
        definitions(METRICS, ("On grid", "count; higher is better", ON_GRID)),
    )


def sweep_section(data: Mapping[str, Any]) -> Html:
    """Score over the weight of the LoRA, by size; empty where one weight alone was drawn."""
    weights = _weights(data)
    rows = [row for row in data.get("discipline") or [] if row.get("arm") in weights]
    figures = []
    for size in dict.fromkeys(str(row.get("size")) for row in rows):
        points = []
        for row in rows:
            place = weights[row["arm"]]
            dot = to_dot(row.get("score"), "with" if row["arm"] == LORA else "weight", f"{place:g}")
            if str(row.get("size")) == size and dot:
                points.append((place, dot))
        plot = curve_plot(f"Score at {size} by weight", points, ("weight of the LoRA", "score, 0 to 1"), (0.0, 1.0))
        if plot and any(dot.series == "weight" for place, dot in points if place):
            figures.append(tag("figure", tag("figcaption", tag("strong", size)), plot))
    if not figures:
        return Html("")
    lead = (
        "Grid discipline score over the weight at which the LoRA is added; 0 is the base alone. The filled dot is the "
        "weight that the samples have, over the whole matrix; the others are its part with neither distance nor light "
        "said."
    )
    return section("weights", "Weight", tag("p", lead, class_="lead"), tag("div", figures, class_="plots"))


def _weights(data: Mapping[str, Any]) -> dict[str, float]:
    weights = {BASE: 0.0}
    for sample in data.get("samples") or []:
        arm = str(sample.get("arm"))
        if (arm == LORA or arm.startswith("weight ")) and is_number(sample.get("weight")):
            weights[arm] = float(sample["weight"])
    return weights


def _differences(differences: Sequence[Mapping[str, Any]], arms: Arms) -> Html | None:
    if not differences:
        return None
    groups = []
    for size in dict.fromkeys(str(row.get("size")) for row in differences):
        rows = [row for row in differences if str(row.get("size")) == size and row.get("metric") == "score"]
        dots = [to_dot(row, *arms.get(str(row.get("arm")), ("training", str(row.get("arm"))))) for row in rows]
        groups.append((size, [dot for dot in dots if dot]))
    plot = interval_plot("Score, difference", [one for one in groups if one[1]], "score, difference", named=True)
    told = (
        f"With the LoRA minus each other arm, pair by pair. {_PAIRED} Where a bar crosses 0, neither is clearly better."
    )
    figure = tag("figure", tag("figcaption", tag("strong", "Difference of the score")), plot) if plot else None
    named = [{**row, "arm": arms.get(str(row.get("arm")), ("", row.get("arm")))[1]} for row in differences]
    columns = {"Against": "arm", "Size": "size", "Pairs": "n"}
    table = difference_table(named, f"With the LoRA minus the other arm. {_PAIRED}", columns, "With the LoRA it is")
    return join(
        tag("h3", "What the LoRA changes"),
        tag("p", told),
        tag("div", figure, class_="plots") if figure else None,
        tag("details", tag("summary", f"All {plural(len(differences), 'difference')}"), table),
    )
