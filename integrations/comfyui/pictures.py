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
    from unipixel.errors import ImageError

    if images.ndim != 4 or images.shape[3] not in (1, 3, 4):
        raise ImageError(f"pictures are [B, H, W, 3], not {list(images.shape)}.")
    batch = _as_array(images)
    alphas = _alphas(mask, batch.shape[:3])
    levels = to_levels(batch)
    pictures = list(levels if levels.shape[3] > 1 else levels.repeat(3, axis=3))
    if alphas is None:
        return pictures
    return [np.dstack([picture[..., :3], alphas[place % len(alphas)]]) for place, picture in enumerate(pictures)]


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


def to_levels(values):
    """Round float32 ``[B, ...]`` from 0 to 1 to uint8 levels; what lies outside is clipped, and no number is 0."""
    levels = np.empty(values.shape, np.uint8)
    with ThreadPoolExecutor(min(len(values), torch.get_num_threads())) as pool:  # numpy lets them work side by side
        list(pool.map(_round_into, levels, values))
    return levels


def _round_into(levels, values):
    levels, values = levels.reshape(-1), values.reshape(-1)
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


def _alphas(mask, shape):
    """Alpha of each picture as uint8, or None where all are opaque or have their own."""
    from unipixel.errors import ImageError

    if mask is None or not bool(mask.any()):
        return None
    values = _as_array(mask if mask.ndim == 3 else mask[None])
    count, height, width = shape
    if values.shape[1:] != (height, width):
        raise ImageError(
            f"the mask has {values.shape[2]}x{values.shape[1]} px, the pictures {width}x{height}: "
            "give one of their size."
        )
    if len(values) not in (1, count):
        raise ImageError(f"{len(values)} masks don't fit {count} pictures: give one, or one for each.")
    return 255 - to_levels(values)
