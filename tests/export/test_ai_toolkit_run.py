"""The job is what ai-toolkit takes; it drops every name that it does not know without a word.

Names: the classes in https://github.com/ostris/ai-toolkit/blob/main/toolkit/config_modules.py, read 2026-11-28 at
commit 27a03a9. Those classes, its scheduler and its LoRA read such exports on the same day: docs/how-to/export.md.
"""

import pytest

from export_data import EVERYTHING, run_plan
from unipixel.export import RUN_EXPORTERS

yaml = pytest.importorskip("yaml")

AI_TOOLKIT = RUN_EXPORTERS["ai-toolkit"]
PARTS = {
    "network": {
        "type": str, "linear": int, "linear_alpha": float, "conv": int, "conv_alpha": float, "transformer_only": bool,
        "network_kwargs": dict,
    },
    "save": {"dtype": str, "save_every": int, "max_step_saves_to_keep": int, "save_format": str, "push_to_hub": bool},
    "train": {
        "steps": int, "batch_size": int, "gradient_accumulation": int, "train_unet": bool, "train_text_encoder": bool,
        "cache_text_embeddings": bool, "gradient_checkpointing": bool, "noise_scheduler": str, "content_or_style": str,
        "loss_type": str, "noise_offset": float, "optimizer": str, "optimizer_params": dict, "lr": float,
        "lr_scheduler": str, "lr_scheduler_params": dict, "max_grad_norm": float, "dtype": str, "sdp": bool,
        "disable_sampling": bool, "min_snr_gamma": float, "ema_config": dict,
    },
    "model": {
        "name_or_path": str, "arch": str, "is_v_pred": bool, "dtype": str, "vae_dtype": str, "quantize": bool,
        "compile": bool,
    },
    "sample": {
        "sampler": str, "sample_every": int, "sample_steps": int, "guidance_scale": float, "neg": str, "format": str,
        "samples": list,
    },
}  # fmt: skip


@pytest.fixture
def process(collection, write_run):
    """What the one process of a job is told."""

    def call(**changes):
        folder = write_run(AI_TOOLKIT, run_plan(**changes), collection)
        job = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))
        assert (job["job"], job["config"]["name"], len(job["config"]["process"])) == ("extension", "my-art", 1)
        return job["config"]["process"][0]

    return call


@pytest.mark.parametrize("changes", [{}, EVERYTHING, {"max_grad_norm": 0, "alpha": 8, "schedule": "linear"}])
def test_every_name_is_one_that_it_knows_and_of_its_type(process, changes):
    said = process(**changes)

    assert set(said) == {"type", "training_folder", "training_seed", "datasets", *PARTS}
    for part, schema in PARTS.items():
        assert {key: type(value) for key, value in said[part].items()} == {key: schema[key] for key in said[part]}
    for row in said["sample"]["samples"]:
        assert {key: type(value) for key, value in row.items()} == {
            "prompt": str, "width": int, "height": int, "seed": int
        }  # fmt: skip


def test_the_numbers_of_a_run_arrive(process):
    said = process(rank=24, alpha=12.0, steps=77, batch_size=2, accumulation=3, learning_rate=1e-5, seed=9)

    assert (said["network"]["linear"], said["network"]["linear_alpha"], said["training_seed"]) == (24, 12.0, 9)
    train = said["train"]
    assert (train["steps"], train["batch_size"], train["gradient_accumulation"]) == (77, 2, 3)
    assert (train["lr"], train["min_snr_gamma"]) == (1e-5, 5.0)
    assert said["model"]["name_or_path"] == "/models/base.safetensors"


@pytest.mark.parametrize(
    ("changes", "its", "told"),
    [
        ({"schedule": "constant", "warmup_steps": 0}, "constant", {}),
        ({"schedule": "constant", "warmup_steps": 7}, "constant_with_warmup", {"num_warmup_steps": 7}),
        ({"schedule": "cosine"}, "cosine", {}),
        ({"schedule": "cosine-restarts"}, "cosine", {}),
        ({"schedule": "linear"}, "linear", {"start_factor": 1.0, "end_factor": 0.0}),
        ({"schedule": "polynomial"}, "linear", {"start_factor": 1.0, "end_factor": 0.0}),
    ],
)
def test_each_schedule_has_a_name_there(process, changes, its, told):
    """Others end the job there, and a line rises by itself."""
    train = process(**changes)["train"]

    assert (train["lr_scheduler"], train["lr_scheduler_params"]) == (its, told)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ("attention", ["attn1", "attn2"]),
        ("linear", ["attentions"]),
        ("all", ["attentions", "resnets", "downsamplers", "upsamplers"]),
        ("full", ["attentions", "resnets", "downsamplers", "upsamplers", "conv_in", "conv_out"]),
    ],
)
def test_the_same_layers_learn(process, targets, words):
    """Without a filter it adapts the embeddings of time and size too."""
    network = process(targets=targets)["network"]

    assert network["network_kwargs"]["only_if_contains"] == words
    assert network.get("conv") == (32 if targets in ("all", "full") else None)


def test_the_filter_lets_text_encoders_through_where_they_learn(process):
    said = process(text_encoder_learning_rate=1e-5)

    assert "lora_te" in said["network"]["network_kwargs"]["only_if_contains"]
    assert (said["train"]["train_text_encoder"], said["train"]["cache_text_embeddings"]) == (True, False)
    assert process()["train"]["cache_text_embeddings"]


def test_a_gradient_that_is_left_alone_is_not_shortened_to_nothing(process):
    assert process(max_grad_norm=0)["train"]["max_grad_norm"] > 1e6


def test_the_average_is_asked_for_only_where_it_is_wanted(process):
    assert process(ema_decay=0.99)["train"]["ema_config"] == {"use_ema": True, "ema_decay": 0.99}
    assert "ema_config" not in process()["train"]


def test_the_data_sets_are_those_of_the_export_and_nothing_moves(collection, write_run):
    folder = write_run(AI_TOOLKIT, run_plan(flip=True, caption_variants=3, kept_tags=2), collection)
    job = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))["config"]["process"][0]
    beside = yaml.safe_load((folder / "datasets.yaml").read_text("utf-8"))["datasets"]

    assert job["datasets"] == [{**one, "cache_latents": True} for one in beside]
    for one in beside:
        assert (one["flip_x"], one["keep_tokens"], one["caption_dropout_rate"]) == (True, 2, 0.05)
        assert not any(one[key] for key in ("flip_y", "random_crop", "random_scale", "square_crop"))
        assert not one["shuffle_tokens"], "it would move the trigger"


def test_a_base_that_predicts_velocity(process):
    assert process(prediction_type="v_prediction")["model"]["is_v_pred"]
    assert not process()["model"]["is_v_pred"]
