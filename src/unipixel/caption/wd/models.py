"""The five WD v3 taggers: where they are and which threshold each has."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from unipixel.errors import ModelError

SIDE = 448
"""Width and height of the taggers' input in px."""

CHARACTER_THRESHOLD = 0.85
"""Score from which a character's name is proposed: the default of the models' own demo."""

TAGS_SHA256 = "113a49dcfdce42431e7e9fe929e8335d2aea73fba38c5975788c5675deb94ba4"
"""Hash of ``selected_tags.csv``, the same file for all five."""


@dataclass(frozen=True)
class WdModel:
    """One tagger of the v3 family, by SmilingWolf, under Apache-2.0."""

    name: str
    """Its name here and on Hugging Face, behind the owner."""
    threshold: float
    """Score from which a general tag is proposed: where precision equals recall, by its model card."""
    threshold_source: str
    """Where that number is from."""
    megabytes: int | None = None
    """Size of ``model.onnx``; None where it is not known here."""

    @property
    def repository(self) -> str:
        """On Hugging Face."""
        return f"SmilingWolf/{self.name}"


MODELS: Mapping[str, WdModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            WdModel("wd-vit-tagger-v3", 0.2614, "model card, v2.0", 379),
            WdModel("wd-swinv2-tagger-v3", 0.2653, "model card, v2.0"),
            WdModel("wd-convnext-tagger-v3", 0.2682, "model card, v2.0", 395),
            WdModel("wd-vit-large-tagger-v3", 0.26, "what users of it choose; its card was not at hand"),
            WdModel("wd-eva02-large-tagger-v3", 0.5296, "model card, v1.0", 1260),
        )
    }
)
"""By name."""


def find_model(name: str) -> WdModel:
    """Find a model by its name, with or without its owner.

    Raises
    ------
    ModelError
        There is none; names the nearest.
    """
    short = name.rsplit("/", 1)[-1]
    if short in MODELS:
        return MODELS[short]
    near = difflib.get_close_matches(short, MODELS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Give a folder with model.onnx, or one of: {', '.join(MODELS)}."
    raise ModelError(f"there is no tagger {name!r}. {hint}")
