"""Recognise an SDXL checkpoint in one file by its header, before anything of it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unipixel.errors import ModelError
from unipixel.lora.file import Header, read_header

PICKLES = (".ckpt", ".pt", ".pth", ".bin")
_UNET = "model.diffusion_model."
_FIRST_TEXT = "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight"
_SECOND_TEXT = "conditioner.embedders.1.model.token_embedding.weight"
_CONV_IN = _UNET + "input_blocks.0.0.weight"
_SIZE_AND_POOLED = _UNET + "label_emb.0.0.weight"
_CROSS_ATTENTION = ".attn2.to_k.weight"
_VAE = "first_stage_model.decoder.conv_in.weight"


@dataclass(frozen=True)
class Checkpoint:
    """What the header of an SDXL checkpoint tells."""

    prediction_type: str
    """``"epsilon"`` or ``"v_prediction"``."""
    zero_terminal_snr: bool
    """Whether the last training timestep is pure noise."""


def recognise(path: Path, *, in_channels: int = 4, cross_attention_dim: int = 2048) -> Checkpoint:
    """Check that a file is a whole SDXL checkpoint.

    Parameters
    ----------
    path : Path
    in_channels, cross_attention_dim : int
        Latent channels of the UNet and width of its text input; SDXL's by default.

    Returns
    -------
    Checkpoint
        The prediction type as the file states it: by the marker keys ``v_pred`` and ``ztsnr`` that v-prediction
        models carry, or by ``modelspec.prediction_type`` in the metadata; epsilon where it states nothing.

    Raises
    ------
    ModelError
        If it is a pickle, damaged, or another kind of model, with the kind where that is known.
    """
    if path.suffix.lower() in PICKLES:
        raise ModelError(
            f"{path}: {path.suffix} files are Python pickles, which can run any code when they are opened; "
            "use the .safetensors version of this model"
        )
    header = read_header(path)
    if problem := _problem(header, in_channels, cross_attention_dim):
        raise ModelError(f"{path}: {problem}. An SDXL checkpoint (such as Illustrious XL) is needed")
    return _prediction(header)


def _prediction(header: Header) -> Checkpoint:
    zero = "ztsnr" in header.tensors
    stated = header.metadata.get("modelspec.prediction_type", "").lower()
    is_v = zero or "v_pred" in header.tensors or stated in ("v", "v_prediction", "v-prediction")
    return Checkpoint("v_prediction" if is_v else "epsilon", zero)


def _problem(header: Header, in_channels: int, cross_attention_dim: int) -> str:
    names = header.tensors
    if _CONV_IN not in names:
        return _other_kind(header)
    if _SIZE_AND_POOLED not in names:
        kind = "Stable Diffusion 1 or 2" if any(n.startswith("cond_stage_model.") for n in names) else "unknown"
        return f"the UNet has no size conditioning, so this is not SDXL ({kind})"
    if (channels := names[_CONV_IN].shape[1]) != in_channels:
        kind = "an inpainting model" if channels == 9 else "an edit model or of another autoencoder"
        return f"the UNet takes {channels} channels and not {in_channels}: this is {kind}"
    width = next((names[n].shape[1] for n in names if n.startswith(_UNET) and n.endswith(_CROSS_ATTENTION)), 0)
    if width != cross_attention_dim:
        kind = " (the SDXL refiner)" if width == 1280 else ""
        return f"the UNet takes text of width {width} and not {cross_attention_dim}{kind}"
    parts = {"first text encoder": _FIRST_TEXT, "second text encoder": _SECOND_TEXT, "autoencoder": _VAE}
    missing = [part for part, key in parts.items() if key not in names]
    return f"the checkpoint lacks its {' and '.join(missing)}" if missing else ""


def _other_kind(header: Header) -> str:
    starts = {
        "lora_": "this is a LoRA, not a base model",
        "double_blocks.": "this is a Flux model",
        "model.diffusion_model.double_blocks.": "this is a Flux model",
        "joint_blocks.": "this is a Stable Diffusion 3 model",
        "model.diffusion_model.joint_blocks.": "this is a Stable Diffusion 3 model",
        "down_blocks.": "this is a bare diffusers UNet; give the folder of the whole pipeline",
        "encoder.": "this is an autoencoder alone",
        "first_stage_model.": "this is an autoencoder alone",
    }
    for start, kind in starts.items():
        if any(name.startswith(start) for name in header.tensors):
            return kind
    return "no UNet of Stable Diffusion's layout is in the file"
