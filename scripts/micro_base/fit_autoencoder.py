"""Fit the micro base's autoencoder: principal components by least squares, then the deblocking decoder.

Fitted to equal thirds of smooth drawings, the same on a grid of 8 px cells, and the same on grids of 5 to 12 px cells at any
offset, so that it prefers none of them.
"""

from __future__ import annotations

import math
import random

import numpy as np
import numpy.typing as npt
import torch
from scenes import draw_scene
from torch.nn import functional as F

from unipixel.diffusion.autoencoder import PatchAutoencoder

STRIDE = 8
KINDS = ("smooth", "on the grid", "off the grid")


def pixelate(image: npt.NDArray[np.uint8], cell: int, row: int, col: int) -> npt.NDArray[np.uint8]:
    """Give a picture flat cells: each takes the colour at its middle; the lattice starts at (row, col)."""
    rows = np.clip((np.arange(image.shape[0]) - row) // cell * cell + row + cell // 2, 0, image.shape[0] - 1)
    cols = np.clip((np.arange(image.shape[1]) - col) // cell * cell + col + cell // 2, 0, image.shape[1] - 1)
    return image[rows][:, cols]


def draw_kind(rng: random.Random, kind: str, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Draw a scene, smooth or with flat cells."""
    image = draw_scene(rng, width, height).image
    if kind == "smooth":
        return image
    cell = 8 if kind == "on the grid" else rng.randint(5, 12)
    row, col = (0, 0) if kind == "on the grid" else (rng.randrange(1, cell), rng.randrange(1, cell))
    return pixelate(image, cell, row, col)


def to_tensor(images: npt.NDArray[np.uint8]) -> torch.Tensor:
    """``(n, H, W, 3)`` uint8 to ``(n, 3, H, W)`` float in -1..1."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1


def project(model: PatchAutoencoder, images: torch.Tensor) -> None:
    """Set the linear part: three flat colours, then the strongest other components of the patches."""
    patches = F.pixel_unshuffle(images, STRIDE).permute(0, 2, 3, 1).reshape(-1, 3 * STRIDE**2).double()
    cells = patches.reshape(-1, 3, STRIDE**2)
    flat = torch.zeros(3, 3, STRIDE**2, dtype=torch.double)
    _, colors = torch.linalg.eigh(torch.cov(cells.mean(-1).T))
    flat[:] = colors.T.flip(0)[:, :, None] / STRIDE
    flat = flat.reshape(3, -1)
    rest = patches - patches @ flat.T @ flat
    _, vectors = torch.linalg.eigh(rest.T @ rest / len(rest))
    basis = torch.cat([flat, vectors.T.flip(0)[: model.config.latent_channels - 3]])
    coefficients = patches @ basis.T
    mean, spread = coefficients.mean(0), coefficients.std(0)
    mean[3:] = 0  # not centred: a flat cell has exactly no detail
    gain = spread**-0.75
    gain = gain / (spread * gain).square().mean().sqrt()  # total variance of a latent: 1
    with torch.no_grad():
        model.analysis.weight.copy_((gain[:, None] * basis)[..., None, None])
        model.analysis.bias.copy_(-gain * mean)
        model.synthesis.weight.copy_((basis.T / gain)[..., None, None])
        model.synthesis.bias.copy_(basis.T @ mean)
        model.neighbours[-1].weight.zero_()
        model.neighbours[-1].bias.zero_()


def fit_autoencoder(*, seed: int, pictures: int = 480, steps: int = 2400) -> tuple[PatchAutoencoder, dict[str, float]]:
    """Fit and measure; returns the model and its figures on fresh drawings."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    images = to_tensor(np.stack([draw_kind(rng, KINDS[i % 3], 128, 128) for i in range(pictures)]))
    model = PatchAutoencoder()
    project(model, images)
    for part in (model.analysis, model.synthesis):
        part.requires_grad_(False)
    optimizer = torch.optim.AdamW(model.neighbours.parameters(), lr=2e-3, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        latents = model.encode(images).latent_dist.mode()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * 0.5 * (1 + math.cos(math.pi * step / steps))
        chosen = torch.randint(len(images), (12,), generator=generator)
        decoded = model.decode(latents[chosen]).sample
        difference = decoded - images[chosen]
        # Differences between neighbours count too: seams are what this part is there to remove.
        loss = (
            difference.square().mean()
            + 2 * difference.diff(dim=-1).square().mean()
            + 2 * difference.diff(dim=-2).square().mean()
        )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return model.eval(), measure(model, random.Random(seed + 1))


@torch.no_grad()
def measure(model: PatchAutoencoder, rng: random.Random) -> dict[str, float]:
    """Round-trip PSNR in dB, share of edge energy on the x8 lattice and within-cell share of variance, before and after."""
    figures = {}
    for kind in KINDS:
        images = to_tensor(np.stack([draw_kind(rng, kind, 128, 128) for _ in range(48)]))
        decoded = model(images).clamp(-1, 1)
        error = (decoded - images).square().mean().item() / 4
        figures[f"{kind}: round trip dB"] = round(-10 * math.log10(max(error, 1e-12)), 2)
        for name, batch in (("raw", images), ("decoded", decoded)):
            steps_x = batch.diff(dim=-1).abs().sum((0, 1, 2))
            steps_y = batch.diff(dim=-2).abs().sum((0, 1, 3))
            on = steps_x[STRIDE - 1 :: STRIDE].sum() + steps_y[STRIDE - 1 :: STRIDE].sum()
            figures[f"{kind}: edges on x8, {name}"] = round(float(on / (steps_x.sum() + steps_y.sum())), 4)
            means = F.avg_pool2d(batch, STRIDE)
            within = (
                (batch - means.repeat_interleave(STRIDE, -1).repeat_interleave(STRIDE, -2)).square().mean((1, 2, 3))
            )
            total = batch.var((2, 3), correction=0).mean(1)
            figures[f"{kind}: within cells, {name}"] = round(float((within / total).mean()), 4)
    return figures
