"""A tiny SDXL with random weights and the true layout: all 722 attention and feed-forward layers have SDXL's own names.

Widths are about a tenth of the real ones in every part (the UNet's 320/640/1280 channels, the autoencoder's 128 to 512,
the text encoders' 768 and 1280), depths are the real ones: so the parts cost about the same share of a step as in
SDXL at the same canvas, and what is saved by caching is neither made larger nor smaller.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

TEXT_WIDTHS = (64, 128)
"""Of the two text encoders. They must differ: in a single file diffusers tells them apart by it."""
TEXT_LAYERS = (12, 32)


def write_tiny(folder: Path) -> Path:
    """Save the pipeline as a diffusers folder, unless it is there."""
    if (folder / "model_index.json").exists():
        return folder
    torch.manual_seed(0)
    vocabulary = _vocabulary()
    first, second = (
        _text_config(width, layers, len(vocabulary)) for width, layers in zip(TEXT_WIDTHS, TEXT_LAYERS, strict=True)
    )
    StableDiffusionXLPipeline(
        vae=_autoencoder(),
        text_encoder=CLIPTextModel(first),
        text_encoder_2=CLIPTextModelWithProjection(second),
        tokenizer=CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77),
        tokenizer_2=CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77),
        unet=_unet(),
        scheduler=EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
        force_zeros_for_empty_prompt=False,
        add_watermarker=False,
    ).save_pretrained(folder)
    for name in ("tokenizer", "tokenizer_2"):  # diffusers' script asks for the files of the slow tokenizer
        (folder / name / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
        (folder / name / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    return folder


def _vocabulary() -> dict[str, int]:
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return {word: number for number, word in enumerate(words)}


def _text_config(width: int, layers: int, words: int) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
        projection_dim=width,
        bos_token_id=words - 2,
        eos_token_id=words - 1,
        pad_token_id=words - 1,
    )


def _unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(32, 64, 128),
        layers_per_block=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(1, 2, 4),
        cross_attention_dim=sum(TEXT_WIDTHS),
        addition_embed_type="text_time",
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=TEXT_WIDTHS[1] + 6 * 32,
        use_linear_projection=True,
    )


def _autoencoder() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(16, 32, 64, 64),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        layers_per_block=2,
        norm_num_groups=16,
        scaling_factor=0.13025,
    )
