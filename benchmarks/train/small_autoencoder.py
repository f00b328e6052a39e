"""A small AutoencoderKL with SDXL's layout (x8, four levels, four latent channels), trained here on the CPU.

It stands in for SDXL's own where that is not at hand: convolutions that look far beyond a cell, a decoder that is not
linear, and a loss of detail. It sees smooth drawings and pixel art of any scale and offset, so that nothing in it knows
the grid.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image

from unipixel.image import RGBA

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "micro_base"))
from scenes import draw_scene

SIDE = 64
"""Px along a side of what it is trained on."""
CHANNELS = (16, 32, 64, 64)
"""SDXL's are (128, 256, 512, 512)."""
DRAWINGS = 48
"""Smooth drawings in the pool; crops are taken of them."""


def open_autoencoder(folder: Path, natives: Sequence[RGBA], *, steps: int, seed: int) -> AutoencoderKL:
    """Load the autoencoder of an earlier run, or train one and save it."""
    if not (folder / "config.json").exists():
        train_autoencoder(natives, steps=steps, seed=seed).save_pretrained(folder)
    return AutoencoderKL.from_pretrained(folder).eval().requires_grad_(False)


def train_autoencoder(natives: Sequence[RGBA], *, steps: int, seed: int) -> AutoencoderKL:
    """Train on crops of drawings and natives; its scaling factor brings latents to a deviation of 1."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = AutoencoderKL(
        block_out_channels=CHANNELS,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=8,
    )
    _start_simple(model)
    drawings = [draw_scene(rng, 192, 192).image for _ in range(DRAWINGS)]
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-4)
    spread = 1.0
    for step in range(steps):
        images = torch.stack([_draw_crop(rng, natives, drawings) for _ in range(4)])
        mean = model.encode(images).latent_dist.mean
        shown = model.decode(mean + 0.02 * torch.randn_like(mean)).sample
        loss = (shown - images).abs().mean() + (shown - images).square().mean() + 1e-4 * mean.square().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.param_groups[0]["lr"] = 2e-3 * min(1.0, step / 30) * (1 - step / steps)
        optimizer.step()
        spread = 0.98 * spread + 0.02 * float(mean.detach().std())
        if step % 50 == 0:
            print(f"  autoencoder: step {step} of {steps}, loss {float(loss.detach()):.4f}", flush=True)
    model.register_to_config(scaling_factor=1 / spread)
    return model


@torch.no_grad()
def _start_simple(model: AutoencoderKL) -> None:
    """Begin so that it learns sooner.

    Sampling down is the mean of 2x2, up is nearest, blocks do nothing, and the first layers hold large constants, without
    which the group norms at the ends would take a picture's brightness away.
    """
    for name, weight in model.named_parameters():
        if name.endswith("conv_in.bias"):
            weight.uniform_(-2, 2)
        if ".conv2." in name or ".to_out." in name:
            weight.zero_()
        elif "samplers.0.conv." in name:
            weight.zero_()
            if weight.ndim == 4:
                same = torch.eye(len(weight))
                if "down" in name:
                    weight[:, :, :2, :2] = same[:, :, None, None] / 4
                else:
                    weight[:, :, 1, 1] = same


def measure_psnr(model: AutoencoderKL, images: Sequence[RGBA]) -> float:
    """Peak signal to noise ratio of the way through the autoencoder, in dB over all pixels."""
    with torch.no_grad():
        errors = [(model(as_input(image)).sample.clamp(-1, 1) - as_input(image)).square().mean() for image in images]
    return -10 * float(np.log10(np.mean([float(error) for error in errors]) / 4))


def as_input(image: np.ndarray) -> torch.Tensor:
    """``(1, 3, H, W)`` in -1..1 of ``(H, W, 3|4)`` uint8."""
    return torch.from_numpy(image[..., :3].astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None]


def _draw_crop(rng: random.Random, natives: Sequence[RGBA], drawings: Sequence[np.ndarray]) -> torch.Tensor:
    """A crop: of a drawing, or of a native enlarged by any factor, sharp or soft."""
    if rng.random() < 0.4:
        picture = drawings[rng.randrange(len(drawings))]
    else:
        native = natives[rng.randrange(len(natives))]
        factor = rng.choice((3, 4, 5, 6, 7, 8, 8, 9, 10, 12, 16))
        need = SIDE // factor + 2
        row, col = (rng.randrange(max(1, side - need + 1)) for side in native.shape[:2])
        piece = Image.fromarray(np.ascontiguousarray(native[row : row + need, col : col + need, :3]))
        how = Image.Resampling.BICUBIC if rng.random() < 0.15 else Image.Resampling.NEAREST
        picture = np.asarray(piece.resize((piece.width * factor, piece.height * factor), how))
    picture = np.pad(picture, [(0, max(0, SIDE - side)) for side in picture.shape[:2]] + [(0, 0)], "reflect")
    row, col = (rng.randrange(side - SIDE + 1) for side in picture.shape[:2])
    crop = picture[row : row + SIDE, col : col + SIDE]
    return as_input(crop[:, ::-1].copy() if rng.random() < 0.5 else crop)[0]
