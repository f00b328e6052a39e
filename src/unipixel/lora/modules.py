"""Modules that a LoRA for SDXL can be for, written down without the model itself.

The list is of the widest SDXL there is (ten transformers deep everywhere, attention at each resolution, 32 layers in
both text encoders), so that a name is found whatever the size of the model: which of them a base really has is known
when one is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from unipixel.lora.names import TEXT_ENCODER, TEXT_ENCODER_2, UNET, UNetLayout

_DEPTH = 10
_TEXT_LAYERS = 32
_RESNET = ("conv1", "time_emb_proj", "conv2", "conv_shortcut")
_ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
_OUTSIDE = ("conv_in", "time_embedding.linear_1", "time_embedding.linear_2", "conv_out")
_SIZE_AND_POOLED = ("add_embedding.linear_1", "add_embedding.linear_2")
_TEXT = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj", "mlp.fc1", "mlp.fc2")
_CONVOLUTIONS = ("conv1", "conv2", "conv_shortcut", "conv", "conv_in", "conv_out")


class ModuleName(NamedTuple):
    """A module of SDXL."""

    model: str
    """``"unet"``, ``"text_encoder"`` or ``"text_encoder_2"``."""
    path: str
    """In diffusers or transformers; those of text encoders begin with ``text_model.``."""

    @property
    def is_convolution(self) -> bool:
        """Whether its weight has four axes."""
        return self.model == UNET and self.path.rsplit(".", 1)[-1] in _CONVOLUTIONS

    @property
    def is_transformer(self) -> bool:
        """Whether it is a linear layer of the UNet's transformers."""
        return self.model == UNET and ".attentions." in self.path


@cache
def known_modules(layout: UNetLayout) -> dict[str, tuple[str, ...]]:
    """Paths of all modules that an SDXL of this layout can have, by model.

    Parameters
    ----------
    layout : UNetLayout

    Returns
    -------
    dict of str to tuple of str
    """
    layers = [f"text_model.encoder.layers.{number}.{name}" for number in range(_TEXT_LAYERS) for name in _TEXT]
    return {
        UNET: tuple(_unet_paths(layout)),
        TEXT_ENCODER: tuple(layers),
        TEXT_ENCODER_2: (*layers, "text_projection"),
    }


def _unet_paths(layout: UNetLayout) -> Iterator[str]:
    yield from (*_OUTSIDE, *_SIZE_AND_POOLED)
    yield from _block("mid_block", 2, 1)
    levels = len(layout.layers)
    for level, count in enumerate(layout.layers):
        yield from _block(f"down_blocks.{level}", count, count)
        if level < levels - 1:
            yield f"down_blocks.{level}.downsamplers.0.conv"
    for level, count in enumerate(layout.layers[::-1]):
        yield from _block(f"up_blocks.{level}", count + 1, (count + 1) * layout.up_attention[level])
        if level < levels - 1:
            yield f"up_blocks.{level}.upsamplers.0.conv"


def _block(block: str, resnets: int, attentions: int) -> Iterator[str]:
    for j in range(resnets):
        yield from (f"{block}.resnets.{j}.{name}" for name in _RESNET)
    for j in range(attentions):
        start = f"{block}.attentions.{j}"
        yield from (f"{start}.proj_in", f"{start}.proj_out")
        for depth in range(_DEPTH):
            inner = f"{start}.transformer_blocks.{depth}"
            yield from (f"{inner}.{attention}.{name}" for attention in ("attn1", "attn2") for name in _ATTENTION)
            yield from (f"{inner}.ff.net.0.proj", f"{inner}.ff.net.2")
