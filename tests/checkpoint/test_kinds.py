"""Models that are no SDXL base are named by the tensors that give them away."""

from __future__ import annotations

from pathlib import Path

import pytest

from checkpoint.made import headed
from unipixel.checkpoint import recognise
from unipixel.errors import ModelError


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("model.diffusion_model.double_blocks.0.img_attn.norm.key_norm.scale", "a Flux or Hunyuan model"),
        ("double_blocks.0.img_attn.norm.key_norm.scale", "a Flux or Hunyuan model"),
        ("transformer_blocks.0.attn.to_q.weight", "a diffusion transformer"),
        ("model.diffusion_model.joint_blocks.0.context_block.adaLN_modulation.1.bias", "a Stable Diffusion 3 model"),
        ("double_layers.0.attn.w2q.weight", "an AuraFlow model"),
        ("model.diffusion_model.cap_embedder.0.weight", "a Lumina or Z-Image model"),
        ("y_embedder.y_embedding", "a PixArt or Sana model"),
        ("model.diffusion_model.head.modulation", "a video model"),
        ("clip_txt_mapper.weight", "a Stable Cascade model"),
        ("lora_unet_out_2.lora_down.weight", "a LoRA"),
        ("unet.down_blocks.1.attentions.0.proj_in.lora_A.weight", "a LoRA"),
        ("control_model.time_embed.0.weight", "a ControlNet"),
        ("controlnet_cond_embedding.conv_in.weight", "a ControlNet"),
        ("clip_g", "an embedding"),
        ("emb_params", "an embedding"),
        ("down_blocks.0.resnets.0.conv1.weight", "a bare diffusers UNet; give the folder"),
        ("input_blocks.0.0.weight", "a bare UNet without text encoders"),
        ("encoder.conv_in.weight", "an autoencoder alone"),
        ("first_stage_model.encoder.conv_in.weight", "an autoencoder alone"),
        ("text_model.embeddings.token_embedding.weight", "a text encoder alone"),
        ("something", "no UNet of Stable Diffusion's layout"),
    ],
)
def test_it_is_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        recognise(headed(tmp_path / "x.safetensors", {name: (1,)}))
