"""Train a LoRA on native-grid pictures: one loop, from the data set to the file.

What makes it safe for a pixel grid: each picture is checked before it is encoded, a bucket is a canvas and
nothing else, and no picture is resized, cropped, shifted or recoloured. What makes it repeatable: all that is
random at a step follows from the seed and the step's number alone, so a run that was stopped goes on as if it
had not been.
"""

from __future__ import annotations

import hashlib
import json
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from unipixel.diffusion.adapter import add_lora, remove_loras, save_lora
from unipixel.diffusion.base import DTYPES, Base
from unipixel.diffusion.batches import Bucket, draw_batch, draw_captions, generator, make_buckets
from unipixel.diffusion.latents import TextEmbeddings, encode_captions, encode_images, image_key
from unipixel.diffusion.training_state import Record, finished_lora, settings_note
from unipixel.errors import ModelError
from unipixel.lora.metadata import training_facts
from unipixel.lora.settings import TrainingSettings
from unipixel.progress import Event, Progress, quiet

LORA_FILE = "lora.safetensors"


def train_lora(
    base: Base,
    images: Sequence[np.ndarray],
    captions: Sequence[str],
    settings: TrainingSettings,
    *,
    out: Path,
    gradient_checkpointing: bool = False,
    checkpoint_every: int = 100,
    metadata: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
    progress: Progress = quiet,
    should_stop: Callable[[], bool] = lambda: False,
) -> Path | None:
    """Train a LoRA, or go on with one that was stopped.

    Parameters
    ----------
    base : Base
        Its own weights are not changed.
    images : sequence of (H, W, 4) uint8
        Opaque RGBA, each on its grid of ``settings.scale`` px. Those of one size form a bucket.
    captions : sequence of str
        One for each image.
    settings : TrainingSettings
    out : Path
        Folder for the LoRA, the loss log, the state and the caches.
    gradient_checkpointing : bool
        Less memory, about a third more time.
    checkpoint_every : int
        Steps between two saved states; 0 saves one only when it is stopped.
    metadata : mapping of str to str, optional
        Further metadata for the file, such as that of `unipixel.lora.describe`.
    names : sequence of str, optional
        What to call the images in messages.
    progress : callable
    should_stop : callable
        Asked after each step; on true the state is saved and ``None`` returned.

    Returns
    -------
    Path or None
        The LoRA file; ``None`` if it was told to stop. After a Ctrl-C the running step is finished and the state
        saved before ``KeyboardInterrupt`` is raised.

    Raises
    ------
    GridMismatch, ImageError
        If a picture is not on its grid; before anything else is done.
    Diverged
        If the loss is no longer a number.
    ModelError
        If there are no images, or not one caption for each.
    WorkspaceError
        If ``out`` holds another run, or can't be written.
    """
    if not images or len(images) != len(captions):
        raise ModelError(f"{len(images)} images and {len(captions)} captions: there must be as many, and at least one")
    identity = _identify(base, images, captions, settings, metadata or {})
    result = out / LORA_FILE
    if finished_lora(result, identity):
        progress(Event("train", settings.steps, settings.steps, "was finished already"))
        return result
    latents = encode_images(
        base, images, scale=settings.scale, names=names, cache=out / "latents.safetensors", progress=progress
    )
    text = encode_captions(base, captions, cache=out / "text.safetensors", progress=progress)
    record = Record(out, identity, [settings.learning_rate * settings.rate(step) for step in range(settings.steps)])
    lora = {name: getattr(settings, name) for name in ("rank", "alpha", "targets", "init", "seed")}
    try:
        weights = add_lora(base.unet, **lora)
        with _deterministic(base.device), _only_unet_on(base), _training(base.unet, gradient_checkpointing):
            steps = _Steps(base, make_buckets(latents), text, settings)
            if not _run(steps, weights, record, checkpoint_every, progress, should_stop):
                return None
        notes = {**_facts(base, images, captions, settings), **(metadata or {}), **settings_note(identity)}
        return _save(base, result, notes, settings, record)
    finally:
        remove_loras(base.unet)


def _save(base: Base, file: Path, notes: Mapping[str, str], settings: TrainingSettings, record: Record) -> Path:
    try:
        save_lora(base.unet, base.layout, file, metadata=notes, dtype=DTYPES[settings.save_dtype])
    except OSError as error:
        raise record.not_saved(file, error) from error
    record.state_file.unlink(missing_ok=True)
    return file


def _identify(
    base: Base,
    images: Sequence[np.ndarray],
    captions: Sequence[str],
    settings: TrainingSettings,
    metadata: Mapping[str, str],
) -> dict[str, Any]:
    """All that decides the outcome of a run: two runs with the same identity give the same bytes."""
    return {
        "base": base.hash,
        "prediction_type": base.prediction_type,
        "images": _digest(image_key(image) for image in images),
        "captions": _digest(captions),
        "metadata": _digest([json.dumps(sorted(metadata.items()))]),
        **asdict(settings),
    }


def _facts(
    base: Base, images: Sequence[np.ndarray], captions: Sequence[str], settings: TrainingSettings
) -> dict[str, str]:
    return training_facts(
        settings,
        base_name=base.name,
        base_hash=base.hash,
        prediction_type=base.prediction_type,
        zero_terminal_snr=base.zero_terminal_snr,
        captions=captions,
        canvases=[(image.shape[1], image.shape[0]) for image in images],
    )


