"""The plan adds up, and finds the least change with which a card is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from unipixel.diffusion import memory_plan
from unipixel.diffusion.memory_plan import (
    GIB,
    MemorySettings,
    cheaper_settings,
    optimizer_bytes,
    plan_for,
    plan_memory,
)
from unipixel.diffusion.memory_text import memory_lines
from unipixel.diffusion.traced_step import Shapes, Step, Traced, Weights
from unipixel.lora import TrainingSettings

TRAINING = TrainingSettings(
    scale=8, rank=8, alpha=8, targets="linear", steps=1, batch_size=1, learning_rate=1e-4, seed=0
)


def settings(**changes: Any) -> MemorySettings:
    own = {name: changes.pop(name) for name in list(changes) if name in MemorySettings.__dataclass_fields__}
    return MemorySettings(**{"training": replace(TRAINING, **changes), "canvases": [(128, 64), (64, 96)], **own})


WIDE = (32, 1280)


@pytest.fixture(autouse=True)
def traces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the traces, which have tests of their own, and leave out what is only estimated."""

    def step(shapes: Shapes, step: Step) -> Traced:
        trained = (WIDE,) * (step.rank + 10 * (step.targets == "full") + 5 * step.text_encoders)
        activations = step.batch_size * step.width * step.height * step.dtype.itemsize
        return Traced(trained, 4 * 40960 * len(trained) + activations * (1 if step.gradient_checkpointing else 20))

    def weights(shapes: Shapes, dtype: torch.dtype, precision: str) -> Weights:
        size = dtype.itemsize * 10**6
        return Weights(size // {"full": 1, "fp8": 2, "nf4": 4}[precision], 1000 * (precision != "full"), size, 10**5)

    def pixels(shapes: Shapes, *, width: int, height: int, dtype: torch.dtype) -> int:
        return 3 * width * height

    monkeypatch.setattr(memory_plan, "trace_step", step)
    monkeypatch.setattr(memory_plan, "count_weights", weights)
    for name in ("trace_encoding", "trace_decoding", "trace_drawing"):
        monkeypatch.setattr(memory_plan, name, pixels)
    monkeypatch.setattr(memory_plan, "CONTEXT", 0)
    monkeypatch.setattr(memory_plan, "SLACK", 0.0)


@pytest.fixture
def shapes() -> Shapes:
    return Shapes({}, {}, {}, {})


def test_the_parts_are_the_training_and_the_fullest_phase_is_the_peak(shapes: Shapes) -> None:
    plan = plan_memory(shapes, settings(ema_decay=0.9))

    assert list(plan.parts)[:5] == ["UNet", "LoRA", "optimizer", "moving average", "gradients"]
    assert plan.parts["optimizer"] == 2 * plan.parts["LoRA"] == 2 * plan.parts["moving average"]
    assert sum(plan.parts.values()) == plan.phases["training"]
    assert plan.peak == max(plan.phases.values())


def test_what_is_estimated_is_added(shapes: Shapes, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = plan_memory(shapes, settings())
    monkeypatch.setattr(memory_plan, "CONTEXT", 1000)
    monkeypatch.setattr(memory_plan, "SLACK", 0.1)
    plan = plan_memory(shapes, settings())

    assert {name: plan.phases[name] for name in bare.phases} == {
        name: round(1.1 * size) + 1000 for name, size in bare.phases.items()
    }


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"batch_size": 4}, {}),
        ({"gradient_checkpointing": False}, {}),
        ({"rank": 32}, {}),
        ({"targets": "full"}, {}),
        ({"ema_decay": 0.99}, {}),
        ({"text_encoder_learning_rate": 1e-5}, {}),
        ({"canvases": [(256, 128)]}, {}),
        ({"parts_take_turns": False}, {}),
        ({"dtype": "float32"}, {}),
        ({}, {"optimizer": "adamw8bit"}),
        ({}, {"optimizer": "adafactor"}),
        ({}, {"base_precision": "fp8"}),
        ({"base_precision": "fp8"}, {"base_precision": "nf4"}),
    ],
)
def test_more_needs_more(shapes: Shapes, more: dict[str, Any], less: dict[str, Any]) -> None:
    large, small = plan_memory(shapes, settings(**more)), plan_memory(shapes, settings(**less))

    assert sum(large.phases.values()) > sum(small.phases.values())
    assert all(large.phases[name] >= small.phases[name] for name in large.phases)


