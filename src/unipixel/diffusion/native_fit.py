"""Fit a native decoder: from the latents of training pictures and the native pixels that they stand for.

First a ridge regression, in closed form. Where the latents are not a linear picture of the colours, a small network
adds what the regression leaves. Pictures that neither has seen decide which is kept.

Latents that a sampler draws are never quite those of real pictures. The ridge is therefore the variance of noise on the
latents: to add independent noise of variance v to every value and to fit without a ridge is, on average, the same
(Bishop, "Training with noise is equivalent to Tikhonov regularization", Neural Computation 7, 1995). The network gets
the same noise as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import torch
from torch.nn import functional as F

from unipixel.color import distance
from unipixel.diffusion.chance import generator
from unipixel.diffusion.native_cells import CellLayout
from unipixel.diffusion.native_decoder import CellReader, HeldOut, NativeDecoder
from unipixel.errors import ModelError
from unipixel.image import RGBA
from unipixel.progress import Event, Progress, quiet

Method = Literal["auto", "ridge", "network"]
"""What to fit; ``auto`` keeps whichever does better on pictures set aside."""

NOISE = 0.05
"""Deviation of the noise on latents that a fit reckons with; latents themselves deviate by about 1."""
MOST_BLOCKS = 400_000
"""Blocks that are looked at: more change nothing, so memory and time are the same for 100 pictures and 100,000."""
MOST_PICTURES = 512
"""Pictures that are looked at."""
HELD_OUT_SHARE, MOST_HELD_OUT = 1 / 8, 64
"""Share of the pictures that is set aside to judge by, and the most of them."""
HIDDEN = 64
"""Width of the network."""
STEPS, BATCH, RATE = 400, 2048, 4e-3
"""Of the network's training, in blocks; the rate falls to 0 in a straight line."""
_CHUNK = 1 << 16


def fit_native_decoder(
    latents: Sequence[torch.Tensor],
    natives: Sequence[RGBA],
    *,
    scale: int,
    stride: int,
    base_hash: str,
    method: Method = "auto",
    noise: float = NOISE,
    seed: int = 0,
    progress: Progress = quiet,
) -> NativeDecoder:
    """Fit a decoder from latents to native pixels; takes seconds on one core, however many pictures there are.

    The same input gives the same numbers, bit for bit, on the same machine with the same number of threads.

    Parameters
    ----------
    latents : sequence of (channels, rows, cols) float
        As the UNet has them, on the CPU; at most `MOST_PICTURES` and those set aside are read.
    natives : sequence of (h, w, 4) uint8
        What each latent stands for: one array element a native pixel, opaque.
    scale : int
        Canvas px per native px.
    stride : int
        Canvas px per latent cell.
    base_hash : str
        Of the base that made the latents.
    method : {"auto", "ridge", "network"}
    noise : float
        Deviation of the noise on latents that it is to bear; 0 trusts latents wholly.
    seed : int
        Of the choice of pictures and of the network.
    progress : callable

    Returns
    -------
    NativeDecoder

    Raises
    ------
    GridMismatch
        The scale does not fit the stride, or a latent is not whole native pixels.
    ModelError
        Fewer than two pictures, latents and natives that do not belong together, or no such method.
    """
    if method not in get_args(Method):
        raise ModelError(f"there is no method {method!r} to fit a native decoder; choose one of auto, ridge, network")
    if len(latents) != len(natives) or len(latents) < 2:
        raise ModelError(
            f"{len(latents)} latents and {len(natives)} natives: a native decoder needs as many of both, and at least "
            "two, since one is set aside to judge it by"
        )
    layout = CellLayout(latents[0].shape[0], scale, stride)
    fit, held = _split(len(latents), seed)
    progress(Event("fit decoder", 0, len(fit)))
    values, colours = _gather(layout, latents, natives, fit, seed)
    ridge = fit_ridge(values, colours, noise)
    found = [_judged(layout, ridge, base_hash, latents, natives, held)]
    if method == "network" or (method == "auto" and found[0].held_out.exact < 1):
        network = fit_network(ridge, values, colours, noise, seed)
        found.append(_judged(layout, network, base_hash, latents, natives, held))
    kept = min(found, key=lambda decoder: decoder.held_out.error) if method == "auto" else found[-1]
    progress(Event("fit decoder", len(fit), len(fit), f"{kept.method}: {kept.held_out}"))
    return kept


