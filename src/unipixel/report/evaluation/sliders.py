"""Chapter before and after: raw samples under their converted natives, with a handle between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unipixel.report.evaluation.arms import LORA, Sample, about, evenly, of_arm
from unipixel.report.html import Html, link, section, tag
from unipixel.report.numbers import fixed, plural
from unipixel.report.pictures import Picture, box, read, show, size_style, to_picture, window
from unipixel.report.windows import Windows

SHOWN = 8
"""Samples that are shown, evenly over all sizes."""
LARGEST = 320
"""Widest and highest sample that is shown whole; of larger ones, the middle at 1:1, which a phone can show too."""


def pick_slid(samples: Sequence[Sample]) -> list[Sample]:
    """Samples with the LoRA that are shown before and after: as many of each size, evenly over its samples."""
    drawn = [sample for sample in of_arm(samples, LORA) if sample.get("file")]
    sizes = list(dict.fromkeys(str(sample.get("size")) for sample in drawn))
    most = max(1, SHOWN // max(1, len(sizes)))
    picked = []
    for turn, size in enumerate(sizes[:SHOWN]):
        of_size = [sample for sample in drawn if str(sample.get("size")) == size]
        start = turn * len(of_size) // len(sizes) // most  # not the same words at every size
        picked += evenly(of_size[start:], most)
    return picked


def before_after_section(picked: Sequence[Sample], total: int, windows: Windows, root: Path, scale: int) -> Html:
    """Show samples as they were drawn and as they were converted, one over the other."""
    if not picked:
        return Html("")
    lead = (
        f"Left of the handle the sample as it was drawn, right of it what it was converted to: divided by {scale}, and "
        f"shown enlarged by {scale}. Drag it, or focus it and press the arrow keys. Where both sides look alike, the "
        "conversion had nothing to mend. Turn on the grid to see whether edges of the drawn side keep to its lines."
    )
    which = (
        f"{len(picked)} of {plural(total, 'sample')} with the LoRA, evenly over all sizes, not chosen by their looks."
    )
    figures = [slider(sample, windows, root, scale) for sample in picked]
    return section(
        "before-after",
        "Before and after",
        tag("p", lead, class_="lead"),
        tag("div", figures, class_="sliders"),
        tag("p", which, " ", windows.note(), class_="note"),
    )


def slider(sample: Sample, windows: Windows, root: Path, scale: int, name: str = "drawn") -> Html:
    """One sample under its native. Without script, and on paper, both lie side by side."""
    path = str(sample.get("file"))
    raw, is_cut = windows.pictures.get(path), path in windows.cut
    native = _native(sample, root, LARGEST // scale)
    words = about(sample)
    part = "the middle of " if is_cut else ""
    told = [tag("span", sample.get("prompt"), class_="caption"), _facts(sample, is_cut)]
    if raw is None or native is None:
        return show(raw or native, f"Sample, {part}{words}", told, zoom=1 if raw or not native else scale)
    under = _layer(raw, f"Drawn: {part}{words}", name, 1, scale)
    over = _layer(native, f"Converted: {part}{words}", "converted", scale, 1)
    handle = tag(
        "input",
        type="range",
        min=0,
        max=100,
        value=50,
        aria_label=f"How much is shown as it was drawn, in percent; the rest is converted: {words}",
    )
    layers = tag("div", under, over, handle, tag("span", class_="handle", aria_hidden="true"), class_="layers")
    return tag("figure", layers, tag("figcaption", told), class_="slider", style=size_style(raw, 1, scale))


def _layer(picture: Picture, alt: str, name: str, zoom: int, cell: int) -> Html:
    label = tag("span", name, class_="name", aria_hidden="true")
    return tag(
        "div", box(picture, alt, label, zoom=zoom, cell=cell), class_="layer", style=size_style(picture, zoom, cell)
    )


def _native(sample: Sample, root: Path, most: int) -> Picture | None:
    native = read(root, sample.get("native"))
    return None if native is None else to_picture(window(native, most, most))


def _facts(sample: Sample, is_cut: bool) -> Html:
    words = f"{sample.get('size')}, seed {sample.get('seed')}, score {fixed(sample.get('score'), 3)}"
    files = [", its middle 1:1; " if is_cut else "; ", link(str(sample["file"]), "drawn")]
    if sample.get("native"):
        files += [", ", link(str(sample["native"]), "converted")]
    return tag("small", words, files)