def test_parts_that_take_turns_are_never_all_there(shapes: Shapes) -> None:
    turns, together = (plan_memory(shapes, settings(parts_take_turns=value)) for value in (True, False))

    assert turns.phases["training"] == together.phases["training"]
    assert together.phases["encoding"] > turns.phases["encoding"] + turns.parts["UNet"] / 2
    assert together.phases["drawing"] > turns.phases["drawing"]


def test_a_card_gets_the_first_settings_that_fit(shapes: Shapes) -> None:
    wish = settings(batch_size=3, gradient_checkpointing=False, dtype="float32")
    tried = [(changes, plan_memory(shapes, candidate).peak) for changes, candidate in cheaper_settings(wish)]
    for _, peak in tried:
        size = peak / GIB / memory_plan.USABLE
        plan = plan_for(shapes, wish, size * 1.0001)
        first = next(those for those, needed in tried if needed <= peak)
        assert plan.changes == first
        assert plan.fits(size * 1.0001)
        assert plan.changes != () or plan.settings == wish
    assert not plan_for(shapes, wish, 0.0).fits(0.0)
    assert plan_for(shapes, wish, 0.0).changes == tried[-1][0]


def test_cheaper_settings_learn_the_same_pictures_a_step() -> None:
    wish = settings(batch_size=3, accumulation=2, gradient_checkpointing=False)
    changes = [those for those, _ in cheaper_settings(wish)]
    last = list(cheaper_settings(wish))[-1][1]

    assert changes[-1] == (
        "gradient checkpointing",
        "batch size 1 with accumulation 6",
        "optimizer adamw8bit",
        "base precision nf4",
    )
    assert "base precision fp8" in changes[-2]
    assert last.training.pictures_per_step == wish.training.pictures_per_step == 6
    assert [those for those, _ in cheaper_settings(last)] == [()]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("adamw", torch.optim.AdamW), ("adafactor", torch.optim.Adafactor)],
)
def test_an_optimizer_keeps_as_much_as_is_counted(name: str, kind: Any) -> None:
    shapes = [(8, 30), (50, 8), (8, 4, 3, 3), (16, 8, 1, 1)]
    weights = [torch.zeros(shape, requires_grad=True) for shape in shapes]
    optimizer = kind(weights)
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    optimizer.step()
    kept = [value.nbytes for state in optimizer.state.values() for key, value in state.items() if key != "step"]

    assert optimizer_bytes(name, shapes) == sum(kept)


def test_small_weights_stay_in_32_bits_for_adamw_in_8() -> None:
    assert optimizer_bytes("adamw8bit", [(32, 32)]) == optimizer_bytes("adamw", [(32, 32)])
    assert optimizer_bytes("adamw8bit", [(32, 1280)]) < optimizer_bytes("adamw", [(32, 1280)]) / 3.9


def test_the_plan_in_words(shapes: Shapes) -> None:
    lines = memory_lines(shapes, settings(gradient_checkpointing=False), sizes=(0, 8))

    assert lines[0].startswith("memory, predicted: 0.")
    assert "UNet" in lines[1] or lines[1] == "of the training: "
    assert lines[2].startswith("  0 GB: does not fit; ")
    assert "even with gradient checkpointing, optimizer adamw8bit, base precision nf4" in lines[2]
    assert lines[3].startswith("  8 GB: ")
    assert lines[3].endswith("as it is set")
