"""The page of a run: first screen and chapters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.report.cards import score_card
from unipixel.report.dataset import dataset_section, training_section
from unipixel.report.frame import write_page
from unipixel.report.html import Html, facts, join, missing, tag
from unipixel.report.measures import measures_section
from unipixel.report.natives import alarm, natives_section, truth_section
from unipixel.report.numbers import fixed
from unipixel.report.recipe import recipe_section, versions_section
from unipixel.report.samples import Samples, first_trio, load_samples, samples_section, trio_figures
from unipixel.report.verdict import CEILING, KEEPS_ON_GRID, KEEPS_SCORE, WITH, WITHOUT, judge


def render_report(data: Mapping[str, Any], root: Path) -> str:
    """Write the report of a run as one page that needs nothing but itself.

    See `unipixel.report.frame`. The same data and pictures give the same text.

    Parameters
    ----------
    data : mapping
        The content of ``report.json``. Parts that are absent, ``None`` or empty are left out, or name the command that
        makes them.
    root : path
        Folder that the paths in ``data`` start from. Pictures that are not there are shown as such.

    Returns
    -------
    str
        HTML; write it as UTF-8.
    """
    samples = load_samples(data, root)
    chapters = [
        ("natives", "Sources and natives", natives_section(data, root)),
        ("truth", "Truth check", truth_section(data)),
        ("dataset", "Training images", dataset_section(data, root)),
        ("training", "Training", training_section(data)),
        ("samples", "Samples", samples_section(data, samples)),
        ("measures", "Measures", measures_section(data)),
        ("recipe", "Recipe", recipe_section(data)),
        ("versions", "Made with", versions_section(data)),
    ]
    return write_page(str(data.get("title") or "UniPixel report"), _first_screen(data, samples), chapters)


def _first_screen(data: Mapping[str, Any], samples: Samples) -> Html:
    scale = int(data.get("scale") or 1)
    measures = list(data.get("measures") or [])
    verdict = judge(measures, scale)
    kicker = join(
        "UniPixel report",
        [" · trigger ", tag("code", data["trigger"])] if data.get("trigger") else None,
        f" · x{scale} grid",
    )
    command = f"unipixel measure {data.get('workspace') or 'WORKSPACE'}"
    text = [
        tag("p", kicker, class_="kicker"),
        tag("h1", data.get("title") or "UniPixel report"),
        tag("p", tag("strong", verdict.answer), " ", tag("span", verdict.counts), class_=f"verdict {verdict.word}"),
        alarm(data),
    ]
    answer = _figures(measures) if verdict.word != "unknown" else missing("There are no figures yet.", command)
    return tag("header", text, answer, _before_after(samples, scale), _summary(data), class_="first")


def _figures(measures: list[Mapping[str, Any]]) -> Html:
    rows = (
        (WITH, "with", "with the LoRA"),
        (WITHOUT, "without", "without it"),
        (CEILING, "ceiling", "training images, same autoencoder"),
    )
    cards = [score_card(measures, name, series, words) for name, series, words in rows]
    rule = (
        "Grid discipline score of pictures at trained sizes: 1 is perfect pixel art, 0 is chance. "
        "The third is what the autoencoder leaves of pixel art, about the most to expect. A LoRA keeps its grid where "
        f"at least {KEEPS_ON_GRID:.0%} of its samples lie on it and its score comes {KEEPS_SCORE:.0%} of the way from "
        "the second figure to the third."
    )
    return join(tag("div", cards, class_="big"), tag("p", rule, class_="note"))


def _before_after(samples: Samples, scale: int) -> Html | None:
    trio = first_trio(samples)
    if trio is None:
        return None
    figures = trio_figures(trio, scale)
    caption = tag(
        "p",
        tag("span", trio.prompt, class_="caption"),
        f", seed {trio.seed}: the first sample of the run, not a chosen one.",
        class_="note",
    )
    return tag("div", tag("div", figures, class_="trio"), caption, class_="hero")


def _summary(data: Mapping[str, Any]) -> Html:
    native, dataset, training = (data.get(name) or {} for name in ("native", "dataset", "training"))
    sources = sum(int(native.get(state) or 0) for state in ("sure", "doubtful", "none"))
    rows = {
        "sources": fixed(sources, 0) if sources else None,
        "sure natives": fixed(native.get("sure"), 0) if sources else None,
        "training images": fixed(dataset["images"], 0) if dataset.get("images") else None,
        "steps": fixed(training["steps"], 0) if training.get("steps") else None,
        "base": (data.get("base") or {}).get("name"),
        "workspace": tag("code", data["workspace"]) if data.get("workspace") else None,
    }
    return facts(rows)
