"""Chapters on what else a LoRA may get wrong: little variety, training images by heart, prompts that are not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unipixel.report.dataset import sheet_zoom, show_training_image
from unipixel.report.evaluation.arms import LORA, Sample, about, of_arm
from unipixel.report.html import Html, facts, join, link, section, tag
from unipixel.report.measures import definitions, to_dot
from unipixel.report.numbers import fixed, is_number, plural
from unipixel.report.pictures import read, show, to_picture
from unipixel.report.plots import Dot, interval_plot

NEAREST_SHOWN = 6
"""Samples that are shown beside their nearest training image."""

Arms = Mapping[str, tuple[str, str]]

_DIVERSITY = (
    "Mean distance of natives of the same prompt and size with different seeds: root mean square over pixels in OKLab. "
    "0 where all are the same picture."
)
_NEAREST = (
    "Share of a native's own variation that its nearest training image does not explain, wherever it was shifted or "
    "mirrored to: 0 is a copy, and at 1 it explains no more than one plain colour does."
)
_COPIES = "Samples that are much nearer to a training image than training images are to one another."
_ADHERENCE = "Likeness of a picture to the words of its prompt, as a CLIP model sees it: higher is better."


def memory_section(data: Mapping[str, Any], samples: Sequence[Sample], arms: Arms, root: Path) -> Html:
    """Variety of the samples, and how near they come to training images."""
    parts = [_diversity(list(data.get("diversity") or []), arms), _memorisation(data, samples, root)]
    return section("memory", "Variety and memory", [part for part in parts if part])


def adherence_section(data: Mapping[str, Any], arms: Arms) -> Html:
    """How well pictures show their prompts; empty where it was not measured."""
    plot = interval_plot("Adherence", _by_arm(list(data.get("adherence") or []), arms), "likeness", named=True)
    if not plot:
        return Html("")
    figure = tag("figure", tag("figcaption", tag("strong", "Likeness to the prompt")), plot)
    told = definitions((), ("Adherence", "cosine of two embeddings", _ADHERENCE))
    return section("adherence", "Prompts", tag("div", figure, class_="plots"), told)


def nearest_first(samples: Sequence[Sample]) -> list[Sample]:
    """Samples with the LoRA that have a nearest training image, the nearest first."""
    known = [one for one in of_arm(samples, LORA) if is_number((one.get("nearest") or {}).get("distance"))]
    return sorted(known, key=lambda one: float(one["nearest"]["distance"]))


def _diversity(rows: Sequence[Mapping[str, Any]], arms: Arms) -> Html | None:
    if not rows:
        return None
    whole = [row for row in rows if row.get("size") is None]
    plot = interval_plot("Variety", _by_arm(whole, arms) or _by_arm(rows, arms), "distance in OKLab", named=True)
    return join(
        tag("h3", "Variety"),
        tag("div", tag("figure", tag("figcaption", tag("strong", "Variety, by arm")), plot), class_="plots"),
        definitions((), ("Variety", "distance in OKLab, 0 to about 1", _DIVERSITY)),
    )


def _by_arm(rows: Sequence[Mapping[str, Any]], arms: Arms) -> list[tuple[str, list[Dot]]]:
    groups: dict[str, list[Dot]] = {}
    for row in rows:
        name = str(row.get("arm"))
        dot = to_dot(row, *arms.get(name, ("training", name)))
        if dot:
            groups.setdefault(str(row.get("size") or ""), []).append(dot)
    return list(groups.items())


def _memorisation(data: Mapping[str, Any], samples: Sequence[Sample], root: Path) -> Html | None:
    found = data.get("memorisation")
    title = tag("h3", "Training images by heart?")
    if not found:
        return join(title, tag("p", "Not measured: there were no training images to compare with.", class_="missing"))
    copies, n = fixed(found.get("copies"), 0), fixed(found.get("n"), 0)
    dots = [
        to_dot(found.get("nearest"), "with", "samples"),
        to_dot(found.get("training"), "training", "training images"),
    ]
    plot = interval_plot(
        "Distance to the nearest training image", [("", [d for d in dots if d])], "distance", named=True
    )
    pairs = [_pair(one, root, int(data.get("scale") or 1)) for one in nearest_first(samples)[:NEAREST_SHOWN]]
    near = f"The {plural(len(pairs), 'sample')} that come nearest to a training image, which stands beside each. "
    return join(
        title,
        facts({"copies": copies, "of samples": n}, "figures"),
        tag(
            "div",
            tag("figure", tag("figcaption", "Distance to the nearest (other) training image"), plot),
            class_="plots",
        )
        if plot
        else None,
        tag("p", near, "They are the worst cases, chosen as such.") if pairs else None,
        tag("div", pairs, class_="cards"),
        definitions((), ("Distance", "share, 0 to 1", _NEAREST), ("Copies", "count; lower is better", _COPIES)),
    )


def _pair(sample: Sample, root: Path, scale: int) -> Html:
    native = read(root, sample.get("native"))
    near = sample["nearest"]
    alt = f"Converted sample: {about(sample)}"
    zoom = 1 if native is None else sheet_zoom(native)
    left = show(None if native is None else to_picture(native), alt, "sample", zoom=zoom, cell=1)
    file = str(near.get("file") or "")
    told = [tag("span", "training image "), tag("small", link(file)) if file else Html("")]
    right = show_training_image(root, file, f"Nearest training image, {file}", told, scale)
    words = tag("h4", f"distance {fixed(near['distance'], 3)}")
    caption = tag(
        "p", tag("span", sample.get("prompt"), class_="caption"), f", seed {sample.get('seed')}", class_="note"
    )
    return tag("article", words, tag("div", left, right, class_="pair"), caption, class_="card")