def fit_ridge(values: torch.Tensor, colours: torch.Tensor, noise: float) -> CellReader:
    """Solve for the linear reader that has the least squared error under noise on the values.

    Parameters
    ----------
    values : (n, values) float32
    colours : (n, colours) float32
    noise : float
        Deviation of the noise.

    Returns
    -------
    CellReader
    """
    count, width = values.shape
    joined = width + colours.shape[1]
    sums, products = torch.zeros(joined, dtype=torch.float64), torch.zeros(joined, joined, dtype=torch.float64)
    for at in range(0, count, _CHUNK):
        part = torch.cat([values[at : at + _CHUNK], colours[at : at + _CHUNK]], dim=1).double()
        sums += part.sum(0)
        products += part.T @ part
    mean = sums / count
    spread = products / count - torch.outer(mean, mean)
    ridge = (noise**2 + 1e-9) * torch.eye(width, dtype=torch.float64)
    weight = torch.linalg.solve(spread[:width, :width] + ridge, spread[:width, width:])  # (values, colours)
    reader = CellReader(width, colours.shape[1], 0).requires_grad_(False)
    reader.linear.weight.copy_(weight.T)
    reader.linear.bias.copy_(mean[width:] - mean[:width] @ weight)
    return reader


def fit_network(ridge: CellReader, values: torch.Tensor, colours: torch.Tensor, noise: float, seed: int) -> CellReader:
    """Train hidden layers on what a linear reader leaves; the first step starts from that reader's answers.

    Parameters
    ----------
    ridge : CellReader
        A linear one.
    values : (n, values) float32
    colours : (n, colours) float32
    noise : float
        Deviation of the noise on the values.
    seed : int

    Returns
    -------
    CellReader
    """
    rng = generator(seed, "network", 0)
    reader = _start(ridge, rng)
    optimizer = torch.optim.Adam(reader.parameters(), lr=RATE)
    for step in range(STEPS):
        chosen = torch.randint(len(values), (min(BATCH, len(values)),), generator=rng)
        noisy = values[chosen] + noise * torch.randn(len(chosen), values.shape[1], generator=rng)
        loss = F.l1_loss(reader(noisy), colours[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        optimizer.step()
    return reader.requires_grad_(False)


@torch.no_grad()
def _start(ridge: CellReader, rng: torch.Generator) -> CellReader:
    """A reader with hidden layers that answers as a linear one does."""
    reader = CellReader(ridge.linear.in_features, ridge.linear.out_features, HIDDEN)
    reader.linear.load_state_dict(ridge.linear.state_dict())
    for layer in (reader.bend[0], reader.bend[2], reader.bend[4]):
        torch.nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=rng)
        layer.bias.zero_()
    reader.bend[4].weight.zero_()
    return reader


def _split(count: int, seed: int) -> tuple[list[int], list[int]]:
    """Indices of the pictures to fit to, and of those to judge by."""
    order = torch.randperm(count, generator=generator(seed, "split", 0)).tolist()
    held = min(MOST_HELD_OUT, max(1, round(count * HELD_OUT_SHARE)))
    return sorted(order[held : held + MOST_PICTURES]), sorted(order[:held])


def _gather(
    layout: CellLayout, latents: Sequence[torch.Tensor], natives: Sequence[RGBA], fit: Sequence[int], seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Values and colours of blocks, as many of each picture, at most `MOST_BLOCKS` in all."""
    most = max(1, MOST_BLOCKS // len(fit))
    values, colours = [], []
    for index in fit:
        _check(layout, latents[index], natives[index], index)
        seen = layout.neighbourhoods(latents[index].float())
        chosen = torch.randperm(len(seen), generator=generator(seed, "blocks", index))[:most]
        values.append(seen[chosen])
        colours.append(layout.split(natives[index])[chosen])
    return torch.cat(values), torch.cat(colours)


def _check(layout: CellLayout, latent: torch.Tensor, native: RGBA, index: int) -> None:
    size = layout.native_size(latent)
    if native.shape != (*size, 4) or native.dtype != np.uint8:
        raise ModelError(
            f"picture {index}: its latent stands for a native of {size[1]}x{size[0]} px, (h, w, 4) uint8; "
            f"got {native.shape} {native.dtype}"
        )


def _judged(
    layout: CellLayout,
    reader: CellReader,
    base_hash: str,
    latents: Sequence[torch.Tensor],
    natives: Sequence[RGBA],
    held: Sequence[int],
) -> NativeDecoder:
    """A decoder with its figures on pictures that were set aside."""
    decoder = NativeDecoder(layout, reader, base_hash, HeldOut(0, 0, 0.0, 0.0, 0.0))
    off, errors = [], []
    for index in held:
        _check(layout, latents[index], natives[index], index)
        shown = decoder.decode(latents[index])
        off.append(np.abs(shown.astype(np.int16) - natives[index]).max(axis=2).ravel())
        errors.append(distance(shown, natives[index]).ravel())
    levels, error = np.concatenate(off), np.concatenate(errors)
    figures = HeldOut(
        pictures=len(held),
        pixels=len(levels),
        exact=float((levels == 0).mean()),
        within_4=float((levels <= 4).mean()),
        error=float(error.mean(dtype=np.float64)),
    )
    return replace(decoder, held_out=figures)
