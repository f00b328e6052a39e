"""Looks at checkpoints: the same after a kill, the best LoRA kept, an early end where it learns by heart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from unipixel.diffusion import STATE_FILE, Base, train_lora
from unipixel.diffusion.native_decoder import DECODER_FILE, load_native_decoder
from unipixel.diffusion.training import Looks, Watch, is_memorising
from unipixel.diffusion.training import looking as looking_module
from unipixel.evaluation import measure_discipline
from unipixel.files import read_jsonl
from unipixel.image import load_image
from unipixel.lora import TrainingSettings, read_metadata, read_thumbnail
from unipixel.progress import Event


@pytest.fixture
def watch(art: Callable[..., np.ndarray]) -> Watch:
    """Two previews and two validation pictures."""
    return Watch(
        images=[art(90), art(91, 4, 6)],
        captions=["trigger, other", "trigger"],
        prompts=["trigger, tag1", "trigger"],
        sizes=[(32, 32), (48, 32)],
        steps=2,
        guidance=2.0,
        keep=1,
    )


def test_each_checkpoint_is_looked_at_and_the_best_is_kept(
    base: Base, data: dict[str, Any], settings: TrainingSettings, watch: Watch, tmp_path: Path
) -> None:
    events: list[Event] = []
    longer = replace(settings, steps=6)
    train_lora(base, **data, settings=longer, watch=watch, checkpoint_every=2, out=tmp_path, progress=events.append)
    rows = read_jsonl(tmp_path / "checkpoints.jsonl")
    losses = [row["loss"] for row in read_jsonl(tmp_path / "loss.jsonl")]
    best = next(row["step"] for row in rows if row["best"])

    assert [row["step"] for row in rows] == [2, 4, 6]
    assert [row["loss"] for row in rows] == pytest.approx([np.mean(losses[i : i + 2]) for i in (0, 2, 4)])
    for row in rows:
        images = [load_image(tmp_path / "checkpoints" / f"{row['step']:06d}-{number}.png") for number in (0, 1)]
        assert [image.shape[:2] for image in images] == [(32, 32), (32, 48)]
        assert row["discipline"] == pytest.approx(np.mean([measure_discipline(image, 8).score for image in images]))
        assert row["validation"] > 0
    kept = {int(file.stem) for file in (tmp_path / "checkpoints").glob("*.safetensors")}
    assert kept == {best} - {6}, "the newest and the best, and the last one is lora.safetensors"
    assert any("discipline" in event.note for event in events if event.stage == "train")


def test_a_checkpoint_is_a_lora_that_says_its_step(
    base: Base, data: dict[str, Any], settings: TrainingSettings, tmp_path: Path
) -> None:
    final = train_lora(base, **data, settings=settings, checkpoint_every=2, out=tmp_path)
    early = Looks(tmp_path).lora(2)

    assert read_metadata(early)["ss_steps"] == "2"
    assert read_metadata(final)["ss_steps"] == "4"
    assert not Looks(tmp_path).lora(4).exists(), "the last one is lora.safetensors"
    short = train_lora(base, **data, settings=replace(settings, steps=4), out=tmp_path / "again", checkpoint_every=0)
    assert short.read_bytes() == final.read_bytes(), "looking changes nothing"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_around_a_look_changes_nothing(
    base: Base,
    data: dict[str, Any],
    settings: TrainingSettings,
    watch: Watch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    options = {**data, "settings": settings, "watch": watch, "checkpoint_every": 2}
    whole = train_lora(base, **options, out=tmp_path / "whole")
    true_count = looking_module.count_copies
    true_add = Looks.add

    def dies(*arguments: Any) -> Any:
        if moment == "after":
            true_add(*arguments)
        raise SystemExit("killed")

    monkeypatch.setattr(Looks, "add", dies)
    with pytest.raises(SystemExit):
        train_lora(base, **options, out=tmp_path / "part")
    monkeypatch.undo()
    again = train_lora(base, **options, out=tmp_path / "part")

    assert true_count is looking_module.count_copies
    assert again.read_bytes() == whole.read_bytes()
    looks = "checkpoints.jsonl"
    assert (tmp_path / "part" / looks).read_bytes() == (tmp_path / "whole" / looks).read_bytes()


def test_it_ends_early_with_the_best_lora_when_it_memorises(
    base: Base,
    data: dict[str, Any],
    settings: TrainingSettings,
    watch: Watch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = iter([0, 2, 2, 0, 0])  # copies among the previews of each look
    monkeypatch.setattr(looking_module, "count_copies", lambda previews, known: next(counts))
    longer = replace(settings, steps=10)
    stops = replace(watch, patience=2, keep=0)
    file = train_lora(base, **data, settings=longer, watch=stops, checkpoint_every=2, out=tmp_path)
    looks = Looks(tmp_path).until(10)

    assert [look.step for look in looks] == [2, 4, 6]
    assert is_memorising(looks)
    assert file.read_bytes() == Looks(tmp_path).lora(2).read_bytes()
    assert read_metadata(file)["ss_steps"] == "2"
    assert train_lora(base, **data, settings=longer, watch=stops, checkpoint_every=2, out=tmp_path) == file


def test_the_loss_of_a_probe_is_the_same_every_time_and_falls_with_training(
    base: Base, data: dict[str, Any], settings: TrainingSettings, watch: Watch, tmp_path: Path
) -> None:
    learns = replace(settings, steps=24, rank=8, alpha=8.0, targets="full", caption_dropout=0.0, noise_offset=0.0)
    for folder in ("one", "two"):
        quick = replace(watch, prompts=())
        train_lora(base, **data, settings=learns, watch=quick, checkpoint_every=8, out=tmp_path / folder)
    one, two = (Looks(tmp_path / folder).until(24) for folder in ("one", "two"))

    assert one == two
    assert one[-1].probe < one[0].probe
    assert one[0].discipline is None


def test_the_average_is_what_is_looked_at_and_saved(
    base: Base, data: dict[str, Any], settings: TrainingSettings, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    plain = train_lora(base, **data, settings=settings, out=tmp_path / "plain")
    calm = replace(settings, ema_decay=0.9)
    averaged = train_lora(base, **data, settings=calm, out=tmp_path / "averaged", checkpoint_every=2)
    before, after = load_file(plain), load_file(averaged)
    up = next(name for name in before if name.endswith("lora_up.weight"))

    assert 0 < after[up].abs().sum() < before[up].abs().sum()
    assert torch.equal(after[up.replace("lora_up.weight", "alpha")], before[up.replace("lora_up.weight", "alpha")])


def test_the_native_decoder_lies_beside_the_lora_and_draws_previews(
    base: Base, data: dict[str, Any], settings: TrainingSettings, watch: Watch, tmp_path: Path
) -> None:
    train_lora(base, **data, settings=settings, watch=watch, out=tmp_path)
    decoder = load_native_decoder(tmp_path / DECODER_FILE, base_hash=base.hash)
    preview = load_image(tmp_path / "checkpoints" / "000004-1-native.png")

    shown = (tmp_path / "checkpoints" / "000004-0-native.png").read_bytes()
    assert read_thumbnail(read_metadata(tmp_path / "lora.safetensors")) == ("png", shown)
    assert decoder.scale == 8
    assert preview.shape == (4, 6, 4)


def test_a_run_that_starts_anew_has_looks_of_its_own(
    base: Base, epsilon_base: Base, data: dict[str, Any], settings: TrainingSettings, watch: Watch, tmp_path: Path
) -> None:
    options = {**data, "watch": watch, "checkpoint_every": 2}
    steps: list[int] = []
    train_lora(
        base,
        **options,
        settings=settings,
        out=tmp_path / "reused",
        progress=lambda event: steps.append(event.done) if event.stage == "train" else None,
        should_stop=lambda: steps[-1] == 3,
    )
    (tmp_path / "reused" / STATE_FILE).unlink()  # what the refusal of another run tells a person to do
    for folder in ("reused", "fresh"):
        train_lora(epsilon_base, **options, settings=replace(settings, seed=5), out=tmp_path / folder)

    for name in ("checkpoints.jsonl", DECODER_FILE, "checkpoints/000002-0.png"):
        assert (tmp_path / "reused" / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes(), name
