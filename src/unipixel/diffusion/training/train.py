"""Train a LoRA on native-grid pictures: from the data set to the file.

What makes it safe for a pixel grid: each picture is checked before it is encoded, a bucket is a canvas and
nothing else, and no picture is resized, cropped, shifted or recoloured. What makes it repeatable: all that is
random at a step follows from the seed and the step's number alone, so a run that was stopped goes on as if it
had not been.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from unipixel.diffusion.adapter import add_lora, load_into, remove_loras, save_lora
from unipixel.diffusion.base import DTYPES, Base
from unipixel.diffusion.latents import ImageKey, check_images
from unipixel.diffusion.memory_plan import MemorySettings
from unipixel.diffusion.native_decoder import DECODER_FILE
from unipixel.diffusion.out_of_memory import advice_out_of_memory, is_out_of_memory
from unipixel.diffusion.picture_memory import free_memory
from unipixel.diffusion.training.average import Average
from unipixel.diffusion.training.looking import Looker
from unipixel.diffusion.training.loop import Course, Lesson, run
from unipixel.diffusion.training.material import Material, prepare
from unipixel.diffusion.training.optimizers import make_optimizer
from unipixel.diffusion.training.processes import Processes
from unipixel.diffusion.training.state import Moving, Record, finished_lora, settings_note
from unipixel.diffusion.training.trackers import Tracker, open_tracker
from unipixel.diffusion.training.watch import Looks, Watch, best_of, in_words
from unipixel.errors import ModelError, OutOfMemory
from unipixel.files import sha256, write_atomic
from unipixel.lora.metadata import training_facts
from unipixel.lora.names import TEXT_ENCODER, TEXT_ENCODER_2, UNET
from unipixel.lora.run_files import STATE_FILE, saved_step
from unipixel.lora.settings import TrainingSettings
from unipixel.lora.thumbnail import thumbnail_uri
from unipixel.progress import Event, Progress, quiet

LORA_FILE = "lora.safetensors"


def train_lora(
    base: Base,
    images: Sequence[np.ndarray],
    captions: Sequence[str],
    settings: TrainingSettings,
    *,
    out: Path,
    cache: Path | None = None,
    watch: Watch | None = None,
    initial: Path | None = None,
    gradient_checkpointing: bool = False,
    compile_with: str = "",
    checkpoint_every: int = 100,
    metadata: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
    processes: Processes | None = None,
    log_to: Sequence[str] = (),
    progress: Progress = quiet,
    should_stop: Callable[[], bool] = lambda: False,
) -> Path | None:
    """Train a LoRA, or go on with one that was stopped.

    Parameters
    ----------
    base : Base
        Its own weights are not changed.
    images : sequence of (H, W, 4) uint8
        Opaque RGBA, each on its grid of ``settings.scale`` px. Those of one size form a bucket. One that loads
        pictures when they are asked for works too.
    captions : sequence of str
        One for each image.
    settings : TrainingSettings
    out : Path
        Folder for the LoRA, the loss log, the state and the checkpoints.
    cache : Path, optional
        Folder for latents and embeddings, which runs may share; ``out / "cache"`` by default.
    watch : Watch, optional
        What to look at at each checkpoint; nothing but the loss by default.
    initial : Path, optional
        LoRA to begin with; see `unipixel.diffusion.adapter.load_into`.
    gradient_checkpointing : bool
        Less memory, about a third more time.
    compile_with : str
        Backend of ``torch.compile`` for the UNet, such as ``"inductor"``; empty for none.
    checkpoint_every : int
        Steps between two checkpoints; 0 saves a state only when it is stopped.
    metadata : mapping of str to str, optional
        Further metadata for the file, such as that of `unipixel.lora.describe`.
    names : sequence of str, optional
        What to call the images in messages.
    processes : Processes, optional
        Those that train together; this one alone by default.
    log_to : sequence of {"tensorboard", "wandb"}
        Trackers that are told of losses and checkpoints.
    progress : callable
    should_stop : callable
        Asked after each step; on true the state is saved and ``None`` returned.

    Returns
    -------
    Path or None
        The LoRA file; ``None`` if it was told to stop. After a Ctrl-C the running step is finished and the state
        saved before ``KeyboardInterrupt`` is raised. Where it ended early, the file is that of the best checkpoint.

    Raises
    ------
    GridMismatch, ImageError
        If a picture is not on its grid; before anything else is done.
    Diverged
        If the loss is no longer a number.
    ModelError
        If there are no images, or not one caption for each.
    OptionError
        If the processes can't share the batches of a step.
    OutOfMemory
        With the settings that would need less; the state of the last checkpoint is there.
    WorkspaceError
        If ``out`` holds another run, or can't be written.
    """
    watch, processes = watch or Watch(), processes or Processes()
    _require_captions(images, captions, watch)
    processes.share(settings.accumulation)
    keys = check_images(images, settings.scale, stride=base.stride, names=names)
    identity = _identify(base, keys, captions, settings, watch, initial, metadata or {})
    if finished_lora(out / LORA_FILE, identity):
        progress(Event("train", settings.steps, settings.steps, "was finished already"))
        return out / LORA_FILE
    told = progress if processes.is_main else quiet
    with processes.main_first():
        folder = cache or out / "cache"
        material = prepare(base, images, keys, captions, settings, watch, cache=folder, progress=told)
    record = Record(out, identity, [settings.learning_rate * settings.rate(step) for step in range(settings.steps)])
    notes = {**_facts(base, material, captions, settings), **(metadata or {}), **settings_note(identity)}
    try:
        with (
            _deterministic(base.device),
            _only_trained_parts_on(base, settings),
            _training(base, settings, gradient_checkpointing),
            _memory_named(base, settings, material, gradient_checkpointing, record),
            _trackers(log_to if processes.is_main else (), out, settings) as trackers,
        ):
            groups = _add_loras(base, settings, initial)
            looks, moving = Looks(out), _moving(base, settings, groups)
            if processes.is_main and not record.state_file.exists():
                looks.start_anew()
                (out / DECODER_FILE).unlink(missing_ok=True)
            save = partial(_save, base, settings, record, looks, notes)
            course = Course(
                settings=settings,
                moving=moving,
                record=record,
                processes=processes,
                rates=[rate for _, rate in groups],
                checkpoint_every=checkpoint_every,
                flush=material.flush,
                look=Looker(base, settings, watch, material, moving, record, looks, save, told, trackers)
                if processes.is_main
                else lambda step: False,
                note=partial(_in_words, base, record, looks),
                progress=told,
                trackers=trackers,
                should_stop=should_stop,
            )
            ended = run(_lesson(base, settings, material, compile_with), course)
            if ended and processes.is_main:
                _finish(out / LORA_FILE, looks, moving, record, save)
            processes.wait()
            return out / LORA_FILE if ended else None
    finally:
        for model in _models(base).values():
            remove_loras(model)


def _require_captions(images: Sequence[Any], captions: Sequence[str], watch: Watch) -> None:
    for pictures, texts in ((images, captions), (watch.images, watch.captions)):
        if len(pictures) != len(texts) or not len(images):
            problem = f"{len(pictures)} images and {len(texts)} captions"
            raise ModelError(f"{problem}: there must be as many, and at least one")


def _lesson(base: Base, settings: TrainingSettings, material: Material, compile_with: str) -> Lesson:
    unet = torch.compile(base.unet, backend=compile_with) if compile_with else base.unet
    return Lesson(base, unet, material.buckets, material.captions, settings)


def _in_words(base: Base, record: Record, looks: Looks) -> str:
    """Loss, what the last checkpoint showed, and the memory that is left, in a few words."""
    left = f"{free_memory(base.device) / 2**30:.1f} GiB free"
    return ", ".join(filter(None, (record.in_words(), in_words(looks.until(len(record.losses))), left)))


def _finish(file: Path, looks: Looks, moving: Moving, record: Record, save: Callable[[Path, int], Path]) -> None:
    """Write the LoRA: of the last step, or, where it ended before that, of the best checkpoint."""
    done = len(record.losses)
    best = best_of(looks.until(done))
    if done < len(record.rates) and best is not None:
        write_atomic(file, looks.lora(best.step).read_bytes())
    else:
        with moving.average.in_place():
            save(file, done)
    record.write_log()
    record.state_file.unlink(missing_ok=True)


def _save(
    base: Base,
    settings: TrainingSettings,
    record: Record,
    looks: Looks,
    notes: Mapping[str, str],
    file: Path,
    step: int,
) -> Path:
    """Write the LoRA as it is now, with its first preview as the thumbnail."""
    models = _trained_models(base, settings)
    encoders = [models[name] for name in (TEXT_ENCODER, TEXT_ENCODER_2) if name in models]
    stated = {**notes, "ss_steps": str(step)}
    if (preview := looks.preview(step, 0, native=True)).exists():
        stated["modelspec.thumbnail"] = thumbnail_uri(preview.read_bytes())
    try:
        return save_lora(
            base.unet,
            base.layout,
            file,
            metadata=stated,
            dtype=DTYPES[settings.save_dtype],
            text_encoders=encoders,
        )
    except OSError as error:
        raise record.not_saved(file, error) from error


def _models(base: Base) -> dict[str, nn.Module]:
    """The models that a LoRA can be on, by their names in the pipeline."""
    return {name: getattr(base.pipeline, name) for name in (UNET, TEXT_ENCODER, TEXT_ENCODER_2)}


def _trained_models(base: Base, settings: TrainingSettings) -> dict[str, nn.Module]:
    models = _models(base)
    return models if settings.text_encoder_learning_rate > 0 else {UNET: models[UNET]}


def _add_loras(base: Base, settings: TrainingSettings, initial: Path | None) -> list[tuple[list[nn.Parameter], float]]:
    """Put LoRAs into all that is trained; the weights of each and their highest learning rate."""
    numbers = {name: getattr(settings, name) for name in ("rank", "alpha", "targets", "init")}
    models = _trained_models(base, settings)
    groups = []
    for number, (name, model) in enumerate(models.items()):
        rate = settings.learning_rate if name == UNET else settings.text_encoder_learning_rate
        groups.append((add_lora(model, **numbers, seed=settings.seed + number), rate))
    if initial is not None:
        load_into(models, base.layout, initial)
    return groups


def _moving(base: Base, settings: TrainingSettings, groups: Sequence[tuple[Sequence[nn.Parameter], float]]) -> Moving:
    weights = [weight for part, _ in groups for weight in part]
    scaler = torch.amp.GradScaler(base.device.type, enabled=base.dtype == torch.float16)
    return Moving(weights, make_optimizer(settings, groups), scaler, Average(weights, settings.ema_decay))


def _identify(
    base: Base,
    keys: Sequence[ImageKey],
    captions: Sequence[str],
    settings: TrainingSettings,
    watch: Watch,
    initial: Path | None,
    metadata: Mapping[str, str],
) -> dict[str, Any]:
    """All that decides the outcome of a run: two runs with the same identity give the same bytes."""
    return {
        "base": base.hash,
        "prediction_type": base.prediction_type,
        "images": _digest([key.digest for key in keys]),
        "captions": _digest(captions),
        "metadata": _digest([json.dumps(sorted(metadata.items()))]),
        "initial": "" if initial is None else sha256(initial),
        "patience": watch.patience,
        **asdict(settings),
    }


def _facts(base: Base, material: Material, captions: Sequence[str], settings: TrainingSettings) -> dict[str, str]:
    return training_facts(
        settings,
        base_name=base.name,
        base_hash=base.hash,
        prediction_type=base.prediction_type,
        zero_terminal_snr=base.zero_terminal_snr,
        captions=captions,
        canvases=material.canvases(base.stride),
    )


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()


@contextmanager
def _memory_named(
    base: Base, settings: TrainingSettings, material: Material, gradient_checkpointing: bool, record: Record
) -> Iterator[None]:
    """Turn a device's cry for memory into a sentence that says what to change."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        needs = MemorySettings(
            training=settings,
            canvases=material.canvases(base.stride),
            dtype=str(base.dtype).removeprefix("torch."),
            base_precision=base.base_precision,
            gradient_checkpointing=gradient_checkpointing,
        )
        raise OutOfMemory(f"{advice_out_of_memory(needs)}; {record.whats_left()}") from error


