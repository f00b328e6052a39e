"""Chapter of files: the LoRA, the figures, and every sample by its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.report.evaluation.arms import Sample, of_arm
from unipixel.report.html import Html, facts, link, section, tag
from unipixel.report.numbers import fixed, plural

REPORT = "report.json"
"""The figures, beside the page."""


def files_section(data: Mapping[str, Any], samples: Sequence[Sample], arms: Mapping[str, tuple[str, str]]) -> Html:
    """Link to all files; every sample's PNG carries its full settings."""
    lora = data.get("lora") or {}
    rows = {
        "LoRA": link(str(lora["file"])) if lora.get("file") else None,
        "SHA-256": tag("code", lora["sha256"], class_="hash") if lora.get("sha256") else None,
        "trigger": tag("code", lora["trigger"]) if lora.get("trigger") else None,
        "weight": lora.get("weight"),
        "step": lora.get("step"),
        "all figures": link(REPORT),
    }
    lead = "Each PNG carries the settings that it was drawn with: prompt, seed, size, sampler, LoRAs and their weights."
    lists = [_list(words, of_arm(samples, arm)) for arm, (_, words) in arms.items()]
    return section("files", "Files", facts(rows), tag("p", lead) if samples else None, lists)


def _list(words: str, samples: Sequence[Sample]) -> Html | None:
    if not samples:
        return None
    items = [tag("li", _line(sample)) for sample in samples]
    summary = tag("summary", f"{plural(len(samples), 'sample')}: {words}")
    return tag("details", summary, tag("ol", items, class_="files"))


def _line(sample: Sample) -> list[object]:
    settings = [sample.get(key) for key in ("theme", "distance", "light")]
    said = ", ".join(str(word) for word in settings if word)
    files: list[object] = [link(str(sample["file"]), "drawn")] if sample.get("file") else []
    if sample.get("native"):
        files += [" ", link(str(sample["native"]), "converted")]
    place = f"{sample.get('size')}, seed {sample.get('seed')}"
    return [tag("span", said, class_="caption"), f", {place}, score {fixed(sample.get('score'), 3)} ", files]
