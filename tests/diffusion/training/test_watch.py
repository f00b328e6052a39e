"""Which checkpoint is the best, when a LoRA learns by heart, and that looks outlive the process."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from unipixel.diffusion.training.watch import (
    Look,
    Looks,
    best_of,
    count_copies,
    in_words,
    is_memorising,
    should_end,
)
from unipixel.files import read_jsonl


def looks(*rows: dict[str, float]) -> list[Look]:
    """Looks at steps 10, 20, ..."""
    return [Look(step=10 * (i + 1), loss=1.0, **row) for i, row in enumerate(rows)]


RISING = looks(
    {"validation": 0.50, "probe": 0.50},
    {"validation": 0.40, "probe": 0.38},
    {"validation": 0.405, "probe": 0.30},
    {"validation": 0.45, "probe": 0.25},
    {"validation": 0.50, "probe": 0.20},
)


def test_memorising_is_a_validation_loss_that_rises_while_that_of_training_falls() -> None:
    assert [is_memorising(RISING[: i + 1]) for i in range(5)] == [False, False, False, True, True]
    assert not is_memorising(looks({"validation": 0.4, "probe": 0.4}, {"validation": 0.6, "probe": 0.6}))


def test_memorising_is_drawing_copies() -> None:
    assert is_memorising(looks({"previews": 4, "copies": 2}))
    assert not is_memorising(looks({"previews": 4, "copies": 1}))
    assert not is_memorising(looks({}))


def test_the_end_comes_when_it_lasts() -> None:
    assert [should_end(RISING[: i + 1], 2) for i in range(5)] == [False, False, False, False, True]
    assert not should_end(RISING, 3)
    assert not should_end(RISING, 0)


@pytest.mark.parametrize(
    ("known", "step"),
    [
        (looks({"discipline": 0.5}, {"discipline": 0.9}, {"discipline": 0.8}), 20),
        (looks({"discipline": 0.5, "previews": 2, "copies": 0}, {"discipline": 0.9, "previews": 2, "copies": 2}), 10),
        (RISING, 20),
        (looks({}, {}), 20),
        (looks({"previews": 1, "copies": 1}, {"previews": 1, "copies": 1}), 20),
        (looks({"discipline": 0.9, "validation": 0.5}, {"discipline": 0.9, "validation": 0.4}), 20),
    ],
)
def test_the_best_keeps_its_grid_and_does_not_memorise(known: list[Look], step: int) -> None:
    assert best_of(known).step == step


def test_without_looks_there_is_no_best() -> None:
    assert best_of([]) is None
    assert in_words([]) == ""


def test_a_copy_is_nearer_than_pictures_are_to_each_other() -> None:
    rng = torch.Generator().manual_seed(0)
    pictures = [torch.randn(4, 6, 5, generator=rng) for _ in range(8)]
    near = pictures[3] + 0.2 * torch.randn(4, 6, 5, generator=rng)
    new, other_size = torch.randn(4, 6, 5, generator=rng), torch.zeros(4, 2, 2)

    assert count_copies([near], pictures) == 1
    assert count_copies([new], pictures) == 0
    assert count_copies([near, new, near, other_size], pictures) == 2
    assert count_copies([pictures[0]], pictures[:1]) == 0, "one picture tells no distance"


def test_looks_are_read_again_with_the_best_marked(tmp_path: Path) -> None:
    first = Looks(tmp_path)
    for look in looks({"discipline": 0.5}, {"discipline": 0.9}, {"discipline": 0.8}):
        first.add(look)
        first.lora(look.step).parent.mkdir(exist_ok=True)
        first.lora(look.step).write_bytes(b"x")
    again = Looks(tmp_path)
    again.keep(1)

    assert [look.step for look in again.until(20)] == [10, 20]
    assert again.has(30)
    assert not again.has(40)
    assert [row["best"] for row in read_jsonl(tmp_path / "checkpoints.jsonl")] == [False, True, False]
    assert sorted(file.name for file in again.folder.iterdir()) == ["000020.safetensors", "000030.safetensors"]


def test_words_name_what_was_seen() -> None:
    known = looks(
        {"discipline": 0.9, "on_grid": 4, "previews": 4, "validation": 0.1},
        {"discipline": 0.8, "on_grid": 3, "previews": 4, "validation": 0.25},
    )

    assert in_words(known) == "validation 0.2500, discipline 0.800, 3 of 4 on the grid, best at step 10"