@contextmanager
def _trackers(names: Sequence[str], out: Path, settings: TrainingSettings) -> Iterator[list[Tracker]]:
    done = saved_step(out / STATE_FILE)
    opened = [open_tracker(name, out, out.name, done, asdict(settings)) for name in names]
    try:
        yield opened
    finally:
        for tracker in opened:
            tracker.close()


@contextmanager
def _deterministic(device: torch.device) -> Iterator[None]:
    """On the CPU, let torch take no operation whose result could differ from run to run."""
    before = torch.are_deterministic_algorithms_enabled(), torch.utils.deterministic.fill_uninitialized_memory
    if device.type == "cpu":
        torch.use_deterministic_algorithms(True)
        torch.utils.deterministic.fill_uninitialized_memory = False  # costs time, and nothing here reads such memory
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0])
        torch.utils.deterministic.fill_uninitialized_memory = before[1]


@contextmanager
def _only_trained_parts_on(base: Base, settings: TrainingSettings) -> Iterator[None]:
    """Keep the parts that training does not need off the GPU."""
    trained = _trained_models(base, settings)
    others = [model for name, model in _models(base).items() if name not in trained] + [base.vae]
    if base.device.type == "cpu":
        yield
        return
    for part in others:
        part.to("cpu")
    try:
        yield
    finally:
        for part in others:
            part.to(base.device)


@contextmanager
def _training(base: Base, settings: TrainingSettings, gradient_checkpointing: bool) -> Iterator[None]:
    models = _trained_models(base, settings).values()
    if gradient_checkpointing:
        base.unet.enable_gradient_checkpointing()
    for model in models:
        model.train()
    try:
        yield
    finally:
        for model in models:
            model.eval()
        if gradient_checkpointing:
            base.unet.disable_gradient_checkpointing()