def _run(
    steps: _Steps,
    weights: Sequence[torch.nn.Parameter],
    record: Record,
    checkpoint_every: int,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> bool:
    """Take the steps that are left, a step a learning rate of the record; true if none is."""
    base, settings = steps.base, steps.settings
    optimizer = torch.optim.AdamW(weights, weight_decay=settings.weight_decay, fused=base.device.type != "mps")
    scaler = torch.amp.GradScaler(base.device.type, enabled=base.dtype == torch.float16)
    total = settings.steps
    with _interrupts_held_back() as interrupted:
        for step in range(record.load(weights, optimizer, scaler), total):
            loss = steps.loss(step)
            record.add(loss)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            if settings.max_grad_norm:
                torch.nn.utils.clip_grad_norm_(weights, settings.max_grad_norm)
            for group in optimizer.param_groups:
                group["lr"] = record.rates[step]
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad(set_to_none=True)

            done = step + 1
            progress(Event("train", done, total, f"loss {record.losses[-1]:.4f}" if record.losses else ""))
            stop = interrupted() or (done < total and should_stop())
            if stop or (checkpoint_every and done % checkpoint_every == 0):
                record.save(weights, optimizer, scaler)
            if interrupted():
                raise KeyboardInterrupt
            if stop:
                return False
    record.check(weights)
    record.write_log()
    return True


class _Steps:
    """What each step shows the UNet, and how wrong its answer is."""

    def __init__(self, base: Base, buckets: Sequence[Bucket], text: TextEmbeddings, settings: TrainingSettings) -> None:
        self.base, self.settings = base, settings
        self._buckets, self._text = buckets, text
        self._signal_power = base.signal_power()

    def loss(self, step: int) -> torch.Tensor:
        """Loss of a step; all its chance comes from the seed and its number alone."""
        settings = self.settings
        rng = generator(settings.seed, "step", step)
        bucket, places = draw_batch(self._buckets, step, settings.batch_size, settings.seed)
        latent = bucket.latents[places]  # (batch, channels, h, w)
        noise = torch.randn(latent.shape, generator=rng)
        if settings.noise_offset:
            noise += settings.noise_offset * torch.randn((*latent.shape[:2], 1, 1), generator=rng)
        timesteps = torch.randint(len(self._signal_power), (len(latent),), generator=rng)
        dropped = torch.rand(len(latent), generator=rng) < settings.caption_dropout
        embeds, pooled = draw_captions(self._text, bucket.indices[places], dropped)

        power = self._signal_power[timesteps].view(-1, 1, 1, 1)
        predicts_v = self.base.prediction_type == "v_prediction"
        noisy = power.sqrt() * latent + (1 - power).sqrt() * noise
        target = power.sqrt() * noise - (1 - power).sqrt() * latent if predicts_v else noise
        said = self._ask(noisy, timesteps, embeds, pooled)
        errors = F.mse_loss(said.float(), target.to(said.device), reduction="none").mean(dim=(1, 2, 3))
        if settings.min_snr_gamma is not None:
            weight = _min_snr(power.view(-1), settings.min_snr_gamma, predicts_v=predicts_v)
            errors = errors * weight.to(errors.device)
        return errors.mean()

    def _ask(
        self, noisy: torch.Tensor, timesteps: torch.Tensor, embeds: torch.Tensor, pooled: torch.Tensor
    ) -> torch.Tensor:
        """What the UNet says to noisy latents of one size."""
        base, device = self.base, self.base.device
        # original size, crop corner, target size: the true canvas, never cropped
        height, width = (base.stride * cells for cells in noisy.shape[2:])
        size = torch.tensor([[height, width, 0, 0, height, width]]).expand(len(noisy), -1)
        with torch.autocast(device.type, dtype=base.dtype, enabled=base.dtype != torch.float32):
            said: torch.Tensor = base.unet(
                noisy.to(device),
                timesteps.to(device),
                encoder_hidden_states=embeds.to(device),
                added_cond_kwargs={"text_embeds": pooled.to(device), "time_ids": size.to(device)},
                return_dict=False,
            )[0]
        return said


def _min_snr(power: torch.Tensor, gamma: float, *, predicts_v: bool) -> torch.Tensor:
    """Loss weights ``(batch,)`` of Min-SNR (Hang et al. 2023, arXiv 2303.09556).

    For v-prediction one is added to the signal-to-noise ratio on both sides, as diffusers' trainers do: pure noise,
    the last step of a zero-terminal-SNR model, would otherwise weigh nothing and never be learnt.
    """
    ratio = power / (1 - power).clamp(min=1e-8) + (1.0 if predicts_v else 0.0)
    return ratio.clamp(max=gamma) / ratio.clamp(min=1e-8)


def _digest(texts: Any) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()


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
def _only_unet_on(base: Base) -> Iterator[None]:
    """Keep the parts that training does not need off the GPU."""
    others = [base.pipeline.vae, base.pipeline.text_encoder, base.pipeline.text_encoder_2]
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
def _training(unet: Any, gradient_checkpointing: bool) -> Iterator[None]:
    if gradient_checkpointing:
        unet.enable_gradient_checkpointing()
    unet.train()
    try:
        yield
    finally:
        unet.eval()
        if gradient_checkpointing:
            unet.disable_gradient_checkpointing()


@contextmanager
def _interrupts_held_back() -> Iterator[Callable[[], bool]]:
    """Hold a first Ctrl-C back until it is asked for; a second one strikes at once."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.getsignal(signal.SIGINT)

    def hold(number: int, frame: object) -> None:
        caught.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold)
    try:
        yield lambda: bool(caught)
    finally:
        signal.signal(signal.SIGINT, before)
