"""A training's numbers: checked at once, and the learning rate that follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from unipixel.errors import ModelError
from unipixel.lora import TrainingSettings

SETTINGS = TrainingSettings(
    scale=8, rank=2, alpha=2.0, targets="attention", steps=10, batch_size=2, learning_rate=1.0, seed=0
)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": "wavy"}, "no schedule 'wavy'"),
        ({"save_dtype": "int8"}, "no dtype 'int8'"),
        ({"steps": 0}, "at least 1"),
        ({"batch_size": 0}, "at least 1"),
    ],
)
def test_what_can_not_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        replace(SETTINGS, **changes)


def test_the_learning_rate_rises_then_follows_its_schedule() -> None:
    linear = replace(SETTINGS, schedule="linear", warmup_steps=2)
    assert [linear.rate(step) for step in range(10)] == pytest.approx(
        [1 / 3, 2 / 3, 1.0, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]
    )
    assert {SETTINGS.rate(step) for step in range(10)} == {1.0}
    assert replace(SETTINGS, schedule="cosine").rate(5) == pytest.approx(0.5)
