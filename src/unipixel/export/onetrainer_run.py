"""OneTrainer: ``config.json``, its training configuration, and ``samples.json``.

Schema: ``modules/util/config/TrainConfig.py``, config version 11, and ``SampleConfig.py``; what they do:
``modules/util/create.py``, ``modules/trainer/GenericTrainer.py`` and ``modules/modelSetup/`` (23df383, 2026-08-19);
epochs: ``AspectBatchSorting`` of its loader mgds (3a6994a, 2026-07-05). A step counts batches there: what is counted
in steps of the optimizer here is multiplied with the batches of one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from unipixel.errors import ExportError
from unipixel.export.differences import common_differences, onetrainer_differences
from unipixel.export.model import Collection, Content, edge_of
from unipixel.export.onetrainer import CONFIG as CONCEPTS
from unipixel.export.onetrainer import ONETRAINER, onetrainer_limits
from unipixel.export.runs import RunExporter, RunPlan

CONFIG = "config.json"
SAMPLES = "samples.json"
VERSION = 11
"""Of the config: OneTrainer migrates older ones."""

_PRECISIONS = {"auto": "BFLOAT_16", "bfloat16": "BFLOAT_16", "float16": "FLOAT_16", "float32": "FLOAT_32"}
_BASE_PRECISIONS = {"fp8": "FLOAT_8", "nf4": "NFLOAT_4"}
_LAYERS = {
    "attention": ("attn-only", "attn"),
    "linear": ("attn-mlp", "attentions"),
    "all": ("custom", "attentions,resnets,downsamplers,upsamplers"),
    "full": ("custom", "attentions,resnets,downsamplers,upsamplers,conv_in,conv_out"),
}
"""Preset and filter: parts of the names of the UNet's modules."""
_SCHEDULES = {
    "constant": "CONSTANT",
    "linear": "LINEAR",
    "cosine": "COSINE",
    "cosine-restarts": "COSINE_WITH_HARD_RESTARTS",
    "polynomial": "CUSTOM",
}
_SQUARE = {
    "custom_learning_rate_scheduler": "torch.optim.lr_scheduler.PolynomialLR",
    "scheduler_params": [{"key": "total_iters", "value": "%SCHEDULER_STEPS%"}, {"key": "power", "value": "2.0"}],
}
"""The polynomial: OneTrainer has none of its own, but takes those of PyTorch."""
_ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
_OPTIMIZERS: dict[str, dict[str, Any]] = {
    "adamw": {"optimizer": "ADAMW", **_ADAM, "fused": False, "stochastic_rounding": False},
    "adamw8bit": {"optimizer": "ADAMW_8BIT", **_ADAM, "min_8bit_size": 4096, "block_wise": True},
    "prodigy": {
        "optimizer": "PRODIGY",
        **_ADAM,
        "decouple": True,
        "use_bias_correction": True,
        "safeguard_warmup": True,
        "d0": 1e-6,
        "d_coef": 1.0,
        "slice_p": 1,
    },
    "lion": {"optimizer": "LION", "beta1": 0.9, "beta2": 0.99},
    "adafactor": {
        "optimizer": "ADAFACTOR",
        "eps": 1e-30,
        "eps2": 1e-3,
        "clip_threshold": 1.0,
        "decay_rate": -0.8,
        "scale_parameter": False,
        "relative_step": False,
        "warmup_init": False,
        "stochastic_rounding": False,
    },
}
"""What is told beside the weight decay: OneTrainer's defaults leave most of it off."""


def onetrainer_run_files(plan: RunPlan, collection: Collection) -> dict[str, Content]:
    """``config.json`` and ``samples.json``.

    Raises
    ------
    ExportError
        No canvas has as many images as a batch.
    """
    has_validation = any(picture.entry.split == "validation" for picture in collection.pictures)
    config = {
        "__version": VERSION,
        "training_method": "LORA",
        "model_type": "STABLE_DIFFUSION_XL_10_BASE",
        "base_model_name": plan.base,
        **_data(plan, collection),
        **_parts(plan),
        **_network(plan),
        **_course(plan, epochs(plan, collection)),
        **_loss(plan),
        **_saving(plan, collection, has_validation),
    }
    return {CONFIG: _json(config), SAMPLES: _json(_samples(plan))}


