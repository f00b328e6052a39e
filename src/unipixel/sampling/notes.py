"""The text chunks of a sampled picture: one for A1111 and Forge, one for ComfyUI."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from unipixel.sampling.comfy_graph import comfy_graph
from unipixel.sampling.drawing import Drawing, Model
from unipixel.sampling.infotext import write_infotext


def picture_notes(drawing: Drawing, model: Model, extra: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Text chunks by key: ``parameters`` and ``prompt``, see `write_infotext` and `comfy_graph`.

    ComfyUI opens ``prompt`` where there is no ``workflow``, and lays the nodes out itself.
    """
    return {
        "parameters": write_infotext(drawing, model, extra),
        "prompt": json.dumps(comfy_graph(drawing, model), ensure_ascii=False),
    }
