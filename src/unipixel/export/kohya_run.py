"""kohya sd-scripts: ``config.toml`` for ``sdxl_train_network.py --config_file``.

Options: ``setup_parser`` of ``train_network.py`` and ``sdxl_train_network.py``, and the functions of
``library/train_util.py``, ``custom_train_functions.py`` and ``sai_model_spec.py`` that it calls; what they do:
``networks/lora.py`` and ``get_scheduler_fix`` in ``train_util.py`` (48d368f, 2026-02-16). Values of a config file are
taken as they are, with no conversion: a whole number where a float is meant, or the other way round, has another sense.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from unipixel.export.differences import common_differences, kohya_differences
from unipixel.export.kohya import CONFIG as DATASET
from unipixel.export.kohya import KOHYA, kohya_limits
from unipixel.export.model import Collection, Content
from unipixel.export.plain_text import toml_table
from unipixel.export.runs import RunExporter, RunPlan

CONFIG = "config.toml"
PROMPTS = "prompts.json"
PYRAMID_LAYERS = 8
"""Of noise, at most; kohya's trainer stops at a layer of one latent cell."""

_PRECISIONS = {"auto": "bf16", "bfloat16": "bf16", "float16": "fp16", "float32": "no"}
_SAVED = {"float32": "float", "float16": "fp16", "bfloat16": "bf16"}
_SCHEDULES = {
    "constant": "constant_with_warmup",
    "linear": "linear",
    "cosine": "cosine",
    "cosine-restarts": "cosine_with_restarts",
    "polynomial": "polynomial",
}
_OPTIMIZERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "adamw": ("AdamW", ()),
    "adamw8bit": ("AdamW8bit", ()),
    "prodigy": ("Prodigy", ("decouple=True", "use_bias_correction=True", "safeguard_warmup=True")),
    "lion": ("Lion", ()),
    "adafactor": ("Adafactor", ("scale_parameter=False", "relative_step=False", "warmup_init=False")),
}
"""Its name there, and what it is told beside the weight decay to be the one that UniPixel uses."""


def kohya_run_files(plan: RunPlan, collection: Collection) -> dict[str, Content]:
    """``config.toml`` and, where samples are wanted, ``prompts.json``."""
    has_validation = any(picture.entry.split == "validation" for picture in collection.pictures)
    lines = [f"# accelerate launch sdxl_train_network.py --config_file={collection.place(CONFIG)}"]
    for head, values in (
        ("model", _model(plan)),
        ("data", _data(plan, collection)),
        ("network", _network(plan)),
        ("optimizer", _optimizer(plan)),
        ("loss", _loss(plan)),
        ("saving", _saving(plan, has_validation)),
        ("samples", _samples(plan, collection)),
        ("metadata", _metadata(plan, collection)),
    ):
        lines += toml_table(f"[{head}]", values) if values else []
    files: dict[str, Content] = {CONFIG: "\n".join(lines) + "\n"}
    return files | ({PROMPTS: _prompts(plan)} if plan.previews else {})


def kohya_run_settings(plan: RunPlan, collection: Collection) -> Sequence[str]:
    """How to start it, and what is otherwise there."""
    return [
        "Start it in sd-scripts' folder: `accelerate launch sdxl_train_network.py"
        f" --config_file={collection.place(CONFIG)}`. The command line stands above the file, so add no option that"
        " scales, crops or recolours images.",
        f"LoRAs, samples and states go to `{plan.output}`; go on from a state with `--resume`.",
        *common_differences(plan),
        *kohya_differences(plan),
        *kohya_limits(collection),
    ]


def _model(plan: RunPlan) -> dict[str, Any]:
    small = plan.base_precision != "full"
    compiled = {"torch_compile": True, "dynamo_backend": "inductor"} if plan.compile else {}
    return {
        "pretrained_model_name_or_path": plan.base,
        "v_parameterization": plan.predicts_v,
        "zero_terminal_snr": plan.zero_terminal_snr,
        "mixed_precision": "bf16" if small and plan.precision == "float32" else _PRECISIONS[plan.precision],
        "no_half_vae": True,
        "fp8_base_unet": small,
        "sdpa": True,
        "gradient_checkpointing": plan.gradient_checkpointing,
        **compiled,
    }


