"""All that is encoded before the first step: pictures, captions, and the prompts of previews."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from unipixel.diffusion.base import Base, alone_on_device
from unipixel.diffusion.cache import TensorCache
from unipixel.diffusion.conditions import Condition, encode_conditions
from unipixel.diffusion.latents import (
    ImageKey,
    Latents,
    Posterior,
    Texts,
    check_images,
    too_long,
)
from unipixel.diffusion.training.batches import Bucket, make_buckets
from unipixel.diffusion.training.captions import Captions, KeptCaptions, LiveCaptions, in_other_orders
from unipixel.diffusion.training.watch import Watch
from unipixel.lora.settings import TrainingSettings
from unipixel.progress import Event, Progress


class Derived(Sequence[Any]):
    """What a function makes of another sequence's items, made when they are asked for."""

    def __init__(self, items: Sequence[Any], make: Callable[[Any], Any]) -> None:
        self._items, self._make = items, make

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, place: Any) -> Any:
        return self._make(self._items[place])


@dataclass(frozen=True)
class Material:
    """What a training shows the UNet."""

    pictures: Latents
    """Of the training images."""
    buckets: Sequence[Bucket]
    """The same by canvas."""
    captions: Captions
    """Of the training images."""
    validation: Sequence[Posterior]
    """Of the validation images; empty without any."""
    validation_captions: Captions | None
    prompts: Callable[[], Sequence[Condition]]
    """What the previews are drawn from."""

    natives: Sequence[np.ndarray]
    """Natives ``(h, w, 4)`` uint8 of the training images."""
    stores: Sequence[TensorCache]
    """Where what is encoded on the way is kept."""

    def canvases(self, stride: int) -> list[tuple[int, int]]:
        """Size (width, height) in canvas px of each training image."""
        return [(width * stride, height * stride) for height, width in self.pictures.sizes]

    def flush(self) -> None:
        """Write to the caches what was encoded since the last time."""
        for store in self.stores:
            store.flush()


def prepare(
    base: Base,
    images: Sequence[np.ndarray],
    keys: Sequence[ImageKey],
    captions: Sequence[str],
    settings: TrainingSettings,
    watch: Watch,
    *,
    cache: Path,
    progress: Progress,
) -> Material:
    """Get the material of a training ready.

    On a GPU all of it is encoded now, so that autoencoder and text encoders can leave it. Elsewhere each picture and
    caption is encoded when it is first drawn: nothing waits for those that come later.

    Parameters
    ----------
    base : Base
    images : sequence of (H, W, 4) uint8
    keys : sequence of ImageKey
        What `check_images` made of them.
    captions : sequence of str
    settings : TrainingSettings
    watch : Watch
    cache : Path
        Folder of caches.
    progress : callable
    """
    sets = [Latents(base, images, keys, mode=settings.latents, cache=cache)]
    if settings.flip:
        sets.append(Latents(base, images, keys, mode=settings.latents, flip=True, cache=cache))
    checked = check_images(
        watch.images,
        settings.scale,
        stride=base.stride,
        names=[f"validation image {i}" for i in range(len(watch.images))],
    )
    validation = Latents(base, watch.images, checked, cache=cache)
    orders = [
        in_other_orders(text, variants=settings.caption_variants, kept=settings.kept_tags, seed=settings.seed)
        for text in captions
    ]
    learns_text = settings.text_encoder_learning_rate > 0
    told = _captions(base, orders, learns_text, cache)
    asked = _captions(base, [[text] for text in watch.captions], learns_text, cache) if watch.captions else None
    everything: list[Latents | Texts] = [*sets, validation]
    everything += [captions.texts for captions in (told, asked) if isinstance(captions, KeptCaptions)]
    prompts = partial(encode_conditions, base, watch.prompts, watch.negative_prompt)
    if not learns_text:
        prompts = lru_cache(prompts)
    if base.device.type != "cpu":
        _encode_all(base, everything, prompts, progress)
    if not learns_text and (long := too_long(base, captions)):
        note = f"{len(long)} are longer than the base's 75 tokens: their last tags are not seen"
        progress(Event("captions", len(captions), len(captions), note))
    return Material(
        pictures=sets[0],
        buckets=make_buckets(sets[0], sets[1] if settings.flip else ()),
        captions=told,
        validation=validation,
        validation_captions=asked,
        natives=Derived(images, lambda image: image[:: settings.scale, :: settings.scale]),
        prompts=prompts,
        stores=[part.store for part in everything],
    )


def _captions(base: Base, orders: Sequence[Sequence[str]], learns: bool, cache: Path) -> Captions:
    return LiveCaptions(base, orders) if learns else KeptCaptions(base, orders, cache=cache)


def _encode_all(
    base: Base, everything: Sequence[Latents | Texts], prompts: Callable[[], object], progress: Progress
) -> None:
    """Encode pictures, then texts, each with nothing but its encoders on the device."""
    with alone_on_device(base, "vae"):
        for part in everything:
            if isinstance(part, Latents):
                part.encode_all(progress)
    with alone_on_device(base, "text_encoder", "text_encoder_2"):
        for part in everything:
            if isinstance(part, Texts):
                part.encode_all(progress)
        prompts()
