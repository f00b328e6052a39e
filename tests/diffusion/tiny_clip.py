"""A tiny CLIP model with random weights, saved as transformers does."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPVisionConfig

from diffusion.tiny_sdxl import text_config, tokenizer


def write_clip(folder: Path) -> Path:
    """Save it: pictures of 16x16 in patches of 8, texts of up to 77 tokens."""
    torch.manual_seed(6)
    words = tokenizer(folder / "vocabulary")
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=16,
        patch_size=8,
        projection_dim=16,
    )
    config = CLIPConfig(
        text_config=text_config(16, len(words)).to_dict(), vision_config=vision.to_dict(), projection_dim=16
    )
    CLIPModel(config).save_pretrained(folder / "model")
    pictures = CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
    CLIPProcessor(pictures, words).save_pretrained(folder / "model")
    return folder / "model"
