"""Animated PNG: exact pixels, palette and times; a frame holds only what has changed."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from itertools import count

import numpy as np
import numpy.typing as npt

from unipixel.image.changes import Box, box_around
from unipixel.image.png import chunk, chunks_of, indexed_body, indexed_head, text_chunk
from unipixel.image.write import encode_true_color

_LONGEST = 0xFFFF
"""Most milliseconds that are written as such; longer times are rounded to seconds."""


def encode_apng(
    frames: Iterable[tuple[npt.NDArray[np.uint8], int]],
    colors: npt.NDArray[np.uint8] | None,
    alpha: npt.NDArray[np.uint8] | None,
    *,
    loop: int,
    text: Mapping[str, str],
) -> bytes:
    """Encode an animated PNG.

    Parameters
    ----------
    frames : iterable of ((H, W) uint8 indices, or (H, W, 3|4) uint8 without ``colors``, and milliseconds)
        All of one layout.
    colors, alpha : (n, 3) uint8 and (n,) uint8, or None
    loop : int
        Times that the animation plays; 0 is for ever.
    text : mapping
        Text chunks.

    Returns
    -------
    bytes
    """
    head: tuple[bytes, ...] = ()
    parts: list[bytes] = []
    before: npt.NDArray[np.uint8] | None = None
    numbers, shown = count(), 0
    for picture, duration in frames:
        box = _changed(before, picture)
        cut = box.of(picture)
        if colors is not None and alpha is not None:
            head = head or indexed_head(picture.shape, colors, alpha)
            body = indexed_body(cut, len(colors))
        else:
            found = list(chunks_of(encode_true_color(cut, {})))
            head = head or (b"\x89PNG\r\n\x1a\n", chunk(*found[0]))
            body = b"".join(data for kind, data in found if kind == b"IDAT")
        size = (box.right - box.left, box.bottom - box.top, box.left, box.top)
        time = (duration, 1000) if duration <= _LONGEST else (min(round(duration / 1000), _LONGEST), 1)
        parts.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", next(numbers), *size, *time, 0, 0)))
        parts.append(
            chunk(b"IDAT", body) if before is None else chunk(b"fdAT", struct.pack(">I", next(numbers)) + body)
        )
        before, shown = picture, shown + 1
    control = chunk(b"acTL", struct.pack(">II", shown, loop))
    texts = (text_chunk(key, value) for key, value in text.items())
    return b"".join([*head, control, *texts, *parts, chunk(b"IEND", b"")])


def _changed(before: npt.NDArray[np.uint8] | None, after: npt.NDArray[np.uint8]) -> Box:
    if before is None:
        return Box(0, 0, after.shape[1], after.shape[0])
    return box_around((before != after).reshape(*after.shape[:2], -1).any(axis=2))
