"""How well a picture shows its prompt, as a CLIP model sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from unipixel.diffusion.base import choose_device
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.errors import ModelError


@dataclass(frozen=True)
class ClipJudge:
    """A CLIP model with its own way to prepare pictures and texts."""

    model: Any
    """`transformers.CLIPModel`."""
    processor: Any
    """`transformers.CLIPProcessor`."""
    device: torch.device
    """Where it works; it goes there when it is first asked, so that a base can have the room before."""

    @torch.no_grad()
    def likeness(self, images: Sequence[np.ndarray], texts: Sequence[str]) -> list[float]:
        """Cosine of each picture's embedding with its text's, -1 to 1; more is better.

        Values of one model compare with one another, not with those of another model. Texts longer than the model reads
        are cut at its end.

        Parameters
        ----------
        images : sequence of (H, W, 3|4) uint8, sRGB
            Alpha is left out.
        texts : sequence of str
            One for each image.
        """
        self.model.to(self.device)
        pictures = [Image.fromarray(np.ascontiguousarray(image[..., :3])) for image in images]
        asked = self.processor(
            text=list(texts), images=pictures, return_tensors="pt", padding=True, truncation=True
        ).to(self.device)
        found = self.model(**asked)
        cosine = torch.nn.functional.cosine_similarity(found.image_embeds, found.text_embeds)
        return [float(value) for value in cosine]


def load_clip(folder: Path, *, device: str = "auto") -> ClipJudge:
    """Load a CLIP model from a folder, with no network.

    Parameters
    ----------
    folder : Path
        As transformers saves it: ``config.json``, ``model.safetensors``, tokenizer and ``preprocessor_config.json``.
    device : str
        ``"auto"`` takes CUDA, else Apple's Metal, else the CPU.

    Raises
    ------
    ModelError
        The folder holds no CLIP model.
    """
    from transformers import CLIPModel, CLIPProcessor

    try:
        with quiet_libraries():
            model = CLIPModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
            processor = CLIPProcessor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder}: no CLIP model ({str(error).splitlines()[0]}). Give the folder of one that transformers saved, "
            "such as openai/clip-vit-large-patch14."
        ) from None
    return ClipJudge(model.eval(), processor, choose_device(device))