def onetrainer_run_settings(plan: RunPlan, collection: Collection) -> Sequence[str]:
    """How to start it, and what is otherwise there."""
    wanted, size = plan.settings.steps, plan.settings.batch_size
    steps = whole_steps(plan, collection)
    left = [str(canvas) for canvas, count in _shown(collection).items() if count % size]
    return [
        f"Start it in OneTrainer's folder: `python scripts/train.py --config-path {collection.place(CONFIG)}`; for its"
        " window, copy that file into `training_presets`. Keep `aspect_ratio_bucketing` on, and crop jitter and the"
        " augmentations of the concepts as they are written.",
        f"LoRAs, samples, backups and caches go to `{plan.output}`.",
        *common_differences(plan),
        *[f"It counts whole epochs: it takes {steps} steps, not {wanted}."] * (steps != wanted),
        *[f"What does not fill a batch of {size} is left out of an epoch: {', '.join(left)}."] * bool(left),
        *onetrainer_differences(plan),
        *onetrainer_limits(collection),
    ]


def epochs(plan: RunPlan, collection: Collection) -> int:
    """Fewest whole epochs with all steps of a run.

    Raises
    ------
    ExportError
        No canvas has as many images as a batch.
    """
    return -(-plan.settings.steps * plan.settings.accumulation // _batches(plan, collection))


def whole_steps(plan: RunPlan, collection: Collection) -> int:
    """Steps of the optimizer in :func:`epochs`."""
    return epochs(plan, collection) * _batches(plan, collection) // plan.settings.accumulation


def _shown(collection: Collection) -> Counter[Any]:
    """Images of an epoch by canvas, repeats counted."""
    counts: Counter[Any] = Counter()
    for picture in collection.pictures:
        if picture.entry.split == "train":
            counts[picture.canvas] += picture.repeats
    return counts


def _batches(plan: RunPlan, collection: Collection) -> int:
    size = plan.settings.batch_size
    count = sum(images // size for images in _shown(collection).values())
    if not count:
        raise ExportError(
            f"OneTrainer leaves out what does not fill a batch, and no canvas has {size} training images. Make the"
            " batch smaller: --set train.batch_size=1"
        )
    return count


def _data(plan: RunPlan, collection: Collection) -> dict[str, Any]:
    return {
        "concept_file_name": collection.place(CONCEPTS),
        "aspect_ratio_bucketing": True,
        "resolution": str(max(edge_of(canvas.width * canvas.height) for canvas in collection.canvases())),
        "latent_caching": True,
        "clear_cache_before_training": True,
        "masked_training": False,
        "force_circular_padding": False,
    }


def _parts(plan: RunPlan) -> dict[str, Any]:
    """Precision of each part of the model, and which learn."""
    precision, settings = _PRECISIONS[plan.precision], plan.settings
    text = {
        "train": plan.trains_text,
        "learning_rate": settings.text_encoder_learning_rate if plan.trains_text else None,
        "stop_training_after": None,
        "stop_training_after_unit": "NEVER",
        "weight_dtype": precision,
        "dropout_probability": float(settings.caption_dropout),
        "gradient_checkpointing": plan.gradient_checkpointing,
    }
    return {
        "train_dtype": precision,
        "unet": {
            "train": True,
            "learning_rate": settings.learning_rate,
            "stop_training_after": None,
            "stop_training_after_unit": "NEVER",
            "weight_dtype": _BASE_PRECISIONS.get(plan.base_precision, precision),
            "gradient_checkpointing": plan.gradient_checkpointing,
        },
        "text_encoder": text,
        "text_encoder_2": text,
        "vae": {"weight_dtype": "FLOAT_32"},
        "compile": plan.compile,
    }


def _network(plan: RunPlan) -> dict[str, Any]:
    preset, layers = _LAYERS[plan.settings.targets]
    return {
        "peft_type": "LORA",
        "lora_rank": plan.settings.rank,
        "lora_alpha": float(plan.settings.alpha),
        "lora_decompose": False,
        "lora_weight_dtype": "FLOAT_32",
        "dropout_probability": 0.0,
        "layer_filter": layers,
        "layer_filter_preset": preset,
        "layer_filter_regex": False,
    }


def _course(plan: RunPlan, epochs: int) -> dict[str, Any]:
    settings = plan.settings
    return {
        "optimizer": {**_OPTIMIZERS[settings.optimizer], "weight_decay": float(settings.weight_decay)},
        "learning_rate": settings.learning_rate,
        "learning_rate_scheduler": _SCHEDULES[settings.schedule],
        "learning_rate_warmup_steps": _warmup(settings.warmup_steps * settings.accumulation),
        "learning_rate_cycles": float(settings.cycles),
        "learning_rate_min_factor": 0.0,
        "learning_rate_scaler": "NONE",
        **(_SQUARE if settings.schedule == "polynomial" else {}),
        "epochs": epochs,
        "batch_size": settings.batch_size,
        "gradient_accumulation_steps": settings.accumulation,
        "clip_grad_norm": float(settings.max_grad_norm) or None,
        "ema": "GPU" if settings.ema_decay else "OFF",
        "ema_decay": float(settings.ema_decay),
        "ema_update_step_interval": 1,
    }


def _warmup(batches: int) -> float:
    """Up to 1 is a share of the steps there, so a warm-up of one batch is 1.5, of which the half is dropped."""
    return 1.5 if batches == 1 else float(batches)


def _loss(plan: RunPlan) -> dict[str, Any]:
    settings = plan.settings
    weighting = "DEBIASED_ESTIMATION" if settings.debiased else "CONSTANT"
    return {
        "mse_strength": 1.0,
        "mae_strength": 0.0,
        "loss_weight_fn": weighting if settings.min_snr_gamma is None else "MIN_SNR_GAMMA",
        "loss_weight_strength": float(settings.min_snr_gamma or 0.0),
        "loss_scaler": "NONE",
        "offset_noise_weight": float(settings.noise_offset),
        "generalized_offset_noise": False,
        "perturbation_noise_weight": 0.0,
        "timestep_distribution": "UNIFORM",
        "min_noising_strength": 0.0,
        "max_noising_strength": 1.0,
        "timestep_shift": 1.0,
        "force_v_prediction": plan.predicts_v,
        "force_epsilon_prediction": not plan.predicts_v,
        "rescale_noise_scheduler_to_zero_terminal_snr": plan.zero_terminal_snr,
    }


def _saving(plan: RunPlan, collection: Collection, has_validation: bool) -> dict[str, Any]:
    every = plan.checkpoint_every * plan.settings.accumulation
    return {
        "workspace_dir": f"{plan.output}/workspace",
        "cache_dir": f"{plan.output}/cache",
        "output_model_destination": f"{plan.output}/{plan.name}.safetensors",
        "output_model_format": "KOHYA_LORA",
        "output_dtype": _PRECISIONS[plan.settings.save_dtype],
        "save_every": every,
        "save_every_unit": "STEP",
        "save_filename_prefix": f"{plan.name}-",
        "backup_after": every,
        "backup_after_unit": "STEP",
        "rolling_backup": True,
        "rolling_backup_count": max(plan.keep, 1),
        "validation": has_validation,
        "validate_after": every,
        "validate_after_unit": "STEP",
        "sample_definition_file_name": collection.place(SAMPLES),
        "sample_after": every,
        "sample_after_unit": "STEP" if plan.previews else "NEVER",
        "sample_image_format": "PNG",
    }


def _samples(plan: RunPlan) -> list[dict[str, Any]]:
    return [
        {
            "enabled": True,
            "prompt": preview.prompt,
            "negative_prompt": plan.negative_prompt,
            "width": preview.width,
            "height": preview.height,
            "seed": preview.seed,
            "random_seed": False,
            "diffusion_steps": plan.preview_steps,
            "cfg_scale": float(plan.guidance),
            "noise_scheduler": "EULER",
            "force_last_timestep": plan.zero_terminal_snr,
        }
        for preview in plan.previews
    ]


def _json(value: Any) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False) + "\n"


ONETRAINER_RUN = RunExporter(
    "OneTrainer: config.json and its data set", ONETRAINER, onetrainer_run_files, onetrainer_run_settings
)
