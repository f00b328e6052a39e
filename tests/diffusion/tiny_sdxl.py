"""A tiny SDXL with random weights: true topology, two text encoders of unlike width, a x8 autoencoder."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from unipixel.diffusion import add_lora

TE1, TE2 = 16, 24
"""Widths of the text encoders. They must differ: diffusers tells them apart by their width in a single file."""


def tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's tokenizer over single bytes, without merges."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    vocabulary = json.loads((folder / "vocab.json").read_text())
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def text_config(width: int, words: int) -> CLIPTextConfig:
    """Two layers of one width; the special tokens are the vocabulary's last two."""
    return CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=2,
        projection_dim=width,
        bos_token_id=words - 2,
        eos_token_id=words - 1,
        pad_token_id=words - 1,
    )


def tiny_unet(
    layers_per_block: int = 2, channels: tuple[int, ...] = (16, 32, 48), **changes: object
) -> UNet2DConditionModel:
    """Build an SDXL UNet of other sizes: no attention at the highest resolution, text and size conditioning."""
    settings = {
        "sample_size": 8,
        "in_channels": 4,
        "out_channels": 4,
        "block_out_channels": channels,
        "layers_per_block": layers_per_block,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 1, 2),
        "attention_head_dim": (2, 2, 2),
        "cross_attention_dim": TE1 + TE2,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": TE2 + 6 * 8,
        "use_linear_projection": True,
        "norm_num_groups": 8,
    }
    torch.manual_seed(1)
    return UNet2DConditionModel(**{**settings, **changes})


def tiny_vae() -> AutoencoderKL:
    """Four levels, so x8."""
    torch.manual_seed(2)
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=4,
        scaling_factor=0.5,
    )


def write_base(folder: Path, *, layers_per_block: int = 2, v_prediction: bool = True) -> Path:
    """Save a whole tiny pipeline as a diffusers folder."""
    torch.manual_seed(0)
    words = len(tokenizer(folder / "vocabulary"))
    extra = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    scheduler = DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        **(extra if v_prediction else {}),
    )
    pipeline = StableDiffusionXLPipeline(
        vae=tiny_vae(),
        text_encoder=CLIPTextModel(text_config(TE1, words)),
        text_encoder_2=CLIPTextModelWithProjection(text_config(TE2, words)),
        tokenizer=tokenizer(folder / "vocabulary"),
        tokenizer_2=tokenizer(folder / "vocabulary"),
        unet=tiny_unet(layers_per_block),
        scheduler=scheduler,
        force_zeros_for_empty_prompt=False,
        add_watermarker=False,
    )
    pipeline.save_pretrained(folder / "base")
    return folder / "base"


def output(unet: nn.Module) -> torch.Tensor:
    """Output of a UNet for a fixed input."""
    rng = torch.Generator().manual_seed(5)
    added = {"text_embeds": torch.randn(2, TE2, generator=rng), "time_ids": torch.tensor([[64, 96, 0, 0, 64, 96]] * 2)}
    with torch.no_grad():
        return unet(
            torch.randn(2, 4, 8, 12, generator=rng),
            torch.tensor([10, 900]),
            encoder_hidden_states=torch.randn(2, 77, TE1 + TE2, generator=rng),
            added_cond_kwargs=added,
        ).sample


def shaken(unet: nn.Module, **settings: object) -> nn.Module:
    """Give a UNet a LoRA whose up weights are no longer zero."""
    weights = add_lora(unet, **{"rank": 4, "alpha": 2.0, "seed": 3, "targets": "full", **settings})
    rng = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for weight in weights:
            weight += 0.1 * torch.randn(weight.shape, generator=rng)
    return unet
