"""Chapter on the measures: a table with intervals, plots, differences, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.report.html import Html, join, missing, scroller, section, tag
from unipixel.report.numbers import DASH, METRIC_OF, METRICS, Metric, fixed, interval, is_number, signed
from unipixel.report.plots import Dot, interval_plot, mark
from unipixel.report.verdict import CEILING, TRAINING, WITH, WITHOUT

SERIES = {TRAINING: "training", CEILING: "ceiling", WITH: "with", WITHOUT: "without"}
"""Sets in the order of the page, with the class of their colour and shape."""

NAMES = {
    TRAINING: "training images",
    CEILING: "the same, through the autoencoder",
    WITH: "samples with LoRA",
    WITHOUT: "samples without LoRA",
}
"""How the page calls the sets."""

_PLOTTED = ("score", "within_cell_variance", "edge_energy_on_grid", "round_trip_psnr")


def measures_section(data: Mapping[str, Any]) -> Html:
    """Everything that was measured, in figures and plots."""
    measures = list(data.get("measures") or [])
    if not measures:
        command = f"unipixel measure {data.get('workspace') or 'WORKSPACE'}"
        return section("measures", "Measures", missing("Nothing was measured yet.", command))
    sizes = list(dict.fromkeys(str(row.get("size")) for row in measures))
    lead = (
        "Means over pictures with 95 % bootstrap intervals. Training images that went through the autoencoder and back "
        "are about the most to expect of a LoRA; samples without the LoRA are what the base model does by itself."
    )
    legend = tag("ul", [tag("li", mark(kind), NAMES[name]) for name, kind in SERIES.items()], class_="legend")
    plots = [_plot(METRIC_OF[key], measures, sizes) for key in _PLOTTED]
    return section(
        "measures",
        "Measures",
        tag("p", lead, class_="lead"),
        legend,
        tag("div", plots, class_="plots"),
        scroller("Table of measures", _table(measures, sizes)),
        _differences(list(data.get("differences") or [])),
        tag("h3", "What the measures mean"),
        tag("dl", [_definition(metric) for metric in METRICS], _on_grid(), class_="definitions"),
    )


def _plot(metric: Metric, measures: Sequence[Mapping[str, Any]], sizes: Sequence[str]) -> Html | None:
    groups = []
    for size in sizes:
        rows = {row.get("set"): row for row in measures if str(row.get("size")) == size}
        dots = [dot for name in SERIES if name in rows and (dot := _dot(name, rows[name].get(metric.key)))]
        groups.append((size, dots))
    span = (0.0, 1.0) if metric.key in ("score", "edge_energy_on_grid") else None
    plot = interval_plot(metric.name, [group for group in groups if group[1]], metric.unit, span)
    if not plot:
        return None
    return tag("figure", tag("figcaption", tag("strong", metric.name), f" {metric.direction}"), plot)


def _dot(name: str, value: Mapping[str, Any] | None) -> Dot | None:
    if not value or not is_number(value.get("mean")):
        return None
    mean = float(value["mean"])
    low, high = (float(value[end]) if is_number(value.get(end)) else mean for end in ("low", "high"))
    return Dot(SERIES[name], NAMES[name], mean, low, high)


def _table(measures: Sequence[Mapping[str, Any]], sizes: Sequence[str]) -> Html:
    heads = [
        tag("th", "Pictures", scope="col"),
        tag("th", "On grid", tag("small", "of all"), scope="col", class_="num"),
    ]
    for metric in METRICS:
        unit = tag("small", metric.unit, tag("br"), metric.direction)
        heads.append(tag("th", metric.name, unit, scope="col", class_="num"))
    bodies = [_body(size, [row for row in measures if str(row.get("size")) == size]) for size in sizes]
    caption = tag("caption", "Mean and 95 % interval over pictures, by size")
    return tag("table", caption, tag("thead", tag("tr", heads)), bodies, class_="measures")


def _body(size: str, rows: Sequence[Mapping[str, Any]]) -> Html:
    order = list(SERIES)
    ordered = sorted(rows, key=lambda row: order.index(row["set"]) if row.get("set") in SERIES else len(order))
    note = "trained size" if any(row.get("seen") for row in rows) else "size not trained on"
    head = tag("th", size, tag("small", f" {note}"), colspan=2 + len(METRICS), scope="rowgroup", class_="group")
    return tag("tbody", tag("tr", head), [_row(row) for row in ordered])


def _row(row: Mapping[str, Any]) -> Html:
    name = str(row.get("set"))
    sign = mark(SERIES[name]) if name in SERIES else None
    n = fixed(row.get("n"), 0)
    cells = [tag("td", f"{fixed(row.get('on_grid'), 0)} of {n}", class_="num")]
    for metric in METRICS:
        mean, span = interval(row.get(metric.key), metric.digits)
        cells.append(tag("td", mean, tag("small", span) if span else None, class_="num"))
    return tag("tr", tag("th", sign, NAMES.get(name, name), scope="row"), cells)


def _differences(differences: Sequence[Mapping[str, Any]]) -> Html | None:
    if not differences:
        return None
    heads = (
        ("Size", None),
        ("Measure", None),
        ("Difference", "num"),
        ("95 % interval", "num"),
        ("With the LoRA it is", None),
    )
    rows = []
    for one in differences:
        metric = METRIC_OF.get(str(one.get("metric")))
        digits = metric.digits if metric else 4
        low, high = signed(one.get("low"), digits), signed(one.get("high"), digits)
        rows.append(
            tag(
                "tr",
                tag("th", one.get("size"), scope="row"),
                tag("td", metric.name if metric else one.get("metric")),
                tag("td", signed(one.get("mean"), digits), class_="num"),
                tag("td", f"[{low}, {high}]", class_="num"),
                tag("td", compare(one, metric.better if metric else "")),
            )
        )
    head = [tag("th", name, scope="col", class_=kind) for name, kind in heads]
    caption = tag("caption", "With the LoRA minus without it, pair by pair: same prompt, same seed")
    table = tag("table", caption, tag("thead", tag("tr", head)), tag("tbody", rows), class_="narrow")
    return join(tag("h3", "What the LoRA changes"), scroller("Table of differences", table))


def compare(difference: Mapping[str, Any], better: str) -> str:
    """Say which way a difference points: ``better``, ``worse``, ``higher``, ``lower``, or that it is not clear.

    Parameters
    ----------
    difference : mapping
        With the ends ``low`` and ``high`` of its interval.
    better : str
        ``"higher"``, ``"lower"`` or empty.
    """
    low, high = difference.get("low"), difference.get("high")
    if not is_number(low) or not is_number(high) or low is None or high is None:
        return DASH
    if low <= 0 <= high:
        return "not clearly different"
    way = "higher" if low > 0 else "lower"
    if not better:
        return way
    return "better" if way == better else "worse"


def _definition(metric: Metric) -> Html:
    term = tag("dt", metric.name, tag("small", f" {metric.unit}; {metric.direction}"))
    return tag("div", term, tag("dd", metric.meaning))


def _on_grid() -> Html:
    meaning = (
        "Number of pictures whose best-fitting phase is the grid itself: of all offsets that cells of this scale could "
        "start at, the top left corner has the least variance inside them. By chance one picture in scale squared does."
    )
    return tag("div", tag("dt", "On grid", tag("small", " count; higher is better")), tag("dd", meaning))
