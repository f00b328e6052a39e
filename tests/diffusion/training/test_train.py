"""The training: repeatable to the byte, stoppable at any step, honest when it fails."""

from __future__ import annotations

import errno
import json
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from safetensors.torch import load_file

import unipixel.diffusion.training.loop as loop
import unipixel.diffusion.training.state as training_state
from unipixel.diffusion import LORA_FILE, LOSS_FILE, STATE_FILE, Base, load_base, sample_images, saved_step, train_lora
from unipixel.diffusion.adapter import lora_layers, loras_on
from unipixel.diffusion.latents import check_images
from unipixel.diffusion.training import Watch
from unipixel.diffusion.training.material import prepare
from unipixel.errors import Diverged, GridMismatch, ModelError, OutOfMemory, WorkspaceError
from unipixel.files import read_jsonl
from unipixel.lora import TrainingSettings, read_metadata
from unipixel.progress import Event, quiet


def stop_after(step: int) -> tuple[Callable[[Event], None], Callable[[], bool]]:
    """Build a progress callback and a ``should_stop`` that is true from a step on."""
    seen: list[int] = []
    return (lambda event: seen.append(event.done) if event.stage == "train" else None), lambda: seen[-1] >= step


def test_twice_the_same_is_the_same_bytes(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    one = train_lora(base, **data, settings=settings, out=tmp_path / "one")
    two = train_lora(base, **data, settings=settings, out=tmp_path / "two")
    other = train_lora(base, **data, settings=replace(settings, seed=12), out=tmp_path / "other")

    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes() != other.read_bytes()
    assert (tmp_path / "one" / LOSS_FILE).read_bytes() == (tmp_path / "two" / LOSS_FILE).read_bytes()
    assert not (tmp_path / "one" / STATE_FILE).exists()
    assert not lora_layers(base.unet)


@pytest.mark.parametrize("stop", [1, 3])
def test_a_resumed_run_gives_the_bytes_of_one_that_was_not_stopped(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path, stop: int
) -> None:
    whole = train_lora(base, **data, settings=settings, out=tmp_path / "whole")
    progress, should_stop = stop_after(stop)

    stopped = train_lora(
        base, **data, settings=settings, out=tmp_path / "part", progress=progress, should_stop=should_stop
    )
    assert stopped is None
    assert saved_step(tmp_path / "part" / STATE_FILE) == stop
    assert len(read_jsonl(tmp_path / "part" / LOSS_FILE)) == stop
    steps: list[int] = []
    again = train_lora(
        base,
        **data,
        settings=settings,
        out=tmp_path / "part",
        progress=lambda e: steps.append(e.done) if e.stage == "train" else None,
    )

    assert again.read_bytes() == whole.read_bytes()
    assert steps == list(range(stop + 1, 5))
    assert (tmp_path / "part" / LOSS_FILE).read_bytes() == (tmp_path / "whole" / LOSS_FILE).read_bytes()


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    whole = train_lora(base, **data, settings=settings, out=tmp_path / "whole")

    def kill(event: Event) -> None:
        if event.stage == "train" and event.done == 3:
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        train_lora(base, **data, settings=settings, checkpoint_every=2, out=tmp_path / "part", progress=kill)

    assert saved_step(tmp_path / "part" / STATE_FILE) == 2
    assert train_lora(base, **data, settings=settings, out=tmp_path / "part").read_bytes() == whole.read_bytes()


def test_an_interrupt_finishes_the_step_and_saves(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    def interrupt(event: Event) -> None:
        if event.stage == "train" and event.done == 1:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train_lora(base, **data, settings=settings, out=tmp_path, progress=interrupt)

    assert saved_step(tmp_path / STATE_FILE) == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_at_the_end_of_a_step_is_the_next_steps(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    pressed: list[int] = []

    def press_once() -> bool:  # asked once the step has looked whether somebody pressed
        if not pressed:
            pressed.append(1)
            signal.raise_signal(signal.SIGINT)
        return False

    with pytest.raises(KeyboardInterrupt):
        train_lora(base, **data, settings=settings, out=tmp_path, should_stop=press_once)

    assert saved_step(tmp_path / STATE_FILE) == 2


def test_a_finished_run_is_not_run_again(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    result = train_lora(base, **data, settings=settings, out=tmp_path)
    content = result.read_bytes()
    events: list[Event] = []

    assert train_lora(base, **data, settings=settings, out=tmp_path, progress=events.append) == result
    assert result.read_bytes() == content
    assert [event.note for event in events] == ["was finished already"]


def test_another_run_in_the_same_folder_is_refused(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    progress, should_stop = stop_after(1)
    train_lora(base, **data, settings=settings, out=tmp_path, progress=progress, should_stop=should_stop)
    with pytest.raises(WorkspaceError, match=r"state.safetensors is of another run: rank \(2 there, 3 now\)"):
        train_lora(base, **data, settings=replace(settings, rank=3), out=tmp_path)
    train_lora(base, **data, settings=settings, out=tmp_path)
    with pytest.raises(
        WorkspaceError, match=r"lora.safetensors is of another run: captions .* and steps|lora.safetensors"
    ):
        train_lora(base, data["images"], ["x"] * 5, settings=settings, out=tmp_path)


def test_a_loss_that_is_no_number_names_the_last_good_state(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_noise, drawn = loop.draw_noise, []

    def poisoned(*arguments: Any, **options: Any) -> torch.Tensor:
        drawn.append(1)
        return true_noise(*arguments, **options) * (float("nan") if len(drawn) == 4 else 1.0)

    monkeypatch.setattr(loop, "draw_noise", poisoned)
    with pytest.raises(Diverged, match=r"not a number at step 4; the last good state, of step 2, is in .*state"):
        train_lora(base, **data, settings=settings, checkpoint_every=2, out=tmp_path)

    assert saved_step(tmp_path / STATE_FILE) == 2
    assert not (tmp_path / LORA_FILE).exists()
    assert not lora_layers(base.unet)


def test_a_full_disk_leaves_the_earlier_state(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_write, written = training_state.write_atomic, []

    def full(path: Path, content: bytes) -> Path:
        written.append(path)
        if len(written) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return true_write(path, content)

    monkeypatch.setattr(training_state, "write_atomic", full)
    with pytest.raises(WorkspaceError, match=r"at step 2 \(No space left on device\); the state of step 1 is whole"):
        train_lora(base, **data, settings=settings, checkpoint_every=1, out=tmp_path)
    monkeypatch.undo()

    assert saved_step(tmp_path / STATE_FILE) == 1
    assert train_lora(base, **data, settings=settings, out=tmp_path) is not None


def test_a_picture_off_its_grid_stops_it_before_anything_is_written(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    data["images"][2] = np.roll(data["images"][2], 1, axis=0)

    with pytest.raises(GridMismatch, match="image 2"):
        train_lora(base, **data, settings=settings, out=tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_the_file_says_how_it_was_made(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    file = train_lora(base, **data, settings=settings, out=tmp_path, metadata={"modelspec.trigger_phrase": "trigger"})
    metadata = read_metadata(file)

    assert metadata["modelspec.trigger_phrase"] == "trigger"
    assert metadata["modelspec.prediction_type"] == "v"
    assert metadata["ss_network_dim"] == "2"
    assert json.loads(metadata["ss_tag_frequency"])["train"]["trigger"] == 5
    assert [row["step"] for row in read_jsonl(tmp_path / LOSS_FILE)] == [1, 2, 3, 4]


@pytest.mark.parametrize("checkpointing", [False, True])
def test_it_learns(
    settings: TrainingSettings, epsilon_base: Base, data: dict[str, Any], tmp_path: Path, checkpointing: bool
) -> None:
    more = replace(settings, steps=40, rank=8, alpha=8.0, targets="full", min_snr_gamma=None)
    calm = replace(more, caption_dropout=0.0, noise_offset=0.0)
    train_lora(
        epsilon_base, **data, settings=calm, gradient_checkpointing=checkpointing, checkpoint_every=0, out=tmp_path
    )
    losses = [row["loss"] for row in read_jsonl(tmp_path / LOSS_FILE)]

    assert np.mean(losses[-8:]) < 0.7 * np.mean(losses[:8])


def test_each_image_needs_a_caption(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="5 images and 4 captions"):
        train_lora(base, data["images"], data["captions"][:4], settings, out=tmp_path)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_trains_float32_weights(
    settings: TrainingSettings, base_folder: Path, data: dict[str, Any], tmp_path: Path, dtype: str
) -> None:
    half = load_base(base_folder, device="cpu", dtype=dtype)
    progress, should_stop = stop_after(2)
    train_lora(half, **data, settings=settings, out=tmp_path, progress=progress, should_stop=should_stop)
    stored = load_file(tmp_path / STATE_FILE)
    file = train_lora(half, **data, settings=settings, out=tmp_path)
    (_, image), *_ = sample_images(
        half, ["a"], width=32, height=32, steps=1, guidance=2.0, seeds=[1], loras=[(file, 1.0)]
    )

    assert stored["weight.0000"].dtype == torch.float32
    assert image.std() > 0


def test_text_encoders_learn_where_a_rate_is_given_and_stock_diffusers_hears_them(
    settings: TrainingSettings, base: Base, base_folder: Path, data: dict[str, Any], tmp_path: Path
) -> None:
    both = replace(settings, text_encoder_learning_rate=1e-2, caption_variants=2, save_dtype="float32")
    plain, *_ = base.pipeline.encode_prompt(["trigger, tag1"], do_classifier_free_guidance=False)
    file = train_lora(base, **data, settings=both, out=tmp_path)
    untouched, *_ = base.pipeline.encode_prompt(["trigger, tag1"], do_classifier_free_guidance=False)
    names = {name.split("_text_model")[0] for name in load_file(file) if name.startswith("lora_te")}
    with loras_on(base, [(file, 1.0)]):
        ours, *_ = base.pipeline.encode_prompt(["trigger, tag1"], do_classifier_free_guidance=False)
    stock = StableDiffusionXLPipeline.from_pretrained(base_folder)
    stock.load_lora_weights(file)
    theirs, *_ = stock.encode_prompt(["trigger, tag1"], do_classifier_free_guidance=False)

    assert names == {"lora_te1", "lora_te2"}
    assert torch.equal(plain, untouched)
    assert (ours - plain).abs().max() > 1e-3
    assert (ours - theirs).abs().max() < 1e-5
    assert not lora_layers(base.pipeline.text_encoder)


def test_it_begins_where_another_lora_ended(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    exact = replace(settings, save_dtype="float32", caption_dropout=0.0)
    first = train_lora(base, **data, settings=exact, out=tmp_path / "first")
    still = replace(exact, steps=1, learning_rate=1e-12, warmup_steps=0, weight_decay=0.0, alpha=1.0)
    second = train_lora(base, **data, settings=still, out=tmp_path / "second", initial=first)
    one, two = load_file(first), load_file(second)

    for name, down in one.items():
        if name.endswith("lora_down.weight"):
            key = name.removesuffix("lora_down.weight")
            before = one[f"{key}lora_up.weight"].flatten(1) @ down.flatten(1) * one[f"{key}alpha"] / 2
            after = two[f"{key}lora_up.weight"].flatten(1) @ two[name].flatten(1) * two[f"{key}alpha"] / 2
            assert torch.allclose(before, after, atol=1e-6)
    with pytest.raises(
        ModelError, match=r"has rank 2, but rank 3 is trained. Set lora.rank, or .* unipixel lora resize"
    ):
        train_lora(base, **data, settings=replace(exact, rank=3), out=tmp_path / "third", initial=first)


def test_a_lora_for_more_than_is_trained_is_no_beginning(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    wide = train_lora(base, **data, settings=replace(settings, targets="linear", steps=1), out=tmp_path / "wide")

    with pytest.raises(ModelError, match=r"modules of this LoRA are not trained here, such as .* wider lora.targets"):
        train_lora(base, **data, settings=settings, out=tmp_path / "narrow", initial=wide)


def test_a_compiled_unet_learns_the_same(
    settings: TrainingSettings, epsilon_base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    one_canvas = {"images": data["images"][:2], "captions": data["captions"][:2]}
    short, losses = replace(settings, steps=1), []
    for backend in ("", "eager"):  # the graph is taken down and run as it is: what a compiler begins with
        train_lora(epsilon_base, **one_canvas, settings=short, out=tmp_path / f"{backend}1", compile_with=backend)
        losses.append(read_jsonl(tmp_path / f"{backend}1" / LOSS_FILE)[0]["loss"])

    assert losses[1] == pytest.approx(losses[0], rel=1e-4)


def test_batches_that_are_accumulated_are_those_of_one_large_step(
    settings: TrainingSettings, epsilon_base: Base, data: dict[str, Any], tmp_path: Path
) -> None:
    one_canvas = {"images": data["images"][:2], "captions": data["captions"][:2]}
    calm = replace(settings, steps=1, caption_dropout=0.0, batch_size=1, accumulation=4)
    train_lora(epsilon_base, **one_canvas, settings=calm, out=tmp_path)
    mean = read_jsonl(tmp_path / LOSS_FILE)[0]["loss"]
    singles = []
    for number in range(4):
        lesson = loop.Lesson(epsilon_base, epsilon_base.unet, *_material(epsilon_base, one_canvas, calm, tmp_path))
        with torch.no_grad():
            singles.append(lesson.loss(number).item())

    assert mean == pytest.approx(np.mean(singles), rel=1e-4)
    assert len(set(singles)) == 4


def _material(base: Base, data: dict[str, Any], settings: TrainingSettings, folder: Path) -> tuple[Any, ...]:
    keys = check_images(data["images"], 8)
    made = prepare(base, data["images"], keys, data["captions"], settings, Watch(), cache=folder, progress=quiet)
    return made.buckets, made.captions, settings


def test_out_of_memory_says_what_to_change_and_leaves_the_state(
    settings: TrainingSettings, base: Base, data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_noise, drawn = loop.draw_noise, []

    def full(*arguments: Any, **options: Any) -> torch.Tensor:
        drawn.append(1)
        if len(drawn) == 4:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return true_noise(*arguments, **options)

    monkeypatch.setattr(loop, "draw_noise", full)
    with pytest.raises(OutOfMemory, match=r"gradient checkpointing.*; the last good state, of step 2, is in .*state"):
        train_lora(base, **data, settings=settings, checkpoint_every=2, out=tmp_path)

    assert saved_step(tmp_path / STATE_FILE) == 2
    assert not lora_layers(base.unet)
