"""From latents straight to native pixels, without the autoencoder's decoder.

On a grid whose cells are latent cells, a native pixel's colour lies in the few latent cells around it. What a training
knows of both is enough to fit a decoder of some hundred to some thousand numbers (`unipixel.diffusion.native_fit`). It
belongs to one autoencoder and one scale.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn.utils import skip_init

from unipixel.color import Palette
from unipixel.conversion import Options
from unipixel.conversion.recolor import recolor
from unipixel.diffusion.adapter import to_bytes
from unipixel.diffusion.native_cells import CellLayout
from unipixel.errors import GridMismatch, ModelError
from unipixel.files import write_atomic
from unipixel.grid.consensus import measure_noise_between, share_colors
from unipixel.image import RGBA
from unipixel.lora.file import pack, read_header

DECODER_FILE = "native-decoder.safetensors"
"""Its name in the folder of a run, beside the LoRA."""
_FORMAT = 1
_NOTE = "unipixel.native_decoder"


@dataclass(frozen=True)
class HeldOut:
    """How a decoder did on pictures that it was not fitted to."""

    pictures: int
    """Whole pictures that were set aside."""
    pixels: int
    """Native pixels of those."""
    exact: float
    """Share of them that have the very colour, 0..1."""
    within_4: float
    """Share of them with no channel more than 4 of 255 levels off, 0..1."""
    error: float
    """Mean distance in OKLab; 0.02 is where most eyes begin to see a difference."""

    def __str__(self) -> str:
        return (
            f"{100 * self.exact:.1f} % of native pixels exact, {100 * self.within_4:.1f} % within 4 levels, "
            f"mean OKLab error {self.error:.4f}; judged on {self.pixels:,} pixels of {self.pictures} pictures "
            "that it was not fitted to"
        )


class CellReader(nn.Module):
    """Colours of blocks from the latent values around them; its numbers are not set yet when it is made.

    Parameters
    ----------
    values : int
        Latent values that a block is read from.
    colours : int
        Three for each native pixel of a block.
    hidden : int
        Width of the two hidden layers that add to the linear part; 0 for the linear part alone.
    """

    def __init__(self, values: int, colours: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.linear = _linear(values, colours)
        self.bend = nn.Sequential(
            _linear(values, hidden), nn.SiLU(), _linear(hidden, hidden), nn.SiLU(), _linear(hidden, colours)
        ) if hidden else None  # fmt: skip

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Map ``(n, values)`` float32 to ``(n, colours)``, sRGB, about 0..1."""
        straight = self.linear(values)
        return straight if self.bend is None else straight + self.bend(values)


@dataclass(frozen=True, eq=False)
class NativeDecoder:
    """A decoder from latents to native pixels."""

    layout: CellLayout
    reader: CellReader
    base_hash: str
    """Of the base whose latents it reads: `unipixel.diffusion.Base.hash`."""
    held_out: HeldOut

    @property
    def scale(self) -> int:
        """Canvas px per native px."""
        return self.layout.scale

    @property
    def method(self) -> Literal["ridge", "network"]:
        """Whether it is linear or has hidden layers."""
        return "network" if self.reader.hidden else "ridge"

    def decode(
        self,
        latent: torch.Tensor,
        *,
        share: bool = False,
        palette: Palette | None = None,
        colors: int | Literal["auto"] | None = None,
    ) -> RGBA:
        """Decode one latent to native pixels.

        Parameters
        ----------
        latent : (channels, rows, cols) float
            As the UNet has it, on any device and in any precision.
        share : bool
            Give native pixels that differ by noise alone one colour (`unipixel.grid.consensus`). The noise is measured
            on neighbours, which can't tell it from texture: good for art of plain colours, and wipes texture out.
        palette : Palette, optional
            Each pixel becomes its nearest colour of it, as in `unipixel.convert`.
        colors : int or "auto", optional
            Reduce the picture to at most so many of its own colours, as in `unipixel.convert`.

        Returns
        -------
        (rows * stride / scale, cols * stride / scale, 4) uint8
            RGBA, opaque, sRGB.

        Raises
        ------
        GridMismatch
            The latent has other channels than the decoder, or is not whole native pixels.
        OptionError
            Both a palette and a number of colours are asked for, or the number is out of range.
        """
        size = self.layout.native_size(latent)
        values = self.layout.neighbourhoods(latent.detach().float().cpu())
        shown = self.layout.join(self.reader(values), size)
        if share:
            shown = share_colors(shown, measure_noise_between(shown))
        native = np.rint(shown).astype(np.uint8)
        return recolor(native[None], Options(palette=palette, colors=colors))[0][0]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it as ``.safetensors``: the same decoder always as the same bytes.

        Raises
        ------
        OSError
            No room, no permission. What was there before is untouched.
        """
        note = {
            "format": _FORMAT,
            **asdict(self.layout),
            "hidden": self.reader.hidden,
            "base_hash": self.base_hash,
            "held_out": asdict(self.held_out),
        }
        metadata = {
            "unipixel.title": f"Native decoder x{self.scale} ({self.method})",
            "unipixel.held_out": str(self.held_out),
            _NOTE: json.dumps(note),
        }
        tensors = {name: to_bytes(tensor) for name, tensor in self.reader.state_dict().items()}
        return write_atomic(path, b"".join(pack(tensors, metadata)))


def _linear(values: int, colours: int) -> nn.Linear:
    """A layer with no numbers in it: torch would draw them from the chance that samples are drawn from too."""
    return skip_init(nn.Linear, values, colours)


def load_native_decoder(path: str | os.PathLike[str], *, base_hash: str | None = None) -> NativeDecoder:
    """Load a decoder that `NativeDecoder.save` wrote.

    Parameters
    ----------
    path : path
    base_hash : str, optional
        Hash of the base whose latents it is to read.

    Returns
    -------
    NativeDecoder
        On the CPU.

    Raises
    ------
    ModelError
        The file is absent, damaged, no native decoder, of a later format, or was fitted for another base.
    """
    note = _read_note(path)
    if base_hash is not None and note["base_hash"] != base_hash:
        raise ModelError(
            f"{path}: this native decoder was fitted for another base (hash {note['base_hash'][:12]}, this one has "
            f"{base_hash[:12]}). Load the base that the LoRA was trained on, or fit a decoder for this one"
        )
    try:
        layout = CellLayout(note["channels"], note["scale"], note["stride"])
        reader = CellReader(layout.values, layout.colours, note["hidden"])
        reader.load_state_dict(load_file(path))
        held_out = HeldOut(**note["held_out"])
    except (KeyError, TypeError, RuntimeError, GridMismatch) as error:
        raise ModelError(f"{path}: tensors and metadata do not agree; it is damaged, fit it anew") from error
    if not all(bool(tensor.isfinite().all()) for tensor in reader.state_dict().values()):
        raise ModelError(f"{path}: it holds numbers that are not finite; it is damaged, fit it anew")
    return NativeDecoder(layout, reader.requires_grad_(False), note["base_hash"], held_out)


def _read_note(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    """What a file says about the decoder in it."""
    text = read_header(path).metadata.get(_NOTE)
    if text is None:
        raise ModelError(f"{path}: this is no native decoder. It is the file {DECODER_FILE} beside a LoRA")
    try:
        note: Mapping[str, Any] = json.loads(text)
        wanted = int(note["format"])
        str(note["base_hash"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: its metadata can't be read; it is damaged, fit it anew") from error
    if wanted != _FORMAT:
        raise ModelError(f"{path}: written by a later version of UniPixel (format {wanted}); update it, or fit it anew")
    return note
