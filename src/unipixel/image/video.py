"""Frames of a video, read as a stream with PyAV (extra ``video``).

PyAV is FFmpeg's libraries with their own wheels for Windows, macOS and Linux (28 MB), gives every frame's time and never
holds more than one frame. ``imageio-ffmpeg`` ships the program (as large), whose pipe loses the times of frames;
OpenCV is larger and does so too.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from unipixel.errors import ImageError
from unipixel.extras import need
from unipixel.image.pixels import MAX_PIXELS, RGBA
from unipixel.image.read import decoding, name_of

_FALLBACK_RATE = 25
"""Frames a second of a video that names none, for the last frame's time."""


def video_size(source: str | os.PathLike[str] | bytes) -> tuple[int, int]:
    """(height, width) in px, as it is shown.

    Raises
    ------
    ImageError
        Damaged, no pictures in it, or too large.
    MissingExtra
        PyAV is not installed.
    """
    for picture, _ in video_frames(source):
        return picture.shape[0], picture.shape[1]
    raise ImageError(f"{name_of(source)}: there is no picture in this video.")


def video_frames(source: str | os.PathLike[str] | bytes) -> Iterator[tuple[RGBA, float]]:
    """Frames of a video's first picture stream, with the milliseconds for which each is shown.

    Raises
    ------
    ImageError
        Damaged, no pictures in it, or too large.
    MissingExtra
        PyAV is not installed.
    """
    with _opened(source) as (container, stream):
        held: Any = None
        rate = float(stream.average_rate or _FALLBACK_RATE)
        for frame in container.decode(stream):
            if held is not None:
                yield _pixels(held), 1000.0 * (float(frame.time) - float(held.time))
            held = frame
        if held is not None:
            yield _pixels(held), 1000.0 / rate


@contextmanager
def _opened(source: str | os.PathLike[str] | bytes) -> Iterator[tuple[Any, Any]]:
    av, name = need("av", extra="video", purpose="reading a video"), name_of(source)
    with decoding(name), io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        with av.open(file) as container:
            if not container.streams.video:
                raise ImageError(f"{name}: there is no picture in this video.")
            stream = container.streams.video[0]
            if stream.width * stream.height > MAX_PIXELS:
                raise ImageError(f"{name}: {stream.width}x{stream.height} pixels are more than UniPixel reads.")
            stream.thread_type = "AUTO"
            yield container, stream


def _pixels(frame: Any) -> RGBA:
    """Pixels of a frame, upright: phones note how they were held."""
    picture: RGBA = frame.to_ndarray(format="rgba")
    turns = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, turns))
