"""Settings of a picture as A1111 and Forge write them into it, and read them back.

Prompt, then a line ``Negative prompt: ...`` where there is one, then one line of ``Key: value`` with commas between.
A value with a comma, colon or line break is a JSON string (A1111: modules/infotext_utils.py, ``quote``; the order of
the keys: modules/processing.py, ``create_infotext``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from unipixel.sampling.drawing import Drawing, Model
from unipixel.sampling.host_text import for_a1111

_SHORT_MODEL, _SHORT_LORA = 10, 12
"""Digits of a hash that A1111 shows: of a checkpoint, of a LoRA."""


def write_infotext(drawing: Drawing, model: Model, extra: Mapping[str, Any] | None = None) -> str:
    """Write the text that A1111 keeps under ``parameters``.

    Parameters
    ----------
    drawing : Drawing
    model : Model
    extra : mapping, optional
        What else is noted, as JSON under the key ``UniPixel``, which hosts show and leave alone.

    Returns
    -------
    str
        It says ``RNG: CPU``, since the starting noise is drawn there: A1111 draws the same noise for a seed then.
    """
    names = drawing.host_names(model)
    values: dict[str, Any] = {
        "Steps": drawing.steps,
        "Sampler": names.a1111,
        "Schedule type": names.a1111_schedule,
        "CFG scale": f"{drawing.guidance:g}",
        "Seed": drawing.seed,
        "Size": f"{drawing.width}x{drawing.height}",
        "Model hash": model.hash[:_SHORT_MODEL],
        "Model": model.name,
        "RNG": "CPU",
        "Lora hashes": _lora_hashes(drawing),
        "UniPixel": json.dumps(extra) if extra else "",
    }
    tags = "".join(f" <lora:{_bare(lora.name)}:{lora.weight:g}>" for lora in drawing.loras)
    lines = [for_a1111(drawing.prompt) + tags]
    if drawing.negative_prompt:
        lines.append(f"Negative prompt: {for_a1111(drawing.negative_prompt)}")
    return "\n".join([*lines, ", ".join(f"{key}: {_quoted(value)}" for key, value in values.items() if value != "")])


def _lora_hashes(drawing: Drawing) -> str:
    hashes = (f"{_bare(lora.name)}: {lora.hash[:_SHORT_LORA]}" for lora in drawing.loras)
    return ", ".join(hashes)


def _bare(name: str) -> str:
    """A LoRA's name without the signs that part names from numbers."""
    return name.translate(str.maketrans("", "", ":,<>"))


def _quoted(value: Any) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(sign in text for sign in ",:\n") else text
