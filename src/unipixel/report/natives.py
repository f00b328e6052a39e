"""Chapters on the sources: how each became a native, and whether that is true."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.image import RGBA
from unipixel.report.html import Html, facts, join, missing, section, tag
from unipixel.report.numbers import fixed, is_number, plural
from unipixel.report.pictures import read, show, to_picture, window

BOX = 216
"""CSS px that a window of a source, and of its native, may be wide and high."""

_STATES = (("sure", "sure"), ("doubtful", "doubtful"), ("none", "no grid found"))


def natives_section(data: Mapping[str, Any], root: Path) -> Html:
    """Show sources beside their natives, with cell, confidence and reason."""
    natives = data.get("native") or {}
    counts = {state: int(natives.get(state) or 0) for state, _ in _STATES}
    if not sum(counts.values()) and not natives.get("examples"):
        return section("natives", "From sources to natives", missing("No source was read yet.", _prepare(data)))
    total = sum(counts.values())
    lead = (
        f"{plural(total, 'source picture')} went in. The grid of each was measured and the picture reduced to its "
        "native: one visible pixel became one real pixel. Where the finder is not sure, it says so."
    )
    cards = [_card(example, root) for example in natives.get("examples") or []]
    return section(
        "natives",
        "From sources to natives",
        tag("p", lead, class_="lead"),
        _shares(counts, total),
        tag("div", cards, class_="cards") if cards else None,
    )


def truth_section(data: Mapping[str, Any]) -> Html:
    """Natives against the pixels that the game itself drew."""
    truth = data.get("truth")
    if not truth:
        return Html("")
    rows = {
        "pictures compared": fixed(truth.get("pictures"), 0),
        "called sure": fixed(truth.get("sure"), 0),
        "sure and right": fixed(truth.get("sure_and_right"), 0),
        "exact to the last pixel": fixed(truth.get("exact"), 0),
    }
    lead = "For these sources the true pixels are known. They were kept apart until now and compared at the end."
    lines = [tag("li", line) for line in truth.get("lines") or []]
    return section(
        "truth",
        "Checked against the truth",
        tag("p", lead, class_="lead"),
        alarm(data),
        facts(rows, "figures"),
        tag("ul", lines) if lines else None,
    )


def alarm(data: Mapping[str, Any]) -> Html:
    """Name the pictures that were called sure and are wrong; empty where there is none."""
    wrong = (data.get("truth") or {}).get("wrong") or []
    if not wrong:
        return Html("")
    names = join([[tag("code", name), " "] for name in wrong])
    words = f"{plural(len(wrong), 'native')} called sure {'is' if len(wrong) == 1 else 'are'} wrong:"
    return tag("div", tag("strong", words), " ", names, class_="alarm", role="alert")


def _prepare(data: Mapping[str, Any]) -> str:
    return f"unipixel prepare {data.get('workspace') or 'WORKSPACE'}"


def _shares(counts: Mapping[str, int], total: int) -> Html:
    bar = [
        tag("span", class_=f"share {state}", style=f"flex-grow:{counts[state]}")
        for state, _ in _STATES
        if counts[state] and total
    ]
    words = {name: fixed(counts[state], 0) for state, name in _STATES}
    return join(tag("div", bar, class_="shares", aria_hidden="true"), facts(words, "figures"))


def _card(example: Mapping[str, Any], root: Path) -> Html:
    state = str(example.get("state") or "none")
    word = dict(_STATES).get(state, state)
    known = state if state in dict(_STATES) else "none"
    confidence = example.get("confidence")
    badge = tag("span", word, f" · {fixed(confidence, 2)}" if is_number(confidence) else "", class_=f"badge {known}")
    cell = example.get("cell") or []
    pair = _pair(example, read(root, example.get("source")), read(root, example.get("native")), cell)
    rows = {
        "source": f"{example.get('source_size') or '?'} px",
        "native": f"{example['native_size']} px" if example.get("native_size") else "none",
        "cell": f"{_cell(cell[1])} wide, {_cell(cell[0])} high" if len(cell) == 2 else "unknown",
    }
    return tag(
        "article",
        tag("header", tag("h3", example.get("name")), badge),
        tag("div", pair, class_="pair"),
        facts(rows),
        tag("p", example.get("reason"), class_="reason") if example.get("reason") else None,
        class_="card",
    )


def _cell(length: Any) -> str:
    return f"{fixed(length, 2).rstrip('0').rstrip('.')} px" if is_number(length) else "?"


def _pair(example: Mapping[str, Any], source: RGBA | None, native: RGBA | None, cell: Any) -> list[Html]:
    name = example.get("name")
    sizes = [float(side) for side in cell if is_number(side) and side > 0]
    if source is None or native is None or len(sizes) != 2:
        cut = None if source is None else to_picture(window(source, BOX, BOX))
        caption = "window of the source, 1:1" if _is_cut(source) else "source, 1:1"
        alone = show(cut, f"Source picture {name}", caption)
        if native is None:
            return [alone, tag("div", "no native", class_="px none")]
        whole = window(native, BOX, BOX)
        return [alone, show(to_picture(whole), f"Native of {name}", "native", zoom=_zoom(whole, BOX))]
    magnify = max(1, round(7 / max(sizes)))
    zoom = max(1, round(max(sizes) * magnify))
    count = max(8, BOX // zoom)
    small = window(native, count, count)
    region = _region(source, native, small, sizes)
    whole_source, whole_native = region.shape == source.shape, small.shape == native.shape
    return [
        show(
            to_picture(region),
            f"Source picture {name}, {'whole' if whole_source else 'its middle'}, as it came",
            f"{'source' if whole_source else 'window of the source'}, zoom {magnify}",
            zoom=magnify,
        ),
        show(
            to_picture(small),
            f"Native of {name}: {'the whole' if whole_native else 'the same region'}, one pixel for each cell",
            f"native{'' if whole_native else ', same region'}, zoom {zoom}",
            zoom=zoom,
        ),
    ]


def _region(source: RGBA, native: RGBA, small: RGBA, cell: list[float]) -> RGBA:
    """Part of the source that the middle cells of its native cover; the grid's first line may be up to a cell away."""
    spans = []
    for axis in (0, 1):
        first = (native.shape[axis] - small.shape[axis]) // 2
        margin = max(0.0, source.shape[axis] - native.shape[axis] * cell[axis]) / 2
        start = round(first * cell[axis] + margin)
        spans.append(slice(start, max(start + 1, round(start + small.shape[axis] * cell[axis]))))
    cut = source[spans[0], spans[1]]
    return cut if cut.size else source


def _is_cut(source: RGBA | None) -> bool:
    return source is not None and max(source.shape[:2]) > BOX


def _zoom(image: RGBA, box: int) -> int:
    return max(1, box // int(max(image.shape[:2])))
