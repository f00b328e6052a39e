"""Which latent cells a native pixel is read from.

At x8 a native pixel is one latent cell of SDXL, at x16 it is 2x2 of them, at x4 a cell holds 2x2 native pixels. All
three are blocks: the smallest square that is whole latent cells and whole native pixels. A block's colours are read
from its own cells and one more on each side; beyond the picture its outermost cells are repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from unipixel.errors import GridMismatch
from unipixel.image import RGBA

BORDER = 1
"""Latent cells around a block that its colours are read from too."""


@dataclass(frozen=True)
class CellLayout:
    """How native pixels lie on latent cells.

    Raises
    ------
    GridMismatch
        Neither scale nor stride is a whole multiple of the other.
    """

    channels: int
    """Of a latent; 4 in SDXL."""
    scale: int
    """Canvas px per native px."""
    stride: int
    """Canvas px per latent cell; 8 in SDXL."""

    def __post_init__(self) -> None:
        if min(self.channels, self.scale, self.stride) < 1 or (self.scale % self.stride and self.stride % self.scale):
            raise GridMismatch(
                f"x{self.scale} native pixels and latent cells of {self.stride} px share no lines: a native decoder "
                "needs a scale that is a whole multiple or a whole fraction of the cells"
            )

    @property
    def cells(self) -> int:
        """Latent cells along a side of a block."""
        return max(1, self.scale // self.stride)

    @property
    def pixels(self) -> int:
        """Native pixels along a side of a block."""
        return max(1, self.stride // self.scale)

    @property
    def values(self) -> int:
        """Latent values that a block is read from."""
        return self.channels * (self.cells + 2 * BORDER) ** 2

    @property
    def colours(self) -> int:
        """Values of a block's native pixels: three each."""
        return 3 * self.pixels**2

    def native_size(self, latent: torch.Tensor) -> tuple[int, int]:
        """Size ``(h, w)`` in native px that a latent ``(channels, rows, cols)`` stands for.

        Raises
        ------
        GridMismatch
            It has other channels, or is not whole blocks.
        """
        if latent.ndim != 3 or latent.shape[0] != self.channels:
            raise GridMismatch(
                f"a latent of shape {tuple(latent.shape)}: this native decoder reads one latent of "
                f"({self.channels}, rows, columns)"
            )
        rows, cols = latent.shape[1:]
        if rows % self.cells or cols % self.cells or not latent.numel():
            raise GridMismatch(
                f"a latent of {cols}x{rows} cells is not whole x{self.scale} native pixels, which are "
                f"{self.cells}x{self.cells} cells each; use a canvas that {self.scale} divides"
            )
        return rows // self.cells * self.pixels, cols // self.cells * self.pixels

    def neighbourhoods(self, latent: torch.Tensor) -> torch.Tensor:
        """What each block is read from: ``(blocks, values)`` of a latent ``(channels, rows, cols)`` float."""
        padded = F.pad(latent[None], [BORDER] * 4, mode="replicate")
        return F.unfold(padded, self.cells + 2 * BORDER, stride=self.cells)[0].T

    def split(self, native: RGBA) -> torch.Tensor:
        """Colours ``(blocks, colours)`` float32, sRGB 0..1, of a native ``(h, w, 4)`` uint8."""
        side = self.pixels
        rows, cols = native.shape[0] // side, native.shape[1] // side
        blocks = native[..., :3].reshape(rows, side, cols, side, 3).transpose(0, 2, 1, 3, 4)
        return torch.from_numpy(blocks.reshape(rows * cols, self.colours).astype(np.float32) / 255)

    def join(self, colours: torch.Tensor, size: Sequence[int]) -> RGBA:
        """Turn `split` round for a native of size ``(h, w)``: round, clip to 0..255, make it opaque."""
        side = self.pixels
        rows, cols = size[0] // side, size[1] // side
        level = (colours * 255).round().clamp(0, 255).byte().numpy()
        rgb = level.reshape(rows, cols, side, side, 3).transpose(0, 2, 1, 3, 4).reshape(*size, 3)
        return np.concatenate([rgb, np.full((*size, 1), 255, np.uint8)], axis=2)
