"""Train a LoRA on native-grid pictures: one loop, from the data set to the file.

What makes it safe for a pixel grid: each picture is checked before it is encoded, a bucket is a canvas and
nothing else, and no picture is resized, cropped, shifted or recoloured. What makes it repeatable: all that is
random at a step follows from the seed and the step's number alone, so a run that was stopped goes on as if it
had not been.
"""

from __future__ import annotations

import hashlib
import json
import math
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from unipixel.progress import Event, Progress, quiet

LORA_FILE = "lora.safetensors"
SCHEDULES = ("constant", "linear", "cosine")


def train_lora(
    base: Base,
    images: Sequence[np.ndarray],
    captions: Sequence[str],
    *,
    scale: int,
    rank: int,
    alpha: float,
    targets: str,
    steps: int,
    batch_size: int,
    learning_rate: float,
    out: Path,
    seed: int,
    weight_decay: float = 0.01,
    warmup_steps: int = 0,
    schedule: str = "constant",
    caption_dropout: float = 0.0,
    min_snr_gamma: float | None = None,
    noise_offset: float = 0.0,
    max_grad_norm: float = 1.0,
    init: str = "kaiming",
    gradient_checkpointing: bool = False,
    save_dtype: str = "float16",
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
        Opaque RGBA, each on its x ``scale`` grid. Those of one size form a bucket.
    captions : sequence of str
        One for each image.
    scale : int
        Canvas px per native px.
    rank, alpha, targets, init
        See `unipixel.diffusion.adapter.add_lora`.
    steps : int
        Steps of the optimizer in all.
    batch_size : int
        Pictures at a step, all of one bucket; buckets come equally often.
    learning_rate : float
    out : Path
        Folder for the LoRA, the loss log, the state and the caches.
    seed : int
    weight_decay : float
    warmup_steps : int
        Steps over which the learning rate rises to its value.
    schedule : {"constant", "linear", "cosine"}
        Course of the learning rate after that; the last two end at zero.
    caption_dropout : float
        Share of pictures, 0 to 1, that are shown with the empty caption.
    min_snr_gamma : float, optional
        Weights the loss over timesteps as Min-SNR does (Hang et al. 2023); not given, all weigh the same.
    noise_offset : float
        Strength of noise that is constant over a picture.
    max_grad_norm : float
        Longer gradients are shortened to this; 0 leaves them.
    gradient_checkpointing : bool
        Less memory, about a third more time.
    save_dtype : {"float32", "float16", "bfloat16"}
        Of the weights in the LoRA file.
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
    WorkspaceError
        If ``out`` holds another run, or can't be written.
    """
    _check(
        steps=steps, batch_size=batch_size, schedule=schedule, save_dtype=save_dtype, images=images, captions=captions
    )
    settings = {
        "base": base.hash,
        "prediction_type": base.prediction_type,
        "images": _digest(image_key(image) for image in images),
        "captions": _digest(captions),
        "metadata": _digest([json.dumps(sorted((metadata or {}).items()))]),
        "scale": scale,
        "rank": rank,
        "alpha": alpha,
        "targets": targets,
        "init": init,
        "steps": steps,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "warmup_steps": warmup_steps,
        "schedule": schedule,
        "caption_dropout": caption_dropout,
        "min_snr_gamma": min_snr_gamma,
        "noise_offset": noise_offset,
        "max_grad_norm": max_grad_norm,
        "save_dtype": save_dtype,
        "seed": seed,
    }
    facts = training_facts(
        base_name=base.name,
        base_hash=base.hash,
        prediction_type=base.prediction_type,
        zero_terminal_snr=base.zero_terminal_snr,
        rank=rank,
        alpha=alpha,
        targets=targets,
        captions=captions,
        canvases=[(image.shape[1], image.shape[0]) for image in images],
        steps=steps,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        warmup_steps=warmup_steps,
        schedule=schedule,
        caption_dropout=caption_dropout,
        min_snr_gamma=min_snr_gamma,
        noise_offset=noise_offset,
        max_grad_norm=max_grad_norm,
        seed=seed,
    )
    result = out / LORA_FILE
    if finished_lora(result, settings):
        progress(Event("train", steps, steps, "was finished already"))
        return result
    latents = encode_images(
        base, images, scale=scale, names=names, cache=out / "latents.safetensors", progress=progress
    )
    text = encode_captions(base, captions, cache=out / "text.safetensors", progress=progress)
    rates = [_rate(step, steps, learning_rate, warmup_steps, schedule) for step in range(steps)]
    record = Record(out, settings, rates)
    try:
        weights = add_lora(base.unet, rank=rank, alpha=alpha, targets=targets, init=init, seed=seed)
        with _deterministic(base.device), _only_unet_on(base), _training(base.unet, gradient_checkpointing):
            finished = _loop(
                base,
                weights,
                make_buckets(latents),
                text,
                record,
                batch_size=batch_size,
                weight_decay=weight_decay,
                caption_dropout=caption_dropout,
                min_snr_gamma=min_snr_gamma,
                noise_offset=noise_offset,
                max_grad_norm=max_grad_norm,
                seed=seed,
                checkpoint_every=checkpoint_every,
                progress=progress,
                should_stop=should_stop,
            )
        if not finished:
            return None
        everything = {**facts, **(metadata or {}), **settings_note(settings)}
        try:
            save_lora(base.unet, base.layout, result, metadata=everything, dtype=DTYPES[save_dtype])
        except OSError as error:
            raise record.not_saved(result, error) from error
        record.state_file.unlink(missing_ok=True)
        return result
    finally:
        remove_loras(base.unet)


def _loop(
    base: Base,
    weights: Sequence[torch.nn.Parameter],
    buckets: Sequence[Bucket],
    text: TextEmbeddings,
    record: Record,
    *,
    batch_size: int,
    weight_decay: float,
    caption_dropout: float,
    min_snr_gamma: float | None,
    noise_offset: float,
    max_grad_norm: float,
    seed: int,
    checkpoint_every: int,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> bool:
    """Take the steps that are left, a step a learning rate of the record; true if none is."""
    unet, device = base.unet, base.device
    mixed = base.dtype != torch.float32
    signal_power = base.signal_power()
    predicts_v = base.prediction_type == "v_prediction"
    optimizer = torch.optim.AdamW(weights, weight_decay=weight_decay, fused=device.type != "mps")
    scaler = torch.amp.GradScaler(device.type, enabled=base.dtype == torch.float16)
    steps = len(record.rates)
    start = record.load(weights, optimizer, scaler)

    with _interrupts_held_back() as interrupted:
        for step in range(start, steps):
            # 1. All chance of this step, from the seed and its number alone.
            rng = generator(seed, "step", step)
            bucket, places = draw_batch(buckets, step, batch_size, seed)
            latent = bucket.latents[places]  # (batch, channels, h, w)
            noise = torch.randn(latent.shape, generator=rng)
            if noise_offset:
                noise += noise_offset * torch.randn((*latent.shape[:2], 1, 1), generator=rng)
            timesteps = torch.randint(len(signal_power), (len(latent),), generator=rng)
            dropped = torch.rand(len(latent), generator=rng) < caption_dropout
            embeds, pooled = draw_captions(text, bucket.indices[places], dropped)

            # 2. The noisy latent, and what the UNet should say to it.
            power = signal_power[timesteps].view(-1, 1, 1, 1)
            noisy = power.sqrt() * latent + (1 - power).sqrt() * noise
            target = power.sqrt() * noise - (1 - power).sqrt() * latent if predicts_v else noise
            # original size, crop corner, target size: the true canvas, never cropped
            height, width = (base.stride * cells for cells in latent.shape[2:])
            size = torch.tensor([[height, width, 0, 0, height, width]]).expand(batch_size, -1)

            # 3. What it says, and how wrong that is.
            with torch.autocast(device.type, dtype=base.dtype, enabled=mixed):
                said = unet(
                    noisy.to(device),
                    timesteps.to(device),
                    encoder_hidden_states=embeds.to(device),
                    added_cond_kwargs={"text_embeds": pooled.to(device), "time_ids": size.to(device)},
                    return_dict=False,
                )[0]
            errors = F.mse_loss(said.float(), target.to(device), reduction="none").mean(dim=(1, 2, 3))
            if min_snr_gamma is not None:
                errors = errors * _min_snr(power.view(-1), min_snr_gamma, predicts_v=predicts_v).to(device)
            loss = errors.mean()
            record.add(loss)

            # 4. One step of the optimizer.
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            if max_grad_norm:
                torch.nn.utils.clip_grad_norm_(weights, max_grad_norm)
            for group in optimizer.param_groups:
                group["lr"] = record.rates[step]
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad(set_to_none=True)

            # 5. Tell, and keep what is done.
            done = step + 1
            progress(Event("train", done, steps, f"loss {record.losses[-1]:.4f}" if record.losses else ""))
            stop = interrupted() or (done < steps and should_stop())
            if stop or (checkpoint_every and done % checkpoint_every == 0):
                record.save(weights, optimizer, scaler)
            if interrupted():
                raise KeyboardInterrupt
            if stop:
                return False
    record.check(weights)
    record.write_log()
    return True


def _min_snr(power: torch.Tensor, gamma: float, *, predicts_v: bool) -> torch.Tensor:
    """Loss weights ``(batch,)`` of Min-SNR (Hang et al. 2023, arXiv 2303.09556).

    For v-prediction one is added to the signal-to-noise ratio on both sides, as diffusers' trainers do: pure noise,
    the last step of a zero-terminal-SNR model, would otherwise weigh nothing and never be learnt.
    """
    ratio = power / (1 - power).clamp(min=1e-8) + (1.0 if predicts_v else 0.0)
    return ratio.clamp(max=gamma) / ratio.clamp(min=1e-8)


def _rate(step: int, steps: int, peak: float, warmup_steps: int, schedule: str) -> float:
    """Learning rate of a step, counted from 0."""
    if step < warmup_steps:
        return peak * (step + 1) / (warmup_steps + 1)
    share = (step - warmup_steps) / max(steps - warmup_steps, 1)
    if schedule == "linear":
        return peak * (1 - share)
    return peak * (0.5 + 0.5 * math.cos(math.pi * share)) if schedule == "cosine" else peak


def _digest(texts: Any) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()


def _check(
    *, steps: int, batch_size: int, schedule: str, save_dtype: str, images: Sequence[Any], captions: Sequence[str]
) -> None:
    if schedule not in SCHEDULES:
        raise ModelError(f"no schedule {schedule!r}; there are {', '.join(SCHEDULES)}")
    if save_dtype not in DTYPES:
        raise ModelError(f"no dtype {save_dtype!r}; there are {', '.join(DTYPES)}")
    if steps < 1 or batch_size < 1:
        raise ModelError(f"steps and batch size must be at least 1, got {steps} and {batch_size}")
    if not images or len(images) != len(captions):
        raise ModelError(f"{len(images)} images and {len(captions)} captions: there must be as many, and at least one")


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
