"""Chapter on steering: whether words for distance move the subject's size, and words for light the palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.report.curves import curve_plot
from unipixel.report.html import Html, join, scroller, section, tag
from unipixel.report.measures import compare, definitions, to_dot
from unipixel.report.numbers import fixed, interval, is_number, plural, signed

_DISTANCE = (
    "Rank correlation (Spearman) of how near the words say the subject is with its height in native pixels, among "
    "pictures that share theme, light, size and seed, averaged: 1 where each nearer word draws a larger subject, 0 "
    "where the words mean nothing, -1 where they mean the opposite."
)
_SUBJECT = "Height in native pixels of the box around the main subject, where one could be told from its ground."
_LIGHT = (
    "Mean share of pairs that move the expected way, minus those that move the other way: the picture with the word "
    "against the same one without it. 1 where all do, 0 where it is chance."
)
_STATISTICS = {
    "lightness": "OKLab lightness, median of the pixels: 0 black, 1 white.",
    "warmth": "Share of all chroma that has the hue of an evening sky, 0 to 1.",
    "chroma": "Mean OKLab chroma of the pixels: 0 grey, about 0.3 the most vivid.",
    "contrast": "Lightness of the lightest twentieth of the pixels above that of the darkest, 0 to 1.",
}


def steering_section(data: Mapping[str, Any]) -> Html:
    """What words move, in figures; what they were not seen to move, in the same table."""
    parts = [_distance(data.get("distance")), _lights(list(data.get("lights") or []))]
    return section("steering", "What words steer", [part for part in parts if part])


def effect_in_words(row: Mapping[str, Any]) -> str:
    """Say what a word for the light does: moves its figure as expected, the other way, or not clearly."""
    if row.get("moves"):
        return "moves it"
    is_other_way = compare({**row, **(row.get("difference") or {})}, str(row.get("expected") or "")) == "worse"
    return "moves it the other way" if is_other_way else "not clearly"


def rho_in_words(found: Mapping[str, Any], digits: int = 2) -> str:
    """A correlation with its interval, or that it is not known."""
    mean, span = interval({**found, "mean": found.get("rho")}, digits)
    return f"{mean} {span}".strip() if is_number(found.get("rho")) else "not known"


def _distance(found: Mapping[str, Any] | None) -> Html | None:
    if not found:
        return None
    words = list(found.get("words") or [])
    points = [
        (float(place), dot)
        for place, row in enumerate(words)
        if (dot := to_dot(row.get("subject"), "with", str(row.get("word") or "unsaid")))
    ]
    plot = curve_plot("Height of the subject by word", points, ("words, from near to far", "native px"))
    unmeasured = int(found.get("unmeasured") or 0)
    missed = f" In {plural(unmeasured, 'more picture')} no subject could be measured." if unmeasured else ""
    lead = f"Rank correlation {rho_in_words(found)}, over {plural(int(found.get('n') or 0), 'picture')}.{missed}"
    rows = [
        tag(
            "tr",
            tag("th", row.get("word") or "unsaid", scope="row"),
            [tag("td", value, class_="num") for value in (fixed(row.get("n"), 0), *interval(row.get("subject"), 1))],
        )
        for row in words
    ]
    heads = (("Word", None), ("Pictures", "num"), ("Height in native px", "num"), ("95 % interval", "num"))
    table = _table("Height of the subject by word, from near to far", heads, rows)
    return join(
        tag("h3", "Distance"),
        tag("p", lead, class_="lead"),
        tag("div", tag("figure", tag("figcaption", tag("strong", "Subject")), plot), class_="plots") if plot else None,
        table,
        definitions((), ("Rank correlation", "-1 to 1", _DISTANCE), ("Subject", "native px", _SUBJECT)),
    )


def _lights(found: Sequence[Mapping[str, Any]]) -> Html | None:
    if not found:
        return None
    rows = [
        tag(
            "tr",
            tag("th", row.get("word"), scope="row"),
            tag("td", f"{row.get('statistic')} {row.get('expected')}"),
            tag("td", signed((row.get("difference") or {}).get("mean"), 3), class_="num"),
            tag("td", interval(row.get("difference"), 3)[1], class_="num"),
            tag("td", rho_in_words(row), class_="num"),
            tag("td", fixed(row.get("n"), 0), class_="num"),
            tag("td", effect_in_words(row)),
        )
        for row in found
    ]
    heads = (
        ("Word", None),
        ("Should make", None),
        ("Difference", "num"),
        ("95 % interval", "num"),
        ("Agreement", "num"),
        ("Pairs", "num"),
        ("What it does", None),
    )
    used = dict.fromkeys(str(row.get("statistic")) for row in found)
    told = [(name.capitalize(), "of a native", _STATISTICS[name]) for name in used if name in _STATISTICS]
    return join(
        tag("h3", "Light"),
        tag("p", "Each word against the same theme, distance, size and seed without it.", class_="lead"),
        _table("Words for the light, and the figure of the palette that each should move", heads, rows),
        definitions((), *told, ("Agreement", "-1 to 1", _LIGHT)),
    )


def _table(caption: str, heads: Sequence[tuple[str, str | None]], rows: Sequence[Html]) -> Html:
    head = tag("tr", [tag("th", name, scope="col", class_=kind) for name, kind in heads])
    table = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", rows), class_="narrow")
    return scroller(caption, table)
