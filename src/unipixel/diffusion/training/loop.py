"""The loop of a training: step after step from where it stands, with a look at each checkpoint."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from unipixel.diffusion.base import Base
from unipixel.diffusion.chance import generator
from unipixel.diffusion.training.batches import Bucket, draw_batch
from unipixel.diffusion.training.captions import Captions
from unipixel.diffusion.training.loss import ask, draw_noise, errors, weights
from unipixel.diffusion.training.processes import Processes
from unipixel.diffusion.training.state import Moving, Record
from unipixel.diffusion.training.trackers import Tracker
from unipixel.lora.settings import TrainingSettings
from unipixel.progress import Event, Progress

TRACK_EVERY = 10
"""Steps between two tellings of the losses to trackers."""


class Lesson:
    """What each batch shows the UNet, and how wrong its answer is.

    Parameters
    ----------
    base : Base
    unet : Module
        The base's, or what was compiled from it.
    buckets : sequence of Bucket
    captions : Captions
    settings : TrainingSettings
    """

    def __init__(
        self,
        base: Base,
        unet: torch.nn.Module,
        buckets: Sequence[Bucket],
        captions: Captions,
        settings: TrainingSettings,
    ) -> None:
        self._base, self._unet, self._buckets, self._captions = base, unet, buckets, captions
        self._settings = settings
        self._signal_power = base.signal_power()

    def loss(self, draw: int) -> torch.Tensor:
        """Loss of a batch; all its chance comes from the seed and the batch's number alone."""
        base, settings = self._base, self._settings
        rng = generator(settings.seed, "batch", draw)
        batch = draw_batch(
            self._buckets,
            draw,
            batch_size=settings.batch_size,
            seed=settings.seed,
            rng=rng,
            caption_dropout=settings.caption_dropout,
            caption_variants=settings.caption_variants,
        )
        shape = batch.latents.shape
        noise = draw_noise(shape, rng, offset=settings.noise_offset, pyramid=settings.pyramid_noise)
        at = torch.randint(len(self._signal_power), (shape[0],), generator=rng)
        question = ask(base, self._signal_power, batch.latents, noise, at)
        wrong = errors(base, self._unet, question, *self._captions.embed(batch))
        predicts_v = base.prediction_type == "v_prediction"
        weight = weights(self._signal_power[at], settings, predicts_v=predicts_v)
        return (wrong if weight is None else wrong * weight.to(wrong.device)).mean()


@dataclass(frozen=True)
class Course:
    """How a training goes on: what moves, what is noted, and who is told."""

    settings: TrainingSettings
    moving: Moving
    record: Record
    processes: Processes
    rates: Sequence[float]
    """Learning rate of each group of the optimizer at its height."""
    checkpoint_every: int
    """Steps between two checkpoints; 0 has none but the last."""
    look: Callable[[int], bool]
    """Told of each checkpoint after its state is saved; true ends the training early."""
    flush: Callable[[], None]
    """Writes to the caches what was encoded on the way."""
    note: Callable[[], str]
    """A few words for whoever watches."""
    progress: Progress
    trackers: Sequence[Tracker]
    """Told of losses and looks."""
    should_stop: Callable[[], bool]

    def is_checkpoint(self, done: int) -> bool:
        """Whether a look is due after so many steps."""
        every = self.checkpoint_every
        return done == self.settings.steps or bool(done and every and done % every == 0)


def run(lesson: Lesson, course: Course) -> bool:
    """Take the steps that are left; true once the training has ended, false if it was told to stop before.

    Raises
    ------
    KeyboardInterrupt
        After a Ctrl-C, once the running step is done and the state saved.
    Diverged, WorkspaceError
        See `Record`.
    """
    moving, record, total = course.moving, course.record, course.settings.steps
    done = record.load(moving)
    _log(course)
    if course.is_checkpoint(done) and course.processes.any(course.look(done)):
        return True  # a kill between a checkpoint's state and its look
    with _interrupts_held_back() as interrupted:
        for step in range(done, total):
            _step(lesson, course, step)
            done = step + 1
            _log(course)
            course.progress(Event("train", done, total, course.note()))
            pressed = interrupted()  # read once: one that comes later is the next step's
            stop = course.processes.any(pressed or (done < total and course.should_stop()))
            at_checkpoint = course.is_checkpoint(done)
            if stop or at_checkpoint:
                _save(course, keep_state=stop or done < total)
            if stop or at_checkpoint or done % TRACK_EVERY == 0:
                for tracker in course.trackers:
                    tracker.losses(record.losses, record.rates)
            if pressed:
                raise KeyboardInterrupt
            if stop:
                return False
            if at_checkpoint and course.processes.any(course.look(done)):
                return True
    return True


def _log(course: Course) -> None:
    if course.processes.is_main:
        course.record.follow()


def _save(course: Course, *, keep_state: bool) -> None:
    course.flush()
    if keep_state and course.processes.is_main:
        course.record.save(course.moving)
    else:
        course.record.check(course.moving.weights)
    course.processes.wait()


def _step(lesson: Lesson, course: Course, step: int) -> None:
    """One step of the optimizer: gradients of its batches, averaged, shortened, taken."""
    settings, moving, processes = course.settings, course.moving, course.processes
    batches, loss = settings.accumulation, torch.zeros(())
    for number in processes.share(batches):
        part = lesson.loss(step * batches + number) / batches
        moving.scaler.scale(part).backward()
        loss = part.detach() + loss.to(part.device)
    course.record.add(processes.sum_gradients(moving.weights, loss))
    moving.scaler.unscale_(moving.optimizer)
    if settings.max_grad_norm:
        torch.nn.utils.clip_grad_norm_(moving.weights, settings.max_grad_norm)
    for group, rate in zip(moving.optimizer.param_groups, course.rates, strict=True):
        group["lr"] = rate * settings.rate(step)
    moving.scaler.step(moving.optimizer)
    moving.scaler.update()
    moving.optimizer.zero_grad(set_to_none=True)
    moving.average.update(step)


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
