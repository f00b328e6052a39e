"""What a LoRA file says about itself, for hosts (A1111, Forge, ComfyUI's extensions) and for the next person.

Two families of keys: ``ss_*`` as kohya's trainer writes them, and ``modelspec.*`` of the Stability model
metadata standard 1.0.1. All values are text. No clock is read: the same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unipixel.lora.settings import TrainingSettings

SDXL = "sdxl_base_v1-0"
"""``ss_base_model_version``: A1111 takes a LoRA without a version beginning with ``sdxl_`` for one of SD 1."""
ARCHITECTURE = "stable-diffusion-xl-v1-base/lora"
_OPTIMIZERS = {
    "adamw": "torch.optim.adamw.AdamW",
    "adamw8bit": "bitsandbytes.optim.adamw.AdamW8bit",
    "prodigy": "pytorch_optimizer.optimizer.prodigy.Prodigy",
    "lion": "pytorch_optimizer.optimizer.lion.Lion",
    "adafactor": "transformers.optimization.Adafactor",
}
_IMPLEMENTATION = "https://github.com/Stability-AI/generative-models"


def describe(
    *,
    title: str,
    trigger: str = "",
    recipe: Mapping[str, Any] | None = None,
    versions: Mapping[str, str] | None = None,
    description: str = "",
    author: str = "",
    licence: str = "",
    tags: Sequence[str] = (),
    usage_hint: str = "",
    date: str = "",
    training_started_at: float | None = None,
) -> dict[str, str]:
    """Metadata that only the one who starts a training knows.

    Parameters
    ----------
    title : str
        Name of the LoRA, also its alias in A1111.
    trigger : str
        The word that calls it.
    recipe : mapping, optional
        The recipe with everything resolved; written as JSON under ``unipixel.recipe``.
    versions : mapping, optional
        Package to version; written as JSON under ``unipixel.versions``.
    description, author, licence, usage_hint : str
    tags : sequence of str
    date : str
        ISO 8601; left out where empty.
    training_started_at : float, optional
        Seconds since 1970; left out where not given, since it makes every run's bytes differ.

    Returns
    -------
    dict of str to str
    """
    stated = {
        "ss_output_name": title,
        "modelspec.title": title,
        "modelspec.trigger_phrase": trigger,
        "modelspec.description": description,
        "modelspec.author": author,
        "modelspec.license": licence,
        "modelspec.tags": ", ".join(tags),
        "modelspec.usage_hint": usage_hint,
        "modelspec.date": date,
        "unipixel.recipe": "" if recipe is None else _json(recipe),
        "unipixel.versions": "" if versions is None else _json(versions),
        "ss_training_started_at": "" if training_started_at is None else str(training_started_at),
    }
    return {key: text for key, text in stated.items() if text}


def training_facts(
    settings: TrainingSettings,
    *,
    base_name: str,
    base_hash: str,
    prediction_type: str,
    zero_terminal_snr: bool,
    captions: Sequence[str],
    canvases: Sequence[tuple[int, int]],
    folder: str = "train",
) -> dict[str, str]:
    """Metadata that follows from a training itself.

    Parameters
    ----------
    settings : TrainingSettings
    base_name : str
        Name of the base model.
    base_hash : str
        SHA-256 of it.
    prediction_type : {"epsilon", "v_prediction"}
    zero_terminal_snr : bool
    captions : sequence of str
        One for each image.
    canvases : sequence of (width, height)
        Canvas px, one for each image.
    folder : str
        Name under which hosts list the tags.

    Returns
    -------
    dict of str to str
    """
    sizes = Counter(canvases)
    width, height = max(sizes, key=lambda size: (sizes[size], size)) if sizes else (1024, 1024)
    facts: dict[str, Any] = {
        "ss_base_model_version": SDXL,
        "ss_v2": False,
        "ss_sd_model_name": base_name,
        "ss_new_sd_model_hash": base_hash,
        "ss_sd_model_hash": base_hash[:8],
        "ss_zero_terminal_snr": zero_terminal_snr,
        "ss_tag_frequency": _json({folder: tag_frequency(captions)}),
        "ss_dataset_dirs": _json({folder: {"n_repeats": 1, "img_count": len(captions)}}),
        "ss_bucket_info": _json(_buckets(sizes)),
        "ss_enable_bucket": True,
        "ss_bucket_no_upscale": True,
        "ss_resolution": f"({width}, {height})",
        "ss_num_train_images": len(captions),
        "ss_num_reg_images": 0,
        "ss_epoch": -(-settings.steps * settings.pictures_per_step // max(len(captions), 1)),
        **_settings_facts(settings),
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.architecture": ARCHITECTURE,
        "modelspec.implementation": _IMPLEMENTATION,
        "modelspec.resolution": f"{width}x{height}",
        "modelspec.prediction_type": "v" if prediction_type == "v_prediction" else "epsilon",
    }
    return {key: str(value) for key, value in facts.items()}


def _settings_facts(settings: TrainingSettings) -> dict[str, Any]:
    conv = settings.targets in ("all", "full")
    arguments = {"conv_dim": str(settings.rank), "conv_alpha": str(settings.alpha)} if conv else {}
    return {
        "ss_network_module": "networks.lora",
        "ss_network_dim": settings.rank,
        "ss_network_alpha": settings.alpha,
        "ss_network_args": _json(arguments),
        "ss_steps": settings.steps,
        "ss_max_train_steps": settings.steps,
        "ss_batch_size_per_device": settings.batch_size,
        "ss_total_batch_size": settings.pictures_per_step,
        "ss_gradient_accumulation_steps": settings.accumulation,
        "ss_learning_rate": settings.learning_rate,
        "ss_unet_lr": settings.learning_rate,
        "ss_text_encoder_lr": settings.text_encoder_learning_rate or None,
        "ss_optimizer": f"{_OPTIMIZERS[settings.optimizer]}(weight_decay={settings.weight_decay})",
        "ss_lr_scheduler": settings.schedule,
        "ss_lr_warmup_steps": settings.warmup_steps,
        "ss_max_grad_norm": settings.max_grad_norm,
        "ss_caption_dropout_rate": settings.caption_dropout,
        "ss_min_snr_gamma": settings.min_snr_gamma,
        "ss_noise_offset": settings.noise_offset,
        "ss_multires_noise_discount": settings.pyramid_noise or None,
        "ss_debiased_estimation": settings.debiased,
        "ss_shuffle_caption": settings.caption_variants > 1,
        "ss_keep_tokens": settings.kept_tags,
        "ss_flip_aug": settings.flip,
        "ss_seed": settings.seed,
        "ss_clip_skip": None,
        "unipixel.targets": settings.targets,
    }


def tag_frequency(captions: Iterable[str]) -> dict[str, int]:
    """Count the comma-separated tags of captions, the most frequent first, then by name.

    Examples
    --------
    >>> tag_frequency(["a, b", "b"])
    {'b': 2, 'a': 1}
    """
    counts = Counter(tag.strip() for caption in captions for tag in caption.split(",") if tag.strip())
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def with_hashes(metadata: Mapping[str, str], data: bytes, data_start: int) -> dict[str, str]:
    """Add the hashes that hosts look a LoRA up by.

    Parameters
    ----------
    metadata : mapping of str to str
    data : bytes
        All tensors as they lie in the file.
    data_start : int
        Bytes of the file before them, when it holds only the ``ss_*`` keys (kohya's trainer computes it so).

    Returns
    -------
    dict of str to str
        ``sshs_model_hash`` is the SHA-256 of the tensors; ``sshs_legacy_hash`` the first eight digits of that of
        64 KiB at 1 MiB into the file; ``modelspec.hash_sha256`` the first again as the standard writes it.
    """
    digest = hashlib.sha256(data).hexdigest()
    begin = 0x100000 - data_start
    window = data[max(begin, 0) : max(begin + 0x10000, 0)]
    hashes = {
        "sshs_model_hash": digest,
        "sshs_legacy_hash": hashlib.sha256(window).hexdigest()[:8],
        "modelspec.hash_sha256": f"0x{digest}",
    }
    return {**metadata, **hashes}


def _buckets(sizes: Mapping[tuple[int, int], int]) -> dict[str, Any]:
    ordered = sorted(sizes.items())
    buckets = {str(i): {"resolution": list(size), "count": count} for i, (size, count) in enumerate(ordered)}
    return {"buckets": buckets, "mean_img_ar_error": 0.0}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=False)
