"""A LoRA's card for the places where people share it: the Hub's README.md, and the words for Civitai's form.

The head of the README is the Hub's metadata for LoRAs (``template:diffusion-lora``): ``instance_prompt`` is the
trigger, ``widget`` the gallery. https://huggingface.co/docs/hub/model-cards and /model-cards-components, read 2026-11.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unipixel.version import __version__

CARD, CIVITAI = "README.md", "CIVITAI.md"
"""Names of the two pages."""

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_TAGS = ("text-to-image", "lora", "diffusers", "stable-diffusion-xl", "pixel-art", "template:diffusion-lora")


@dataclass(frozen=True)
class Shown:
    """A picture on the card."""

    file: str
    """Path in the folder, with ``/``."""
    prompt: str
    """The whole prompt."""


@dataclass(frozen=True)
class Card:
    """What there is to say of a LoRA."""

    title: str
    file: str
    """Name of the LoRA's file."""
    trigger: str
    words: Sequence[str]
    """Words behind the trigger in every caption."""
    scale: int
    """Canvas px per native px."""
    sizes: Sequence[str]
    """Canvases that it was trained at, ``WIDTHxHEIGHT``."""
    weight: float
    """At which it is used."""
    negative_prompt: str
    sampler: str
    steps: int
    """Of sampling."""
    guidance: float
    base: str
    """Name of the base model it was trained on."""
    images: int
    """Training images."""
    training: Mapping[str, Any]
    """Numbers of the training by their names in the recipe."""
    licences: Mapping[str, int]
    """Licence of training images to their number; empty text where it is not known."""
    verdict: Sequence[str]
    """Sentences of its evaluation; empty without one."""
    pictures: Sequence[Shown]

    @property
    def prompt(self) -> str:
        """How a prompt begins."""
        return ", ".join([self.trigger, *self.words])


def hub_page(card: Card) -> str:
    """The README of a model on the Hugging Face Hub, with its metadata."""
    return "\n".join([*_metadata(card), "", f"# {card.title}", "", *_body(card), *_gallery(card)]) + "\n"


def civitai_page(card: Card) -> str:
    """What to put into each field of Civitai's form, and the description."""
    fields = {
        "Name": card.title,
        "Type": "LoRA",
        "Base model": f"the one that {card.base} is of (SDXL 1.0, Illustrious, NoobAI, Pony)",
        "Trigger words": card.prompt,
        "Training": f"{card.training.get('train.steps')} steps, {card.images} images",
        "Usage tips": f"strength {card.weight:g}; clip skip is not needed",
        "Images": "those in images/: each holds its prompt and settings, which Civitai reads",
    }
    lines = [f"- **{name}**: {value}" for name, value in fields.items()]
    return "\n".join([f"# {card.title}, for Civitai's form", "", *lines, "", "## Description", "", *_body(card)]) + "\n"


def _metadata(card: Card) -> list[str]:
    lines = ["---", "tags:", *(f"  - {tag}" for tag in _TAGS), f"instance_prompt: {_text(card.prompt)}"]
    if _HUB_ID.fullmatch(card.base):
        lines.append(f"base_model: {card.base}")
    if card.pictures:
        lines.append("widget:")
    for each in card.pictures:
        lines += [f"  - text: {_text(each.prompt)}", "    output:", f"      url: {_text(each.file)}"]
    return [*lines, "---"]


def _body(card: Card) -> list[str]:
    return [
        f"Pixel art on one grid of x{card.scale}: divide each picture by {card.scale} (nearest neighbour), and every "
        "pixel is one cell.",
        "",
        "## How to use it",
        "",
        f"- Begin the prompt with `{card.prompt}`; strength {card.weight:g}.",
        f"- Sizes: {', '.join(card.sizes)}; others as multiples of {card.scale} px. No upscaler and no hires fix: they "
        "break the grid.",
        f"- Sampler {card.sampler}, {card.steps} steps, CFG {card.guidance:g}."
        + (f" Negative prompt: `{card.negative_prompt}`." if card.negative_prompt else ""),
        *_judgement(card),
        "",
        "## How it was trained",
        "",
        f"- On {card.base}, with {card.images} images, by UniPixel {__version__}.",
        "- " + ", ".join(f"`{name}` {_plain(value)}" for name, value in card.training.items()) + ".",
        "- The whole recipe is in `recipe.toml` and in the file's own metadata.",
        f"- {_licences(card.licences)} Whose pictures they are: `ATTRIBUTION.md`.",
    ]


def _judgement(card: Card) -> list[str]:
    return ["", "## What was measured", "", *(f"- {sentence}" for sentence in card.verdict)] if card.verdict else []


def _licences(licences: Mapping[str, int]) -> str:
    parts = [f"{count} under {name or 'a licence that is not known'}" for name, count in sorted(licences.items())]
    return f"Training images: {', '.join(parts)}." if parts else "Its training images are no longer at hand."


def _gallery(card: Card) -> list[str]:
    return ["", "<Gallery />"] if card.pictures else []


def _text(text: str) -> str:
    """A YAML text: JSON's writing is one."""
    return json.dumps(text, ensure_ascii=False)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
