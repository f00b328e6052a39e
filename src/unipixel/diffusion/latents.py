"""What the UNet trains on: latents of pictures and embeddings of captions, made once and kept in a cache.

No picture is resampled, shifted or recoloured here or later. Each is checked to be native pixels on its grid
before it is encoded, so that a data set that would teach a broken grid is refused and not learnt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from unipixel.diffusion.base import Base
from unipixel.diffusion.cache import TensorCache
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.errors import GridMismatch, ImageError
from unipixel.files import sha256
from unipixel.progress import Progress, quiet

_FORMAT = "2"


@dataclass(frozen=True)
class Posterior:
    """What the autoencoder makes of a picture: where its latent lies, and how sure that is."""

    mean: torch.Tensor
    """``(channels, h, w)`` float32, as the UNet takes it. Of flat cells it is flat."""
    deviation: torch.Tensor | None = None
    """``(channels, h, w)`` float32; None where only the mean is wanted."""

    def draw(self, rng: torch.Generator) -> torch.Tensor:
        """A sample; the mean where no deviation is known."""
        if self.deviation is None:
            return self.mean
        return self.mean + self.deviation * torch.randn(self.mean.shape, generator=rng)


class TextEmbedding(NamedTuple):
    """What the text encoders make of a text."""

    embeds: torch.Tensor
    """``(77, D)`` float32: both encoders' penultimate hidden states side by side."""
    pooled: torch.Tensor
    """``(P,)`` float32: the second encoder's pooled output."""


