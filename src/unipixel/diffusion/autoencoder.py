"""A small x8 autoencoder with the interface of diffusers' ``AutoencoderKL``.

The encoder is linear: each 8x8 patch is projected onto its principal components, with the three flat
colours first. The decoder is the transposed projection plus a small network over neighbouring cells that takes
away the seams between patches, in proportion to how much detail a cell holds: a flat cell stays exactly flat, which the
projection alone would give as well. Being linear where it encodes, it can't invent a grid that the picture
does not have: a smooth picture stays smooth, art off the lattice stays off it (figures: ``micro/README.md``).
"""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.autoencoders.vae import DecoderOutput, DiagonalGaussianDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from diffusers.models.modeling_utils import ModelMixin
from torch import nn
from torch.nn import functional as F

LOG_VARIANCE = -30.0
"""The posterior is a point: its mean is the latent."""
FLAT_CHANNELS = 3
"""The first latent channels hold a cell's flat colour, the others its detail."""
DETAIL_FLOOR = 0.1
"""Mean square of the detail channels at which seams are mended at half strength.

Far above what a model leaves by mistake in cells that it means flat (about 0.004), so that the mending does not blur
the edges between those; and far below the detail of drawings (about 1), so that their round trip is no worse for it."""


class PatchAutoencoder(ModelMixin, ConfigMixin):
    """Linear patch encoder, deblocking decoder.

    Parameters
    ----------
    latent_channels : int
        Channels of a latent.
    hidden : int
        Width of the decoder's network.
    block_out_channels : sequence of int
        Only its length counts: pipelines read the stride ``2 ** (len - 1)`` from it, as from an ``AutoencoderKL``.
    scaling_factor : float
        Latents are multiplied by it on their way to the UNet; ``1.0``, the projection is scaled already.
    force_upcast : bool
        Whether pipelines must run it in float32.
    """

    _supports_gradient_checkpointing = False

    @register_to_config
    def __init__(
        self,
        latent_channels: int = 12,
        hidden: int = 96,
        block_out_channels: tuple[int, ...] = (1, 1, 1, 1),
        scaling_factor: float = 1.0,
        force_upcast: bool = False,
    ) -> None:
        super().__init__()
        self.stride = 2 ** (len(block_out_channels) - 1)
        values = 3 * self.stride**2
        self.analysis = nn.Conv2d(values, latent_channels, 1)
        self.synthesis = nn.Conv2d(latent_channels, values, 1)
        self.neighbours = nn.Sequential(
            nn.Conv2d(latent_channels, hidden, 3, padding=1, padding_mode="replicate"),
            nn.SiLU(),
            nn.Conv2d(hidden, hidden, 3, padding=1, padding_mode="replicate"),
            nn.SiLU(),
            nn.Conv2d(hidden, values, 1),
        )

    def encode(
        self, x: torch.Tensor, return_dict: bool = True
    ) -> AutoencoderKLOutput | tuple[DiagonalGaussianDistribution]:
        """Encode ``(n, 3, H, W)`` in -1..1 to a distribution over ``(n, latent_channels, H/8, W/8)``."""
        mean = self.analysis(F.pixel_unshuffle(x, self.stride))
        posterior = DiagonalGaussianDistribution(torch.cat([mean, torch.full_like(mean, LOG_VARIANCE)], dim=1))
        return AutoencoderKLOutput(latent_dist=posterior) if return_dict else (posterior,)

    def decode(
        self, z: torch.Tensor, return_dict: bool = True, generator: torch.Generator | None = None
    ) -> DecoderOutput | tuple[torch.Tensor]:
        """Decode ``(n, latent_channels, h, w)`` to ``(n, 3, 8h, 8w)`` in about -1..1; the generator is not used."""
        detail = z[:, FLAT_CHANNELS:].square().mean(dim=1, keepdim=True)
        mended = self.neighbours(z) * (detail / (detail + DETAIL_FLOOR))
        image = F.pixel_shuffle(self.synthesis(z) + mended, self.stride)
        return DecoderOutput(sample=image) if return_dict else (image,)

    def forward(self, sample: torch.Tensor) -> torch.Tensor:
        """Encode and decode."""
        return self.decode(self.encode(sample).latent_dist.mode()).sample
