"""Chapter on the samples: without the LoRA, with it, and converted, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.report.html import Html, join, link, missing, section, tag
from unipixel.report.numbers import plural, size_of
from unipixel.report.pictures import Picture, read, show, to_picture
from unipixel.report.windows import Windows, load_windows

BUDGET = 1_800_000
"""Bytes that all samples together may take in the page before base64, which adds a third."""

LARGEST = 384
"""Widest and highest sample that is shown whole; of larger ones, the middle at 1:1."""

_OPEN = 4
_KINDS = (("base", "without LoRA"), ("lora", "with LoRA"))


@dataclass(frozen=True)
class Trio:
    """One prompt and seed, ready for the page."""

    prompt: str
    """Prompt as it was given."""
    seed: int
    """Seed of the noise."""
    files: Mapping[str, str]
    """Paths by kind: ``base``, ``lora``, ``pixel``."""
    pictures: Mapping[str, Picture]
    """Pictures by kind; kinds that could not be read are absent."""
    is_cut: bool
    """Whether ``base`` and ``lora`` are windows."""


@dataclass(frozen=True)
class Samples:
    """Samples of all sizes, encoded alike."""

    sizes: tuple[tuple[str, bool, tuple[Trio, ...]], ...]
    """For each size: its name, whether the LoRA was trained on it, its samples."""
    windows: Windows
    """The pictures that are not converted, and how they were encoded."""


def load_samples(data: Mapping[str, Any], root: Path) -> Samples:
    """Read and encode every sample that the report names."""
    scale = int(data.get("scale") or 1)
    groups = list(data.get("samples") or [])
    entries = [entry for group in groups for entry in group.get("pictures") or []]
    paths = [str(entry[kind]) for entry in entries for kind, _ in _KINDS if entry.get(kind)]
    windows = load_windows(root, paths, LARGEST, scale, BUDGET)
    sizes = []
    for group in groups:
        trios = [_trio(entry, root, windows) for entry in group.get("pictures") or []]
        sizes.append((str(group.get("size")), bool(group.get("seen")), tuple(trios)))
    return Samples(tuple(sizes), windows)


def _trio(entry: Mapping[str, Any], root: Path, windows: Windows) -> Trio:
    paths = {kind: str(entry[kind]) for kind in ("base", "lora", "pixel") if entry.get(kind)}
    pictures = {kind: windows.pictures[path] for kind, path in paths.items() if path in windows.pictures}
    pixel = read(root, paths.get("pixel"))
    if pixel is not None:
        pictures["pixel"] = to_picture(pixel)
    is_cut = any(paths[kind] in windows.cut for kind, _ in _KINDS if kind in paths)
    return Trio(str(entry.get("prompt") or ""), int(entry.get("seed") or 0), paths, pictures, is_cut)


def first_trio(samples: Samples) -> Trio | None:
    """Return the first sample of the run that has a picture with the LoRA: the first, not the best."""
    trios = [trio for _, _, members in samples.sizes for trio in members]
    return next((trio for trio in trios if "lora" in trio.pictures), None)


def samples_section(data: Mapping[str, Any], samples: Samples) -> Html:
    """Every sample by size: without the LoRA, with it, and converted to true pixel art."""
    if not any(members for _, _, members in samples.sizes):
        command = f"unipixel sample {data.get('workspace') or 'WORKSPACE'}"
        return section("samples", "Samples", missing("No sample was drawn yet.", command))
    scale = int(data.get("scale") or 1)
    lead = (
        "The same prompt and the same noise without the LoRA, with it, and the latter converted: divided by "
        f"{scale} and reduced to an indexed palette. Turn on the grid to see whether edges keep to its lines."
    )
    blocks = [_size(size, seen, members, scale) for size, seen, members in samples.sizes if members]
    note = tag("p", samples.windows.note(), class_="note")
    return section("samples", "Samples", tag("p", lead, class_="lead"), blocks, note)


def trio_figures(trio: Trio, scale: int, kinds: Sequence[str] = ("base", "lora", "pixel")) -> list[Html]:
    """Figures of one sample; the converted one is zoomed by the scale, so that all are of one size."""
    about = f"{trio.prompt or 'no prompt'}, seed {trio.seed}"
    figures = []
    for kind, name in _KINDS:
        if kind in kinds:
            alt = f"Sample {name}{', its middle' if trio.is_cut else ''}: {about}"
            figures.append(show(trio.pictures.get(kind), alt, _caption(trio, kind, name), cell=scale))
    if "pixel" in kinds:
        pixel = trio.pictures.get("pixel")
        zoom = scale
        if pixel and max(pixel.width, pixel.height) * scale > LARGEST:
            zoom = max(1, LARGEST // max(pixel.width, pixel.height))
        caption = ["converted", tag("small", f" {pixel.width}x{pixel.height}, zoom {zoom}") if pixel else None]
        figures.append(show(pixel, f"Converted to true pixel art: {about}", caption, zoom=zoom, cell=1))
    return figures


def _caption(trio: Trio, kind: str, name: str) -> object:
    if not trio.is_cut or kind not in trio.files:
        return name
    return [name, tag("small", ", its middle 1:1; ", link(trio.files[kind], "whole"))]


def _size(size: str, seen: bool, trios: Sequence[Trio], scale: int) -> Html:
    sides = size_of(size)
    native = f", {sides[0] // scale}x{sides[1] // scale} native pixels" if sides else ""
    note = ("trained size" if seen else "size not trained on") + native
    title = tag("h3", size, tag("small", f" {note}, {plural(len(trios), 'sample')}"))
    rows = [_row(trio, scale) for trio in trios]
    more = rows[_OPEN:]
    hidden = tag("details", tag("summary", f"{plural(len(more), 'more sample')} at {size}"), more) if more else None
    return join(title, rows[:_OPEN], hidden)


def _row(trio: Trio, scale: int) -> Html:
    head = tag("p", tag("span", trio.prompt, class_="caption"), tag("small", f" seed {trio.seed}"), class_="prompt")
    return tag("div", head, tag("div", trio_figures(trio, scale), class_="trio"), class_="sample")
