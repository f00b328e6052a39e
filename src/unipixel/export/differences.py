"""What other trainers do otherwise than UniPixel, a sentence each, where a run asks for it.

Read in their code: sd-scripts 48d368f (``library/train_util.py``, ``library/custom_train_functions.py``,
``networks/lora.py``), OneTrainer 23df383 (``modules/``) with mgds 3a6994a, ai-toolkit 27a03a9 (``jobs/process/``,
``toolkit/``, ``extensions_built_in/sd_trainer/``).
"""

from __future__ import annotations

from unipixel.export.onetrainer import FLIP_VARIATIONS
from unipixel.export.runs import RunPlan

_SAMPLED = (
    "It draws a sample of the autoencoder's posterior once for each image and keeps that; UniPixel learns the mean."
)
_WARM_UP = "Its warm-up begins at a learning rate of 0: the first step changes nothing."
_PURE_NOISE = (
    "Its Min-SNR weight is 0 at pure noise, so the last timestep of a model with zero terminal SNR is never learnt."
)
_NO_PYRAMID = "It has no pyramid noise: that setting is lost."


def common_differences(plan: RunPlan) -> list[str]:
    """What is so with every other trainer."""
    return [
        "Noise, timesteps and order follow from other random numbers than UniPixel's: the same settings give another"
        " LoRA of the same kind, not the same one.",
        "Grid discipline is not measured there, no checkpoint is chosen by it, and memorising does not end the"
        f" training: look at its samples with `unipixel measure SAMPLES --scale {plan.settings.scale}`.",
    ]


def kohya_differences(plan: RunPlan) -> list[str]:
    """What sd-scripts does otherwise."""
    settings = plan.settings
    return _that_hold(
        (
            settings.targets == "attention",
            "`networks.lora` has no set of attention alone: projections and feed-forward layers learn too.",
        ),
        (settings.targets == "full", "The first and the last convolution do not learn there."),
        (settings.latents == "mean", _SAMPLED),
        (settings.ema_decay > 0, "It keeps no average of the weights: `ema_decay` is lost."),
        (
            settings.pyramid_noise > 0,
            "Its pyramid noise draws the sizes of its layers by chance, the first of them at full strength.",
        ),
        (
            settings.caption_variants > 1,
            f"It draws a new order of the tags each time, not {settings.caption_variants} that take turns.",
        ),
        (
            settings.caption_variants > 1 or settings.caption_dropout > 0,
            "It caches no captions where they change, so the text encoders run at every step; without"
            " `shuffle_caption` and `caption_dropout_rate`, `cache_text_encoder_outputs` saves their memory.",
        ),
        (settings.warmup_steps > 0, _WARM_UP),
        (plan.predicts_v and settings.min_snr_gamma is not None, _PURE_NOISE),
        (plan.base_precision == "nf4", "It has no 4-bit base: the UNet's weights are kept in fp8."),
        (
            plan.base_precision != "full" and plan.precision == "float32",
            "A base in fp8 needs mixed precision there: bf16 is set.",
        ),
    )


def onetrainer_differences(plan: RunPlan) -> list[str]:
    """What OneTrainer does otherwise."""
    settings = plan.settings
    return [
        "It has no seed: its random numbers follow from the number of the step.",
        f"It keeps every LoRA that it saves; of backups, from which it goes on, the newest {max(plan.keep, 1)}.",
        *_that_hold(
            (settings.latents == "sample", "It learns the mean of the autoencoder's posterior, never a sample."),
            (settings.pyramid_noise > 0, _NO_PYRAMID),
            (
                settings.caption_dropout > 0,
                "A dropped caption is an embedding of zeros there, of each text encoder by itself, not that of the"
                " empty caption.",
            ),
            (
                settings.flip,
                f"Whether an image is mirrored is decided when it is cached, {FLIP_VARIATIONS} times for each.",
            ),
            (settings.warmup_steps > 0, _WARM_UP),
            (settings.ema_decay > 0, "Its average follows the weights faster in the first steps."),
            (plan.predicts_v and settings.min_snr_gamma is not None, _PURE_NOISE),
            (
                plan.predicts_v and settings.debiased,
                "Its debiased weight for v-prediction is the square root of UniPixel's.",
            ),
        ),
    ]


def ai_toolkit_differences(plan: RunPlan) -> list[str]:
    """What ai-toolkit does otherwise."""
    settings = plan.settings
    return [
        "It writes the sizes of the images, and cached captions, into their folders: a later export into this folder"
        " asks for `--force`.",
        *_that_hold(
            (settings.latents == "mean", _SAMPLED),
            (settings.caption_variants > 1, "Its shuffling moves the trigger too, so captions keep their order."),
            (settings.flip, "Each image is there twice, as it is and mirrored."),
            *_schedule_differences(plan),
            (
                plan.trains_text and settings.text_encoder_learning_rate != settings.learning_rate,
                f"A LoRA has one learning rate there: the text encoders learn at {settings.learning_rate:g} too.",
            ),
            (settings.accumulation > 1, "Gradients of several batches are added up there, not averaged."),
            (settings.debiased, "It has no debiased loss: all timesteps weigh the same."),
            (settings.pyramid_noise > 0, _NO_PYRAMID),
            (
                plan.predicts_v and settings.min_snr_gamma is not None,
                "Its Min-SNR weight is that of models which predict noise.",
            ),
            (
                plan.zero_terminal_snr,
                "It has no zero terminal SNR: this base would learn from noise that is never pure. Take another"
                " trainer for it.",
            ),
            (
                settings.optimizer in ("adamw", "adamw8bit", "prodigy"),
                "The optimizer's `eps` is 1e-6 there, not 1e-8.",
            ),
            (settings.optimizer == "adafactor", "With Adafactor it does not shorten long gradients."),
            (plan.base_precision != "full", "It quantizes no SDXL model: the UNet's weights keep their precision."),
        ),
    ]


def _schedule_differences(plan: RunPlan) -> list[tuple[bool, str]]:
    name, settings = plan.settings.schedule, plan.settings
    return [
        (settings.warmup_steps > 0 and name != "constant", "Only a constant learning rate has a warm-up there."),
        (settings.warmup_steps > 0 and name == "constant", _WARM_UP),
        (
            name == "cosine-restarts" and settings.cycles > 1,
            "Restarts can't be set to the length of a run: the learning rate falls once.",
        ),
        (name == "polynomial", "It has no square schedule: the learning rate falls in a straight line."),
    ]


def _that_hold(*notes: tuple[bool, str]) -> list[str]:
    return [note for holds, note in notes if holds]