def _data(plan: RunPlan, collection: Collection) -> dict[str, Any]:
    """Caches are kept in memory: files beside the images would be strangers in the export."""
    showing = plan.showing
    text_is_fixed = not plan.trains_text and showing.orders == 1 and not showing.caption_dropout
    return {
        "dataset_config": collection.place(DATASET),
        "train_batch_size": plan.settings.batch_size,
        "cache_latents": True,
        "cache_latents_to_disk": False,
        "cache_text_encoder_outputs": text_is_fixed,
        "max_data_loader_n_workers": 2,
        "persistent_data_loader_workers": True,
    }


def _network(plan: RunPlan) -> dict[str, Any]:
    settings = plan.settings
    values: dict[str, Any] = {
        "network_module": "networks.lora",
        "network_dim": settings.rank,
        "network_alpha": float(settings.alpha),
        "network_train_unet_only": not plan.trains_text,
    }
    if settings.targets in ("all", "full"):
        values["network_args"] = [f"conv_dim={settings.rank}", f"conv_alpha={float(settings.alpha)}"]
    return values


def _optimizer(plan: RunPlan) -> dict[str, Any]:
    settings = plan.settings
    name, arguments = _OPTIMIZERS[settings.optimizer]
    values: dict[str, Any] = {
        "optimizer_type": name,
        "optimizer_args": [f"weight_decay={settings.weight_decay}", *arguments],
        "learning_rate": settings.learning_rate,
        "unet_lr": settings.learning_rate,
        "lr_scheduler": _SCHEDULES[settings.schedule],
        "lr_warmup_steps": settings.warmup_steps,
        "max_train_steps": settings.steps,
        "gradient_accumulation_steps": settings.accumulation,
        "max_grad_norm": float(settings.max_grad_norm),
        "seed": settings.seed,
    }
    if plan.trains_text:
        values["text_encoder_lr"] = [settings.text_encoder_learning_rate]
    if settings.schedule == "cosine-restarts":
        values["lr_scheduler_num_cycles"] = settings.cycles
    if settings.schedule == "polynomial":
        values |= {"lr_scheduler_power": 2.0, "lr_scheduler_args": ["lr_end=0.0"]}
    return values


def _loss(plan: RunPlan) -> dict[str, Any]:
    settings = plan.settings
    values: dict[str, Any] = {"loss_type": "l2", "debiased_estimation_loss": settings.debiased}
    if settings.min_snr_gamma is not None:
        values["min_snr_gamma"] = float(settings.min_snr_gamma)
    if settings.noise_offset:
        values["noise_offset"] = float(settings.noise_offset)
    if settings.pyramid_noise:
        values |= {
            "multires_noise_iterations": PYRAMID_LAYERS,
            "multires_noise_discount": float(settings.pyramid_noise),
        }
    return values


def _saving(plan: RunPlan, has_validation: bool) -> dict[str, Any]:
    older = (max(plan.keep, 1) - 1) * plan.checkpoint_every
    validation = {"validate_every_n_steps": plan.checkpoint_every} if has_validation else {}
    return {
        "output_dir": plan.output,
        "output_name": plan.name,
        "save_model_as": "safetensors",
        "save_precision": _SAVED[plan.settings.save_dtype],
        "save_every_n_steps": plan.checkpoint_every,
        "save_last_n_steps": older,
        "save_state": True,
        "save_last_n_steps_state": older,
        "logging_dir": f"{plan.output}/logs",
        "log_with": "tensorboard",
        **validation,
    }


def _samples(plan: RunPlan, collection: Collection) -> dict[str, Any]:
    if not plan.previews:
        return {}
    return {
        "sample_prompts": collection.place(PROMPTS),
        "sample_every_n_steps": plan.checkpoint_every,
        "sample_sampler": "euler",
    }


def _prompts(plan: RunPlan) -> str:
    rows = [
        {
            "prompt": preview.prompt,
            "negative_prompt": plan.negative_prompt,
            "width": preview.width,
            "height": preview.height,
            "seed": preview.seed,
            "sample_steps": plan.preview_steps,
            "scale": float(plan.guidance),
        }
        for preview in plan.previews
    ]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def _metadata(plan: RunPlan, collection: Collection) -> dict[str, Any]:
    return {
        "metadata_title": plan.name,
        "metadata_trigger_phrase": collection.trigger,
        "metadata_usage_hint": plan.usage_hint,
    }


KOHYA_RUN = RunExporter("kohya sd-scripts: config.toml and its data set", KOHYA, kohya_run_files, kohya_run_settings)
