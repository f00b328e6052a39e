"""Figures that are read first: large numbers in a row, each with what it is and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unipixel.report.html import Html, tag
from unipixel.report.numbers import fixed
from unipixel.report.plots import mark
from unipixel.report.verdict import pool


def card(value: str, words: str, lines: Sequence[str], *, series: str | None = None, part: float | None = None) -> Html:
    """One large figure.

    Parameters
    ----------
    value : str
        The figure as text.
    words : str
        What it is.
    lines : sequence of str
        How sure it is, and what else to know, below it.
    series : str, optional
        Gives it the colour and sign of a series of the plots.
    part : float, optional
        Length of the bar below it, 0 to 1; what is beyond is cut off.
    """
    meter = None
    if part is not None:
        width = 100 * min(1.0, max(0.0, part))
        meter = tag("div", tag("span", style=f"width:{width:.1f}%"), class_="meter", aria_hidden="true")
    return tag(
        "div",
        tag("p", mark(series) if series else None, words, class_="what"),
        tag("p", value, class_="value"),
        meter,
        [tag("p", line, class_="small") for line in lines],
        class_=f"figure {series}" if series else "figure",
    )


def score_card(measures: Iterable[Mapping[str, Any]], name: str, series: str, words: str) -> Html:
    """Mean score of one set of pictures at trained sizes, and at others beside it; see `unipixel.report.verdict`."""
    measures = list(measures)
    seen, unseen = pool(measures, name, seen=True), pool(measures, name, seen=False)
    main = seen or unseen
    if main is None:
        return card("–", words, ["not measured"], series=series, part=0.0)
    span = "95 % interval" if len(main.sizes) == 1 else f"over {len(main.sizes)} sizes"
    lines = [f"{fixed(main.low, 3)} to {fixed(main.high, 3)}, {span}", f"{main.on_grid} of {main.n} on the grid"]
    if seen is not None and unseen is not None:
        lines.append(f"{fixed(unseen.score, 2)} at {', '.join(unseen.sizes)}, not trained on")
    return card(fixed(main.score, 2), words, lines, series=series, part=main.score)
