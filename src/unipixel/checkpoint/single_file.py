"""Recognise an SDXL checkpoint in one file by its header, before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unipixel.checkpoint.first_bytes import check_first_bytes
from unipixel.checkpoint.kinds import other_kind
from unipixel.errors import ModelError
from unipixel.lora.file import Header, read_header

FLOATS = ("F32", "F16", "BF16", "F64", "F8_E4M3", "F8_E5M2")
"""Dtypes whose numbers are the weights themselves; those of 8 bits are widened as they are loaded."""

_UNET, _VAE = "model.diffusion_model.", "first_stage_model."
_TEXT, _TEXT_2 = "conditioner.embedders.0.transformer.text_model.", "conditioner.embedders.1.model."
_CONV_IN = _UNET + "input_blocks.0.0.weight"
_SIZE_AND_POOLED = _UNET + "label_emb.0.0.weight"
_CROSS_ATTENTION = ".attn2.to_k.weight"
_PARTS = {
    "first text encoder": _TEXT + "embeddings.token_embedding.weight",
    "second text encoder": _TEXT_2 + "token_embedding.weight",
    "autoencoder": _VAE + "decoder.conv_in.weight",
}
SDXL_TENSORS = {_UNET: 1680, _TEXT: 196, _TEXT_2: 389, _VAE: 248}
"""Tensors of each part of an SDXL checkpoint, those left out that some checkpoints have and nobody reads."""
_PART_NAMES = {_UNET: "UNet", _TEXT: "first text encoder", _TEXT_2: "second text encoder", _VAE: "autoencoder"}
_UNREAD = (".position_ids", ".logit_scale")


@dataclass(frozen=True)
class Checkpoint:
    """What the header of an SDXL checkpoint tells."""

    prediction_type: str
    """``"epsilon"`` or ``"v_prediction"``."""
    zero_terminal_snr: bool
    """Whether the last training timestep is pure noise."""
    stated: bool
    """Whether the file says so itself; ``"epsilon"`` is assumed of one that says nothing."""


def recognise(
    path: Path,
    *,
    in_channels: int = 4,
    cross_attention_dim: int = 2048,
    tensors: Mapping[str, int] | None = SDXL_TENSORS,
) -> Checkpoint:
    """Check that a file is a whole SDXL checkpoint.

    Parameters
    ----------
    path : Path
    in_channels, cross_attention_dim : int
        Latent channels of the UNet and width of its text input; SDXL's by default.
    tensors : mapping of str to int, optional
        How many tensors there must be at least under each prefix; ``None`` counts none.

    Returns
    -------
    Checkpoint
        The prediction type as the file states it: by the marker key ``v_pred``, beside which ``ztsnr`` marks zero
        terminal SNR (the keys that ComfyUI reads too), or by the metadata of its trainer
        (``modelspec.prediction_type``, ``ss_v_parameterization``, ``ss_zero_terminal_snr``).

    Raises
    ------
    ModelError
        If it is a pickle, damaged, or another kind of model, with the kind where that is known.
    """
    check_first_bytes(path)
    header = read_header(path)
    problem = _problem(header, in_channels, cross_attention_dim) or _incomplete(header, tensors or {})
    if problem:
        raise ModelError(f"{path}: {problem}. A whole SDXL checkpoint (such as Illustrious XL) is needed")
    return _prediction(header)


def _prediction(header: Header) -> Checkpoint:
    told = {key: value.lower() for key, value in header.metadata.items()}
    stated = told.get("modelspec.prediction_type", "")
    by_trainer = stated in ("v", "v_prediction", "v-prediction") or told.get("ss_v_parameterization") == "true"
    is_v = "v_pred" in header.tensors or by_trainer
    zero = is_v and ("ztsnr" in header.tensors or told.get("ss_zero_terminal_snr") == "true")
    known = is_v or stated in ("epsilon", "eps") or told.get("ss_v_parameterization") == "false"
    return Checkpoint("v_prediction" if is_v else "epsilon", zero, known)


def _problem(header: Header, in_channels: int, cross_attention_dim: int) -> str:
    names = header.tensors
    if _CONV_IN not in names:
        return other_kind(header)
    if _SIZE_AND_POOLED not in names:
        return f"the UNet has no size conditioning, so this is not SDXL ({_before_sdxl(header)})"
    if (channels := names[_CONV_IN].shape[1]) != in_channels:
        kind = {9: "an inpainting model", 8: "an edit model"}.get(channels, "of another autoencoder")
        return f"the UNet takes {channels} channels and not {in_channels}: this is {kind}"
    width = next((names[n].shape[1] for n in names if n.startswith(_UNET) and n.endswith(_CROSS_ATTENTION)), 0)
    if width != cross_attention_dim:
        kind = " (the SDXL refiner)" if width == 1280 else ""
        return f"the UNet takes text of width {width} and not {cross_attention_dim}{kind}"
    if noise := [key for key in ("edm_mean", "edm_vpred.sigma_max") if key in names]:
        return f"the model removes noise by another measure than SDXL ({noise[0]}: Playground 2.5 or CosXL)"
    if packed := next((name for name in names if _is_packed(header, name)), ""):
        return f"the weights are packed or scaled in a way of their own ({packed}); use the version in fp16 or bf16"
    missing = [part for part, key in _PARTS.items() if key not in names]
    return f"the checkpoint lacks its {' and '.join(missing)}" if missing else ""


def _is_packed(header: Header, name: str) -> bool:
    scaled = name.endswith(("scaled_fp8", ".scale_weight", ".weight_scale")) or ".quant_state." in name
    whole_numbers = name.startswith(_UNET) and name.endswith(".weight") and header.tensors[name].dtype not in FLOATS
    return scaled or whole_numbers


def _before_sdxl(header: Header) -> str:
    open_clip = any(name.startswith("cond_stage_model.model.") for name in header.tensors)
    if any(name.startswith("cond_stage_model.") for name in header.tensors):
        return f"Stable Diffusion {'2' if open_clip else '1'}"
    width = next((e.shape[1] for n, e in header.tensors.items() if n.endswith(_CROSS_ATTENTION)), 0)
    return {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2"}.get(width, "of unknown kind")


def _incomplete(header: Header, tensors: Mapping[str, int]) -> str:
    """Which part has fewer tensors than it should: a merge gone wrong, or a distilled model of fewer layers."""
    read = [name for name in header.tensors if not name.endswith(_UNREAD)]
    for prefix, needed in tensors.items():
        found = sum(name.startswith(prefix) for name in read)
        if found < needed:
            part = _PART_NAMES.get(prefix, prefix)
            return f"the checkpoint has {found:,} of the {needed:,} tensors of SDXL's {part}"
    return ""
