"""The page of an evaluation: first screen and chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unipixel.report.cards import card, score_card
from unipixel.report.evaluation.arms import BASE, LORA, Sample, arms_of, of_arm
from unipixel.report.evaluation.conclusions import conclusions_section
from unipixel.report.evaluation.grid import by_set, discipline_section, sweep_section
from unipixel.report.evaluation.listing import files_section
from unipixel.report.evaluation.matrix import COMPARED, matrix_section, pick_compared
from unipixel.report.evaluation.memory import adherence_section, memory_section
from unipixel.report.evaluation.sliders import LARGEST, before_after_section, pick_slid
from unipixel.report.evaluation.steering import steering_section
from unipixel.report.frame import write_page
from unipixel.report.html import Html, facts, join, tag
from unipixel.report.numbers import fixed, interval, is_number, plural
from unipixel.report.recipe import recipe_section, versions_section
from unipixel.report.windows import load_windows

_ANSWERS = {
    True: ("This LoRA passes.", "keeps"),
    False: ("This LoRA does not pass.", "not"),
    None: ("Too few pictures to say whether this LoRA passes.", "unknown"),
}
"""What the first screen says of a verdict, and its class."""
BUDGET = 900_000
"""Bytes that the samples of the sliders may take, and again those of the sheet of arms, before base64."""


def render_evaluation(data: Mapping[str, Any], root: Path) -> str:
    """Write the report of an evaluation as one page that needs nothing but itself.

    See `unipixel.report.frame`. The same data and pictures give the same text. Of many samples it shows some, evenly,
    and links to all.

    Parameters
    ----------
    data : mapping
        The content of ``report.json``. Parts that are absent, ``None`` or empty are left out; what that leaves open is
        said.
    root : path
        Folder that ``report.json`` lies in and paths in ``data`` start from. Pictures that are not there are shown as
        such.

    Returns
    -------
    str
        HTML; write it as UTF-8.
    """
    scale = int(data.get("scale") or 1)
    samples: list[Sample] = list(data.get("samples") or [])
    arms = arms_of(data)
    slid = pick_slid(samples)
    under = load_windows(root, [str(one["file"]) for one in slid], LARGEST, scale, BUDGET)
    compared = [
        str(one["file"]) for first, others in pick_compared(samples) for one in (first, *others) if one.get("file")
    ]
    beside = load_windows(root, compared, COMPARED, scale, BUDGET)
    chapters = [
        ("conclusions", "What to conclude", conclusions_section(data)),
        (
            "before-after",
            "Before and after",
            before_after_section(slid, len(of_arm(samples, LORA)), under, root, scale),
        ),
        ("sheets", "Contact sheets", matrix_section(samples, arms, beside, root, scale)),
        ("discipline", "Grid discipline", discipline_section(data, arms)),
        ("weights", "Weight", sweep_section(data)),
        ("steering", "What words steer", steering_section(data)),
        ("memory", "Variety and memory", memory_section(data, samples, arms, root)),
        ("adherence", "Prompts", adherence_section(data, arms)),
        ("recipe", "Recipe", recipe_section(data)),
        ("versions", "Made with", versions_section(data)),
        ("files", "Files", files_section(data, samples, arms)),
    ]
    return write_page(f"Evaluation of {data.get('name') or 'a LoRA'}", _first_screen(data, samples, arms), chapters)


def _first_screen(data: Mapping[str, Any], samples: Sequence[Sample], arms: Mapping[str, Any]) -> Html:
    lora = data.get("lora") or {}
    kicker = join(
        "UniPixel evaluation",
        [" · trigger ", tag("code", lora["trigger"])] if lora.get("trigger") else None,
        f" · x{int(data.get('scale') or 1)} grid",
    )
    rows = {
        "samples": fixed(len(samples), 0) if samples else None,
        "arms": fixed(len(arms), 0) if arms else None,
        "step": lora.get("step"),
        "base": (data.get("base") or {}).get("name"),
    }
    return tag(
        "header",
        tag("p", kicker, class_="kicker"),
        tag("h1", data.get("name") or "Evaluation"),
        _verdict(data.get("verdict") or {}),
        tag("div", _cards(data), class_="big"),
        facts(rows),
        class_="first",
    )


def _verdict(verdict: Mapping[str, Any]) -> Html:
    sentences = [str(sentence) for sentence in verdict.get("sentences") or []]
    if not sentences and verdict.get("good") is None:
        return tag("p", tag("strong", "This LoRA was not judged yet."), class_="verdict unknown")
    answer, kind = _ANSWERS.get(verdict.get("good"), _ANSWERS[None])
    rule = (
        "Passing means that its pictures keep to the grid at every size, better than those of the base alone, and are "
        "not its training images."
    )
    return join(
        tag("p", tag("strong", answer), tag("span", rule), class_=f"verdict {kind}"),
        tag("ul", [tag("li", sentence) for sentence in sentences], class_="sentences"),
    )


def _cards(data: Mapping[str, Any]) -> list[Html]:
    measures = by_set(data)
    cards = [score_card(measures, LORA, "with", "score with the LoRA")]
    if any(row["set"] == BASE for row in measures):
        cards.append(score_card(measures, BASE, "without", "score of the base alone"))
    distance, lights, memory = data.get("distance"), list(data.get("lights") or []), data.get("memorisation")
    if distance and is_number(distance.get("rho")):
        span = interval({**distance, "mean": distance["rho"]}, 2)[1]
        lines = [f"{span}, 95 % interval", "1: each nearer word draws a larger subject; 0: chance"]
        cards.append(card(fixed(distance["rho"], 2), "distance words steer size", lines))
    if lights:
        moved = sum(bool(row.get("moves")) for row in lights)
        cards.append(
            card(f"{moved} of {len(lights)}", "light words move the palette", ["as they should, beyond chance"])
        )
    if memory and is_number(memory.get("copies")):
        lines = [f"of {plural(int(memory.get('n') or 0), 'sample')} with the LoRA"]
        cards.append(card(fixed(memory["copies"], 0), "copies of training images", lines))
    return cards
