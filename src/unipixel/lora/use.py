"""How a LoRA wants to be used: what its file says of trigger and scale, read from the header alone."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from unipixel.lora.file import read_metadata


@dataclass(frozen=True)
class LoraUse:
    """What a prompt needs, and what the pictures can be divided by."""

    title: str
    """What its maker calls it; empty where the file says nothing."""
    trigger: str
    """The word that calls it; empty where the file names none."""
    scale: int | None
    """Canvas px per native px that it was trained on; None where it is no LoRA of UniPixel's."""

    def prompted(self, prompt: str) -> str:
        """Put the trigger in front of a prompt, unless it is in it already."""
        if not self.trigger or self.trigger in prompt:
            return prompt
        return f"{self.trigger}, {prompt}" if prompt.strip() else self.trigger


def read_use(path: str | os.PathLike[str]) -> LoraUse:
    """Read how a LoRA wants to be used.

    Parameters
    ----------
    path : path
        A ``.safetensors`` file of any trainer.

    Returns
    -------
    LoraUse

    Raises
    ------
    ModelError
        The file can't be read, or is none.
    """
    notes = read_metadata(path)
    recipe = _recipe(notes.get("unipixel.recipe", ""))
    scale = recipe.get("scale")
    return LoraUse(
        title=notes.get("modelspec.title") or notes.get("ss_output_name", ""),
        trigger=notes.get("modelspec.trigger_phrase") or str(recipe.get("trigger", "")),
        scale=scale if isinstance(scale, int) and scale > 0 else None,
    )


def _recipe(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
