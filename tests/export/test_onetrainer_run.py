"""The configuration is what OneTrainer takes, and its epochs hold the steps of the run.

Names, types and enumerations: ``TrainConfig`` and ``SampleConfig`` in
https://github.com/Nerogar/OneTrainer/tree/master/modules/util/config, read 2026-11-28 at commit 23df383. OneTrainer's
classes, scheduler and filter of layers read such exports on the same day: docs/how-to/export.md.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_data import EVERYTHING, picture, run_plan
from unipixel.errors import ExportError
from unipixel.export import RUN_EXPORTERS, Collection
from unipixel.export.onetrainer_run import epochs, whole_steps

ONETRAINER = RUN_EXPORTERS["onetrainer"]
PART = {
    "train": bool, "learning_rate": float, "stop_training_after": int, "stop_training_after_unit": str,
    "weight_dtype": str, "dropout_probability": float, "gradient_checkpointing": bool,
}  # fmt: skip
OPTIMIZER = {
    "optimizer": str, "beta1": float, "beta2": float, "eps": float, "eps2": float, "fused": bool,
    "stochastic_rounding": bool, "min_8bit_size": int, "block_wise": bool, "decouple": bool,
    "use_bias_correction": bool, "safeguard_warmup": bool, "d0": float, "d_coef": float, "slice_p": int,
    "clip_threshold": float, "decay_rate": float, "scale_parameter": bool, "relative_step": bool, "warmup_init": bool,
    "weight_decay": float,
}  # fmt: skip
CONFIG = {
    "__version": int, "training_method": str, "model_type": str, "base_model_name": str, "concept_file_name": str,
    "aspect_ratio_bucketing": bool, "resolution": str, "latent_caching": bool, "clear_cache_before_training": bool,
    "masked_training": bool, "force_circular_padding": bool, "train_dtype": str, "unet": PART, "text_encoder": PART,
    "text_encoder_2": PART, "vae": PART, "compile": bool, "peft_type": str, "lora_rank": int, "lora_alpha": float,
    "lora_decompose": bool, "lora_weight_dtype": str, "dropout_probability": float, "layer_filter": str,
    "layer_filter_preset": str, "layer_filter_regex": bool, "optimizer": OPTIMIZER, "learning_rate": float,
    "learning_rate_scheduler": str, "learning_rate_warmup_steps": float, "learning_rate_cycles": float,
    "learning_rate_min_factor": float, "learning_rate_scaler": str, "custom_learning_rate_scheduler": str,
    "scheduler_params": list, "epochs": int, "batch_size": int, "gradient_accumulation_steps": int,
    "clip_grad_norm": float, "ema": str, "ema_decay": float, "ema_update_step_interval": int, "mse_strength": float,
    "mae_strength": float, "loss_weight_fn": str, "loss_weight_strength": float, "loss_scaler": str,
    "offset_noise_weight": float, "generalized_offset_noise": bool, "perturbation_noise_weight": float,
    "timestep_distribution": str, "min_noising_strength": float, "max_noising_strength": float,
    "timestep_shift": float, "force_v_prediction": bool, "force_epsilon_prediction": bool,
    "rescale_noise_scheduler_to_zero_terminal_snr": bool, "workspace_dir": str, "cache_dir": str,
    "output_model_destination": str, "output_model_format": str, "output_dtype": str, "save_every": int,
    "save_every_unit": str, "save_filename_prefix": str, "backup_after": int, "backup_after_unit": str,
    "rolling_backup": bool, "rolling_backup_count": int, "validation": bool, "validate_after": int,
    "validate_after_unit": str, "sample_definition_file_name": str, "sample_after": int, "sample_after_unit": str,
    "sample_image_format": str,
}  # fmt: skip
NULLABLE = {"clip_grad_norm", "learning_rate", "stop_training_after"}
DTYPES = {"FLOAT_8", "FLOAT_16", "FLOAT_32", "BFLOAT_16", "NFLOAT_4"}
CHOICES = {
    "training_method": {"LORA"}, "model_type": {"STABLE_DIFFUSION_XL_10_BASE"}, "peft_type": {"LORA"},
    "train_dtype": DTYPES, "weight_dtype": DTYPES, "lora_weight_dtype": DTYPES, "output_dtype": DTYPES,
    "layer_filter_preset": {"attn-mlp", "attn-only", "custom"}, "output_model_format": {"KOHYA_LORA"},
    "optimizer": {"ADAMW", "ADAMW_8BIT", "PRODIGY", "LION", "ADAFACTOR"},
    "learning_rate_scheduler": {"CONSTANT", "LINEAR", "COSINE", "COSINE_WITH_HARD_RESTARTS", "CUSTOM"},
    "learning_rate_scaler": {"NONE"}, "ema": {"OFF", "GPU"}, "loss_scaler": {"NONE"},
    "loss_weight_fn": {"CONSTANT", "MIN_SNR_GAMMA", "DEBIASED_ESTIMATION"}, "timestep_distribution": {"UNIFORM"},
    "sample_image_format": {"PNG"}, "noise_scheduler": {"EULER"}, "stop_training_after_unit": {"NEVER"},
    "save_every_unit": {"STEP"}, "backup_after_unit": {"STEP"}, "validate_after_unit": {"STEP"},
    "sample_after_unit": {"STEP", "NEVER"},
}  # fmt: skip
SAMPLE = {
    "enabled": bool, "prompt": str, "negative_prompt": str, "width": int, "height": int, "seed": int,
    "random_seed": bool, "diffusion_steps": int, "cfg_scale": float, "noise_scheduler": str,
    "force_last_timestep": bool,
}  # fmt: skip
ADAFACTOR = {"optimizer": "adafactor", "schedule": "polynomial", "max_grad_norm": 0, "targets": "attention"}


@pytest.fixture
def config(collection, write_run):
    """The configuration of a run."""

    def call(**changes):
        folder = write_run(ONETRAINER, run_plan(**changes), collection)
        return json.loads((folder / "config.json").read_text("utf-8"))

    return call


def require(said: dict, schema: dict) -> None:
    assert set(said) <= set(schema)
    for key, value in said.items():
        if isinstance(schema[key], dict):
            require(value, schema[key])
        else:
            assert type(value) is schema[key] or (value is None and key in NULLABLE), key
            assert key not in CHOICES or value in CHOICES[key], key


@pytest.mark.parametrize("changes", [{}, EVERYTHING, ADAFACTOR, {"optimizer": "lion"}, {"optimizer": "adamw8bit"}])
def test_every_field_is_one_that_it_knows_and_of_its_type(config, changes):
    said = config(**changes)

    require(said, CONFIG)
    assert said["__version"] == 11
    for row in json.loads(Path(said["sample_definition_file_name"]).read_text("utf-8")):
        require(row, SAMPLE)


def test_the_numbers_of_a_run_arrive(config):
    said = config(rank=24, alpha=12, batch_size=2, learning_rate=3e-5, noise_offset=0.1)

    assert (said["lora_rank"], said["lora_alpha"], said["batch_size"]) == (24, 12.0, 2)
    assert (said["learning_rate"], said["unet"]["learning_rate"], said["offset_noise_weight"]) == (3e-5, 3e-5, 0.1)
    assert (said["loss_weight_fn"], said["loss_weight_strength"]) == ("MIN_SNR_GAMMA", 5.0)
    assert said["base_model_name"] == "/models/base.safetensors"


def test_steps_are_batches_there(config):
    said = config(accumulation=3, warmup_steps=10, checkpoint_every=50)

    assert said["learning_rate_warmup_steps"] == 30.0
    assert said["save_every"] == said["backup_after"] == said["validate_after"] == said["sample_after"] == 150


@pytest.mark.parametrize(("warmup", "its"), [(0, 0.0), (1, 1.5), (2, 2.0)])
def test_a_warm_up_of_one_step_is_no_share(config, warmup, its):
    """OneTrainer takes up to 1 for a share of the steps, and drops what is behind the point above that."""
    assert config(warmup_steps=warmup)["learning_rate_warmup_steps"] == its


@pytest.fixture(scope="module")
def seven(tmp_path_factory):
    """Four pictures in an epoch on one canvas, one of them seen twice, three on another, and one for validation."""
    folder = tmp_path_factory.mktemp("seven")
    pictures = [picture(folder, seed, "256x192", repeats=1 + (seed == 0)) for seed in range(3)]
    pictures += [picture(folder, seed, "192x256") for seed in range(3, 6)]
    return Collection([*pictures, picture(folder, 6, split="validation")], "t", 8, ".")


@given(steps=st.integers(1, 5000), accumulation=st.integers(1, 4), size=st.integers(1, 3))
def test_the_fewest_whole_epochs_hold_all_steps(seven, steps, accumulation, size):
    """An epoch has the whole batches of each canvas."""
    plan = run_plan(steps=steps, accumulation=accumulation, batch_size=size)
    each = 4 // size + 3 // size
    count = epochs(plan, seven)

    assert count * each >= steps * accumulation > (count - 1) * each
    assert whole_steps(plan, seven) == count * each // accumulation >= steps


def test_a_batch_that_no_canvas_fills_is_refused(collection):
    with pytest.raises(ExportError, match=r"no canvas has 9 training images.*train\.batch_size=1"):
        ONETRAINER.files(run_plan(batch_size=9), collection)


def test_what_an_epoch_leaves_out_is_told(collection):
    notes = ONETRAINER.settings(run_plan(batch_size=3, steps=4), collection)

    assert any("does not fill a batch of 3" in note and "256x192" in note for note in notes)
    assert not any("does not fill" in note for note in ONETRAINER.settings(run_plan(batch_size=2), collection))
    assert any(
        "it takes 6 steps, not 4" in note for note in ONETRAINER.settings(run_plan(steps=4, batch_size=2), collection)
    )


@pytest.mark.parametrize(
    ("targets", "layers"),
    [
        ("attention", "attn"),
        ("linear", "attentions"),
        ("all", "attentions,resnets,downsamplers,upsamplers"),
        ("full", "attentions,resnets,downsamplers,upsamplers,conv_in,conv_out"),
    ],
)
def test_the_filter_is_of_the_same_layers(config, targets, layers):
    said = config(targets=targets)

    assert said["layer_filter"] == layers
    presets = {"attn": "attn-only", "attentions": "attn-mlp"}
    assert said["layer_filter_preset"] == presets.get(layers, "custom"), "its window would write another filter"


def test_a_square_schedule_is_pytorchs(config):
    said = config(schedule="polynomial")

    assert said["custom_learning_rate_scheduler"] == "torch.optim.lr_scheduler.PolynomialLR"
    assert {row["key"]: row["value"] for row in said["scheduler_params"]} == {
        "total_iters": "%SCHEDULER_STEPS%",
        "power": "2.0",
    }


def test_text_encoders_rest_unless_they_learn_to_the_end(config):
    """By default they learn for 30 epochs."""
    still, learning = config()["text_encoder_2"], config(text_encoder_learning_rate=2e-5)["text_encoder"]

    assert (still["train"], still["learning_rate"]) == (False, None)
    assert (learning["train"], learning["learning_rate"]) == (True, 2e-5)
    assert (learning["stop_training_after"], learning["stop_training_after_unit"]) == (None, "NEVER")


def test_a_base_that_predicts_velocity(config):
    said, plain = config(prediction_type="v_prediction", zero_terminal_snr=True), config()

    assert said["force_v_prediction"]
    assert said["rescale_noise_scheduler_to_zero_terminal_snr"]
    assert not said["force_epsilon_prediction"]
    assert plain["force_epsilon_prediction"]
    assert not plain["force_v_prediction"]


def test_images_are_mirrored_only_where_no_size_is_rounded(tmp_path, write_run):
    pictures = [picture(tmp_path / "images", 1, "256x192"), picture(tmp_path / "images", 2, "256x160")]
    pictures.append(picture(tmp_path / "images", 3, "256x192", split="validation"))
    plan = run_plan(flip=True, caption_variants=5, kept_tags=3)
    folder = write_run(ONETRAINER, plan, Collection(pictures, "t", 8, (tmp_path / "out").as_posix()))
    rows = {row["path"].rsplit("out/", 1)[1]: row for row in json.loads((folder / "concepts.json").read_text("utf-8"))}

    flips = {path: row["image"]["enable_random_flip"] for path, row in rows.items()}
    assert flips == {"train/256x192-1": True, "train/256x160-1": False, "validation/256x192-1": False}
    texts = {path: (row["text_variations"], row["text"]["enable_tag_shuffling"]) for path, row in rows.items()}
    assert texts["train/256x192-1"] == (5, True)
    assert texts["validation/256x192-1"] == (1, False)
    assert rows["train/256x192-1"]["text"]["keep_tags_count"] == 3
    assert rows["train/256x192-1"]["image_variations"] > 1, "one cached variation would never change"


def test_all_is_written_outside_of_the_export(config):
    said = config()

    places = [said[key] for key in ("workspace_dir", "cache_dir", "output_model_destination")]
    assert all(place.startswith("/data/out-output/") for place in places)
    assert said["output_model_destination"].endswith("/my-art.safetensors")
