"""Chapter on what to conclude: what the figures show beyond chance, what they do not, and what was not measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unipixel.report.evaluation.arms import BASE, LORA
from unipixel.report.evaluation.steering import effect_in_words, rho_in_words
from unipixel.report.html import Html, section, tag
from unipixel.report.measures import compare
from unipixel.report.numbers import is_number, signed

Data = Mapping[str, Any]
Finding = tuple[str, str]
"""``shown``, ``against`` or ``open``, and a sentence."""

_TITLES = {
    "shown": "What the figures show",
    "against": "What they show against the LoRA",
    "open": "What they do not show",
}
_AGAINST_BASE: Mapping[str, Finding] = {
    "better": ("shown", "Its score is above that of the base alone"),
    "worse": ("against", "Its score is below that of the base alone"),
    "not clearly different": ("open", "Whether its score is above that of the base alone is not clear"),
}


def conclusions_section(data: Data) -> Html:
    """Sort what was found into what holds, what speaks against the LoRA, and what stays open."""
    found = findings(data)
    groups = []
    for kind, title in _TITLES.items():
        lines = [tag("li", sentence) for each, sentence in found if each == kind]
        if lines:
            groups.append(tag("div", tag("h3", title), tag("ul", lines), class_=f"conclusion {kind}"))
    return section("conclusions", "What to conclude", groups)


def findings(data: Data) -> list[Finding]:
    """Every finding of an evaluation as a sentence, negatives included; in the order of the page."""
    return [*_grid(data), *_words(data), *_memory(data), *_unmeasured(data)]


def _grid(data: Data) -> Iterator[Finding]:
    places: dict[Finding, list[str]] = {}
    for row in data.get("discipline") or []:
        if row.get("arm") == LORA and is_number(row.get("n")) and is_number(row.get("on_grid")):
            off = int(row["n"]) - int(row["on_grid"])
            lost = ("against", f"{off} of {row['n']} samples do not lie on the grid")
            found = lost if off else ("shown", f"All {row['n']} samples lie on the grid")
            size = str(row.get("size"))
            places.setdefault(found, []).append(size if row.get("seen") else f"{size} (not trained at)")
    for row in data.get("differences") or []:
        if row.get("metric") == "score" and row.get("arm") == BASE:
            found = _AGAINST_BASE.get(compare(row, "higher"), _AGAINST_BASE["not clearly different"])
            told = f"{row.get('size')} ({signed(row.get('mean'), 2)})"
            places.setdefault(found, []).append(told)
    for (kind, words), sizes in places.items():
        yield kind, f"{words} at {', '.join(sizes)}."


def _words(data: Data) -> Iterator[Finding]:
    found = data.get("distance")
    if found and is_number(found.get("rho")):
        told = f"(rank correlation {rho_in_words(found)})"
        word = compare(found, "higher")
        if word == "better":
            yield "shown", f"Words for distance move the subject's size {told}."
        elif word == "worse":
            yield "against", f"Words for distance move the subject's size the wrong way {told}."
        else:
            yield "open", f"Words for distance are not seen to move the subject's size {told}."
    for row in data.get("lights") or []:
        kind = {"moves it": "shown", "moves it the other way": "against"}.get(effect_in_words(row), "open")
        verb = {"shown": "makes", "against": "does the opposite of making", "open": "is not seen to make"}[kind]
        yield kind, f"“{row.get('word')}” {verb} {row.get('statistic')} {row.get('expected')}."


def _memory(data: Data) -> Iterator[Finding]:
    found = data.get("memorisation")
    if found and is_number(found.get("copies")):
        copies, n = int(found["copies"]), found.get("n")
        if copies:
            yield "against", f"{copies} of {n} samples are copies of training images."
        else:
            yield "shown", f"None of {n} samples is a copy of a training image."


def _unmeasured(data: Data) -> Iterator[Finding]:
    if not data.get("distance"):
        yield "open", "Words for distance were not tried."
    elif not is_number(data["distance"].get("rho")):
        yield "open", "What words for distance do is not known: no subject could be measured."
    if not data.get("lights"):
        yield "open", "Words for light were not tried."
    if not data.get("memorisation"):
        yield "open", "Whether it draws training images by heart was not measured."
    if not data.get("adherence"):
        yield "open", "How well pictures show their prompts was not measured: that needs a CLIP model."
    yield "open", "Whether the pictures are good, no figure here says: look at them."
