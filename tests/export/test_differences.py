"""What a trainer does otherwise is told where the run asks for it, and only there."""

import pytest

from export_data import run_plan
from unipixel.export import RUN_EXPORTERS
from unipixel.export.differences import (
    ai_toolkit_differences,
    common_differences,
    kohya_differences,
    onetrainer_differences,
)

TELL = {"kohya": kohya_differences, "onetrainer": onetrainer_differences, "ai-toolkit": ai_toolkit_differences}
PLAIN = {
    "latents": "mean", "warmup_steps": 0, "caption_dropout": 0.0, "optimizer": "lion", "schedule": "linear",
    "min_snr_gamma": None,
}  # fmt: skip
VELOCITY = {"prediction_type": "v_prediction", "zero_terminal_snr": True}


@pytest.mark.parametrize(
    ("trainer", "changes", "words"),
    [
        ("kohya", {"targets": "attention"}, "no set of attention"),
        ("kohya", {"targets": "full"}, "first and the last convolution"),
        ("kohya", {"ema_decay": 0.99}, "no average"),
        ("kohya", {"pyramid_noise": 0.3}, "pyramid noise"),
        ("kohya", {"caption_variants": 3}, "not 3 that take turns"),
        ("kohya", {"caption_dropout": 0.1}, "at every step"),
        ("kohya", {"warmup_steps": 5}, "warm-up begins"),
        ("kohya", {**VELOCITY, "min_snr_gamma": 5.0}, "pure noise"),
        ("kohya", {"base_precision": "nf4"}, "no 4-bit base"),
        ("kohya", {"base_precision": "fp8", "precision": "float32"}, "bf16 is set"),
        ("onetrainer", {"latents": "sample"}, "never a sample"),
        ("onetrainer", {"pyramid_noise": 0.3}, "no pyramid noise"),
        ("onetrainer", {"caption_dropout": 0.1}, "embedding of zeros"),
        ("onetrainer", {"flip": True}, "4 times for each"),
        ("onetrainer", {"warmup_steps": 5}, "warm-up begins"),
        ("onetrainer", {"ema_decay": 0.99}, "faster"),
        ("onetrainer", {**VELOCITY, "min_snr_gamma": 5.0}, "pure noise"),
        ("onetrainer", {**VELOCITY, "debiased": True}, "square root"),
        ("ai-toolkit", {"caption_variants": 3}, "moves the trigger"),
        ("ai-toolkit", {"flip": True}, "twice"),
        ("ai-toolkit", {"warmup_steps": 5}, "Only a constant"),
        ("ai-toolkit", {"warmup_steps": 5, "schedule": "constant"}, "warm-up begins"),
        ("ai-toolkit", {"schedule": "cosine-restarts", "cycles": 2}, "falls once"),
        ("ai-toolkit", {"schedule": "polynomial"}, "straight line"),
        ("ai-toolkit", {"text_encoder_learning_rate": 1e-5}, "one learning rate"),
        ("ai-toolkit", {"accumulation": 2}, "added up"),
        ("ai-toolkit", {"debiased": True}, "no debiased loss"),
        ("ai-toolkit", {"pyramid_noise": 0.3}, "no pyramid noise"),
        ("ai-toolkit", {**VELOCITY, "min_snr_gamma": 5.0}, "predict noise"),
        ("ai-toolkit", VELOCITY, "no zero terminal SNR"),
        ("ai-toolkit", {"optimizer": "adamw"}, "1e-6"),
        ("ai-toolkit", {"optimizer": "adafactor"}, "does not shorten"),
        ("ai-toolkit", {"base_precision": "nf4"}, "quantizes no SDXL"),
    ],
)
def test_a_setting_that_a_trainer_does_not_share_is_told(trainer, changes, words):
    before, after = TELL[trainer](run_plan(**PLAIN)), TELL[trainer](run_plan(**{**PLAIN, **changes}))

    assert any(words in note for note in after)
    assert not any(words in note for note in before)


@pytest.mark.parametrize("trainer", ["kohya", "ai-toolkit"])
def test_samples_of_the_posterior_are_told_where_means_are_learnt(trainer):
    assert any("posterior" in note for note in TELL[trainer](run_plan()))
    assert not any("posterior" in note for note in TELL[trainer](run_plan(latents="sample")))


def test_a_plain_run_is_nearly_the_same_everywhere():
    assert [len(tell(run_plan(**PLAIN))) for tell in TELL.values()] == [1, 2, 2]


@pytest.mark.parametrize("name", RUN_EXPORTERS)
def test_every_trainer_says_what_is_so_with_all(collection, name):
    notes = RUN_EXPORTERS[name].settings(run_plan(), collection)

    assert set(common_differences(run_plan())) | set(TELL[name](run_plan())) <= set(notes)
    assert any("--scale 8" in note for note in notes)
