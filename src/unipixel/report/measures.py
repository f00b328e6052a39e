"""Chapter on the measures: a table with intervals, plots, differences, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.evaluation import ENOUGH
from unipixel.report.html import Html, join, missing, scroller, section, tag
from unipixel.report.numbers import DASH, METRIC_OF, METRICS, Metric, fixed, interval, is_number, signed
from unipixel.report.plots import Dot, interval_plot, mark
from unipixel.report.verdict import CEILING, TRAINING, WITH, WITHOUT

SETS: Mapping[str, tuple[str, str]] = {
    TRAINING: ("training", "training images"),
    CEILING: ("ceiling", "the same, through the autoencoder"),
    WITH: ("with", "samples with LoRA"),
    WITHOUT: ("without", "samples without LoRA"),
}
"""Sets of a run's report in the order of the page: the class of their colour and shape, and how the page calls them."""

ON_GRID = (
    "Number of pictures whose best-fitting phase is the grid itself: of all offsets that cells of this scale could "
    "start at, the top left corner has the least variance inside them. By chance one picture in scale squared does."
)
"""What it means that a picture is on the grid."""

_PLOTTED = ("score", "within_cell_variance", "edge_energy_on_grid", "round_trip_psnr")


def measures_section(data: Mapping[str, Any]) -> Html:
    """Everything that was measured, in figures and plots."""
    measures = list(data.get("measures") or [])
    if not measures:
        command = f"unipixel measure {data.get('workspace') or 'WORKSPACE'}"
        return section("measures", "Measures", missing("Nothing was measured yet.", command))
    lead = (
        "Means over pictures with 95 % bootstrap intervals. Training images that went through the autoencoder and back "
        "are about the most to expect of a LoRA; samples without the LoRA are what the base model does by itself."
    )
    return section(
        "measures",
        "Measures",
        tag("p", lead, class_="lead"),
        legend(SETS),
        measure_plots(measures, SETS),
        measure_table(measures, SETS),
        _differences(list(data.get("differences") or [])),
        tag("h3", "What the measures mean"),
        definitions(METRICS, ("On grid", "count; higher is better", ON_GRID)),
    )


def legend(sets: Mapping[str, tuple[str, str]]) -> Html:
    """Name the signs of sets of pictures."""
    return tag("ul", [tag("li", mark(series), name) for series, name in sets.values()], class_="legend")


def measure_plots(
    measures: Sequence[Mapping[str, Any]], sets: Mapping[str, tuple[str, str]], *, named: bool = False
) -> Html:
    """Plot the measures with their intervals, by size.

    Parameters
    ----------
    measures : sequence of mapping
        One row for each ``set`` and ``size``, with a mean and an interval for each measure.
    sets : mapping
        By name the series of `unipixel.report.plots` and the name on the page, in the order of the page.
    named : bool
        Name every row; see `unipixel.report.plots.interval_plot`.
    """
    plots = [_plot(METRIC_OF[key], measures, sets, named) for key in _PLOTTED]
    return tag("div", plots, class_="plots")


def _sizes(measures: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(row.get("size")) for row in measures))


def _plot(
    metric: Metric, measures: Sequence[Mapping[str, Any]], sets: Mapping[str, tuple[str, str]], named: bool
) -> Html | None:
    groups = []
    for size in _sizes(measures):
        rows = {row.get("set"): row for row in measures if str(row.get("size")) == size}
        dots = [dot for name in sets if name in rows and (dot := to_dot(rows[name].get(metric.key), *sets[name]))]
        groups.append((size, dots))
    span = (0.0, 1.0) if metric.key in ("score", "edge_energy_on_grid") else None
    plot = interval_plot(metric.name, [group for group in groups if group[1]], metric.unit, span, named=named)
    if not plot:
        return None
    return tag("figure", tag("figcaption", tag("strong", metric.name), f" {metric.direction}"), plot)


def to_dot(value: Mapping[str, Any] | None, series: str, label: str) -> Dot | None:
    """Make the dot of a mean with ``low`` and ``high``; ``None`` where nothing was measured."""
    if not value or not is_number(value.get("mean")):
        return None
    mean = float(value["mean"])
    low, high = (float(value[end]) if is_number(value.get(end)) else mean for end in ("low", "high"))
    return Dot(series, label, mean, low, high)


def measure_table(measures: Sequence[Mapping[str, Any]], sets: Mapping[str, tuple[str, str]]) -> Html:
    """Write all measures as a table by size; parameters as for :func:`measure_plots`."""
    heads = [
        tag("th", "Pictures", scope="col"),
        tag("th", "On grid", tag("small", "of all"), scope="col", class_="num"),
    ]
    for metric in METRICS:
        unit = tag("small", metric.unit, tag("br"), metric.direction)
        heads.append(tag("th", metric.name, unit, scope="col", class_="num"))
    bodies = [_body(size, [row for row in measures if str(row.get("size")) == size], sets) for size in _sizes(measures)]
    caption = tag("caption", "Mean and 95 % interval, by size")
    table = tag("table", caption, tag("thead", tag("tr", heads)), bodies, class_="measures")
    return scroller("Table of measures", table)


