"""The whole page: first screen, contents, chapters."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from unipixel.report.dataset import dataset_section, training_section
from unipixel.report.html import Html, facts, join, missing, tag
from unipixel.report.measures import measures_section
from unipixel.report.natives import alarm, natives_section, truth_section
from unipixel.report.numbers import fixed
from unipixel.report.plots import mark
from unipixel.report.recipe import recipe_section, versions_section
from unipixel.report.samples import Samples, first_trio, load_samples, samples_section, trio_figures
from unipixel.report.verdict import CEILING, KEEPS_ON_GRID, KEEPS_SCORE, WITH, WITHOUT, judge, pool

_SCRIPT = """\
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
"""


def render_report(data: Mapping[str, Any], root: Path) -> str:
    """Write the report of a run as one page that needs nothing but itself.

    Pictures, style and the one line of script are inside it, and a content security policy forbids every request.
    The same data and pictures give the same text.

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
    links = [tag("li", tag("a", name, href=f"#{anchor}")) for anchor, name, body in chapters if body]
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        _switch("grid-switch", "Grid"),
        _switch("zoom-switch", "Zoom 2"),
        tag(
            "div",
            tag("label", "Grid", for_="grid-switch"),
            tag("label", "Zoom ×2", for_="zoom-switch"),
            class_="switches",
            aria_hidden="true",
        ),
        tag(
            "div",
            tag("nav", tag("ol", links), aria_label="Contents"),
            tag("main", _first_screen(data, samples), [body for _, _, body in chapters], id="content"),
            class_="page",
        ),
        tag("script", Html(_SCRIPT)),
    )
    return f'<!DOCTYPE html>\n<html lang="en">{_head(str(data.get("title") or "UniPixel report"))}{body}</html>\n'


def _head(title: str) -> Html:
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode("ascii")
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    style = (files("unipixel.report") / "style.css").read_text(encoding="utf-8")
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Html(style)),
    )


def _switch(name: str, label: str) -> Html:
    # A checkbox before everything that it changes: the style sheet does the rest, without script.
    return tag("input", type="checkbox", id=name, class_="switch", aria_label=label)


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
    cards = [_figure(measures, name, series, words) for name, series, words in rows]
    rule = (
        "Grid discipline score of pictures at trained sizes: 1 is perfect pixel art, 0 is chance. "
        "The third is what the autoencoder leaves of pixel art, about the most to expect. A LoRA keeps its grid where "
        f"at least {KEEPS_ON_GRID:.0%} of its samples lie on it and its score comes {KEEPS_SCORE:.0%} of the way from "
        "the second figure to the third."
    )
    return join(tag("div", cards, class_="big"), tag("p", rule, class_="note"))


def _figure(measures: list[Mapping[str, Any]], name: str, series: str, words: str) -> Html:
    seen, unseen = pool(measures, name, seen=True), pool(measures, name, seen=False)
    main = seen or unseen
    if main is None:
        value, lines, part = "–", ["not measured"], 0.0
    else:
        value, part = fixed(main.score, 2), min(1.0, max(0.0, main.score))
        span = "95 % interval" if len(main.sizes) == 1 else f"over {len(main.sizes)} sizes"
        lines = [f"{fixed(main.low, 3)} to {fixed(main.high, 3)}, {span}", f"{main.on_grid} of {main.n} on the grid"]
        if seen is not None and unseen is not None:
            lines.append(f"{fixed(unseen.score, 2)} at {', '.join(unseen.sizes)}, not trained on")
    return tag(
        "div",
        tag("p", mark(series), words, class_="what"),
        tag("p", value, class_="value"),
        tag("div", tag("span", style=f"width:{part * 100:.1f}%"), class_="meter", aria_hidden="true"),
        [tag("p", line, class_="small") for line in lines],
        class_=f"figure {series}",
    )


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
