"""A base model: any SDXL, as a diffusers folder or as a single ``.safetensors`` checkpoint.

Nothing above this file knows which it is. Sizes, prediction type, scaling and layers are read from the model's
own configuration.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, DDPMScheduler
from huggingface_hub import errors as hub_errors

# diffusers takes a class named in a model's index only from a module that is imported already
import unipixel.diffusion.autoencoder  # noqa: F401  (see above)
from unipixel.diffusion.clip_vocabulary import clip_tokenizer
from unipixel.diffusion.single_file import PICKLES, Checkpoint, recognise
from unipixel.errors import ModelError
from unipixel.files import sha256
from unipixel.lora.names import UNetLayout

if TYPE_CHECKING:  # imported where it is used: its import alone writes advice to the terminal
    from diffusers import StableDiffusionXLPipeline

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_PARTS = ("scheduler", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "unet", "vae")


@dataclass(frozen=True)
class Base:
    """A loaded base model."""

    pipeline: StableDiffusionXLPipeline
    """The stock pipeline with all parts, frozen and in evaluation mode."""
    path: Path
    name: str
    """Name of the file or folder."""
    hash: str
    """SHA-256: of the single file, or over the names and contents of a folder's weights and configuration."""
    device: torch.device
    dtype: torch.dtype
    """Of UNet and text encoders; the autoencoder may need float32 (``force_upcast``)."""

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
) -> Base:
    """Load a base model, with no network.

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
        Take ``path`` for a name on the Hugging Face Hub where no such path exists.

    Returns
    -------
    Base

    Raises
    ------
    ModelError
        If it is no SDXL model, damaged, a pickle, or not there.
    """
    place = Path(path)
    target = _device(device)
    kind = _dtype(dtype, target)
    if place.is_file() or place.suffix.lower() in (*PICKLES, ".safetensors"):
        pipeline, digest = _load_single_file(place, kind, config, prediction_type), sha256
    elif place.is_dir() or allow_hub:
        pipeline, digest = _load_folder(str(path), kind, prediction_type, allow_hub=allow_hub), _folder_hash
    else:
        raise ModelError(f"{path}: no such base model. Give a diffusers folder or an SDXL .safetensors file")
    for name in ("unet", "vae", "text_encoder", "text_encoder_2"):
        getattr(pipeline, name).requires_grad_(False).eval().to(target)
    pipeline.set_progress_bar_config(disable=True)
    value = digest(place) if place.exists() else hashlib.sha256(str(path).encode()).hexdigest()
    return Base(pipeline, place, place.stem if place.is_file() else place.name, value, target, kind)


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep diffusers and transformers from writing bars and advice to the terminal; real errors are raised anyway."""
    before = (diffusers.logging.get_verbosity(), transformers.logging.get_verbosity())
    bars = diffusers.logging.is_progress_bar_enabled(), transformers.logging.is_progress_bar_enabled()
    for library in (diffusers, transformers):
        library.logging.set_verbosity_error()
        library.logging.disable_progress_bar()
    try:
        yield
    finally:
        for library, verbosity, bar in zip((diffusers, transformers), before, bars, strict=True):
            library.logging.set_verbosity(verbosity)
            if bar:
                library.logging.enable_progress_bar()


def _load_folder(path: str, dtype: torch.dtype, prediction_type: str, *, allow_hub: bool) -> StableDiffusionXLPipeline:
    folder = Path(path)
    if folder.is_dir():
        _check_folder(folder)
    try:
        with quiet_libraries():
            pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(
                path,
                dtype=_part_dtypes(_config(folder / "vae" / "config.json"), dtype),
                local_files_only=not allow_hub,
                use_safetensors=True,
                add_watermarker=False,
            )
    except (OSError, ValueError, KeyError, RuntimeError, hub_errors.HfHubHTTPError) as error:
        raise ModelError(f"{path}: the model can't be loaded ({_first_line(error)})") from error
    if prediction_type != "auto":
        pipeline.scheduler = type(pipeline.scheduler).from_config(
            pipeline.scheduler.config, prediction_type=prediction_type
        )
    return pipeline


def _load_single_file(
    path: Path, dtype: torch.dtype, config: str | Path | None, prediction_type: str
) -> StableDiffusionXLPipeline:
    with resources.as_file(resources.files("unipixel.diffusion").joinpath("sdxl_config")) as shipped:
        folder = Path(config) if config is not None else shipped
        unet, vae = _config(folder / "unet" / "config.json"), _config(folder / "vae" / "config.json")
        stated = recognise(path, in_channels=unet["in_channels"], cross_attention_dim=unet["cross_attention_dim"])
        given: dict[str, Any] = {}
        if not (folder / "tokenizer").exists():
            given = {"tokenizer": clip_tokenizer(), "tokenizer_2": clip_tokenizer(pad="!")}
        try:
            with quiet_libraries():
                # by itself, since only the autoencoder may need another dtype than the rest
                given["vae"] = AutoencoderKL.from_single_file(
                    str(path),
                    config=str(folder),
                    subfolder="vae",
                    local_files_only=True,
                    dtype=_part_dtypes(vae, dtype)["vae"],
                )
                pipeline = diffusers.StableDiffusionXLPipeline.from_single_file(
                    str(path), config=str(folder), local_files_only=True, dtype=dtype, **given
                )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"{path}: the model can't be loaded ({_first_line(error)})") from error
    _check_filled(pipeline, path)
    pipeline.watermark = None
    pipeline.scheduler = _told(pipeline.scheduler, stated, prediction_type)
    return pipeline


def _told(scheduler: Any, stated: Checkpoint, prediction_type: str) -> Any:
    """Set the scheduler to what the file, or else the user, says about the model."""
    kind = stated.prediction_type if prediction_type == "auto" else prediction_type
    if kind == "epsilon":
        return scheduler
    zero = stated.zero_terminal_snr or prediction_type == "v_prediction"
    changes = {"prediction_type": kind, "rescale_betas_zero_snr": zero}
    if zero:  # sampling has to begin at the pure noise that such a model was trained to begin at
        changes["timestep_spacing"] = "trailing"
    return type(scheduler).from_config(scheduler.config, **changes)


def _check_folder(folder: Path) -> None:
    index = folder / "model_index.json"
    if not index.is_file():
        raise ModelError(f"{folder}: no model_index.json in it, so this is not the folder of a diffusers pipeline")
    stated = _config(index)
    if "StableDiffusionXL" not in str(stated.get("_class_name", "")):
        raise ModelError(f"{folder}: this is a {stated.get('_class_name', 'model of no stated kind')}, not SDXL")
    missing = [part for part in _PARTS if not (folder / part).is_dir()]
    if missing:
        raise ModelError(f"{folder}: the model lacks {', '.join(missing)}; copy or download it again")
    channels = _config(folder / "unet" / "config.json")
    if channels.get("in_channels") != channels.get("out_channels"):
        raise ModelError(
            f"{folder}: the UNet takes {channels.get('in_channels')} channels: this is an inpainting model"
        )


def _check_filled(pipeline: StableDiffusionXLPipeline, path: Path) -> None:
    # a part that the file lacks stays on the meta device, silently, and would give NaN pictures later
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        empty = [name for name, weight in getattr(pipeline, part).named_parameters() if weight.is_meta]
        if empty:
            raise ModelError(f"{path}: the checkpoint lacks {len(empty)} weights of its {part}, such as {empty[0]}")


def _part_dtypes(vae: dict[str, Any], dtype: torch.dtype) -> dict[str, torch.dtype]:
    # SDXL's own autoencoder overflows in float16; force_upcast in its configuration says so
    return {"default": dtype, "vae": torch.float32 if vae.get("force_upcast", True) else dtype}


def _config(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ModelError(f"{path}: this configuration is not valid JSON; copy or download the model again") from error
    return content


def _folder_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(file for file in folder.rglob("*") if file.suffix in (".safetensors", ".json", ".txt")):
        digest.update(f"{file.relative_to(folder).as_posix()}\n{sha256(file)}\n".encode())
    return digest.hexdigest()


def _device(name: str) -> torch.device:
    if name != "auto":
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _dtype(name: str, device: torch.device) -> torch.dtype:
    if name == "auto":
        if device.type != "cuda":
            return torch.float32
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if name not in DTYPES:
        raise ModelError(f"no dtype {name!r}; there are {', '.join(DTYPES)} and auto")
    return DTYPES[name]


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
