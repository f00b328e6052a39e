"""The configuration is what sdxl_train_network.py takes, typed as it takes it, with nothing that leaves the grid.

Names and types: ``setup_parser`` in https://github.com/kohya-ss/sd-scripts/blob/main/sdxl_train_network.py and what it
calls, read 2026-11-28 at commit 48d368f. Its parser, scheduler and LoRA read such exports on the same day:
docs/how-to/export.md.
"""

import json
import sys
from pathlib import Path

import pytest

from export_data import EVERYTHING, run_plan
from unipixel.export import RUN_EXPORTERS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KOHYA = RUN_EXPORTERS["kohya"]
OPTIONS = {
    "pretrained_model_name_or_path": str, "v_parameterization": bool, "zero_terminal_snr": bool, "mixed_precision": str,
    "no_half_vae": bool, "fp8_base_unet": bool, "sdpa": bool, "gradient_checkpointing": bool, "torch_compile": bool,
    "dynamo_backend": str, "dataset_config": str, "train_batch_size": int, "cache_latents": bool,
    "cache_latents_to_disk": bool, "cache_text_encoder_outputs": bool, "max_data_loader_n_workers": int,
    "persistent_data_loader_workers": bool, "network_module": str, "network_dim": int, "network_alpha": float,
    "network_train_unet_only": bool, "network_args": list, "optimizer_type": str, "optimizer_args": list,
    "learning_rate": float, "unet_lr": float, "text_encoder_lr": list, "lr_scheduler": str, "lr_scheduler_args": list,
    "lr_scheduler_num_cycles": int, "lr_scheduler_power": float, "lr_warmup_steps": int, "max_train_steps": int,
    "gradient_accumulation_steps": int, "max_grad_norm": float, "seed": int, "loss_type": str,
    "debiased_estimation_loss": bool, "min_snr_gamma": float, "noise_offset": float, "multires_noise_iterations": int,
    "multires_noise_discount": float, "output_dir": str, "output_name": str, "save_model_as": str,
    "save_precision": str, "save_every_n_steps": int, "save_last_n_steps": int, "save_state": bool,
    "save_last_n_steps_state": int, "logging_dir": str, "log_with": str, "validate_every_n_steps": int,
    "sample_prompts": str, "sample_every_n_steps": int, "sample_sampler": str, "metadata_title": str,
    "metadata_trigger_phrase": str, "metadata_usage_hint": str,
}  # fmt: skip
"""A number of steps that is no whole number is a share of all steps there."""
CHOICES = {
    "mixed_precision": {"no", "fp16", "bf16"}, "save_precision": {"float", "fp16", "bf16"},
    "save_model_as": {"ckpt", "pt", "safetensors"}, "loss_type": {"l1", "l2", "huber", "smooth_l1"},
    "log_with": {"tensorboard", "wandb", "all"},
    "lr_scheduler": {"linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup"},
}  # fmt: skip
ODD = {"optimizer": "lion", "schedule": "polynomial", "max_grad_norm": 0, "alpha": 8, "precision": "float32"}


@pytest.fixture
def config(collection, write_run):
    """All options of a run, of whatever section, as its reader joins them."""

    def call(**changes):
        folder = write_run(KOHYA, run_plan(**changes), collection)
        sections = tomllib.loads((folder / "config.toml").read_text("utf-8"))
        options = {key: value for section in sections.values() for key, value in section.items()}
        assert len(options) == sum(len(section) for section in sections.values())
        return options

    return call


@pytest.mark.parametrize("changes", [{}, EVERYTHING, ODD])
def test_every_option_is_one_that_it_knows_and_of_its_type(config, changes):
    said = config(**changes)

    assert {key: type(value) for key, value in said.items()} == {key: OPTIONS[key] for key in said}
    assert all(value in CHOICES[key] for key, value in said.items() if key in CHOICES)
    assert all(isinstance(one, str) for key, value in said.items() if key.endswith("_args") for one in value)
    assert all(isinstance(one, float) for one in said.get("text_encoder_lr", []))


def test_the_numbers_of_a_run_arrive(config):
    said = config(rank=24, alpha=12.0, steps=77, batch_size=2, accumulation=3, learning_rate=3e-5, seed=9, keep=4)

    assert (said["network_dim"], said["network_alpha"]) == (24, 12.0)
    assert (said["max_train_steps"], said["train_batch_size"], said["gradient_accumulation_steps"]) == (77, 2, 3)
    assert (said["learning_rate"], said["unet_lr"], said["seed"], said["min_snr_gamma"]) == (3e-5, 3e-5, 9, 5.0)
    assert said["pretrained_model_name_or_path"] == "/models/base.safetensors"
    assert said["save_last_n_steps"] == 3 * 250, "the newest and three before it"


def test_what_a_run_leaves_out_is_not_said(config):
    said = config(min_snr_gamma=None, previews=[])

    assert not {"min_snr_gamma", "noise_offset", "multires_noise_iterations", "network_args", "text_encoder_lr"} & set(
        said
    )
    assert not {"sample_prompts", "torch_compile"} & set(said)


