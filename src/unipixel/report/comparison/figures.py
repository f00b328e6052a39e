"""Chapters of figures: each LoRA's own, their differences pair by pair, and how their recipes differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.report.evaluation.steering import rho_in_words
from unipixel.report.html import Html, join, scroller, section, tag
from unipixel.report.measures import definitions, difference_table, measure_plots, to_dot
from unipixel.report.numbers import DASH, METRICS, fixed, interval
from unipixel.report.plots import interval_plot
from unipixel.report.recipe import plain

Candidate = Mapping[str, Any]
"""One LoRA of the report data."""

_PASSES = {True: "yes", False: "no", None: "too few to say"}
_STEERABILITY = (
    "Mean rank correlation of words for distance and light with what they should move: 1 where all of them always do, "
    "0 where it is chance."
)


def series_of(candidate: Candidate, chosen: object) -> str:
    """Series of the plots: the recommended one stands out."""
    return "with" if candidate.get("name") == chosen else "training"


def on_grid(candidate: Candidate) -> str:
    """Samples on the grid, of all."""
    return f"{fixed(candidate.get('on_grid'), 0)} of {fixed(candidate.get('n'), 0)}"


def figures_section(candidates: Sequence[Candidate], chosen: object) -> Html:
    """Every figure of every LoRA, in plots and a table."""
    if not candidates:
        return Html("")
    rows = [_line("Step", [fixed(one.get("step"), 0) for one in candidates])]
    rows += [_line("On grid", [on_grid(one) for one in candidates])]
    for metric in METRICS:
        rows.append(
            _line(metric.name, [_span(one.get(metric.key), metric.digits) for one in candidates], metric.direction)
        )
    rows += [
        _line("Steerability", [fixed(one.get("steerability"), 2) for one in candidates], "higher is better"),
        _line("Distance words", [rho_in_words(one.get("distance") or {}) for one in candidates]),
        _line("Light words that work", [_lights(one) for one in candidates]),
        _line("Variety", [_span(one.get("diversity"), 3) for one in candidates]),
        _line("Copies", [_copies(one) for one in candidates], "lower is better"),
        _line("Adherence", [_span(one.get("adherence"), 3) for one in candidates], "higher is better"),
        _line("Passes", [_PASSES.get(one.get("good"), _PASSES[None]) for one in candidates]),
    ]
    heads = [
        tag("th", one.get("name"), tag("small", "recommended") if one.get("name") == chosen else None, scope="col")
        for one in candidates
    ]
    head = tag("thead", tag("tr", tag("td"), heads))
    caption = tag("caption", "Means and 95 % intervals over all samples with the LoRA")
    sets = {str(one.get("name")): (series_of(one, chosen), str(one.get("name"))) for one in candidates}
    drawn = [{**one, "set": one.get("name"), "size": ""} for one in candidates]
    return section(
        "figures",
        "Figures",
        measure_plots(drawn, sets, named=True),
        scroller("Table of figures", tag("table", caption, head, tag("tbody", rows), class_="measures")),
        definitions(METRICS, ("Steerability", "-1 to 1; higher is better", _STEERABILITY)),
    )


def _line(name: str, cells: Sequence[object], note: str | None = None) -> Html:
    head = tag("th", name, tag("small", note) if note else None, scope="row")
    return tag("tr", head, [tag("td", cell) for cell in cells])


def _span(value: Any, digits: int) -> Html:
    mean, span = interval(value, digits)
    return join(mean, tag("small", span) if span else None)


def _lights(candidate: Candidate) -> str:
    lights = candidate.get("lights") or []
    return f"{sum(bool(row.get('moves')) for row in lights)} of {len(lights)}" if lights else DASH


def _copies(candidate: Candidate) -> str:
    found = candidate.get("memorisation") or {}
    return f"{fixed(found['copies'], 0)} of {fixed(found.get('n'), 0)}" if "copies" in found else "not measured"


def differences_section(data: Mapping[str, Any]) -> Html:
    """How each LoRA differs from the recommended one."""
    rows = list(data.get("differences") or [])
    if not rows:
        return Html("")
    chosen = data.get("recommended")
    scores = [to_dot(row, "training", str(row.get("candidate"))) for row in rows if row.get("metric") == "score"]
    plot = interval_plot("Score, difference", [("", [dot for dot in scores if dot])], "score, difference", named=True)
    lead = (
        f"Each other LoRA minus {chosen}, pair by pair: same theme, distance, light, size and seed. Where a bar "
        "crosses 0, neither is clearly better."
    )
    figure = tag("figure", tag("figcaption", tag("strong", "Difference of the score")), plot) if plot else None
    columns = {"LoRA": "candidate", "Pairs": "n"}
    table = difference_table(rows, f"Minus {chosen}", columns, f"Against {chosen} it is")
    return section(
        "differences",
        "Differences",
        tag("p", lead, class_="lead"),
        tag("div", figure, class_="plots") if figure else None,
        table,
    )


def recipes_section(candidates: Sequence[Candidate]) -> Html:
    """What each recipe changes against its preset, where the candidates do not agree."""
    names = dict.fromkeys(name for one in candidates for name in one.get("changes") or {})
    rows = []
    for name in names:
        pairs = [(one.get("changes") or {}).get(name) for one in candidates]
        values = [plain(pair[1]) if isinstance(pair, list | tuple) and len(pair) == 2 else None for pair in pairs]
        if len(set(values)) > 1:
            cells = ["as the preset" if value is None else tag("code", value) for value in values]
            rows.append(tag("tr", tag("th", tag("code", name), scope="row"), [tag("td", cell) for cell in cells]))
    if not rows:
        return Html("")
    heads = [tag("th", head, scope="col") for head in ("Name", *(one.get("name") for one in candidates))]
    caption = tag("caption", "Values of the recipes that differ")
    table = tag("table", caption, tag("thead", tag("tr", heads)), tag("tbody", rows), class_="recipe")
    return section("recipes", "Recipes", scroller("Table of recipes", table))
