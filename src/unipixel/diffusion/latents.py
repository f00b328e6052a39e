"""What the UNet trains on: latents of pictures and embeddings of captions, made once and kept in a cache.

No picture is resampled, shifted or recoloured here or later. Each is checked to be native pixels on its grid
before it is encoded, so that a data set that would teach a broken grid is refused and not learnt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open

from unipixel.diffusion.adapter import to_bytes
from unipixel.diffusion.base import Base
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.errors import GridMismatch, ImageError, WorkspaceError
from unipixel.files import sha256, write_atomic
from unipixel.lora.file import pack
from unipixel.progress import Event, Progress, quiet

MODE = "mean"
"""Latents are the mean of the autoencoder's posterior, never a sample of it: flat cells stay flat."""
_FORMAT = "1"


@dataclass(frozen=True)
class TextEmbeddings:
    """What the text encoders make of captions."""

    embeds: torch.Tensor
    """``(n, 77, D)`` float32: both encoders' penultimate hidden states side by side."""
    pooled: torch.Tensor
    """``(n, P)`` float32: the second encoder's pooled output."""
    empty_embeds: torch.Tensor
    """``(77, D)`` of the empty caption."""
    empty_pooled: torch.Tensor
    """``(P,)`` of the empty caption."""
    truncated: tuple[int, ...]
    """Indices of captions with more than 75 tokens, of which the encoders read only the first 75."""


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


def encode_images(
    base: Base,
    images: Sequence[np.ndarray],
    *,
    scale: int,
    names: Sequence[str] | None = None,
    cache: Path | None = None,
    progress: Progress = quiet,
) -> list[torch.Tensor]:
    """Encode training pictures to latents, or take them from the cache.

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
        A ``.safetensors`` file; made, completed, or made anew where it belongs to another base.
    progress : callable

    Returns
    -------
    list of (channels, H / stride, W / stride) float32
        On the CPU, scaled as the UNet takes them.

    Raises
    ------
    GridMismatch, ImageError
        See `check_on_grid`; all pictures are checked before the first is encoded.
    """
    labels = list(names) if names is not None else [f"image {i}" for i in range(len(images))]
    for image, label in zip(images, labels, strict=True):
        check_on_grid(image, scale, stride=base.stride, name=label)
    keys = [image_key(image) for image in images]
    by_key = dict(zip(keys, images, strict=True))

    def make(key: str) -> dict[str, torch.Tensor]:
        return {key: _encode_image(base, by_key[key])}

    made = _through_cache(cache, _stamp(base, "latents"), keys, make, [""], "encode", progress)
    return [made[key] for key in keys]


def encode_captions(
    base: Base, captions: Sequence[str], *, cache: Path | None = None, progress: Progress = quiet
) -> TextEmbeddings:
    """Encode captions and the empty caption, or take them from the cache.

    Parameters
    ----------
    base : Base
    captions : sequence of str
    cache : Path, optional
        A ``.safetensors`` file, as in `encode_images`.
    progress : callable

    Returns
    -------
    TextEmbeddings
        On the CPU.
    """
    texts = [*captions, ""]
    keys = [sha256(text.encode("utf-8")) for text in texts]
    by_key = dict(zip(keys, texts, strict=True))

    def make(key: str) -> dict[str, torch.Tensor]:
        embeds, pooled = encode_text(base, by_key[key])
        return {f"{key}.embeds": embeds, f"{key}.pooled": pooled}

    endings = [".embeds", ".pooled"]
    made = _through_cache(cache, _stamp(base, "text"), keys, make, endings, "encode captions", progress)
    embeds = torch.stack([made[f"{key}.embeds"] for key in keys])
    pooled = torch.stack([made[f"{key}.pooled"] for key in keys])
    longest = base.pipeline.tokenizer.model_max_length
    with quiet_libraries():
        counts = [len(base.pipeline.tokenizer(text).input_ids) for text in captions]
    truncated = tuple(i for i, count in enumerate(counts) if count > longest)
    if truncated:
        note = f"{len(truncated)} are longer than the base's {longest - 2} tokens: their last tags are not seen"
        progress(Event("encode captions", len(texts), len(texts), note))
    return TextEmbeddings(embeds[:-1], pooled[:-1], embeds[-1], pooled[-1], truncated)


@torch.no_grad()
def encode_text(base: Base, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Encode one text as SDXL does: ``(77, D)`` and pooled ``(P,)``, float32 on the CPU."""
    pipeline = base.pipeline
    hidden = []
    for tokenizer, encoder in (
        (pipeline.tokenizer, pipeline.text_encoder),
        (pipeline.tokenizer_2, pipeline.text_encoder_2),
    ):
        tokens = tokenizer(
            text, padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt"
        )
        output = encoder(tokens.input_ids.to(encoder.device), output_hidden_states=True)
        hidden.append(output.hidden_states[-2][0])
    return torch.cat(hidden, dim=-1).float().cpu(), output.text_embeds[0].float().cpu()


def image_key(image: np.ndarray) -> str:
    """SHA-256 of a picture's size and pixels: its name in the cache."""
    digest = hashlib.sha256(repr(image.shape).encode())
    digest.update(np.ascontiguousarray(image).tobytes())
    return digest.hexdigest()


@torch.no_grad()
def _encode_image(base: Base, image: np.ndarray) -> torch.Tensor:
    latent = base.vae.encode(_pixels(base, image)).latent_dist.mode()[0].float().cpu()
    return scale_latent(base.vae.config, latent)


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
    return decode_latent(base, _encode_image(base, image))


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


def _stamp(base: Base, kind: str) -> dict[str, str]:
    return {"unipixel.cache": _FORMAT, "unipixel.kind": kind, "unipixel.base": base.hash, "unipixel.mode": MODE}


def _through_cache(
    cache: Path | None,
    stamp: dict[str, str],
    keys: Sequence[str],
    make: Callable[[str], dict[str, torch.Tensor]],
    endings: Sequence[str],
    stage: str,
    progress: Progress,
) -> dict[str, torch.Tensor]:
    """Tensors of all keys: those that a matching cache holds from there, the others made and the cache rewritten."""
    wanted = list(dict.fromkeys(keys))
    kept, note = _read_cache(cache, stamp)
    found = {key: {key + end: kept[key + end] for end in endings} for key in wanted if key + endings[0] in kept}
    missing = [key for key in wanted if key not in found]
    for count, key in enumerate(missing):
        progress(Event(stage, len(found), len(wanted), note if count == 0 else ""))
        found[key] = make(key)
    tensors = {name: tensor for key in wanted for name, tensor in found[key].items()}
    if cache is not None and missing:
        header, data = pack({name: to_bytes(tensor) for name, tensor in tensors.items()}, stamp)
        try:
            write_atomic(cache, header + data)
        except OSError as error:
            problem = error.strerror or error
            raise WorkspaceError(
                f"{cache}: can't be written ({problem}). Make room or choose another folder"
            ) from error
    progress(Event(stage, len(wanted), len(wanted), note if not missing else ""))
    return tensors


def _read_cache(cache: Path | None, stamp: dict[str, str]) -> tuple[dict[str, torch.Tensor], str]:
    if cache is None or not cache.exists():
        return {}, ""
    try:
        with safe_open(cache, framework="pt") as file:
            if file.metadata() != stamp:
                return {}, f"{cache.name} is of another base model; made anew"
            return {name: file.get_tensor(name) for name in file.keys()}, ""  # noqa: SIM118 (not a mapping)
    except (SafetensorError, OSError):
        return {}, f"{cache.name} was damaged; made anew"
