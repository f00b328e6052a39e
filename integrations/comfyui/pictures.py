"""ComfyUI's pictures to the core's arrays and back, exactly.

ComfyUI holds a batch as float32 ``[B, H, W, C]`` from 0 to 1 and what is transparent apart, as ``[B, H, W]`` of 1 minus
alpha. Levels are read rounded, and written as ``level / 255`` in float32, which Save Image's truncation gives back
whole; in half precision it would not, so nothing here ever leaves float32.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

_PART = 1 << 17
"""Values that are worked on at once: what fits a processor's cache."""

_WHOLE = 1 << 23
"""Added to a float32 from 0 to 255 it rounds it, and leaves it in the lowest bits: so large numbers are whole."""

_MOST = 0x4B0000FF
"""Bits of the largest such sum of a level; those of all other numbers, joined with any, are larger."""


def from_comfy(images, mask=None):
    """Read a batch.

    Parameters
    ----------
    images : float tensor [B, H, W, 1|3|4]
    mask : float tensor [B or 1, H, W], optional
        1 is transparent. Where it is empty it says nothing: Load Image gives one of 64x64 px for pictures without
        alpha, whatever their size.

    Returns
    -------
    list of (H, W, 3|4) uint8
    """
    batch, masks = _checked(images, mask)
    return [_joined(*each) for each in zip(to_levels(batch), masks, strict=True)]


def read_ahead(images, mask=None):
    """Read a batch as :func:`from_comfy` does, but on threads that run ahead of whoever takes its pictures.

    Returns
    -------
    list of callables
        Each waits for its picture, ``(H, W, 4)`` uint8 without hidden colour.
    """
    batch, masks = _checked(images, mask)
    if len(batch) == 1:  # nothing else can be done meanwhile
        picture = _picture(batch[0], masks[0])
        return [lambda: picture]
    pool = ThreadPoolExecutor(min(len(batch), torch.get_num_threads()))
    reading = [pool.submit(_picture, *each, threads=1) for each in zip(batch, masks, strict=True)]
    pool.shutdown(wait=False)
    return [each.result for each in reading]


def natives_from_comfy(images, mask=None):
    """Read a batch of natives as ``(n, h, w, 4)`` uint8 without hidden colour."""
    from unipixel.image import load_image

    return np.stack([load_image(picture) for picture in from_comfy(images, mask)])


def to_comfy(frames):
    """Write ``(n, h, w, 4)`` uint8 as a batch ``[n, h, w, 3]`` and a mask ``[n, h, w]``."""
    colors = torch.from_numpy(np.ascontiguousarray(frames[..., :3])).to(torch.float32).div_(255.0)
    alpha = torch.from_numpy(np.ascontiguousarray(frames[..., 3])).to(torch.float32).div_(255.0)
    return colors, 1.0 - alpha


def enlarge(images, zoom):
    """Enlarge a batch by nearest neighbour."""
    return images if zoom == 1 else images.repeat_interleave(zoom, dim=1).repeat_interleave(zoom, dim=2)


def to_levels(values, threads=None):
    """Round float32 from 0 to 1 to uint8 levels; what lies outside is clipped, and no number is 0."""
    levels = np.empty(values.shape, np.uint8)
    threads = threads or torch.get_num_threads()
    parts = [np.array_split(each.reshape(-1), threads) for each in (levels, values)]
    if threads == 1:
        _round_into(levels.reshape(-1), values.reshape(-1))
    else:
        with ThreadPoolExecutor(threads) as pool:  # numpy lets them work side by side
            list(pool.map(_round_into, *parts))
    return levels


def _round_into(levels, values):
    scratch = np.empty(min(_PART, values.size), np.float32)
    bits = scratch.view(np.uint32)
    for start in range(0, values.size, _PART):
        part = values[start : start + _PART]
        np.multiply(part, np.float32(255.0), out=scratch[: part.size])
        scratch[: part.size] += np.float32(_WHOLE)
        rounded = bits[: part.size]
        if np.bitwise_or.reduce(rounded) > _MOST:  # rare: clipping costs more than all the rest
            rounded = np.rint(np.nan_to_num(part, nan=0.0, posinf=1.0, neginf=0.0).clip(0.0, 1.0) * 255.0)
        levels[start : start + _PART] = rounded


def _as_array(tensor):
    return tensor.detach().to("cpu", torch.float32).numpy()


def _checked(images, mask):
    """Pictures as float32 ``[B, H, W, C]``, and of each what is transparent, ``[H, W]``, or None."""
    from unipixel.errors import ImageError

    if images.ndim != 4 or images.shape[3] not in (1, 3, 4):
        raise ImageError(f"pictures are [B, H, W, 3], not {list(images.shape)}.")
    batch = _as_array(images)
    if mask is None or not bool(mask.any()):
        return batch, [None] * len(batch)
    masks = _as_array(mask if mask.ndim == 3 else mask[None])
    count, height, width = batch.shape[:3]
    if masks.shape[1:] != (height, width):
        raise ImageError(
            f"the mask has {masks.shape[2]}x{masks.shape[1]} px, the pictures {width}x{height}: give one of their size."
        )
    if len(masks) not in (1, count):
        raise ImageError(f"{len(masks)} masks don't fit {count} pictures: give one, or one for each.")
    return batch, list(masks) * (count // len(masks))


def _picture(values, mask, threads=None):
    from unipixel.image import load_image

    return load_image(_joined(to_levels(values, threads), mask))


def _joined(levels, mask):
    """A picture of its levels ``(H, W, 1|3|4)`` and what is transparent in it."""
    colors = levels if levels.shape[2] > 1 else levels.repeat(3, axis=2)
    return colors if mask is None else np.dstack([colors[..., :3], 255 - to_levels(mask, 1)])
