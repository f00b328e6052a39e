"""Chapters on the training: its images and captions, the loss, the file that came out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.image import RGBA
from unipixel.report.html import Html, facts, join, missing, section, tag
from unipixel.report.numbers import duration, filesize, fixed, is_number, plural
from unipixel.report.pictures import exact_native, read, show, to_picture, window
from unipixel.report.plots import loss_plot

SHEET = 192
"""CSS px that a picture of a contact sheet is wide or high, about."""

_WINDOW = 256


def dataset_section(data: Mapping[str, Any], root: Path) -> Html:
    """Contact sheets of the training images for each canvas, with their captions."""
    dataset = data.get("dataset")
    workspace = data.get("workspace") or "WORKSPACE"
    if not dataset:
        note = missing("There are no training images yet.", f"unipixel caption {workspace}")
        return section("dataset", "Training images", note)
    scale = int(data.get("scale") or 1)
    canvases = dict(dataset.get("canvases") or {})
    examples = list(dataset.get("examples") or [])
    for example in examples:
        canvases.setdefault(str(example.get("size")), 0)
    lead = (
        f"{plural(int(dataset.get('images') or 0), 'training image')} on "
        f"{plural(len(canvases), 'canvas', 'canvases')}. Each lies on the same x{scale} grid, first cell at the top "
        "left corner, and is shown here by its native pixels."
    )
    sheets = [
        _sheet(size, int(count or 0), [one for one in examples if str(one.get("size")) == size], root, scale)
        for size, count in canvases.items()
    ]
    return section("dataset", "Training images", tag("p", lead, class_="lead"), _findings(dataset), sheets)


def training_section(data: Mapping[str, Any]) -> Html:
    """Loss plot, and what there is to know about the LoRA file."""
    training = data.get("training")
    workspace = data.get("workspace") or "WORKSPACE"
    if not training:
        return section("training", "Training", missing("No LoRA was trained yet.", f"unipixel train {workspace}"))
    rows = {
        "steps": fixed(training.get("steps"), 0),
        "time": duration(training.get("seconds")),
        "rank": training.get("rank"),
        "layers that learn": training.get("targets"),
        "file": tag("code", training["lora"]) if training.get("lora") else None,
        "size": filesize(training.get("lora_bytes")),
        "SHA-256": tag("code", training["lora_sha256"], class_="hash") if training.get("lora_sha256") else None,
    }
    return section("training", "Training", _loss(training.get("loss") or []), facts(rows))


def _loss(rows: list[Any]) -> Html | None:
    points = [(float(step), float(loss)) for step, loss in rows if is_number(step) and is_number(loss)]
    plot = loss_plot(points)
    if not plot:
        return None
    legend = tag(
        "figcaption",
        tag("span", class_="stroke raw"),
        "each step ",
        tag("span", class_="stroke smooth"),
        "running mean over a twentieth of the steps. The loss of a diffusion model depends mostly on the noise level "
        "that a step happens to draw: look at the trend, not at single steps.",
    )
    return tag("figure", plot, legend, class_="wide")


def _sheet(size: str, count: int, examples: list[Mapping[str, Any]], root: Path, scale: int) -> Html:
    title = tag("h3", size, tag("small", f" {plural(count, 'image')}"))
    items = [_example(example, root, scale) for example in examples]
    return join(title, tag("div", items, class_="sheet") if items else None)


def _example(example: Mapping[str, Any], root: Path, scale: int) -> Html:
    caption = str(example.get("caption") or "")
    colors = f" · {plural(int(example['colors']), 'colour')}" if is_number(example.get("colors")) else ""
    alt = f"Training image: {caption}" if caption else f"Training image {example.get('file')}"
    told = [tag("span", caption, class_="caption"), tag("small", example.get("size"), colors)]
    return show_training_image(root, example.get("file"), alt, told, scale)


def show_training_image(root: Path, file: str | None, alt: str, told: list[Html], scale: int) -> Html:
    """Figure of one training image by its native pixels; a window and a complaint where it is not on the grid."""
    image = read(root, file)
    if image is None:
        return show(None, alt, told)
    native = exact_native(image, scale)
    if native is None:
        cut = window(image, _WINDOW, _WINDOW, step=scale)
        why = tag("small", f"Not on the x{scale} grid: a window, 1:1.", class_="bad")
        return show(to_picture(cut), alt, [*told, why], cell=scale)
    return show(to_picture(native), alt, told, zoom=sheet_zoom(native), cell=1)


def sheet_zoom(native: RGBA) -> int:
    """Zoom of a native on a contact sheet."""
    # Natives of real SDXL canvases are 144 px wide: twice is the least at which single pixels can be told apart.
    return max(2, SHEET // int(max(native.shape[:2])))


def _findings(dataset: Mapping[str, Any]) -> Html | None:
    findings = dataset.get("findings") or []
    if not findings:
        return tag("p", "The data set check found nothing to complain about.", class_="fine")
    title = f"The data set check found {plural(len(findings), 'thing')}:"
    return tag("div", tag("strong", title), tag("ul", [tag("li", one) for one in findings]), class_="findings")
