"""Take the looks of a training: loss at fixed noise, previews, their discipline; keep each checkpoint's LoRA."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from unipixel.diffusion.base import Base
from unipixel.diffusion.chance import generator
from unipixel.diffusion.latents import Posterior, decode_latent
from unipixel.diffusion.native_decoder import DECODER_FILE, NativeDecoder, load_native_decoder
from unipixel.diffusion.native_fit import fit_native_decoder
from unipixel.diffusion.sample import draw_latents
from unipixel.diffusion.training.batches import Batch
from unipixel.diffusion.training.captions import Captions
from unipixel.diffusion.training.loss import ask, errors
from unipixel.diffusion.training.material import Derived, Material
from unipixel.diffusion.training.state import Moving, Record
from unipixel.diffusion.training.trackers import Tracker
from unipixel.diffusion.training.watch import Look, Looks, Watch, count_copies, discipline_of, should_end
from unipixel.image import save_png
from unipixel.lora.settings import TrainingSettings
from unipixel.progress import Event, Progress

PROBES = 16
"""Most pictures, evenly over the data set, whose loss is taken at each checkpoint."""
MOMENTS = 4
"""Timesteps, evenly over all, at which each of them is asked for."""
KNOWN = 512
"""Most training pictures, evenly over the data set, that previews are compared with."""


@dataclass(frozen=True)
class Looker:
    """Looks at a training at its checkpoints; call it with the number of steps that are done."""

    base: Base
    """With the LoRA in it."""
    settings: TrainingSettings
    watch: Watch
    material: Material
    moving: Moving
    record: Record
    looks: Looks
    save: Callable[[Path, int], Path]
    """Writes the LoRA to a file, given the steps that are done."""
    progress: Progress
    trackers: Sequence[Tracker] = ()

    @cached_property
    def decoder(self) -> NativeDecoder | None:
        """The native decoder beside the LoRA, fitted where it is missing; None where cells do not fit the latents."""
        file, scale, stride = self.looks.folder.parent / DECODER_FILE, self.settings.scale, self.base.stride
        if file.exists():
            return load_native_decoder(file, base_hash=self.base.hash)
        if scale % stride or len(self.material.pictures) < 2:
            return None
        fitted = fit_native_decoder(
            Derived(self.material.pictures, lambda picture: picture.mean),
            self.material.natives,
            scale=scale,
            stride=stride,
            base_hash=self.base.hash,
            seed=self.settings.seed,
            progress=self.progress,
        )
        fitted.save(file)
        return fitted

    def __call__(self, step: int) -> bool:
        """Look, unless this step was looked at already; true where memorising has lasted too long."""
        if not self.looks.has(step):
            with self.moving.average.in_place():
                look = self._look(step)
                if step < self.settings.steps:  # the last step's LoRA is the training's own
                    self.save(self.looks.lora(step), step)
            self.looks.add(look)  # last: what has a look has all of it
            for tracker in self.trackers:
                tracker.look(look, [self.looks.preview(step, number) for number in range(look.previews)])
            self.looks.keep(self.watch.keep)
        return should_end(self.looks.until(step), self.watch.patience)

    def _look(self, step: int) -> Look:
        _ = self.decoder  # it lies beside the LoRA from the first look on, previews or none
        before = max((look.step for look in self.looks.until(step - 1)), default=0)
        material, seed = self.material, self.settings.seed
        with _looking(self.base.unet):
            previews = self._previews(step)
            discipline, on_grid = discipline_of([image for _, image in previews], self.settings.scale)
            validation = probe = None
            if material.validation_captions is not None:
                validation = probe_loss(self.base, material.validation, material.validation_captions, seed)
                probe = probe_loss(self.base, material.pictures, material.captions, seed)
        latents = [material.pictures[index].mean for index in _evenly(len(material.pictures), KNOWN)]
        return Look(
            step=step,
            loss=float(np.mean(self.record.losses[before:step])),
            validation=validation,
            probe=probe,
            discipline=discipline,
            on_grid=on_grid,
            previews=len(previews),
            copies=count_copies([latent for latent, _ in previews], latents) if previews else None,
        )

    @torch.no_grad()
    def _previews(self, step: int) -> list[tuple[torch.Tensor, np.ndarray]]:
        """Draw the previews: latent ``(channels, h, w)`` and picture of each."""
        watch, found = self.watch, []
        if not watch.prompts:
            return []
        for number, condition in enumerate(self.material.prompts()):
            width, height = watch.sizes[number % len(watch.sizes)]
            ((_, latent),) = draw_latents(
                self.base,
                [condition],
                width=width,
                height=height,
                steps=watch.steps,
                guidance=watch.guidance,
                sampler=watch.sampler,
                seeds=[watch.seed + number],
            )
            found.append(latent)
        with autoencoder_on(self.base):
            images = [decode_latent(self.base, latent.to(self.base.vae.device)) for latent in found]
        for number, (latent, image) in enumerate(zip(found, images, strict=True)):
            save_png(self.looks.preview(step, number), image)
            if self.decoder is not None:
                save_png(self.looks.preview(step, number, native=True), self.decoder.decode(latent))
            self.progress(Event("preview", number + 1, len(found), f"step {step}"))
        return list(zip(found, images, strict=True))


@torch.no_grad()
def probe_loss(base: Base, pictures: Sequence[Posterior], captions: Captions, seed: int) -> float:
    """Mean unweighted loss of pictures at noise and timesteps that are the same at every call.

    Parameters
    ----------
    base : Base
    pictures : sequence of Posterior
    captions : Captions
        Of the same pictures.
    seed : int
        Of the noise.
    """
    power = base.signal_power()
    at = ((torch.arange(MOMENTS) + 0.5) / MOMENTS * len(power)).long()
    found = []
    for index in _evenly(len(pictures), PROBES):
        latents = pictures[index].mean[None]
        said = captions.embed(Batch(latents, (index,), (0,), (False,)))
        for moment in range(MOMENTS):
            noise = torch.randn(latents.shape, generator=generator(seed, "probe", index * MOMENTS + moment))
            question = ask(base, power, latents, noise, at[moment : moment + 1])
            found.append(errors(base, base.unet, question, *said).cpu())
    return float(torch.cat(found).mean())


def _evenly(count: int, wanted: int) -> list[int]:
    """At most so many of the numbers below a count, evenly over them."""
    return sorted({place * count // wanted for place in range(wanted)})


@contextmanager
def autoencoder_on(base: Base) -> Iterator[None]:
    """Have the autoencoder on the base's device meanwhile, and the UNet off it: a GPU need not hold both."""
    if base.device.type == "cpu":
        yield
        return
    base.unet.to("cpu")
    base.vae.to(base.device)
    try:
        yield
    finally:
        base.vae.to("cpu")
        base.unet.to(base.device)


@contextmanager
def _looking(unet: torch.nn.Module) -> Iterator[None]:
    """Have a model in evaluation mode meanwhile, which switches checkpointing of gradients off too."""
    trained = unet.training
    unet.eval()
    try:
        yield
    finally:
        unet.train(trained)