def check_on_grid(image: np.ndarray, scale: int, *, stride: int = 8, name: str = "image") -> None:
    """Check that a picture is native pixels, scaled up without smoothing, from its top left corner on.

    Parameters
    ----------
    image : (H, W, 4) uint8
        RGBA, straight alpha, sRGB; axes (row, col, channel).
    scale : int
        Canvas px per native px.
    stride : int
        Canvas px per latent cell.
    name : str
        What to call the picture in the message.

    Raises
    ------
    GridMismatch
        If the size is no whole multiple of scale and stride, or a native pixel has more than one colour.
    ImageError
        If the picture is not ``(H, W, 4)`` uint8, or is not opaque.
    """
    if image.ndim != 3 or image.shape[2] != 4 or image.dtype != np.uint8:
        raise ImageError(f"{name}: expected (H, W, 4) uint8, got {image.shape} {image.dtype}")
    height, width = image.shape[:2]
    for unit, what in ((scale, f"x{scale} grid"), (stride, f"model's cells of {stride} px")):
        if height % unit or width % unit or not image.size:
            raise GridMismatch(f"{name}: {width}x{height} is not a whole number of the {what}; fit it onto a canvas")
    cells = image.reshape(height // scale, scale, width // scale, scale, 4)
    wrong = (cells != cells[:, :1, :, :1]).any(axis=(1, 3, 4))
    if wrong.any():
        row, col = (int(i) * scale for i in np.argwhere(wrong)[0])
        raise GridMismatch(
            f"{name}: {int(wrong.sum())} of {wrong.size} native pixels have more than one colour, the first at "
            f"(row {row}, col {col}) px; this is not nearest-neighbour x{scale} art. Convert it to native first"
        )
    if (image[..., 3] != 255).any():
        raise ImageError(f"{name}: has transparent pixels; fit it onto a canvas with a background colour first")


class ImageKey(NamedTuple):
    """A checked picture's name in the caches, and its size."""

    digest: str
    """SHA-256 of size and pixels."""
    height: int
    width: int
    """Canvas px"""


def check_images(
    images: Sequence[np.ndarray], scale: int, *, stride: int = 8, names: Sequence[str] | None = None
) -> list[ImageKey]:
    """Check that each picture is on its grid (see `check_on_grid`), and give each its key for the caches.

    Parameters
    ----------
    images : sequence of (H, W, 4) uint8
        One that loads pictures when they are asked for works too: no more than one is held at a time.
    scale, stride
        See `check_on_grid`.
    names : sequence of str, optional
        What to call the pictures in messages.

    Returns
    -------
    list of ImageKey
    """
    labels = list(names) if names is not None else [f"image {i}" for i in range(len(images))]
    keys = []
    for number, label in enumerate(labels):
        image = images[number]
        check_on_grid(image, scale, stride=stride, name=label)
        keys.append(ImageKey(image_key(image), *image.shape[:2]))
    return keys


class Latents(Sequence[Posterior]):
    """Training pictures as the UNet learns them: encoded when they are first asked for, and kept.

    Parameters
    ----------
    base : Base
    images : sequence of (H, W, 4) uint8
    keys : sequence of ImageKey
        What `check_images` made of them.
    mode : {"mean", "sample"}
        ``"sample"`` keeps the deviation of the posterior too, to draw from it.
    flip : bool
        Take the pictures mirrored left to right. A mirrored latent is not the latent of a mirrored picture.
    cache : Path, optional
        Folder of caches; see `TensorCache`.
    """

    def __init__(
        self,
        base: Base,
        images: Sequence[np.ndarray],
        keys: Sequence[ImageKey],
        *,
        mode: str = "mean",
        flip: bool = False,
        cache: Path | None = None,
    ) -> None:
        self._base, self._images, self._mode, self._flip = base, images, mode, flip
        self._digests = [key.digest for key in keys]
        self._places = {digest: number for number, digest in reversed(list(enumerate(self._digests)))}
        self.sizes = [(key.height // base.stride, key.width // base.stride) for key in keys]
        """Height and width of each in latent cells."""
        maker = {"format": _FORMAT, "base": base.hash, "mode": mode, "mirrored": str(flip)}
        self.store = TensorCache(cache, "mirrored" if flip else "latents", maker)

    def __len__(self) -> int:
        return len(self._digests)

    def __getitem__(self, place: Any) -> Any:
        made = self.store.get(self._digests[place], self._make)
        return Posterior(made["mean"], made.get("deviation"))

    def encode_all(self, progress: Progress = quiet) -> None:
        """Encode what is not in the cache."""
        self.store.fetch(self._digests, self._make, stage="encode", progress=progress)

    def _make(self, digest: str) -> dict[str, torch.Tensor]:
        image = self._images[self._places[digest]]
        found = _encode_image(self._base, image[:, ::-1] if self._flip else image)
        return {"mean": found.mean} if self._mode == "mean" else {"mean": found.mean, "deviation": found.deviation}


def encode_images(
    base: Base,
    images: Sequence[np.ndarray],
    *,
    scale: int,
    names: Sequence[str] | None = None,
    cache: Path | None = None,
    progress: Progress = quiet,
) -> list[torch.Tensor]:
    """Encode pictures to latents, or take them from the cache.

    Parameters
    ----------
    base : Base
    images : sequence of (H, W, 4) uint8
        Opaque, each on its x ``scale`` grid.
    scale : int
        Canvas px per native px.
    names : sequence of str, optional
        What to call the pictures in messages.
    cache : Path, optional
        Folder of caches; see `TensorCache`.
    progress : callable

    Returns
    -------
    list of (channels, H / stride, W / stride) float32
        Means of the posterior, on the CPU, scaled as the UNet takes them.

    Raises
    ------
    GridMismatch, ImageError
        See `check_on_grid`; all pictures are checked before the first is encoded.
    """
    latents = Latents(base, images, check_images(images, scale, stride=base.stride, names=names), cache=cache)
    latents.encode_all(progress)
    return [picture.mean for picture in latents]


class Texts(Sequence["TextEmbedding"]):
    """Texts as the text encoders read them: encoded when they are first asked for, and kept.

    Parameters
    ----------
    base : Base
    texts : sequence of str
    cache : Path, optional
        Folder of caches; see `TensorCache`.
    """

    def __init__(self, base: Base, texts: Sequence[str], *, cache: Path | None = None) -> None:
        self._base = base
        self._keys = [sha256(text.encode("utf-8")) for text in texts]
        self._texts = dict(zip(self._keys, texts, strict=True))
        self.store = TensorCache(cache, "text", {"format": _FORMAT, "base": base.hash})

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, place: Any) -> Any:
        return TextEmbedding(**self.store.get(self._keys[place], self._make))

    def encode_all(self, progress: Progress = quiet) -> None:
        """Encode what is not in the cache."""
        self.store.fetch(self._keys, self._make, stage="encode captions", progress=progress)

    def _make(self, key: str) -> dict[str, torch.Tensor]:
        embeds, pooled = encode_text(self._base, self._texts[key])
        return {"embeds": embeds, "pooled": pooled}


def too_long(base: Base, texts: Sequence[str]) -> list[int]:
    """Indices of texts with more tokens than the encoders read (75): their last tags are not seen."""
    longest = base.pipeline.tokenizer.model_max_length
    with quiet_libraries():
        counts = [len(base.pipeline.tokenizer(text).input_ids) for text in texts]
    return [i for i, count in enumerate(counts) if count > longest]


@torch.no_grad()
def encode_text(base: Base, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Encode one text as SDXL does: ``(77, D)`` and pooled ``(P,)``, float32 on the CPU."""
    embeds, pooled = embed_tokens(base, *to_tokens(base, text))
    return embeds[0].float().cpu(), pooled[0].float().cpu()


def to_tokens(base: Base, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Token numbers ``(1, 77)`` int64 of a text for each of the two encoders; what is longer is cut off."""
    first, second = (
        tokenizer(
            text, padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt"
        ).input_ids
        for tokenizer in (base.pipeline.tokenizer, base.pipeline.tokenizer_2)
    )
    return first, second


def embed_tokens(base: Base, first: torch.Tensor, second: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Embed token numbers ``(n, 77)`` of both encoders: ``(n, 77, D)`` and pooled ``(n, P)`` on the base's device."""
    hidden = []
    for tokens, encoder in ((first, base.pipeline.text_encoder), (second, base.pipeline.text_encoder_2)):
        output = encoder(tokens.to(encoder.device), output_hidden_states=True)
        hidden.append(output.hidden_states[-2])
    return torch.cat(hidden, dim=-1), output.text_embeds


def image_key(image: np.ndarray) -> str:
    """SHA-256 of a picture's size and pixels: its name in the cache."""
    digest = hashlib.sha256(repr(image.shape).encode())
    digest.update(np.ascontiguousarray(image).tobytes())
    return digest.hexdigest()


@torch.no_grad()
def _encode_image(base: Base, image: np.ndarray) -> Posterior:
    found = base.vae.encode(_pixels(base, image)).latent_dist
    mean, deviation = (value[0].float().cpu() for value in (found.mean, found.std))
    return Posterior(scale_latent(base.vae.config, mean), deviation / _spread(base.vae.config, mean)[1])


def _pixels(base: Base, image: np.ndarray) -> torch.Tensor:
    """RGB of a picture as the autoencoder takes it: ``(1, 3, H, W)`` in -1..1."""
    colour = torch.from_numpy(np.ascontiguousarray(image[..., :3])).permute(2, 0, 1).float()
    return (colour / 127.5 - 1.0)[None].to(base.device, base.vae.dtype)


@torch.no_grad()
def round_trip(base: Base, image: np.ndarray) -> np.ndarray:
    """Send a picture through the autoencoder and back: the best that any latent of it can look.

    Parameters
    ----------
    base : Base
    image : (H, W, 4) uint8
        Opaque RGBA; height and width whole multiples of the base's stride.

    Returns
    -------
    (H, W, 4) uint8
        Opaque RGBA.

    Raises
    ------
    GridMismatch, ImageError
        If the picture is not whole latent cells, or is not opaque.
    """
    check_on_grid(image, 1, stride=base.stride)
    return decode_latent(base, _encode_image(base, image).mean)


@torch.no_grad()
def decode_latent(base: Base, latent: torch.Tensor) -> np.ndarray:
    """Decode one latent ``(channels, h, w)``, as the UNet has it, to opaque RGBA ``(H, W, 4)`` uint8."""
    unscaled = unscale_latent(base.vae.config, latent.float())
    decoded = base.vae.decode(unscaled[None].to(base.vae.dtype), return_dict=False)[0][0].float().cpu()
    colour = ((decoded.permute(1, 2, 0).numpy() / 2 + 0.5) * 255.0).round().clip(0, 255).astype(np.uint8)
    return np.concatenate([colour, np.full((*colour.shape[:2], 1), 255, np.uint8)], axis=2)


def scale_latent(config: Mapping[str, object], latent: torch.Tensor) -> torch.Tensor:
    """Scale a latent ``(channels, h, w)`` from the autoencoder to what the UNet takes."""
    centre, spread = _spread(config, latent)
    return (latent - centre) / spread


def unscale_latent(config: Mapping[str, object], latent: torch.Tensor) -> torch.Tensor:
    """Turn `scale_latent` round."""
    centre, spread = _spread(config, latent)
    return latent * spread + centre


def _spread(config: Mapping[str, object], latent: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation ``(channels, 1, 1)`` that a configuration states, as the stock pipeline reads it."""
    mean, deviation = config.get("latents_mean") or [0.0], config.get("latents_std") or [1.0]
    centre, spread = (torch.tensor(values, device=latent.device).view(-1, 1, 1) for values in (mean, deviation))
    return centre, spread / float(config["scaling_factor"])