@pytest.mark.parametrize(
    ("schedule", "its"),
    [
        ("constant", {"lr_scheduler": "constant_with_warmup"}),
        ("linear", {"lr_scheduler": "linear"}),
        ("cosine", {"lr_scheduler": "cosine"}),
        ("cosine-restarts", {"lr_scheduler": "cosine_with_restarts", "lr_scheduler_num_cycles": 3}),
        (
            "polynomial",
            {"lr_scheduler": "polynomial", "lr_scheduler_power": 2.0, "lr_scheduler_args": ["lr_end=0.0"]},
        ),
    ],
)
def test_each_schedule_has_its_name_there(config, schedule, its):
    """A plain ``constant`` refuses a warm-up there, and a polynomial ends above zero by itself."""
    said = config(schedule=schedule, cycles=3, warmup_steps=7)

    assert {key: value for key, value in said.items() if key.startswith("lr_scheduler")} == its
    assert said["lr_warmup_steps"] == 7


@pytest.mark.parametrize(
    ("optimizer", "its", "told"),
    [
        ("adamw", "AdamW", []),
        ("adamw8bit", "AdamW8bit", []),
        ("prodigy", "Prodigy", ["decouple=True", "use_bias_correction=True", "safeguard_warmup=True"]),
        ("lion", "Lion", []),
        ("adafactor", "Adafactor", ["scale_parameter=False", "relative_step=False", "warmup_init=False"]),
    ],
)
def test_each_optimizer_is_told_to_be_ours(config, optimizer, its, told):
    said = config(optimizer=optimizer, weight_decay=0.02)

    assert (said["optimizer_type"], said["optimizer_args"]) == (its, ["weight_decay=0.02", *told])


@pytest.mark.parametrize("targets", ["attention", "linear", "all", "full"])
def test_convolutions_learn_where_they_are_wanted(config, targets):
    said = config(targets=targets)

    wanted = ["conv_dim=32", "conv_alpha=16.0"] if targets in ("all", "full") else None
    assert said.get("network_args") == wanted


@pytest.mark.parametrize(
    ("changes", "cached"),
    [
        ({"caption_dropout": 0.0}, True),
        ({"caption_dropout": 0.1}, False),
        ({"caption_dropout": 0.0, "caption_variants": 2}, False),
        ({"caption_dropout": 0.0, "text_encoder_learning_rate": 1e-5}, False),
    ],
)
def test_captions_are_cached_only_where_nothing_about_them_changes(config, changes, cached):
    """sd-scripts stops at once where cached captions are shuffled, dropped or learnt from."""
    said = config(**changes)

    assert said["cache_text_encoder_outputs"] is cached
    assert said["network_train_unet_only"] is ("text_encoder_learning_rate" not in changes)


def test_nothing_is_cached_into_the_export(config):
    said = config()

    assert said["cache_latents"]
    assert not said["cache_latents_to_disk"]
    assert (said["output_dir"], said["logging_dir"]) == ("/data/out-output", "/data/out-output/logs")


def test_a_base_that_predicts_velocity(config):
    said = config(prediction_type="v_prediction", zero_terminal_snr=True)

    assert (said["v_parameterization"], said["zero_terminal_snr"]) == (True, True)
    assert not config()["v_parameterization"]


def test_a_small_base_has_mixed_precision(config):
    """sd-scripts refuses fp8 in full precision."""
    assert config(base_precision="fp8", precision="float32")["mixed_precision"] == "bf16"
    assert config(precision="float32")["mixed_precision"] == "no"
    assert (config(precision="float16")["mixed_precision"], config()["fp8_base_unet"]) == ("fp16", False)


def test_images_and_captions_of_the_training_are_shown_as_the_run_says(collection, write_run):
    folder = write_run(KOHYA, run_plan(**EVERYTHING), collection)
    said = tomllib.loads((folder / "dataset.toml").read_text("utf-8"))
    train, validation = said["datasets"]

    shown = {"flip_aug": True, "shuffle_caption": True, "keep_tokens": 2, "caption_dropout_rate": 0.05}
    assert {key: train[key] for key in shown} == shown
    assert not set(shown) & set(validation)
    assert not any(said["general"][key] for key in ("flip_aug", "color_aug", "random_crop", "shuffle_caption"))


def test_prompts_are_data_and_no_command(collection, write_run):
    """In a text file ``--`` and a hash would be options and comments."""
    folder = write_run(KOHYA, run_plan(), collection)
    options = tomllib.loads((folder / "config.toml").read_text("utf-8"))["samples"]
    rows = json.loads(Path(options["sample_prompts"]).read_text("utf-8"))

    assert rows[1] == {
        "prompt": 'nv-p1xel4rt, "cow" -- {a|b}', "negative_prompt": "blurry", "width": 192, "height": 256, "seed": 2,
        "sample_steps": 12, "scale": 6.0,
    }  # fmt: skip
    assert len(rows) == 2


def test_it_says_how_to_start_and_what_the_data_set_can_not(collection):
    first, *others = KOHYA.settings(run_plan(), collection)

    assert f"--config_file={collection.root}/config.toml" in first
    assert any("validation_split = 1.0" in note for note in others)
    assert any("/data/out-output" in note for note in others)
