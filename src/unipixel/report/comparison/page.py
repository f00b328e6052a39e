"""The page of a comparison: which LoRA to use, why, and all of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unipixel.report.cards import card
from unipixel.report.comparison.figures import (
    Candidate,
    differences_section,
    figures_section,
    on_grid,
    recipes_section,
    series_of,
)
from unipixel.report.comparison.pictures import load_shared, pictures_section
from unipixel.report.evaluation.matrix import COMPARED
from unipixel.report.frame import write_page
from unipixel.report.html import Html, facts, link, section, tag
from unipixel.report.numbers import interval, is_number
from unipixel.report.windows import load_windows

BUDGET = 1_800_000
"""Bytes that all samples together may take in the page before base64."""

_TOLD = {
    True: "It passes its evaluation.",
    False: "It does not pass its evaluation, but is the best of these.",
    None: "Its evaluation has too few pictures to say whether it passes.",
}


def render_comparison(data: Mapping[str, Any], root: Path) -> str:
    """Write the report of a comparison as one page that needs nothing but itself.

    See `unipixel.report.frame`. The same data and pictures give the same text.

    Parameters
    ----------
    data : mapping
        The content of ``report.json``; parts may be absent. ``candidates`` each have a ``name``, the ``folder`` of
        their evaluation, in which ``report.json`` names their samples, and their figures.
    root : path
        Folder that ``report.json`` lies in and paths in ``data`` start from.

    Returns
    -------
    str
        HTML; write it as UTF-8.
    """
    candidates: list[Candidate] = list(data.get("candidates") or [])
    rows = load_shared(candidates, root)
    scale = int(data.get("scale") or 1)
    windows = load_windows(root, [str(one["file"]) for row in rows for one in row], COMPARED, scale, BUDGET)
    chapters = [
        ("figures", "Figures", figures_section(candidates, data.get("recommended"))),
        ("differences", "Differences", differences_section(data)),
        ("pictures", "Side by side", pictures_section(candidates, rows, windows, scale)),
        ("recipes", "Recipes", recipes_section(candidates)),
        ("files", "Files", _files_section(candidates)),
    ]
    names = " and ".join(str(one.get("name")) for one in candidates) or "no LoRA"
    return write_page(f"Comparison of {names}", _first_screen(data, candidates, names), chapters)


def _first_screen(data: Mapping[str, Any], candidates: Sequence[Candidate], names: str) -> Html:
    chosen = data.get("recommended")
    good = next((one.get("good") for one in candidates if one.get("name") == chosen), False)
    answer = f"Use {chosen}." if chosen else "None of them is recommended."
    told = _TOLD.get(good, _TOLD[None])
    verdict = tag(
        "p",
        tag("strong", answer),
        tag("span", told) if chosen else None,
        class_=f"verdict {_kind(chosen, good is True)}",
    )
    return tag(
        "header",
        tag("p", f"UniPixel comparison · x{int(data.get('scale') or 1)} grid", class_="kicker"),
        tag("h1", names),
        verdict,
        tag("ul", [tag("li", reason) for reason in data.get("reasons") or []], class_="sentences"),
        tag("div", [_card(one, series_of(one, chosen)) for one in candidates], class_="big"),
        facts({"base": (data.get("base") or {}).get("name")}),
        class_="first",
    )


def _kind(chosen: object, good: bool) -> str:
    return ("keeps" if good else "partly") if chosen else "unknown"


def _card(candidate: Candidate, series: str) -> Html:
    score = candidate.get("score")
    mean, span = interval(score, 3)
    lines = [f"score, {span} 95 % interval" if span else "score", on_grid(candidate) + " on the grid"]
    part = float(score["mean"]) if score and is_number(score.get("mean")) else 0.0
    return card(mean, str(candidate.get("name")), lines, series=series, part=part)


def _files_section(candidates: Sequence[Candidate]) -> Html:
    items = []
    for one in candidates:
        if one.get("folder"):
            folder = str(one["folder"])
            files = [link(f"{folder}/report.html", "page"), ", ", link(f"{folder}/report.json", "figures")]
            items.append(tag("li", one.get("name"), ": ", files))
    return section("files", "Files", tag("ul", items, class_="files") if items else None)
