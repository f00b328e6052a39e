"""A base model: any SDXL, as a diffusers folder or as a single ``.safetensors`` checkpoint.

Nothing above this file knows which it is. Sizes, prediction type, scaling and layers are read from the model's
own configuration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from diffusers import DDPMScheduler

from unipixel.checkpoint import Checkpoint, recognise_folder
from unipixel.checkpoint.first_bytes import PICKLES
from unipixel.checkpoint.folder import WEIGHTS
from unipixel.diffusion.folder_loading import load_folder
from unipixel.diffusion.quantized import check_precision, quantize_unet
from unipixel.diffusion.single_file_loading import load_single_file, recognise_single_file
from unipixel.errors import ModelError
from unipixel.files import sha256
from unipixel.lora.names import UNetLayout

if TYPE_CHECKING:  # imported where it is used: its import alone writes advice to the terminal
    from diffusers import StableDiffusionXLPipeline

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
PREDICTIONS = ("auto", "epsilon", "v_prediction")
_FILES = (*PICKLES, ".safetensors", ".gguf")


@dataclass(frozen=True)
class Base:
    """A loaded base model."""

    pipeline: StableDiffusionXLPipeline
    """The stock pipeline with all parts, frozen and in evaluation mode."""
    path: Path
    name: str
    """Name of the file or folder."""
    hash: str
    """SHA-256: of the single file, or over the names and contents of all files that a folder was loaded from."""
    device: torch.device
    dtype: torch.dtype
    """Of UNet and text encoders; the autoencoder may need float32 (``force_upcast``)."""
    base_precision: str = "full"
    """How the UNet's own weights are stored: ``"full"``, ``"fp8"`` or ``"nf4"``."""

    @property
    def unet(self) -> torch.nn.Module:
        """The UNet."""
        return self.pipeline.unet

    @property
    def vae(self) -> torch.nn.Module:
        """The autoencoder."""
        return self.pipeline.vae

    @property
    def stride(self) -> int:
        """Image px per latent cell; 8 in SDXL."""
        return 2 ** (len(self.vae.config.block_out_channels) - 1)

    @property
    def latent_channels(self) -> int:
        """Channels of a latent; 4 in SDXL."""
        return int(self.unet.config.in_channels)

    @property
    def layout(self) -> UNetLayout:
        """Layers per block, for the names of a LoRA's keys."""
        return UNetLayout.from_config(self.unet.config)

    @property
    def layers_per_block(self) -> int | tuple[int, ...]:
        """Layers of a block; 2 in SDXL."""
        return self.unet.config.layers_per_block

    @property
    def prediction_type(self) -> str:
        """What the UNet predicts: ``"epsilon"`` or ``"v_prediction"``."""
        return str(self.pipeline.scheduler.config.get("prediction_type", "epsilon"))

    @property
    def zero_terminal_snr(self) -> bool:
        """Whether the last training timestep is pure noise."""
        return bool(self.pipeline.scheduler.config.get("rescale_betas_zero_snr", False))

    def signal_power(self) -> torch.Tensor:
        """Share of the image in a noisy latent at each training timestep (alpha-bar), ``(timesteps,)`` float32."""
        # DDPM is the training-time form of whatever sampler the model names: same betas, rescaled where asked
        return DDPMScheduler.from_config(self.pipeline.scheduler.config).alphas_cumprod.float()


def load_base(
    path: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    prediction_type: str = "auto",
    config: str | Path | None = None,
    allow_hub: bool = False,
    base_precision: str = "full",
) -> Base:
    """Load a base model, with no network.

    Whatever can be known from headers and configuration is checked before the first weight is read.

    Parameters
    ----------
    path : path
        A diffusers folder of an SDXL pipeline, or a single-file SDXL checkpoint (``.safetensors``).
    device : str
        ``"auto"`` takes CUDA, else Apple's Metal, else the CPU.
    dtype : {"auto", "float32", "float16", "bfloat16"}
        ``"auto"`` is bfloat16 on CUDA (float16 where the card has none), float32 elsewhere.
    prediction_type : {"auto", "epsilon", "v_prediction"}
        ``"auto"`` believes the model; many v-prediction checkpoints in one file do not say that they are.
        A single file that is told to be ``"v_prediction"`` gets zero terminal SNR too, as such models have.
    config : path, optional
        Folder with the configuration for a single file; SDXL's own by default.
    allow_hub : bool
        Take ``path`` for a name on the Hugging Face Hub where no such path exists, and download it.
    base_precision : {"full", "fp8", "nf4"}
        How the UNet's weights are stored; see `unipixel.diffusion.quantized.quantize_unet`.

    Returns
    -------
    Base

    Raises
    ------
    ModelError
        If it is no SDXL model, damaged, a pickle, or not there; or if there is no such device, dtype, prediction or
        precision.
    MissingExtra
        If a base in 4 bits is asked for without the library that makes it.
    """
    target = choose_device(device)
    check_precision(target, base_precision)
    kind = _dtype(dtype, target)
    if prediction_type not in PREDICTIONS:
        raise ModelError(f"no prediction type {prediction_type!r}; there are {', '.join(PREDICTIONS)}")
    place = Path(path)
    if place.is_file() or (place.suffix.lower() in _FILES and not place.is_dir()):
        pipeline, digest = _open_file(place, None if config is None else Path(config), kind, prediction_type)
    elif place.is_dir():
        pipeline, digest = _open_folder(place, kind, prediction_type)
    elif allow_hub:
        from unipixel.diffusion.hub import download_base  # loads what only a download needs

        pipeline, digest = _open_folder(download_base(str(path)), kind, prediction_type)
    else:
        raise ModelError(f"{path}: no such base model. Give a diffusers folder or an SDXL .safetensors file")
    for name in WEIGHTS:
        part = getattr(pipeline, name).requires_grad_(False).eval()
        if name == "unet":  # before it is moved, so that it never has to fit in full
            quantize_unet(part, base_precision)
        part.to(target)
    pipeline.set_progress_bar_config(disable=True)
    return Base(pipeline, place, place.stem if place.is_file() else place.name, digest, target, kind, base_precision)


