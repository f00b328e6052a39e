"""Pictures and prompts for tests of the ComfyUI nodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from unipixel.image import save_png


def as_batch(*pictures: np.ndarray) -> torch.Tensor:
    """Pictures as ComfyUI loads them."""
    return torch.from_numpy(np.stack([picture[..., :3] for picture in pictures]).astype(np.float32) / 255.0)


def put(folders, name: str, picture: np.ndarray):
    """Write a picture into ComfyUI's input folder."""
    return save_png(Path(folders.get_input_directory()) / name, picture)


def node(kind: str, **inputs) -> dict:
    """A node of a prompt."""
    return {"class_type": kind, "inputs": inputs}


def given(comfy, images: torch.Tensor, mask: torch.Tensor | None = None) -> dict:
    """A node that hands on these; without a mask, the empty one that Load Image makes."""
    comfy.nodes["Given"].values = (images, torch.zeros(1, 64, 64) if mask is None else mask)
    return node("Given")


def convert_prompt(source: dict, *, save: dict | None = None, **widgets) -> dict:
    """A picture, Convert, Save."""
    mask = {"mask": ["1", 1]}
    return {
        "1": source,
        "2": node("UniPixelConvert", images=["1", 0], **mask, **widgets),
        "3": node(
            "UniPixelSave", images=["2", 0], mask=["2", 2], palette=["2", 3], filename_prefix="art", metadata=False,
            **(save or {}),
        ),
    }  # fmt: skip
