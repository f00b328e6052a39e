"""Load the folder of an SDXL pipeline, part by part, and believe no part that was not filled completely."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diffusers
import torch
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from unipixel.checkpoint import Folder, Part
from unipixel.diffusion.autoencoder import PatchAutoencoder
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.errors import ModelError

if TYPE_CHECKING:  # imported where it is used: its import alone writes advice to the terminal
    from diffusers import StableDiffusionXLPipeline

_MODELS = {
    "UNet2DConditionModel": diffusers.UNet2DConditionModel,
    "AutoencoderKL": diffusers.AutoencoderKL,
    "PatchAutoencoder": PatchAutoencoder,
    "CLIPTextModel": CLIPTextModel,
    "CLIPTextModelWithProjection": CLIPTextModelWithProjection,
}
"""Classes that a folder may name; none is imported on its word."""
_UNREAD = ("position_ids", "logit_scale")  # in files of older transformers; nothing is computed from them


def load_folder(path: Path, folder: Folder, dtype: torch.dtype) -> StableDiffusionXLPipeline:
    """Load the pipeline of a folder that was recognised.

    Parameters
    ----------
    path : Path
    folder : Folder
    dtype : torch.dtype
        Of UNet and text encoders; the autoencoder stays in float32 where its configuration asks for that.

    Returns
    -------
    StableDiffusionXLPipeline

    Raises
    ------
    ModelError
        If a part is of another class, lacks a weight or has one that its configuration knows nothing of: either would
        leave random numbers in a model that looks whole.
    """
    with quiet_libraries():
        models = {
            name: _load_part(path, name, _class_of(path, folder, name), part, part_dtype(name, part.config, dtype))
            for name, part in folder.parts.items()
        }
        return diffusers.StableDiffusionXLPipeline(
            **models,
            **{name: _load_tokenizer(path / name) for name in ("tokenizer", "tokenizer_2")},
            scheduler=_load_scheduler(path, folder),
            force_zeros_for_empty_prompt=bool(folder.index.get("force_zeros_for_empty_prompt", True)),
            add_watermarker=False,
        )


def part_dtype(name: str, config: Mapping[str, Any], dtype: torch.dtype) -> torch.dtype:
    """Dtype of a part: SDXL's own autoencoder overflows in float16, and ``force_upcast`` says so."""
    return torch.float32 if name == "vae" and config.get("force_upcast", True) else dtype


def first_line(error: Exception) -> str:
    """First line of an error that says something, for a message of one sentence."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _load_part(path: Path, name: str, kind: Any, part: Part, dtype: torch.dtype) -> torch.nn.Module:
    try:
        model, told = kind.from_pretrained(
            str(path),
            subfolder=name,
            variant=part.variant or None,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"{path / name}: can't be loaded ({first_line(error)})") from error
    missing = sorted(told["missing_keys"])
    foreign = sorted(key for key in told["unexpected_keys"] if not key.endswith(_UNREAD))
    if missing or foreign:
        kind_of = f"lack {len(missing)} tensors" if missing else f"have {len(foreign)} tensors too many"
        raise ModelError(
            f"{path / name}: the weights {kind_of}, such as {(missing or foreign)[0]}; they do not fit its config.json"
        )
    return model


def _class_of(path: Path, folder: Folder, name: str) -> Any:
    stated = folder.index.get(name)
    class_name = stated[1] if isinstance(stated, list) and len(stated) == 2 else None
    if class_name not in _MODELS:
        raise ModelError(f"{path}: its {name} is a {class_name}; known are {', '.join(_MODELS)}")
    return _MODELS[class_name]


def _load_tokenizer(folder: Path) -> CLIPTokenizer:
    if not folder.is_dir():
        from unipixel.diffusion.clip_vocabulary import clip_tokenizer  # not needed by most

        return clip_tokenizer(pad="!") if folder.name == "tokenizer_2" else clip_tokenizer()
    try:
        return CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise ModelError(f"{folder}: the tokenizer can't be loaded ({first_line(error)})") from error


def _load_scheduler(path: Path, folder: Folder) -> Any:
    stated = folder.index.get("scheduler")
    name = stated[1] if isinstance(stated, list) and len(stated) == 2 else ""
    kind = getattr(diffusers, str(name), None)
    if not (isinstance(kind, type) and issubclass(kind, diffusers.SchedulerMixin)):
        raise ModelError(f"{path}: its scheduler is a {name}, which diffusers does not know")
    try:
        return kind.from_pretrained(str(path), subfolder="scheduler", local_files_only=True)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path / 'scheduler'}: can't be loaded ({first_line(error)})") from error