@contextmanager
def alone_on_device(base: Base, *names: str) -> Iterator[None]:
    """Keep only some parts of a base on its device for the length of a ``with`` block, the others in host memory.

    A GPU that holds every part while one of them works needs half as much again; on the CPU nothing is moved.

    Parameters
    ----------
    base : Base
    *names : str
        Of ``"unet"``, ``"vae"``, ``"text_encoder"``, ``"text_encoder_2"``: those that work in the block.
    """
    if base.device.type == "cpu":
        yield
        return
    host = torch.device("cpu")
    for name in sorted(WEIGHTS, key=lambda name: name in names):  # room is made before it is taken
        getattr(base.pipeline, name).to(base.device if name in names else host)
    try:
        yield
    finally:
        for name in WEIGHTS:
            getattr(base.pipeline, name).to(base.device)


def _open_file(
    path: Path, config: Path | None, dtype: torch.dtype, prediction_type: str
) -> tuple[StableDiffusionXLPipeline, str]:
    stated = recognise_single_file(path, config)
    with ThreadPoolExecutor(1) as beside:  # SHA-256 of 7 GB takes as long as reading it, and leaves Python free
        digest = beside.submit(sha256, path)
        pipeline = load_single_file(path, config, dtype)
        pipeline.scheduler = _told(pipeline.scheduler, stated, prediction_type)
        return pipeline, digest.result()


def _open_folder(path: Path, dtype: torch.dtype, prediction_type: str) -> tuple[StableDiffusionXLPipeline, str]:
    folder = recognise_folder(path)
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(_folder_hash, path, folder.files)
        pipeline = load_folder(path, folder, dtype)
        if prediction_type != "auto":
            pipeline.scheduler = _changed(pipeline.scheduler, prediction_type=prediction_type)
        return pipeline, digest.result()


def _told(scheduler: Any, stated: Checkpoint, prediction_type: str) -> Any:
    """Set the scheduler to what the file, or else the user, says about the model."""
    kind = stated.prediction_type if prediction_type == "auto" else prediction_type
    if kind == "epsilon":
        return scheduler
    zero = stated.zero_terminal_snr or prediction_type == "v_prediction"
    # sampling has to begin at the pure noise that such a model was trained to begin at
    spacing = {"timestep_spacing": "trailing"} if zero else {}
    return _changed(scheduler, prediction_type=kind, rescale_betas_zero_snr=zero, **spacing)


def _changed(scheduler: Any, **changes: Any) -> Any:
    return type(scheduler).from_config(scheduler.config, **changes)


def _folder_hash(folder: Path, files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder).as_posix()}\n{sha256(file)}\n".encode())
    return digest.hexdigest()


def choose_device(name: str) -> torch.device:
    """The device of a name; ``"auto"`` takes CUDA, else Apple's Metal, else the CPU.

    Raises
    ------
    ModelError
        This machine has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ModelError(f"no device {name!r}; there are auto, cpu, cuda, cuda:1, ... and mps") from error
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(device.type, False):
        raise ModelError(f"this machine, or this build of torch, has no {device.type} device; try --device cpu")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ModelError(f"there is no device {name}; this machine has {torch.cuda.device_count()} CUDA devices")
    return device


def _dtype(name: str, device: torch.device) -> torch.dtype:
    if name == "auto":
        if device.type != "cuda":
            return torch.float32
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if name not in DTYPES:
        raise ModelError(f"no dtype {name!r}; there are {', '.join(DTYPES)} and auto")
    return DTYPES[name]
