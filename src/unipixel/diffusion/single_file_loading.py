"""Load an SDXL checkpoint in one file, with the configuration that ships here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diffusers
import torch
from diffusers import AutoencoderKL
from safetensors import safe_open

from unipixel.checkpoint import Checkpoint, recognise
from unipixel.checkpoint.folder import WEIGHTS, read_config
from unipixel.checkpoint.single_file import SDXL_TENSORS
from unipixel.diffusion.folder_loading import first_line, part_dtype
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.errors import ModelError

if TYPE_CHECKING:  # imported where it is used: its import alone writes advice to the terminal
    from diffusers import StableDiffusionXLPipeline

_VAE = "first_stage_model."


@contextmanager
def shipped_config() -> Iterator[Path]:
    """Folder with the configuration of SDXL 1.0, in diffusers' form, without weights."""
    with resources.as_file(resources.files("unipixel.diffusion").joinpath("sdxl_config")) as folder:
        yield folder


def recognise_single_file(path: Path, config: Path | None) -> Checkpoint:
    """Check the header of a checkpoint against a configuration; SDXL's own where none is given."""
    if config is None:
        return recognise(path, tensors=SDXL_TENSORS)
    unet = read_config(config / "unet" / "config.json")
    widths = {name: unet[name] for name in ("in_channels", "cross_attention_dim")}
    return recognise(path, **widths, tensors=None)


def load_single_file(path: Path, config: Path | None, dtype: torch.dtype) -> StableDiffusionXLPipeline:
    """Load the pipeline of a file that was recognised.

    Parameters
    ----------
    path : Path
    config : Path, optional
        Folder with the configuration; SDXL's own by default.
    dtype : torch.dtype
        Of UNet and text encoders; the autoencoder stays in float32 where its configuration asks for that. Weights of
        8 bits are widened to it.

    Returns
    -------
    StableDiffusionXLPipeline
        With the scheduler that the configuration names.

    Raises
    ------
    ModelError
        If a weight is missing or has another shape.
    """
    with shipped_config() as shipped, quiet_libraries():
        folder = config or shipped
        given = {} if (folder / "tokenizer").exists() else _tokenizers()
        try:
            pipeline = diffusers.StableDiffusionXLPipeline.from_single_file(
                str(path),
                config=str(folder),
                local_files_only=True,
                dtype=dtype,
                vae=_load_vae(path, folder, dtype),
                **given,
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"{path}: the model can't be loaded ({first_line(error)})") from error
    _check_filled(pipeline, path)
    pipeline.watermark = None
    return pipeline


def _load_vae(path: Path, folder: Path, dtype: torch.dtype) -> AutoencoderKL:
    # by itself, since only the autoencoder may need another dtype; the file's other tensors are not read for it
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys() if name.startswith(_VAE)}  # noqa: SIM118
    kind = part_dtype("vae", read_config(folder / "vae" / "config.json"), dtype)
    return AutoencoderKL.from_single_file(
        tensors, config=str(folder), subfolder="vae", local_files_only=True, dtype=kind
    )


def _tokenizers() -> dict[str, Any]:
    from unipixel.diffusion.clip_vocabulary import clip_tokenizer  # not needed by most

    return {"tokenizer": clip_tokenizer(), "tokenizer_2": clip_tokenizer(pad="!")}


def _check_filled(pipeline: StableDiffusionXLPipeline, path: Path) -> None:
    # a part that the file lacks stays on the meta device, silently, and would give NaN pictures later
    for part in WEIGHTS:
        empty = [name for name, weight in getattr(pipeline, part).named_parameters() if weight.is_meta]
        if empty:
            raise ModelError(f"{path}: the checkpoint lacks {len(empty)} weights of its {part}, such as {empty[0]}")
