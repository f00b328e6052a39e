"""Every module of SDXL that a LoRA can be for: a table of paths, so that names need no model to be understood.

Figures of the layout: SDXL's own ``config.json`` of the UNet and of the two text encoders, as Stability AI
publishes them (huggingface.co/stabilityai/stable-diffusion-xl-base-1.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unipixel.lora.names import TEXT_ENCODER, TEXT_ENCODER_2, UNET, UNetLayout

SDXL_LAYOUT = UNetLayout()
"""SDXL's block numbers."""
TRANSFORMERS = (0, 2, 10)
"""Transformer blocks of each attention, by down block; the middle has those of the last."""
TEXT_LAYERS = {TEXT_ENCODER: 12, TEXT_ENCODER_2: 32}
"""Layers of the text encoders."""
_RESNET = ("conv1", "time_emb_proj", "conv2")
_BLOCK = (
    *(f"attn{which}.{part}" for which in (1, 2) for part in ("to_q", "to_k", "to_v", "to_out.0")),
    "ff.net.0.proj",
    "ff.net.2",
)
_OUTSIDE = (
    "conv_in",
    "time_embedding.linear_1",
    "time_embedding.linear_2",
    "add_embedding.linear_1",
    "add_embedding.linear_2",
    "conv_out",
)
_TEXT = (*(f"self_attn.{part}" for part in ("k_proj", "v_proj", "q_proj", "out_proj")), "mlp.fc1", "mlp.fc2")


def sdxl_modules(layout: UNetLayout = SDXL_LAYOUT) -> dict[str, list[str]]:
    """Paths of all linear layers and convolutions, as diffusers and transformers name them.

    Parameters
    ----------
    layout : UNetLayout
        Another number of layers a block, for a UNet of SDXL's kind in another size.

    Returns
    -------
    dict
        ``"unet"``, ``"text_encoder"``, ``"text_encoder_2"``, each to its paths. Text encoders: the layers of their
        blocks, and the second's ``text_projection``; their paths begin with ``text_model.``.
    """
    found = {UNET: list(unet_modules(layout))}
    for name, count in TEXT_LAYERS.items():
        found[name] = [f"text_model.encoder.layers.{n}.{part}" for n in range(count) for part in _TEXT]
    found[TEXT_ENCODER_2].append("text_projection")
    return found


def unet_modules(layout: UNetLayout = SDXL_LAYOUT, transformers: Sequence[int] = TRANSFORMERS) -> Iterator[str]:
    """Paths of the UNet's linear layers and convolutions.

    Parameters
    ----------
    layout : UNetLayout
    transformers : sequence of int
        Transformer blocks of each attention by down block, 0 without attention.
    """
    yield from _OUTSIDE
    last = len(layout.layers) - 1
    for level, layers in enumerate(layout.layers):
        for j in range(layers):
            # the first residual block of a lower level has more channels out than in, so it needs a shortcut
            yield from _layer(f"down_blocks.{level}", j, transformers[level], shortcut=j == 0 and level > 0)
        if level < last:
            yield f"down_blocks.{level}.downsamplers.0.conv"
    yield from _resnet("mid_block.resnets.0", shortcut=False)
    yield from _attention("mid_block.attentions.0", transformers[last])
    yield from _resnet("mid_block.resnets.1", shortcut=False)
    for level, layers in enumerate(layout.layers[::-1]):
        for j in range(layers + 1):
            yield from _layer(f"up_blocks.{level}", j, transformers[last - level], shortcut=True)
        if level < last:
            yield f"up_blocks.{level}.upsamplers.0.conv"


def _layer(block: str, j: int, transformers: int, *, shortcut: bool) -> Iterator[str]:
    yield from _resnet(f"{block}.resnets.{j}", shortcut=shortcut)
    if transformers:
        yield from _attention(f"{block}.attentions.{j}", transformers)


def _resnet(path: str, *, shortcut: bool) -> Iterator[str]:
    yield from (f"{path}.{part}" for part in _RESNET)
    if shortcut:
        yield f"{path}.conv_shortcut"


def _attention(path: str, count: int) -> Iterator[str]:
    yield from (f"{path}.{part}" for part in ("proj_in", "proj_out"))
    yield from (f"{path}.transformer_blocks.{n}.{part}" for n in range(count) for part in _BLOCK)
