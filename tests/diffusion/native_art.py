"""Art and latents to fit native decoders to: small, and with a known way from one to the other."""

from __future__ import annotations

import numpy as np
import torch

from unipixel.image import RGBA

MIX = torch.tensor([[1.2, -0.7, 0.4], [0.3, 1.1, -0.9], [-0.8, 0.5, 1.0], [0.6, 0.6, -0.2]])
"""Latent channels of a colour -1..1, ``(4, 3)``."""


def draw(seed: int, height: int = 12, width: int = 8) -> RGBA:
    """Native of random colours ``(height, width, 4)``."""
    native = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    native[..., 3] = 255
    return native


def encode(native: RGBA, scale: int, *, bend: float = 0.0) -> torch.Tensor:
    """Latent ``(channels, rows, cols)`` at stride 8: a mix of a cell's colours, each channel bent by so much.

    At x16 a native pixel fills 2x2 cells; at x4 a cell has 16 channels, four for each of its native pixels.
    """
    colour = torch.from_numpy(native[..., :3].astype(np.float32) / 127.5 - 1).permute(2, 0, 1)
    mixed = torch.einsum("lc,chw->lhw", MIX, colour)
    if scale < 8:
        mixed = torch.nn.functional.pixel_unshuffle(mixed, 8 // scale)
    elif scale > 8:
        mixed = mixed.repeat_interleave(scale // 8, 1).repeat_interleave(scale // 8, 2)
    return mixed + bend * mixed**3
