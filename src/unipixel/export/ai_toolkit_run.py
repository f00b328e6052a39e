"""ai-toolkit: ``config.yaml``, the whole job.

Schema: ``NetworkConfig``, ``SaveConfig``, ``TrainConfig``, ``ModelConfig``, ``EMAConfig`` and ``SampleConfig`` in
``toolkit/config_modules.py``; what they do: ``jobs/process/BaseSDTrainProcess.py``, ``toolkit/lora_special.py``,
``toolkit/scheduler.py`` and ``toolkit/optimizer.py`` (27a03a9, 2026-08-21). Those classes take any name and drop what
they do not know, so a misspelt option is a lost one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unipixel.export.ai_toolkit import AI_TOOLKIT, ai_toolkit_datasets, ai_toolkit_limits
from unipixel.export.differences import ai_toolkit_differences, common_differences
from unipixel.export.model import Collection, Content
from unipixel.export.plain_text import yaml_lines
from unipixel.export.runs import RunExporter, RunPlan

CONFIG = "config.yaml"
UNBOUNDED = 1e9
"""Length of a gradient that none reaches: 0 would shorten every one to nothing there."""

_PRECISIONS = {"auto": "bf16", "bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}
_LAYERS = {
    "attention": ["attn1", "attn2"],
    "linear": ["attentions"],
    "all": ["attentions", "resnets", "downsamplers", "upsamplers"],
    "full": ["attentions", "resnets", "downsamplers", "upsamplers", "conv_in", "conv_out"],
}
"""Parts of the names of the UNet's modules."""
_TEXT_ENCODERS = "lora_te"
"""Part of the names of both text encoders' modules."""
_OPTIMIZERS: dict[str, dict[str, Any]] = {
    "prodigy": {"decouple": True, "use_bias_correction": True, "safeguard_warmup": True},
    "adafactor": {"scale_parameter": False, "relative_step": False, "warmup_init": False},
}
"""What is told beside the weight decay, where something is."""


def ai_toolkit_run_files(plan: RunPlan, collection: Collection) -> dict[str, Content]:
    """``config.yaml``."""
    process = {
        "type": "sd_trainer",
        "training_folder": plan.output,
        "training_seed": plan.settings.seed,
        "network": _network(plan),
        "save": _save(plan),
        "datasets": [{**one, "cache_latents": True} for one in ai_toolkit_datasets(collection)],
        "train": _train(plan),
        "model": _model(plan),
        "sample": _sample(plan),
    }
    job = {
        "job": "extension",
        "config": {"name": plan.name, "process": [process]},
        "meta": {"name": plan.name, "version": "1.0"},
    }
    lines = [f"# python run.py {collection.place(CONFIG)}", *yaml_lines(job)]
    return {CONFIG: "\n".join(lines) + "\n"}


def ai_toolkit_run_settings(plan: RunPlan, collection: Collection) -> Sequence[str]:
    """How to start it, and what is otherwise there."""
    return [
        f"Start it in ai-toolkit's folder: `python run.py {collection.place(CONFIG)}`. Leave `resolution` as it is"
        " written: every smaller one scales the images down with a bicubic filter.",
        f"LoRAs and samples go to `{plan.output}/{plan.name}`.",
        *common_differences(plan),
        *ai_toolkit_differences(plan),
        *ai_toolkit_limits(collection),
    ]


def _network(plan: RunPlan) -> dict[str, Any]:
    settings = plan.settings
    rank, alpha = settings.rank, float(settings.alpha)
    convolutions = {"conv": rank, "conv_alpha": alpha} if settings.targets in ("all", "full") else {}
    text = [_TEXT_ENCODERS] if plan.trains_text else []
    return {
        "type": "lora",
        "linear": rank,
        "linear_alpha": alpha,
        **convolutions,
        "transformer_only": False,
        "network_kwargs": {"only_if_contains": [*_LAYERS[settings.targets], *text]},
    }


def _save(plan: RunPlan) -> dict[str, Any]:
    return {
        "dtype": plan.settings.save_dtype,
        "save_every": plan.checkpoint_every,
        "max_step_saves_to_keep": max(plan.keep, 1),
        "save_format": "safetensors",
        "push_to_hub": False,
    }


def _train(plan: RunPlan) -> dict[str, Any]:
    settings = plan.settings
    values: dict[str, Any] = {
        "steps": settings.steps,
        "batch_size": settings.batch_size,
        "gradient_accumulation": settings.accumulation,
        "train_unet": True,
        "train_text_encoder": plan.trains_text,
        "cache_text_embeddings": not plan.trains_text,
        "gradient_checkpointing": plan.gradient_checkpointing,
        "noise_scheduler": "ddpm",
        "content_or_style": "balanced",
        "loss_type": "mse",
        "noise_offset": float(settings.noise_offset),
        "optimizer": settings.optimizer,
        "optimizer_params": {"weight_decay": settings.weight_decay, **_OPTIMIZERS.get(settings.optimizer, {})},
        "lr": settings.learning_rate,
        **_schedule(plan),
        "max_grad_norm": float(settings.max_grad_norm) or UNBOUNDED,
        "dtype": _PRECISIONS[plan.precision],
        "sdp": True,
        "disable_sampling": not plan.previews,
    }
    if settings.min_snr_gamma is not None:
        values["min_snr_gamma"] = float(settings.min_snr_gamma)
    if settings.ema_decay:
        values["ema_config"] = {"use_ema": True, "ema_decay": float(settings.ema_decay)}
    return values


def _schedule(plan: RunPlan) -> dict[str, Any]:
    """Its own names, and what they need: a cosine and a line have no warm-up, a line would rise by default."""
    settings = plan.settings
    if settings.schedule == "constant" and settings.warmup_steps:
        params = {"num_warmup_steps": settings.warmup_steps}
        return {"lr_scheduler": "constant_with_warmup", "lr_scheduler_params": params}
    if settings.schedule in ("linear", "polynomial"):
        return {"lr_scheduler": "linear", "lr_scheduler_params": {"start_factor": 1.0, "end_factor": 0.0}}
    return {"lr_scheduler": "constant" if settings.schedule == "constant" else "cosine", "lr_scheduler_params": {}}


def _model(plan: RunPlan) -> dict[str, Any]:
    return {
        "name_or_path": plan.base,
        "arch": "sdxl",
        "is_v_pred": plan.predicts_v,
        "dtype": _PRECISIONS[plan.precision],
        "vae_dtype": "fp32",
        "quantize": False,
        "compile": plan.compile,
    }


def _sample(plan: RunPlan) -> dict[str, Any]:
    return {
        "sampler": "euler",
        "sample_every": plan.checkpoint_every,
        "sample_steps": plan.preview_steps,
        "guidance_scale": float(plan.guidance),
        "neg": plan.negative_prompt,
        "format": "png",
        "samples": [
            {"prompt": one.prompt, "width": one.width, "height": one.height, "seed": one.seed} for one in plan.previews
        ],
    }


AI_TOOLKIT_RUN = RunExporter(
    "ai-toolkit: config.yaml and its data set", AI_TOOLKIT, ai_toolkit_run_files, ai_toolkit_run_settings
)