def _body(size: str, rows: Sequence[Mapping[str, Any]], sets: Mapping[str, tuple[str, str]]) -> Html:
    order = list(sets)
    ordered = sorted(rows, key=lambda row: order.index(row["set"]) if row.get("set") in sets else len(order))
    note = "trained size" if any(row.get("seen") for row in rows) else "size not trained on"
    head = tag("th", size, tag("small", f" {note}"), colspan=2 + len(METRICS), scope="rowgroup", class_="group")
    return tag("tbody", tag("tr", head), [_row(row, sets) for row in ordered])


def _row(row: Mapping[str, Any], sets: Mapping[str, tuple[str, str]]) -> Html:
    name = str(row.get("set"))
    series, words = sets.get(name, (None, name))
    sign = mark(series) if series else None
    n = fixed(row.get("n"), 0)
    cells = [tag("td", f"{fixed(row.get('on_grid'), 0)} of {n}", class_="num")]
    for metric in METRICS:
        mean, span = interval(row.get(metric.key), metric.digits)
        cells.append(tag("td", mean, tag("small", span) if span else None, class_="num"))
    return tag("tr", tag("th", sign, words, scope="row"), cells)


def _differences(differences: Sequence[Mapping[str, Any]]) -> Html | None:
    if not differences:
        return None
    caption = "With the LoRA minus without it, pair by pair: same prompt, same seed"
    table = difference_table(differences, caption, {"Size": "size"}, "With the LoRA it is")
    return join(tag("h3", "What the LoRA changes"), table)


def difference_table(
    differences: Sequence[Mapping[str, Any]], caption: str, leading: Mapping[str, str], answer: str
) -> Html:
    """Write paired differences as a table, each with its interval and what it means in a word.

    Parameters
    ----------
    differences : sequence of mapping
        With ``metric``, ``mean``, ``low``, ``high`` and the keys of ``leading``.
    caption : str
        What is subtracted from what.
    leading : mapping
        First columns: their heads, and the keys of their values. The first one names the row.
    answer : str
        Head of the last column, such as ``"With the LoRA it is"``.
    """
    heads = [*((head, None) for head in leading), ("Measure", None), ("Difference", "num"), ("95 % interval", "num")]
    heads.append((answer, None))
    rows = []
    for one in differences:
        metric = METRIC_OF.get(str(one.get("metric")))
        digits = metric.digits if metric else 4
        low, high = signed(one.get("low"), digits), signed(one.get("high"), digits)
        first, *others = [one.get(key) for key in leading.values()]
        rows.append(
            tag(
                "tr",
                tag("th", first, scope="row"),
                [tag("td", other) for other in others],
                tag("td", metric.name if metric else one.get("metric")),
                tag("td", signed(one.get("mean"), digits), class_="num"),
                tag("td", f"[{low}, {high}]", class_="num"),
                tag("td", compare(one, metric.better if metric else "")),
            )
        )
    head = [tag("th", name, scope="col", class_=kind) for name, kind in heads]
    table = tag("table", tag("caption", caption), tag("thead", tag("tr", head)), tag("tbody", rows), class_="narrow")
    return scroller("Table of differences", table)


def compare(difference: Mapping[str, Any], better: str) -> str:
    """Say which way a difference points: ``better``, ``worse``, ``higher``, ``lower``, or that it is not clear.

    Parameters
    ----------
    difference : mapping
        With the ends ``low`` and ``high`` of its interval; where it says how many independent ``units`` that rests on,
        fewer than :data:`ENOUGH` are never clear.
    better : str
        ``"higher"``, ``"lower"`` or empty.
    """
    low, high = difference.get("low"), difference.get("high")
    if not is_number(low) or not is_number(high) or low is None or high is None:
        return DASH
    units = difference.get("units")
    if low <= 0 <= high or (is_number(units) and int(units or 0) < ENOUGH):
        return "not clearly different"
    way = "higher" if low > 0 else "lower"
    if not better:
        return way
    return "better" if way == better else "worse"


def definitions(metrics: Sequence[Metric], *others: tuple[str, str, str]) -> Html:
    """Say what measures mean; others by name, unit and sentence."""
    told = [(metric.name, f"{metric.unit}; {metric.direction}", metric.meaning) for metric in metrics]
    items = [
        tag("div", tag("dt", name, tag("small", f" {unit}")), tag("dd", meaning))
        for name, unit, meaning in [*told, *others]
    ]
    return tag("dl", items, class_="definitions")
